package madcap

// conformity is which options a client's message must and may have (RFC 2730
// table 5), a bit each.
type conformity struct{ must, may uint32 }

func bits(codes ...OptionCode) uint32 {
	var out uint32
	for _, c := range codes {
		out |= 1 << c
	}
	return out
}

// conformityOf is what holds for a type; not ok: it is none of a client.
func conformityOf(t MessageType) (conformity, bool) {
	times := bits(OptionLeaseTime, OptionStartTime, OptionCurrentTime, OptionFeatureList, OptionMinimumLeaseTime, OptionMaximumStartTime)
	wishes := times | bits(OptionAddressCount, OptionAddressRanges)
	switch t {
	case GetInfo:
		return conformity{bits(OptionLeaseID, OptionRequestList), bits(OptionLanguage, OptionFeatureList)}, true
	case Discover:
		return conformity{bits(OptionLeaseID, OptionScope), wishes}, true
	case Request:
		return conformity{bits(OptionLeaseID, OptionScope), wishes | bits(OptionServerID)}, true
	case Renew:
		return conformity{bits(OptionLeaseID), times}, true
	case Release:
		return conformity{bits(OptionLeaseID), bits(OptionFeatureList)}, true
	}
	return conformity{}, false
}

// conforms checks which options there are. What RFC 2730 does not know is as
// if it were not there (2.1.5).
func (m *Message) conforms(c conformity) error {
	var seen uint32
	for _, o := range m.Options {
		if o.Code > OptionError {
			continue
		}
		bit := uint32(1) << o.Code
		if seen&bit != 0 || (c.must|c.may)&bit == 0 {
			return invalid(o.Code)
		}
		seen |= bit
	}
	for code := OptionEnd; code <= OptionError; code++ {
		if c.must&^seen&(1<<code) != 0 {
			return invalid(code)
		}
	}
	return nil
}
