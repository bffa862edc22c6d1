package q931

import "fmt"

// ElementID identifies an information element (Q.931 clause 4.5.1, table 4-3).
// Those of one octet have its highest bit set: type 1 holds four bits of content
// beside the identifier, type 2 is the identifier alone.
type ElementID uint8

// Information elements of codeset 0.
const (
	SegmentedMessage          ElementID = 0x00
	BearerCapabilityID        ElementID = 0x04
	CauseID                   ElementID = 0x08
	ExtendedFacilityID        ElementID = 0x0d
	CallIdentity              ElementID = 0x10
	CallStateID               ElementID = 0x14
	ChannelIdentification     ElementID = 0x18
	FacilityID                ElementID = 0x1c
	ProgressIndicatorID       ElementID = 0x1e
	NetworkSpecificFacilities ElementID = 0x20
	NotificationIndicatorID   ElementID = 0x27
	DisplayID                 ElementID = 0x28
	DateTime                  ElementID = 0x29
	KeypadFacilityID          ElementID = 0x2c
	SignalID                  ElementID = 0x34
	InformationRate           ElementID = 0x40
	EndToEndTransitDelay      ElementID = 0x42
	TransitDelay              ElementID = 0x43
	ConnectedNumber           ElementID = 0x4c
	ConnectedSubaddress       ElementID = 0x4d
	CallingPartyNumber        ElementID = 0x6c
	CallingPartySubaddress    ElementID = 0x6d
	CalledPartyNumber         ElementID = 0x70
	CalledPartySubaddress     ElementID = 0x71
	RedirectingNumber         ElementID = 0x74
	TransitNetworkSelection   ElementID = 0x78
	RestartIndicator          ElementID = 0x79
	LowLayerCompatibility     ElementID = 0x7c
	HighLayerCompatibility    ElementID = 0x7d
	UserUserID                ElementID = 0x7e
	EscapeForExtension        ElementID = 0x7f

	// Type 1, the identifier alone; the lower four bits are the content.
	Shift           ElementID = 0x90
	CongestionLevel ElementID = 0xb0
	RepeatIndicator ElementID = 0xd0

	// Type 2.
	MoreData        ElementID = 0xa0
	SendingComplete ElementID = 0xa1
)

// single tells whether the element is one octet.
func (id ElementID) single() bool { return id&0x80 != 0 }

// Element is an information element.
type Element struct {
	// Codeset that the identifier belongs to: 0 is Q.931's, 4 to 7 are of
	// others (clause 4.5.2). A change to another codeset is an element too.
	Codeset uint8
	// ID, with its four bits of content where it is of type 1.
	ID ElementID
	// Data is the content after the length; nil for elements of one octet.
	Data []byte
}

func (e Element) is(id ElementID) bool { return e.Codeset == 0 && e.ID == id }

func (e Element) isShift() bool { return e.ID&0xf0 == Shift }

// wide tells whether the length has two octets, as H.225.0 clause 7.2.2.31 has
// it in the user-user element, unlike Q.931.
func (e Element) wide() bool { return e.is(UserUserID) }

// parseElements parses the elements after the header.
func parseElements(data []byte) ([]Element, error) {
	var all []Element
	locked, next := uint8(0), uint8(0)
	for len(data) > 0 {
		if len(all) == maxElements {
			return nil, fmt.Errorf("%w: more than %d elements", ErrLimit, maxElements)
		}
		e := Element{Codeset: next, ID: ElementID(data[0])}
		data = data[1:]
		next = locked
		switch {
		case e.isShift():
			// Clauses 4.5.3 and 4.5.4: bit 4 set changes the next element only,
			// else all that follow.
			e.Codeset = 0
			next = uint8(e.ID & 0x07)
			if e.ID&0x08 == 0 {
				locked = next
			}
		case e.ID.single():
		default:
			var err error
			if e.Data, data, err = e.cut(data); err != nil {
				return nil, err
			}
		}
		all = append(all, e)
	}
	return all, nil
}

// cut cuts the content off data, which begins with its length.
func (e Element) cut(data []byte) (content, rest []byte, err error) {
	var size int
	switch {
	case e.wide() && len(data) >= 2:
		size, data = int(data[0])<<8|int(data[1]), data[2:]
	case !e.wide() && len(data) >= 1:
		size, data = int(data[0]), data[1:]
	default:
		return nil, nil, fmt.Errorf("%w: element 0x%02x is cut", ErrMalformed, uint8(e.ID))
	}
	if size > len(data) {
		return nil, nil, fmt.Errorf("%w: element 0x%02x has %d of %d octets", ErrMalformed, uint8(e.ID), len(data), size)
	}
	return data[:size:size], data[size:], nil
}

func (e Element) append(dst []byte) ([]byte, error) {
	n := len(e.Data)
	dst = append(dst, byte(e.ID))
	switch {
	case e.ID.single():
		if n != 0 {
			return dst, fmt.Errorf("%w: element 0x%02x has no content", ErrValue, uint8(e.ID))
		}
		return dst, nil
	case e.wide():
		if n > maxUserUser {
			return dst, fmt.Errorf("%w: a user-user element of %d octets", ErrValue, n)
		}
		dst = append(dst, byte(n>>8), byte(n))
	default:
		if n > maxData {
			return dst, fmt.Errorf("%w: element 0x%02x of %d octets", ErrValue, uint8(e.ID), n)
		}
		dst = append(dst, byte(n))
	}
	return append(dst, e.Data...), nil
}
