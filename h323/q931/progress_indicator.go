package q931

import "fmt"

// ProgressDescription is what happens to a call on its way.
type ProgressDescription uint8

// Progress descriptions of Q.931 clause 4.5.23.
const (
	NotEndToEndISDN     ProgressDescription = 1
	DestinationNotISDN  ProgressDescription = 2
	OriginationNotISDN  ProgressDescription = 3
	ReturnedToISDN      ProgressDescription = 4
	InterworkingService ProgressDescription = 5
	// InbandInformation: tones or announcements can be heard before the answer.
	InbandInformation ProgressDescription = 8
)

// ProgressIndicator is the element of that name (Q.931 clause 4.5.23).
type ProgressIndicator struct {
	Coding      Coding
	Location    Location
	Description ProgressDescription
}

// Unmarshal parses the element's content.
func (p *ProgressIndicator) Unmarshal(data []byte) error {
	*p = ProgressIndicator{}
	if len(data) < 2 {
		return fmt.Errorf("%w: progress indicator of %d octets", ErrMalformed, len(data))
	}
	p.Coding = Coding(data[0] >> 5 & 0x03)
	p.Location = Location(data[0] & 0x0f)
	p.Description = ProgressDescription(data[1] & 0x7f)
	return nil
}

// Append appends the element's content to dst.
func (p ProgressIndicator) Append(dst []byte) []byte {
	return append(dst,
		extension|byte(p.Coding&0x03)<<5|byte(p.Location&0x0f),
		extension|byte(p.Description)&0x7f)
}
