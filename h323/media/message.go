package media

import (
	"fmt"
	"slices"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/per"
)

// maxJitter is told as maximumAudioDelayJitter, in milliseconds (H.245 clause
// B.2.2.2): what a jitter buffer here spans.
const maxJitter = 250

// setWriter makes one capability table.
type setWriter struct {
	m *h245.TerminalCapabilitySet
	// numbers of the entries of each capability: in the clear, or under
	// H.235.6 and then in the clear.
	numbers [][]h245.CapabilityTableEntryNumber
	last    h245.CapabilityTableEntryNumber
	// said are the capabilities that have entries, encoded.
	said map[string][]h245.CapabilityTableEntryNumber
}

// Message returns the set as H.245 has it, without sequence number. A set that
// takes and says nothing, such as the zero Set, gives the empty capability set
// (H.323 clause 8.4.6). The error wraps codecs.ErrUnsupported for a Format that
// H.245 has no word for (see NewCapability), and for more than 256 entries.
func (s *Set) Message() (*h245.TerminalCapabilitySet, error) {
	w := setWriter{
		m:    &h245.TerminalCapabilitySet{ProtocolIdentifier: h245.ProtocolIdentifier},
		said: map[string][]h245.CapabilityTableEntryNumber{},
	}
	if s.silent() {
		return w.m, nil
	}
	w.m.MultiplexCapability = &h245.MultiplexCapability{H2250Capability: s.h2250()}
	if err := w.media(s); err != nil {
		return nil, err
	}
	rest := w.userInput(s)
	if s.ComfortNoise {
		// In a list of its own: it goes with the codec, not in its place.
		rest = append(rest, alternatives{w.add(&h245.Capability{ReceiveAudioCapability: &h245.AudioCapability{
			GenericAudioCapability: &h245.GenericCapability{
				CapabilityIdentifier: h245.CapabilityIdentifier{Standard: h245.ComfortNoiseOID},
			},
		}})})
	}
	if s.H239 {
		rest = append(rest, alternatives{w.add(&h245.Capability{GenericControlCapability: &h245.GenericCapability{
			CapabilityIdentifier: h245.CapabilityIdentifier{Standard: h245.H239ControlOID},
		}})})
	}
	if len(w.m.CapabilityTable) > maxTable {
		return nil, fmt.Errorf("media: %d entries in a capability table: %w", len(w.m.CapabilityTable), codecs.ErrUnsupported)
	}
	return w.m, w.describe(s, rest)
}

type alternatives = h245.AlternativeCapabilitySet

// silent reports whether the set says nothing at all.
func (s *Set) silent() bool {
	return len(s.Capabilities) == 0 && !s.Signal && !s.Alphanumeric && !s.TelephoneEvent && !s.H239 && !s.ComfortNoise
}

// add appends an entry; numbers rise from 1.
func (w *setWriter) add(c *h245.Capability) h245.CapabilityTableEntryNumber {
	w.last++
	w.m.CapabilityTable = append(w.m.CapabilityTable, h245.CapabilityTableEntry{
		CapabilityTableEntryNumber: w.last,
		Capability:                 c,
	})
	return w.last
}

// media makes the entries of the capabilities. Those that differ in their
// payload format alone share one: that is told apart from them.
func (w *setWriter) media(s *Set) error {
	for i := range s.Capabilities {
		c := &s.Capabilities[i]
		e, err := c.entry()
		if err != nil {
			return err
		}
		octets, err := per.Marshal(e)
		if err != nil {
			return fmt.Errorf("media: %v: %w", c, err)
		}
		if same := w.said[string(octets)]; same != nil {
			w.numbers = append(w.numbers, same)
			continue
		}
		number := w.add(e)
		var numbers []h245.CapabilityTableEntryNumber
		if len(s.Encryption) > 0 && c.Kind != KindEvent {
			numbers = append(numbers, w.add(&h245.Capability{H235SecurityCapability: &h245.H235SecurityCapability{
				EncryptionAuthenticationAndIntegrity: encryption(s.Encryption),
				MediaCapability:                      number,
			}}))
		}
		if !c.EncryptedOnly || len(numbers) == 0 {
			numbers = append(numbers, number)
		}
		w.numbers = append(w.numbers, numbers)
		w.said[string(octets)] = numbers
	}
	return nil
}

