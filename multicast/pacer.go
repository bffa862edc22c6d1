package multicast

import (
	"sync"
	"time"

	"parley/codecs"
	"parley/qos/rtp"
)

// pacer sends linear sound in packets of one length, one length apart. Receivers
// of AES67 count on both: they buffer a few packets, not the 20 ms of a tick
// (AES67 7.5).
type pacer struct {
	send     func(rtp.Header, []byte)
	sample   int // octets
	size     int // octets of a packet
	duration uint32
	gap      time.Duration

	// Of who calls push.
	sequence uint16
	rest     []byte // less than a packet, of the tick before

	mu     sync.Mutex
	bursts [pacedBursts]burst // count of them from the first on wait, or are being sent
	first  int
	count  int

	wake chan struct{} // holds one
	stop chan struct{}
	done chan struct{} // closed when run has ended
}

// burst is the packets of a tick.
type burst struct {
	header rtp.Header
	csrc   [maxContributors]uint32
	data   []byte
}

// newPacer returns the pacer of sound in f whose packets last t; nil where none
// is needed, since a packet takes a tick. Who starts it stops it.
func newPacer(f codecs.Format, t time.Duration, sequence uint16, send func(rtp.Header, []byte)) *pacer {
	if t <= 0 || t >= codecs.FrameDuration {
		return nil
	}
	each := packetSamples(f, t)
	sample := sampleSize(f)
	return &pacer{
		send: send, sample: sample, size: each * sample, duration: uint32(each),
		gap: samplesTime(each, f.ClockRate), sequence: sequence,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// push takes the sound of a tick, and the header of its first packet but for the
// sequence number. It never blocks: when nothing is sent for so long that
// pacedBursts wait, the tick is lost.
func (p *pacer) push(h *rtp.Header, data []byte) {
	if h.Marker {
		p.rest = p.rest[:0] // of before the silence
	}
	had := len(p.rest)
	packets := (had + len(data)) / p.size
	if packets == 0 {
		p.rest = append(p.rest, data...)
		return
	}
	used := packets*p.size - had
	if b := p.free(); b != nil {
		copy(b.csrc[:], h.CSRC)
		b.header = *h
		b.header.CSRC = b.csrc[:len(h.CSRC)]
		b.header.SequenceNumber = p.sequence + 1
		b.header.Timestamp -= uint32(had / p.sample)
		b.data = append(append(b.data[:0], p.rest...), data[:used]...)
		p.commit()
	}
	p.sequence += uint16(packets)
	p.rest = append(p.rest[:0], data[used:]...)
}

// free returns the burst behind the last; nil when all wait.
func (p *pacer) free() *burst {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == len(p.bursts) {
		return nil
	}
	return &p.bursts[(p.first+p.count)%len(p.bursts)]
}

// commit hands the free burst to run.
func (p *pacer) commit() {
	p.mu.Lock()
	p.count++
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next returns the burst to be sent, after the one that was; nil: none.
func (p *pacer) next(sent bool) *burst {
	p.mu.Lock()
	defer p.mu.Unlock()
	if sent {
		p.first = (p.first + 1) % len(p.bursts)
		p.count--
	}
	if p.count == 0 {
		return nil
	}
	return &p.bursts[p.first]
}

// late reports whether another burst waits behind the one that is being sent.
func (p *pacer) late() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count > 1
}

// run sends until close.
func (p *pacer) run() {
	defer close(p.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-p.wake:
		case <-p.stop:
			return
		}
		for b := p.next(false); b != nil; b = p.next(true) {
			if !p.play(b, timer) {
				return
			}
		}
	}
}

// play sends a burst, and what is left of it at once when the next one is there;
// false: it is to stop.
func (p *pacer) play(b *burst, timer *time.Timer) bool {
	begin := time.Now()
	for i := 0; i*p.size < len(b.data); i++ {
		if wait := time.Until(begin.Add(time.Duration(i) * p.gap)); wait > 0 && !p.late() {
			timer.Reset(max(wait, paceLeast))
			select {
			case <-timer.C:
			case <-p.wake:
			case <-p.stop:
				return false
			}
		}
		p.send(b.header, b.data[i*p.size:][:p.size])
		b.header.Marker = false
		b.header.SequenceNumber++
		b.header.Timestamp += p.duration
	}
	return true
}

// close ends run.
func (p *pacer) close() {
	close(p.stop)
	<-p.done
}
