package gsm

// encoder is the sending side (5.2).
type encoder struct {
	parameters parameters
	short      shortTerm
	past       history

	z1  int16 // of the offset compensation
	lz2 int32
	mp  int16 // of the pre-emphasis

	u [8]int16 // of the analysis filter
}

// frame encodes 160 samples to the parameters.
func (e *encoder) frame(pcm *[FrameSamples]int16) {
	var s [FrameSamples]int16
	e.preprocess(pcm, &s)
	e.parameters.lar = quantize(logAreaRatios(reflect(autocorrelate(&s))))
	e.short.decode(&e.parameters.lar)
	for i, part := range segments {
		rp := e.short.reflections(i)
		e.analyse(&rp, s[part.from:part.to])
	}
	for j := range e.parameters.sub {
		e.subframe(j, (*[40]int16)(s[40*j:]))
	}
	e.past.turn()
}

// preprocess scales down, takes the offset away and puts the emphasis on
// (5.2.1 to 5.2.3).
func (e *encoder) preprocess(pcm, s *[FrameSamples]int16) {
	for k, v := range pcm {
		so := v >> 3 << 2
		s1 := int32(so) - int32(e.z1)
		e.z1 = so
		ls2 := s1 << 15
		msp := int16(e.lz2 >> 15)
		lsp := int16(e.lz2 - int32(msp)<<15)
		ls2 += int32(multR(lsp, 32735))
		e.lz2 = clamp(int64(msp)*32735 + int64(ls2))
		sof := int16(clamp(int64(e.lz2)+16384) >> 15)
		s[k] = add(sof, multR(e.mp, -28180))
		e.mp = sof
	}
}

// clamp brings a sum back to 32 bits.
func clamp(v int64) int32 { return int32(max(-1<<31, min(v, 1<<31-1))) }

// autocorrelate is 5.2.4. It rounds s where that is scaled.
func autocorrelate(s *[FrameSamples]int16) (acf [9]int32) {
	peak := int16(0)
	for _, v := range s {
		peak = max(peak, abs(v))
	}
	scaled := 0
	if peak != 0 {
		scaled = max(0, 4-int(norm(int32(peak)<<16)))
	}
	if scaled > 0 {
		factor := int16(16384 >> (scaled - 1))
		for k := range s {
			s[k] = multR(s[k], factor)
		}
	}
	for k := range acf {
		sum := int32(0)
		for i := k; i < len(s); i++ {
			sum += int32(s[i]) * int32(s[i-k])
		}
		acf[k] = sum << 1
	}
	if scaled > 0 {
		for k := range s {
			s[k] <<= uint(scaled)
		}
	}
	return acf
}

// reflect finds the reflection coefficients by Schur's recursion (5.2.5).
func reflect(acf [9]int32) (r [8]int16) {
	if acf[0] == 0 {
		return r
	}
	shift := norm(acf[0])
	var p, k [9]int16
	for i := range p {
		p[i] = int16(acf[i] << shift >> 16)
	}
	k = p
	for n := range r {
		t := abs(p[1])
		if p[0] < t {
			return r
		}
		r[n] = div(t, p[0])
		if p[1] > 0 {
			r[n] = -r[n]
		}
		if n == len(r)-1 {
			return r
		}
		p[0] = add(p[0], multR(p[1], r[n]))
		for m := 1; m <= 7-n; m++ {
			p[m] = add(p[m+1], multR(k[m], r[n]))
			k[m] = add(k[m], multR(p[m+1], r[n]))
		}
	}
	return r
}

// logAreaRatios is 5.2.6.
func logAreaRatios(r [8]int16) [8]int16 {
	for i, v := range r {
		t := abs(v)
		switch {
		case t < 22118:
			t >>= 1
		case t < 31130:
			t -= 11059
		default:
			t = (t - 26112) << 2
		}
		if v < 0 {
			t = -t
		}
		r[i] = t
	}
	return r
}

// quantize is 5.2.7.
func quantize(lar [8]int16) (coded [8]uint8) {
	for i, v := range lar {
		t := add(add(mult(larA[i], v), larB[i]), 256) >> 9
		coded[i] = uint8(max(larMin[i], min(t, larMax[i])) - larMin[i])
	}
	return coded
}

