package gsm

// parameters is the content of a frame (1.7, table 1.1).
type parameters struct {
	lar [8]uint8 // LARc, of 6, 6, 5, 5, 4, 4, 3 and 3 bits
	sub [4]subframe
}

// subframe is the parameters of 40 samples.
type subframe struct {
	lag   uint8     // Ncr, 7 bits
	gain  uint8     // bcr, 2 bits
	grid  uint8     // Mcr, 2 bits
	peak  uint8     // xmaxcr, 6 bits
	pulse [13]uint8 // xMcr, 3 bits each
}

// signature is the first four bits of each frame (RFC 3551 4.5.8.1), which make
// the 260 bits of parameters whole octets.
const signature = 0xd

var larBits = [8]uint{6, 6, 5, 5, 4, 4, 3, 3}

// append writes the frame as RFC 3551 4.5.8.1 packs it: one parameter behind
// the other, each from its highest bit on.
func (p *parameters) append(dst []byte) []byte {
	w := writer{out: dst, hold: signature, bits: 4}
	for i, v := range p.lar {
		w.put(v, larBits[i])
	}
	for i := range p.sub {
		s := &p.sub[i]
		w.put(s.lag, 7)
		w.put(s.gain, 2)
		w.put(s.grid, 2)
		w.put(s.peak, 6)
		for _, v := range s.pulse {
			w.put(v, 3)
		}
	}
	return w.out
}

// read takes a frame apart. Any bits are parameters.
func (p *parameters) read(frame *[FrameSize]byte) {
	r := reader{in: frame[1:], hold: uint32(frame[0]), bits: 4}
	for i := range p.lar {
		p.lar[i] = r.take(larBits[i])
	}
	for i := range p.sub {
		s := &p.sub[i]
		s.lag, s.gain, s.grid, s.peak = r.take(7), r.take(2), r.take(2), r.take(6)
		for k := range s.pulse {
			s.pulse[k] = r.take(3)
		}
	}
}

type writer struct {
	out  []byte
	hold uint32
	bits uint
}

func (w *writer) put(v uint8, n uint) {
	w.hold = w.hold<<n | uint32(v)
	for w.bits += n; w.bits >= 8; {
		w.bits -= 8
		w.out = append(w.out, byte(w.hold>>w.bits))
	}
}

type reader struct {
	in   []byte
	hold uint32
	bits uint
}

func (r *reader) take(n uint) uint8 {
	if r.bits < n {
		r.hold = r.hold<<8 | uint32(r.in[0])
		r.in = r.in[1:]
		r.bits += 8
	}
	r.bits -= n
	return uint8(r.hold >> r.bits & (1<<n - 1))
}
