package mixer

import "time"

// Run ticks every 20 ms by the monotonic clock while the Room is not empty,
// until stop is closed.
func (m *Mixer) Run(stop <-chan struct{}) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for m.await(stop) {
		next := time.Now()
		for !m.empty() {
			m.timedTick(next)
			next = m.schedule(next.Add(frameDuration), time.Now())
			timer.Reset(time.Until(next))
			select {
			case <-stop:
				return
			case <-timer.C:
			}
		}
		// The last who left still has an encoder to give back.
		m.enter()
	}
}

func (m *Mixer) empty() bool {
	r := m.room.Load()
	return len(r.Inputs) == 0 && len(r.Outputs) == 0
}

// await waits until there is somebody, and reports false when stop is closed.
func (m *Mixer) await(stop <-chan struct{}) bool {
	for m.empty() {
		select {
		case <-stop:
			return false
		case <-m.wake:
		}
	}
	return true
}

// schedule returns when the next tick is due: at due, unless so much was
// missed that it is given up.
func (m *Mixer) schedule(due, now time.Time) time.Time {
	if behind := now.Sub(due); behind > maxCatchUp*frameDuration {
		return due.Add(behind.Truncate(frameDuration) - maxCatchUp*frameDuration)
	}
	return due
}

func (m *Mixer) timedTick(due time.Time) {
	start := time.Now()
	if start.Sub(due) > frameDuration {
		m.late.Add(1)
	}
	m.Tick()
	m.timed(time.Since(start))
}
