package rtp

// SDES is what a participant tells of itself (RFC 3550 6.5). From the network
// it is foreign text, at most 255 octets each. PRIV is neither kept nor sent.
type SDES struct {
	CNAME, Name, Email, Phone, Location, Tool, Note string
}

// The items (RFC 3550 12.2).
const (
	sdesCNAME = 1 + iota
	sdesName
	sdesEmail
	sdesPhone
	sdesLocation
	sdesTool
	sdesNote
)

// item is where an item is kept; nil: it is not.
func (s *SDES) item(kind uint8) *string {
	switch kind {
	case sdesCNAME:
		return &s.CNAME
	case sdesName:
		return &s.Name
	case sdesEmail:
		return &s.Email
	case sdesPhone:
		return &s.Phone
	case sdesLocation:
		return &s.Location
	case sdesTool:
		return &s.Tool
	case sdesNote:
		return &s.Note
	}
	return nil
}

// The proportions of RFC 3550 6.3.9: CNAME in every report, in every third one
// item more, which is NAME seven times of eight and then one of the others.
const (
	extraEvery = 3
	otherEvery = 8
)

// due is the item that is told besides CNAME in the turn-th report; 0: none. An
// item of which there is nothing to tell leaves its place to NAME.
func (s *SDES) due(turn uint64) uint8 {
	if turn%extraEvery != 0 {
		return 0
	}
	kind := uint8(sdesName)
	if n := turn / extraEvery; n%otherEvery == otherEvery-1 {
		if others := s.others(); len(others) > 0 {
			kind = others[n/otherEvery%uint64(len(others))]
		}
	}
	if *s.item(kind) == "" {
		return 0
	}
	return kind
}

// others are the items besides CNAME and NAME that there are.
func (s *SDES) others() (kinds []uint8) {
	for kind := uint8(sdesEmail); kind <= sdesNote; kind++ {
		if *s.item(kind) != "" {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
