package media

import (
	"fmt"

	"parley/codecs"
	"parley/h323/h245"
	"parley/h323/per"
)

// ParseDataType reads the data type of a logical channel. It returns false for
// what has no Format here; Kind, Role and Raw still tell then what they can. A
// type under H.235.6 is the one inside with its Algorithm. The payload format
// stands beside the data type: see ParseChannel.
func ParseDataType(d *h245.DataType) (Capability, bool) {
	return parseDataType(d, packetization{})
}

// ParseChannel is ParseDataType with what the parameters beside it say:
// payload type and payload format. p may be nil.
func ParseChannel(d *h245.DataType, p *h245.H2250LogicalChannelParameters) (Capability, bool) {
	if p == nil {
		return ParseDataType(d)
	}
	var formats packetization
	var described *h245.RTPPayloadType
	if p.MediaPacketization != nil {
		described = p.MediaPacketization.RTPPayloadType
	}
	if described != nil {
		formats.add(described)
	}
	c, ok := parseDataType(d, formats)
	switch {
	case p.DynamicRTPPayloadType != nil:
		c.PayloadType = *p.DynamicRTPPayloadType
	case described != nil && described.PayloadType != nil:
		c.PayloadType = *described.PayloadType
	}
	return c, ok
}

func parseDataType(d *h245.DataType, p packetization) (Capability, bool) {
	var c Capability
	switch {
	case d.AudioData != nil:
		c = parseAudio(d.AudioData)
		c.Raw = &h245.Capability{ReceiveAudioCapability: d.AudioData}
	case d.VideoData != nil:
		c = parseVideo(d.VideoData, p)[0]
		c.Raw = &h245.Capability{ReceiveVideoCapability: d.VideoData}
	case d.Data != nil:
		c = parseData(d.Data)
		c.Raw = &h245.Capability{ReceiveDataApplicationCapability: d.Data}
	case d.H235Media != nil:
		m := &d.H235Media.MediaType
		inner := h245.DataType{AudioData: m.AudioData, VideoData: m.VideoData, Data: m.Data}
		c, ok := parseDataType(&inner, p)
		c.EncryptedOnly = true
		if list := algorithms(nil, &d.H235Media.EncryptionAuthenticationAndIntegrity); len(list) > 0 {
			c.Algorithm = list[0]
		} else {
			ok = false // under a protection that is not known here
		}
		return c, ok
	}
	return c, !c.Format.IsZero()
}

// DataType returns the capability as the data type of a channel, under H.235.6
// where it has an Algorithm.
func (c Capability) DataType() (h245.DataType, error) {
	e, err := c.entry()
	if err != nil {
		return h245.DataType{}, err
	}
	d := h245.DataType{}
	switch {
	case e.ReceiveAudioCapability != nil:
		d.AudioData = e.ReceiveAudioCapability
	case e.ReceiveVideoCapability != nil:
		d.VideoData = e.ReceiveVideoCapability
	case e.ReceiveAndTransmitVideoCapability != nil:
		d.VideoData = e.ReceiveAndTransmitVideoCapability
	case e.ReceiveAndTransmitAudioCapability != nil:
		d.AudioData = e.ReceiveAndTransmitAudioCapability
	case e.ReceiveDataApplicationCapability != nil:
		d.Data = e.ReceiveDataApplicationCapability
	case e.ReceiveAndTransmitDataApplicationCapability != nil:
		d.Data = e.ReceiveAndTransmitDataApplicationCapability
	default:
		return d, fmt.Errorf("media: %v as a data type: %w", c.Kind, codecs.ErrUnsupported)
	}
	if c.Algorithm == "" {
		return d, nil
	}
	return h245.DataType{H235Media: &h245.H235Media{
		EncryptionAuthenticationAndIntegrity: encryption([]string{c.Algorithm}),
		MediaType:                            h245.H235MediaType{AudioData: d.AudioData, VideoData: d.VideoData, Data: d.Data},
	}}, nil
}

// Describe sets in the parameters of a channel what belongs to its data type:
// the dynamic payload type, and the payload format where the codec has several.
// A static payload type is not said (H.245, dynamicRTPPayloadType 96..127).
func (c Capability) Describe(p *h245.H2250LogicalChannelParameters) {
	p.DynamicRTPPayloadType, p.MediaPacketization = nil, nil
	if c.PayloadType >= 96 && c.PayloadType <= 127 {
		p.DynamicRTPPayloadType = &c.PayloadType
	}
	if d, ok := c.payloadDescriptor(); ok {
		t := &h245.RTPPayloadType{PayloadDescriptor: d}
		if p.DynamicRTPPayloadType != nil {
			t.PayloadType = &c.PayloadType
		}
		p.MediaPacketization = &h245.MediaPacketization{RTPPayloadType: t}
	}
}