// analyse is the short-term analysis filter (5.2.10), in place.
func (e *encoder) analyse(rp *[8]int16, s []int16) {
	for k, di := range s {
		saved := di
		for i := range e.u {
			u := e.u[i]
			e.u[i] = saved
			saved = add(u, multR(rp[i], di))
			di = add(di, multR(rp[i], u))
		}
		s[k] = di
	}
}

// subframe encodes 40 samples of the short-term residual.
func (e *encoder) subframe(j int, d *[40]int16) {
	s := &e.parameters.sub[j]
	from := at(j)
	s.lag, s.gain = e.predict(from, d)

	// 5.2.12: the long-term analysis filter.
	var predicted, residual [40]int16
	gain, lag := gainLevel[s.gain], int(s.lag)
	for k := range d {
		predicted[k] = multR(gain, e.past[from+k-lag])
		residual[k] = sub(d[k], predicted[k])
	}
	x := weight(&residual)
	s.selectGrid(&x)

	// 5.2.18: what the decoder will have.
	s.excitation(&residual)
	for k := range d {
		e.past[from+k] = add(residual[k], predicted[k])
	}
}

// predict finds the long-term predictor's lag and gain (5.2.11).
func (e *encoder) predict(from int, d *[40]int16) (lag, gain uint8) {
	peak := int16(0)
	for _, v := range d {
		peak = max(peak, abs(v))
	}
	shift := uint(0)
	if peak == 0 {
		shift = 6
	} else if n := norm(int32(peak) << 16); n <= 6 {
		shift = 6 - n
	}
	var wt [40]int16
	for k, v := range d {
		wt[k] = v >> shift
	}
	best, nc := int32(0), minLag
	for l := minLag; l <= maxLag; l++ {
		past := e.past[from-l:][:40]
		sum := int32(0)
		for k, v := range wt {
			sum += int32(v) * int32(past[k])
		}
		if sum > best {
			best, nc = sum, l
		}
	}
	best = best << 1 >> (6 - shift)
	power := int32(0)
	for _, v := range e.past[from-nc:][:40] {
		t := int32(v >> 3)
		power += t * t
	}
	power <<= 1
	switch {
	case best <= 0:
		return uint8(nc), 0
	case best >= power:
		return uint8(nc), 3
	}
	n := norm(power)
	r, s := int16(best<<n>>16), int16(power<<n>>16)
	for gain < 3 && r > mult(s, gainDecision[gain]) {
		gain++
	}
	return uint8(nc), gain
}

// weight is the weighting filter (5.2.13).
func weight(e *[40]int16) (x [40]int16) {
	var padded [50]int16
	copy(padded[5:], e[:])
	for k := range x {
		sum := int32(4096) // half of what is shifted out
		for i, h := range weights {
			sum += int32(padded[k+i]) * int32(h)
		}
		x[k] = saturate(sum >> 13)
	}
	return x
}

// selectGrid takes of four grids the one with the most energy (5.2.14), and
// quantizes its pulses (5.2.15).
func (s *subframe) selectGrid(x *[40]int16) {
	most := int32(0)
	s.grid = 0
	for m := range 4 {
		sum := int32(0)
		for i := range s.pulse {
			t := int32(x[m+3*i] >> 2)
			sum += t * t
		}
		if sum > most {
			most, s.grid = sum, uint8(m)
		}
	}
	peak := int16(0)
	for i := range s.pulse {
		peak = max(peak, abs(x[int(s.grid)+3*i]))
	}
	exponent := int16(0)
	for t := peak >> 9; t > 0 && exponent < 6; t >>= 1 {
		exponent++
	}
	s.peak = uint8(add(peak>>uint(exponent+5), exponent<<3))

	exponent, mantissa := scale(s.peak)
	shift, factor := uint(6-exponent), inverseMantissa[mantissa]
	for i := range s.pulse {
		t := mult(x[int(s.grid)+3*i]<<shift, factor)
		s.pulse[i] = uint8(t>>12 + 4)
	}
}
