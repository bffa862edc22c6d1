package media

import (
	"math"

	"parley/h323/h245"
)

// ParseMode reads what a peer asks to be sent (RequestMode, H.245 clause C.9): a
// capability in which Frames is not said. It returns false for what has no name
// here. An element that wants H.235.6 is EncryptedOnly.
func ParseMode(t *h245.ModeElementType) (Capability, bool) {
	c := Capability{}
	video, audio, data := t.VideoMode, t.AudioMode, t.DataMode
	if p := t.H235Mode; p != nil {
		video, audio, data = p.MediaMode.VideoMode, p.MediaMode.AudioMode, p.MediaMode.DataMode
		c.EncryptedOnly = true
	}
	switch {
	case audio != nil:
		a := audioOfMode(audio)
		encrypted := c.EncryptedOnly
		c = parseAudio(&a)
		c.Frames, c.EncryptedOnly = 0, encrypted
	case video != nil:
		parseVideoMode(video, &c)
	case data != nil:
		d := h245.DataApplicationCapability{MaxBitRate: data.BitRate}
		d.Application.H224, d.Application.GenericDataCapability = data.Application.H224, data.Application.GenericDataMode
		encrypted := c.EncryptedOnly
		c = parseData(&d)
		c.EncryptedOnly = encrypted
	}
	return c, !c.Format.IsZero()
}

// audioOfMode is the capability that says what a mode does. 56 kbit/s of G.711 and
// the lesser rates of G.722 are bits that the ISDN stole; RTP has no word for them.
func audioOfMode(m *h245.AudioMode) h245.AudioCapability {
	frames := uint16(1)
	var a h245.AudioCapability
	switch {
	case m.G711Alaw64k != nil, m.G711Alaw56k != nil:
		a.G711Alaw64k = &frames
	case m.G711Ulaw64k != nil, m.G711Ulaw56k != nil:
		a.G711Ulaw64k = &frames
	case m.G722_64k != nil, m.G722_56k != nil, m.G722_48k != nil:
		a.G722_64k = &frames
	case m.G728 != nil:
		a.G728 = &frames
	case m.G729 != nil:
		a.G729 = &frames
	case m.G729AnnexA != nil:
		a.G729AnnexA = &frames
	case m.G729wAnnexB != nil:
		a.G729wAnnexB = &frames
	case m.G729AnnexAwAnnexB != nil:
		a.G729AnnexAwAnnexB = &frames
	case m.G7231 != nil:
		a.G7231 = &h245.G7231Capability{MaxALSDUAudioFrames: 1}
	case m.GSMFullRate != nil:
		a.GSMFullRate = m.GSMFullRate
	case m.GenericAudioMode != nil:
		a.GenericAudioCapability = m.GenericAudioMode
	}
	return a
}

// parseVideoMode reads the size and rate that are asked for; whoever asks for a
// size takes it as often as there are pictures.
func parseVideoMode(m *h245.VideoMode, c *Capability) {
	c.Kind = KindVideo
	switch {
	case m.H261VideoMode != nil:
		var s sizes
		s[qcif] = 1
		if m.H261VideoMode.Resolution.Cif != nil {
			s[cif] = 1
		}
		c.Format = s.with(videoFormat(formatH261))
		c.MaxBitRate = bitRate(uint32(m.H261VideoMode.BitRate), h245BitRateUnit)
	case m.H263VideoMode != nil:
		var s sizes
		r := &m.H263VideoMode.Resolution
		for i, asked := range [...]bool{sqcif: r.Sqcif != nil, qcif: r.Qcif != nil, cif: r.Cif != nil, cif4: r.Cif4 != nil, cif16: r.Cif16 != nil} {
			if asked {
				s[i] = 1
			}
		}
		f := videoFormat(formatH263)
		if m.H263VideoMode.H263Options != nil {
			f = videoFormat(formatH263v2)
		}
		if s.any() { // a custom size is none of those that are known here
			c.Format = h263Annexes{f: m.H263VideoMode.AdvancedPrediction}.with(s.with(f))
		}
		c.MaxBitRate = bitRate(uint32(m.H263VideoMode.BitRate), h245BitRateUnit)
	case m.GenericVideoMode != nil:
		c.Format, c.MaxBitRate = parseGenericVideo(m.GenericVideoMode, packetization{h263v2: true, h264: true})
	}
	if c.MaxBitRate == math.MaxInt32 {
		c.MaxBitRate = 0
	}
}

// Within returns c, which can be sent, cut down to what a mode asks for; false: c
// is another thing.
func (c Capability) Within(mode Capability) (Capability, bool) {
	if mode.Kind != c.Kind || mode.EncryptedOnly && c.Algorithm == "" {
		return c, false
	}
	out, ok := c.common(&mode)
	out.Frames, out.PayloadType = c.Frames, c.PayloadType
	out.Algorithm, out.EncryptedOnly = c.Algorithm, c.EncryptedOnly
	return out, ok
}
