package q931

import "fmt"

// TypeOfNumber says which prefix a number lacks.
type TypeOfNumber uint8

// Types of number (Q.931 clause 4.5.10).
const (
	UnknownNumber         TypeOfNumber = 0
	InternationalNumber   TypeOfNumber = 1
	NationalNumber        TypeOfNumber = 2
	NetworkSpecificNumber TypeOfNumber = 3
	SubscriberNumber      TypeOfNumber = 4
	AbbreviatedNumber     TypeOfNumber = 6
)

// NumberingPlan of a number.
type NumberingPlan uint8

// Numbering plans (Q.931 clause 4.5.10).
const (
	UnknownPlan  NumberingPlan = 0
	E164         NumberingPlan = 1
	DataPlan     NumberingPlan = 3
	TelexPlan    NumberingPlan = 4
	NationalPlan NumberingPlan = 8
	PrivatePlan  NumberingPlan = 9
)

// Presentation says whether a number may be shown.
type Presentation uint8

// Presentations (Q.931 clause 4.5.10).
const (
	Allowed Presentation = iota
	Restricted
	NotAvailable
)

// Screening says who gave a number and whether it was verified.
type Screening uint8

// Screenings (Q.931 clause 4.5.10).
const (
	NotScreened Screening = iota
	VerifiedAndPassed
	VerifiedAndFailed
	NetworkProvided
)

// RedirectionReason says why a call was diverted (Q.952).
type RedirectionReason uint8

// Redirection reasons.
const (
	UnknownRedirection RedirectionReason = 0
	ForwardedBusy      RedirectionReason = 1
	ForwardedNoReply   RedirectionReason = 2
	Deflected          RedirectionReason = 4
	ForwardedAlways    RedirectionReason = 15
)

// PartyNumber is the content of the calling, called, connected and redirecting
// numbers (Q.931 clauses 4.5.8 and 4.5.10, Q.951, Q.952):
//
//	| 0/1 |  type of number | numbering plan   octet 3
//	| 0/1 | presentation | 0 0 0 | screening  octet 3a
//	|  1  |   reason for redirection           octet 3b
//	|  0  |   digits, IA5                      octet 4 ...
//
// Called numbers have octet 3 alone; redirecting numbers have 3b too.
type PartyNumber struct {
	Type TypeOfNumber
	Plan NumberingPlan
	// Indicators is 0 where octet 3 stands alone, 1 with octet 3a, 2 with 3b.
	Indicators   int
	Presentation Presentation
	Screening    Screening
	Reason       RedirectionReason
	Digits       string
}

// Unmarshal parses the element's content.
func (p *PartyNumber) Unmarshal(data []byte) error {
	*p = PartyNumber{}
	octets, digits := group(data)
	if len(octets) == 0 || octets[len(octets)-1]&extension == 0 {
		return fmt.Errorf("%w: a number without its indicators", ErrMalformed)
	}
	p.Type = TypeOfNumber(octets[0] >> 4 & 0x07)
	p.Plan = NumberingPlan(octets[0] & 0x0f)
	p.Indicators = min(len(octets)-1, 2)
	if p.Indicators > 0 {
		p.Presentation = Presentation(octets[1] >> 5 & 0x03)
		p.Screening = Screening(octets[1] & 0x03)
	}
	if p.Indicators > 1 {
		p.Reason = RedirectionReason(octets[2] & 0x0f)
	}
	p.Digits = string(digits)
	return nil
}

// Append appends the element's content to dst.
func (p PartyNumber) Append(dst []byte) []byte {
	octets := []byte{
		byte(p.Type&0x07)<<4 | byte(p.Plan&0x0f),
		byte(p.Presentation&0x03)<<5 | byte(p.Screening&0x03),
		byte(p.Reason) & 0x0f,
	}
	last := min(max(p.Indicators, 0), 2)
	octets[last] |= extension
	dst = append(dst, octets[:last+1]...)
	return append(dst, p.Digits...)
}
