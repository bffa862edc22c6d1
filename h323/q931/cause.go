package q931

import "fmt"

// Cause is why a call or a message failed (Q.850 clause 2):
//
//	| 0/1 | coding | 0 | location    octet 3
//	|  1  |   recommendation         octet 3a
//	|  1  |   cause value            octet 4
//	|     diagnostics                octet 5 ...
type Cause struct {
	Coding   Coding
	Location Location
	Value    CauseValue
	// Diagnostics, such as the identifiers of missing elements.
	Diagnostics []byte
}

// Unmarshal parses the element's content. Diagnostics is a part of it.
func (c *Cause) Unmarshal(data []byte) error {
	*c = Cause{}
	octets, rest := group(data)
	if len(octets) == 0 || len(rest) == 0 {
		return fmt.Errorf("%w: cause of %d octets", ErrMalformed, len(data))
	}
	c.Coding = Coding(octets[0] >> 5 & 0x03)
	c.Location = Location(octets[0] & 0x0f)
	c.Value = CauseValue(rest[0] & 0x7f)
	if len(rest) > 1 {
		c.Diagnostics = rest[1:]
	}
	return nil
}

// Append appends the element's content to dst.
func (c Cause) Append(dst []byte) []byte {
	dst = append(dst,
		extension|byte(c.Coding&0x03)<<5|byte(c.Location&0x0f),
		extension|byte(c.Value)&0x7f)
	return append(dst, c.Diagnostics...)
}

// Cause returns the message's cause, and whether it has one that can be read.
func (m *Message) Cause() (Cause, bool) {
	var c Cause
	data, ok := m.Find(CauseID)
	return c, ok && c.Unmarshal(data) == nil
}