// userInput makes the entries for digits, as one list of alternatives.
func (w *setWriter) userInput(s *Set) []alternatives {
	var list alternatives
	for i := range s.Capabilities {
		if n := w.numbers[i]; s.Capabilities[i].Kind == KindEvent && !slices.Contains(list, n[0]) {
			list = append(list, n...)
		}
	}
	if s.TelephoneEvent && len(list) == 0 {
		own := eventCapability(s.TelephoneEventPayloadType, defaultEvents)
		list = append(list, w.add(&h245.Capability{ReceiveRTPAudioTelephonyEventCapability: own.event()}))
	}
	input := func(u h245.UserInputCapability) {
		list = append(list, w.add(&h245.Capability{ReceiveAndTransmitUserInputCapability: &u}))
	}
	if s.Signal {
		input(h245.UserInputCapability{DTMF: &per.Null{}})
	}
	if s.Alphanumeric {
		input(h245.UserInputCapability{BasicString: &per.Null{}})
	}
	if list == nil {
		return nil
	}
	return []alternatives{list}
}

// describe makes the descriptors: those that the set has, each with the digits
// and the control, or one in which each kind of media has one list.
func (w *setWriter) describe(s *Set, rest []alternatives) error {
	modes := s.Simultaneous
	if len(modes) == 0 {
		modes = [][][]int{s.byKind()}
	}
	if len(modes) > maxTable {
		return fmt.Errorf("media: %d capability descriptors: %w", len(modes), codecs.ErrUnsupported)
	}
	for n, mode := range modes {
		var all []alternatives
		for _, list := range mode {
			var a alternatives
			for _, i := range list {
				if i < 0 || i >= len(w.numbers) {
					return fmt.Errorf("media: capability %d of %d: %w", i, len(w.numbers), codecs.ErrMalformed)
				}
				if n := w.numbers[i]; s.Capabilities[i].Kind != KindEvent && !slices.Contains(a, n[0]) {
					a = append(a, n...)
				}
			}
			if a != nil {
				all = append(all, a)
			}
		}
		if all = append(all, rest...); len(all) == 0 {
			continue
		}
		w.m.CapabilityDescriptors = append(w.m.CapabilityDescriptors, h245.CapabilityDescriptor{
			CapabilityDescriptorNumber: h245.CapabilityDescriptorNumber(n),
			SimultaneousCapabilities:   all,
		})
	}
	return nil
}

// byKind returns one list for each kind and role of media, in order.
func (s *Set) byKind() [][]int {
	type sort struct {
		kind Kind
		role Role
	}
	var sorts []sort
	lists := map[sort][]int{}
	for i := range s.Capabilities {
		of := sort{s.Capabilities[i].Kind, s.Capabilities[i].Role}
		if lists[of] == nil {
			sorts = append(sorts, of)
		}
		lists[of] = append(lists[of], i)
	}
	slices.SortFunc(sorts, func(a, b sort) int {
		if a.kind != b.kind {
			return int(a.kind) - int(b.kind)
		}
		return int(a.role) - int(b.role)
	})
	var all [][]int
	for _, of := range sorts {
		all = append(all, lists[of])
	}
	return all
}

// h2250 is the multiplex capability: media goes to one address each (unicast),
// and an MCU may mix it (centralized); payload formats are those of the
// capabilities.
func (s *Set) h2250() *h245.H2250Capability {
	point := h245.MultipointCapability{
		MediaDistributionCapability: []h245.MediaDistributionCapability{{
			CentralizedControl: true, CentralizedAudio: true, CentralizedVideo: true,
		}},
	}
	c := &h245.H2250Capability{
		MaximumAudioDelayJitter:                maxJitter,
		ReceiveMultipointCapability:            point,
		TransmitMultipointCapability:           point,
		ReceiveAndTransmitMultipointCapability: point,
	}
	add := func(d h245.RTPPayloadDescriptor) {
		c.MediaPacketizationCapability.RTPPayloadType = append(
			c.MediaPacketizationCapability.RTPPayloadType, h245.RTPPayloadType{PayloadDescriptor: d})
	}
	seen := map[string]bool{}
	once := func(key string, d h245.RTPPayloadDescriptor) {
		if !seen[key] {
			seen[key] = true
			add(d)
		}
	}
	for i := range s.Capabilities {
		one := &s.Capabilities[i]
		if d, ok := one.payloadDescriptor(); ok {
			if d.RFCNumber != nil {
				once(fmt.Sprint(*d.RFCNumber), d)
			} else {
				once(string(d.OID), d)
			}
		} else if one.Format.Name == formatH263 {
			n := uint32(rfcH263)
			once("2190", h245.RTPPayloadDescriptor{RFCNumber: &n})
		}
	}
	return c
}
