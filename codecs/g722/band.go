package g722

// band is what the encoder and the decoder of one sub-band have in common: the
// scale factor of the quantizer and the predictor of the signal, both adapted
// to the codes alone (G.722 clauses 3.4 to 3.6).
type band struct {
	s   int32    // the prediction, SL or SH
	sz  int32    // its part from the zeros, SZL or SZH
	det int32    // the quantizer's scale factor, DETL or DETH
	nb  int32    // its logarithm, NBL or NBH
	a1  int32    // coefficients of the poles
	a2  int32    //
	b   [6]int32 // coefficients of the zeros
	d   [6]int32 // the last differences, the newest first
	r1  int32    // the last reconstructed sample
	r2  int32    // and the one before
	p1  int32    // the last two partly reconstructed samples; only their
	p2  int32    // signs matter
}

// The scale factors after a reset.
func newLowerBand() band  { return band{det: 32} }
func newHigherBand() band { return band{det: 8} }

// saturate limits v to 16 bits.
func saturate(v int32) int32 { return max(min(v, 32767), -32768) }

// scaleLower adapts the lower band's scale factor to a code of 4 bits (LOGSCL,
// SCALEL).
func (b *band) scaleLower(code int32) {
	nb := b.nb*32512>>15 + logLower[code&15]
	b.nb = max(min(nb, 18432), 0)
	b.det = scale(b.nb, 8)
}

// scaleHigher adapts the higher band's scale factor (LOGSCH, SCALEH).
func (b *band) scaleHigher(code int32) {
	nb := b.nb*32512>>15 + logHigher[code&3]
	b.nb = max(min(nb, 22528), 0)
	b.det = scale(b.nb, 10)
}

// scale returns 4 * 2^(nb/2048 - shift), by a table of 32 steps to the octave.
// Nothing but the higher band's upper end shifts to the left.
func scale(nb, shift int32) int32 {
	v := antilog[nb>>6&31]
	if n := shift - nb>>11; n >= 0 {
		return v >> n << 2
	}
	return v << 3
}

// predict takes the quantized difference d and predicts the next sample (block
// 4: RECONS, PARREC, UPPOL2, UPPOL1, UPZERO, DELAYA, FILTEP, FILTEZ, PREDIC).
func (b *band) predict(d int32) {
	r := saturate(b.s + d)
	p := saturate(d + b.sz)
	b.adaptPoles(p)
	b.p2, b.p1 = b.p1, p

	spl := saturate(b.a1*saturate(2*r)>>15 + b.a2*saturate(2*b.r1)>>15)
	b.r2, b.r1 = b.r1, r

	b.adaptZeros(d)
	b.s = saturate(spl + b.sz)
}

// adaptPoles is UPPOL2 and UPPOL1.
func (b *band) adaptPoles(p int32) {
	same1, same2 := p^b.p1 >= 0, p^b.p2 >= 0

	wd := saturate(4 * b.a1)
	if same1 {
		wd = saturate(-wd)
	}
	a2 := wd >> 7
	if same2 {
		a2 += 128
	} else {
		a2 -= 128
	}
	a2 += b.a2 * 32512 >> 15
	b.a2 = max(min(a2, 12288), -12288)

	a1 := b.a1 * 32640 >> 15
	if same1 {
		a1 += 192
	} else {
		a1 -= 192
	}
	bound := 15360 - b.a2
	b.a1 = max(min(a1, bound), -bound)
}

// adaptZeros is UPZERO, the shift of the differences and FILTEZ in one pass.
func (b *band) adaptZeros(d int32) {
	var step int32
	if d != 0 {
		step = 128
	}
	newest := d
	sz := int32(0)
	for i := range b.b {
		// The sign of the product of d and the delayed difference: 0 or -1.
		sign := (d ^ b.d[i]) >> 31
		c := b.b[i]*32640>>15 + (step ^ sign - sign)
		b.b[i] = c
		// Shift the differences while at it: the newest goes in front.
		newest, b.d[i] = b.d[i], newest
		sz += c * saturate(2*b.d[i]) >> 15
	}
	b.sz = saturate(sz)
}
