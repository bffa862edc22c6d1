package mixer

// Automatic level. Who speaks is brought to targetLevel; who is near enough is
// left alone, so that tones and music keep their shape.
const (
	targetLevel = -20 // dBov, of the frames with sound
	// deadband is how far off a source may be before its gain moves; once it
	// moves it goes all the way.
	deadband = 3
	arrived  = 0.25
	maxGain  = 24
	minGain  = -12
	// gainRise and gainFall are in dB a frame: 10 dB/s up, 20 dB/s down. The
	// 20 dB that a quiet phone needs are there after two seconds of speech.
	gainRise = 0.2
	gainFall = 0.4
	// gainWindow is over how many frames of sound the level is averaged.
	gainWindow = 75
	// noiseCeiling is what a source's noise floor may be amplified to, in
	// dBov.
	noiseCeiling = -30
	// maxPeak is the highest sample after gain; what is above full scale is
	// the soft clipper's, what is above this takes the gain down at once.
	maxPeak = 2 * fullScale
)

// gainControl is the automatic level of one source.
type gainControl struct {
	level  float32 // mean level of the frames with sound, dBov
	count  int     // of those frames, up to gainWindow
	dB     float32
	linear float32 // the factor of dB
	moving bool
}

func (g *gainControl) reset() { *g = gainControl{linear: 1} }

// step takes the level and peak of the next frame. sound tells that it is
// speech or the like; the gain rests otherwise, so that noise in a pause is
// not drawn up.
func (g *gainControl) step(level float32, peak int32, floor float32, sound bool) {
	before := g.dB
	if sound {
		g.count = min(g.count+1, gainWindow)
		g.level += (level - g.level) / float32(g.count)
		g.approach(max(minGain, min(maxGain, targetLevel-g.level, noiseCeiling-floor)))
	}
	if float32(peak)*g.linear > maxPeak {
		g.dB = max(minGain, min(g.dB, 20*log10(maxPeak/float32(peak))))
	}
	if g.dB != before {
		g.linear = linear(g.dB)
	}
}

func (g *gainControl) approach(want float32) {
	off := want - g.dB
	if off > deadband || off < -deadband {
		g.moving = true
	}
	if !g.moving {
		return
	}
	if off < arrived && off > -arrived {
		g.moving = false
		return
	}
	g.dB += max(-gainFall, min(gainRise, off))
}