// Payload formats by RFC. 2429 is the one of H.263's later versions before
// RFC 4629, which kept it; peers know its number.
const (
	rfcH263   = 2190
	rfcH263v2 = 2429
	rfcH263v3 = 4629
)

// payloadDescriptor names the payload format of a codec that has several. The
// one of H.263 in RFC 2190 goes without saying.
func (c Capability) payloadDescriptor() (h245.RTPPayloadDescriptor, bool) {
	switch c.Format.Name {
	case formatH263v2, formatH263v3:
		n := uint32(rfcH263v2)
		return h245.RTPPayloadDescriptor{RFCNumber: &n}, true
	case formatH264:
		if mode, _ := c.Format.Param("packetization-mode"); mode == "1" {
			return h245.RTPPayloadDescriptor{OID: h245.H264NonInterleavedOID}, true
		}
		return h245.RTPPayloadDescriptor{OID: h245.H264SingleNALOID}, true
	}
	return h245.RTPPayloadDescriptor{}, false
}

// add notes what a descriptor names.
func (p *packetization) add(t *h245.RTPPayloadType) {
	if n := t.PayloadDescriptor.RFCNumber; n != nil && (*n == rfcH263v2 || *n == rfcH263v3) {
		p.h263v2 = true
	}
	if t.PayloadDescriptor.OID == h245.H264NonInterleavedOID {
		p.h264 = true
	}
}

// entry returns the capability as an entry of a table of what is received.
func (c Capability) entry() (*h245.Capability, error) {
	if c.Format.IsZero() && c.Raw != nil {
		return c.Raw, nil
	}
	switch c.Kind {
	case KindAudio:
		a, err := c.audio()
		if err != nil {
			return nil, err
		}
		return &h245.Capability{ReceiveAudioCapability: a}, nil
	case KindVideo:
		v, err := c.video()
		if err != nil {
			return nil, err
		}
		if c.Role != RoleMain {
			// As peers tell of the second video.
			return &h245.Capability{ReceiveAndTransmitVideoCapability: v}, nil
		}
		return &h245.Capability{ReceiveVideoCapability: v}, nil
	case KindData:
		d, err := c.data()
		if err != nil {
			return nil, err
		}
		return &h245.Capability{ReceiveDataApplicationCapability: d}, nil
	case KindEvent:
		if c.Format.ClockRate != 8000 {
			break // H.245 does not tell the clock
		}
		return &h245.Capability{ReceiveRTPAudioTelephonyEventCapability: c.event()}, nil
	}
	return nil, fmt.Errorf("media: %v %v as an H.245 capability: %w", c.Kind, c.Format, codecs.ErrUnsupported)
}

func (c Capability) event() *h245.AudioTelephonyEventCapability {
	e := &h245.AudioTelephonyEventCapability{
		DynamicRTPPayloadType: c.PayloadType,
		AudioTelephoneEvent:   c.Format.Fmtp,
	}
	if e.DynamicRTPPayloadType < 96 || e.DynamicRTPPayloadType > 127 {
		e.DynamicRTPPayloadType = defaultEventPayloadType
	}
	if e.AudioTelephoneEvent == "" {
		e.AudioTelephoneEvent = defaultEvents
	}
	return e
}

// algorithms appends the ciphers that are named, by preference.
func algorithms(list []string, e *h245.EncryptionAuthenticationAndIntegrity) []string {
	for i := range e.EncryptionCapability {
		if oid := e.EncryptionCapability[i].Algorithm; oid != "" && len(list) < maxEncryption {
			list = append(list, string(oid))
		}
	}
	return list
}

// encryption offers ciphers (H.235.6 clause 8.6).
func encryption(oids []string) h245.EncryptionAuthenticationAndIntegrity {
	var e h245.EncryptionAuthenticationAndIntegrity
	for _, oid := range oids {
		e.EncryptionCapability = append(e.EncryptionCapability, h245.MediaEncryptionAlgorithm{Algorithm: per.OID(oid)})
	}
	return e
}
