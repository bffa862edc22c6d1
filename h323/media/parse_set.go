package media

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"parley/codecs"
	"parley/h323/h245"
)

// setParser reads one capability table.
type setParser struct {
	set     *Set
	formats packetization
	// entries tell where in the Set's Capabilities those of an entry are.
	entries map[h245.CapabilityTableEntryNumber]span
	// secured are the entries that stand for another one under H.235.6.
	secured map[h245.CapabilityTableEntryNumber]*h245.H235SecurityCapability
}

type span struct{ first, count int }

// ParseSet reads a terminal capability set; entries that are not understood are
// kept by Raw alone. What the peer only transmits is left out. The set shares
// memory with m. The error wraps codecs.ErrMalformed: two entries of one number.
func ParseSet(m *h245.TerminalCapabilitySet) (*Set, error) {
	p := setParser{
		set:     &Set{Raw: m},
		entries: map[h245.CapabilityTableEntryNumber]span{},
		secured: map[h245.CapabilityTableEntryNumber]*h245.H235SecurityCapability{},
	}
	if mux := m.MultiplexCapability; mux != nil && mux.H2250Capability != nil {
		list := mux.H2250Capability.MediaPacketizationCapability.RTPPayloadType
		for i := range list {
			p.formats.add(&list[i])
		}
	}
	for i := range m.CapabilityTable {
		e := &m.CapabilityTable[i]
		if e.Capability == nil {
			continue // takes its number back
		}
		number := e.CapabilityTableEntryNumber
		if _, twice := p.entries[number]; twice || p.secured[number] != nil {
			return nil, fmt.Errorf("media: capability %d twice: %w", number, codecs.ErrMalformed)
		}
		p.parse(number, e.Capability)
	}
	p.secure()
	p.describe(m.CapabilityDescriptors)
	return p.set, nil
}

// parse reads one entry.
func (p *setParser) parse(number h245.CapabilityTableEntryNumber, c *h245.Capability) {
	var found []Capability
	switch {
	case c.ReceiveAudioCapability != nil:
		found = []Capability{parseAudio(c.ReceiveAudioCapability)}
	case c.ReceiveAndTransmitAudioCapability != nil:
		found = []Capability{parseAudio(c.ReceiveAndTransmitAudioCapability)}
	case c.ReceiveVideoCapability != nil:
		found = parseVideo(c.ReceiveVideoCapability, p.formats)
	case c.ReceiveAndTransmitVideoCapability != nil:
		found = parseVideo(c.ReceiveAndTransmitVideoCapability, p.formats)
	case c.ReceiveDataApplicationCapability != nil:
		found = []Capability{parseData(c.ReceiveDataApplicationCapability)}
	case c.ReceiveAndTransmitDataApplicationCapability != nil:
		found = []Capability{parseData(c.ReceiveAndTransmitDataApplicationCapability)}
	case c.ReceiveRTPAudioTelephonyEventCapability != nil:
		e := c.ReceiveRTPAudioTelephonyEventCapability
		found = []Capability{eventCapability(e.DynamicRTPPayloadType, e.AudioTelephoneEvent)}
	case c.ReceiveUserInputCapability != nil:
		p.userInput(c.ReceiveUserInputCapability)
	case c.ReceiveAndTransmitUserInputCapability != nil:
		p.userInput(c.ReceiveAndTransmitUserInputCapability)
	case c.GenericControlCapability != nil:
		if c.GenericControlCapability.CapabilityIdentifier.Standard == h245.H239ControlOID {
			p.set.H239 = true
		}
	case c.H235SecurityCapability != nil:
		p.secured[number] = c.H235SecurityCapability
		return
	}
	if len(found) == 1 && found[0].Kind == KindAudio && found[0].Format.Is(formatCN) {
		p.set.ComfortNoise, found = true, nil // no channel is ever opened for it
	}
	found = found[:min(len(found), maxCapabilities-len(p.set.Capabilities))]
	p.entries[number] = span{len(p.set.Capabilities), len(found)}
	for _, one := range found {
		one.Raw = c
		if one.Kind == KindEvent && !p.set.TelephoneEvent {
			p.set.TelephoneEvent, p.set.TelephoneEventPayloadType = true, one.PayloadType
		}
		p.set.Capabilities = append(p.set.Capabilities, one)
	}
}

// userInput notes a way in which digits may be told (H.245 clause B.2.2.8).
func (p *setParser) userInput(u *h245.UserInputCapability) {
	switch {
	case u.BasicString != nil, u.IA5String != nil, u.GeneralString != nil:
		p.set.Alphanumeric = true
	case u.DTMF != nil:
		p.set.Signal = true
	}
}

// secure tells of each capability whether and how it is offered under H.235.6.
func (p *setParser) secure() {
	for _, number := range slices.Sorted(maps.Keys(p.secured)) {
		c := p.secured[number]
		list := algorithms(nil, &c.EncryptionAuthenticationAndIntegrity)
		for _, oid := range list {
			if !slices.Contains(p.set.Encryption, oid) && len(p.set.Encryption) < maxEncryption {
				p.set.Encryption = append(p.set.Encryption, oid)
			}
		}
		inner := p.entries[c.MediaCapability]
		p.entries[number] = inner
		for i := range inner.count {
			if one := &p.set.Capabilities[inner.first+i]; one.Algorithm == "" && len(list) > 0 {
				one.Algorithm = list[0]
			}
		}
	}
}

// describe reads the descriptors, and puts the capabilities into their order of
// preference: the lowest descriptor first, in each the order of its lists.
func (p *setParser) describe(descriptors []h245.CapabilityDescriptor) {
	sorted := slices.Clone(descriptors)
	slices.SortStableFunc(sorted, func(a, b h245.CapabilityDescriptor) int {
		return cmp.Compare(a.CapabilityDescriptorNumber, b.CapabilityDescriptorNumber)
	})
	old := p.set.Capabilities
	place := make([]int, len(old)) // one more than the new index; 0: none yet
	inClear := make([]bool, len(old))
	ordered := make([]Capability, 0, len(old))
	put := func(i int) int {
		if place[i] == 0 {
			ordered = append(ordered, old[i])
			place[i] = len(ordered)
		}
		return place[i] - 1
	}
	budget := maxIndices
	for _, d := range sorted {
		var mode [][]int
		for _, alternatives := range d.SimultaneousCapabilities {
			var list []int
			for _, number := range alternatives {
				at := p.entries[number]
				for i := at.first; i < at.first+at.count && budget > 0; i++ {
					inClear[i] = inClear[i] || p.secured[number] == nil
					if n := put(i); !slices.Contains(list, n) {
						list = append(list, n)
						budget--
					}
				}
			}
			if list != nil {
				mode = append(mode, list)
			}
		}
		if mode != nil {
			p.set.Simultaneous = append(p.set.Simultaneous, mode)
		}
	}
	// What no descriptor names stands last: it is meant all the same.
	for i := range old {
		named := place[i] != 0
		n := put(i)
		ordered[n].EncryptedOnly = named && !inClear[i]
	}
	p.set.Capabilities = ordered
}
