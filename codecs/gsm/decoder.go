package gsm

// minLag and maxLag bound the lag of the long-term predictor.
const minLag, maxLag = 40, 120

// decoder is the receiving side (5.3).
type decoder struct {
	parameters parameters
	short      shortTerm
	past       history
	lag        int      // nrp, the last valid one
	v          [9]int16 // of the synthesis filter
	msr        int16    // of the de-emphasis
}

func newDecoder() *decoder { return &decoder{lag: minLag} }

// frame decodes the parameters.
func (d *decoder) frame(out *[FrameSamples]int16) {
	var ep [40]int16
	for j := range d.parameters.sub {
		s := &d.parameters.sub[j]
		s.excitation(&ep)
		// 5.3.2: a lag that cannot be is the one before.
		if lag := int(s.lag); lag >= minLag && lag <= maxLag {
			d.lag = lag
		}
		gain, from := gainLevel[s.gain], at(j)
		for k, e := range ep {
			d.past[from+k] = add(e, multR(gain, d.past[from+k-d.lag]))
		}
	}
	d.short.decode(&d.parameters.lar)
	for i, part := range segments {
		rp := d.short.reflections(i)
		d.synthesize(&rp, d.past[120+part.from:120+part.to], out[part.from:part.to])
	}
	d.past.turn()
	d.finish(out)
}

// synthesize is the short-term synthesis filter (5.3.4).
func (d *decoder) synthesize(rp *[8]int16, in, out []int16) {
	for k, sri := range in {
		for i := 7; i >= 0; i-- {
			sri = sub(sri, multR(rp[i], d.v[i]))
			d.v[i+1] = add(d.v[i], multR(rp[i], sri))
		}
		d.v[0] = sri
		out[k] = sri
	}
}

// finish takes the emphasis off, and scales up and truncates (5.3.5 to 5.3.7).
func (d *decoder) finish(out *[FrameSamples]int16) {
	for k, v := range out {
		d.msr = add(v, multR(d.msr, 28180))
		out[k] = add(d.msr, d.msr) &^ 7
	}
}
