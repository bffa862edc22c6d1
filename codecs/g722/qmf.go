package g722

// blockPairs is how many pairs of samples the filters take at a time: 20 ms.
const blockPairs = 160

// qmfPast is how many samples of the past, or pairs, a filter of 24 taps looks
// at beside the newest.
const qmfPast = 22

// analysis is the transmit QMF: it splits 16 kHz into two bands at 8 kHz.
type analysis struct {
	x [qmfPast + 2*blockPairs]int16
}

// split writes the bands of pcm, two samples of which give one of each.
// Samples of 16 bits give bands of 15.
func (a *analysis) split(xl, xh []int32, pcm []int16) {
	copy(a.x[qmfPast:], pcm)
	for i := range xl {
		// The coefficients are symmetric: the odd phase is the even one
		// backwards (G.722 table 11).
		w := (*[24]int16)(a.x[2*i:])
		xa := int32(w[0])*3 - int32(w[2])*11 + int32(w[4])*12 + int32(w[6])*32 -
			int32(w[8])*210 + int32(w[10])*951 + int32(w[12])*3876 - int32(w[14])*805 +
			int32(w[16])*362 - int32(w[18])*156 + int32(w[20])*53 - int32(w[22])*11
		xb := int32(w[23])*3 - int32(w[21])*11 + int32(w[19])*12 + int32(w[17])*32 -
			int32(w[15])*210 + int32(w[13])*951 + int32(w[11])*3876 - int32(w[9])*805 +
			int32(w[7])*362 - int32(w[5])*156 + int32(w[3])*53 - int32(w[1])*11
		xl[i] = limit((xb + xa) >> 14)
		xh[i] = limit((xb - xa) >> 14)
	}
	copy(a.x[:qmfPast], a.x[len(pcm):])
}

// synthesis is the receive QMF: it joins the two bands again. It keeps their
// differences and sums, which are the two phases of its filter's input.
type synthesis struct {
	d, s [qmfPast/2 + blockPairs]int32
}

// join writes two samples for one of each band.
func (y *synthesis) join(pcm []int16, rl, rh []int32) {
	const past = qmfPast / 2
	for i := range rl {
		y.d[past+i], y.s[past+i] = rl[i]-rh[i], rl[i]+rh[i]
	}
	for i := range rl {
		d, s := (*[12]int32)(y.d[i:]), (*[12]int32)(y.s[i:])
		out1 := d[11]*3 - d[10]*11 + d[9]*12 + d[8]*32 - d[7]*210 + d[6]*951 +
			d[5]*3876 - d[4]*805 + d[3]*362 - d[2]*156 + d[1]*53 - d[0]*11
		out2 := s[0]*3 - s[1]*11 + s[2]*12 + s[3]*32 - s[4]*210 + s[5]*951 +
			s[6]*3876 - s[7]*805 + s[8]*362 - s[9]*156 + s[10]*53 - s[11]*11
		pcm[2*i] = int16(saturate(out1 >> 11))
		pcm[2*i+1] = int16(saturate(out2 >> 11))
	}
	copy(y.d[:past], y.d[len(rl):])
	copy(y.s[:past], y.s[len(rl):])
}
