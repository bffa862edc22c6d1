//go:build meeting

package meeting

import (
	"context"
	"encoding/binary"
	"math"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo"

	"parley/codecs"
	"parley/codecs/g711"
)

// Packets are 20 ms of 8 kHz sound.
const (
	slot         = 20 * time.Millisecond
	slotSamples  = 160
	burstHz      = 1000.0
	burstPeriod  = 100 // slots from one burst to the next: 2 s
	burstSlots   = 10
	listenBuffer = 40 * time.Millisecond // playout delay that a phone would have
)

// caller is one SIP participant of the load: a PCMU phone.
type caller struct {
	index  int
	dialog *sipgo.DialogClientSession
	conn   *net.UDPConn
	remote *net.UDPAddr
	ssrc   uint32

	mu       sync.Mutex
	recorded []arrival
}

// arrival is one packet as it reached a listener.
type arrival struct {
	at       time.Time
	sequence uint16
	payload  []byte
}

// call joins the conference at uri.
func (d *dialer) call(ctx context.Context, index int, host, uri string) (*caller, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(1 << 20)
	dialog, err := d.invite(ctx, uri, pcmuOffer(host, conn.LocalAddr().(*net.UDPAddr).Port))
	if err != nil {
		return nil, err
	}
	c := &caller{index: index, dialog: dialog, conn: conn, ssrc: uint32(0x10000 + index)}
	c.remote, err = mediaAddress(string(dialog.InviteResponse.Body()))
	return c, err
}

// listen records what arrives until the socket is closed.
func (c *caller) listen() {
	buf := make([]byte, 2048)
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			return
		}
		at := time.Now()
		if n < 12 || buf[0]>>6 != 2 || buf[1]&0x7f != 0 {
			continue
		}
		header := 12 + 4*int(buf[0]&15)
		if n < header {
			continue
		}
		c.mu.Lock()
		c.recorded = append(c.recorded, arrival{at, binary.BigEndian.Uint16(buf[2:]), append([]byte(nil), buf[header:n]...)})
		c.mu.Unlock()
	}
}

// forget drops what was heard before the minute began.
func (c *caller) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recorded = nil
}

// send sends the caller's packet of one slot.
func (c *caller) send(n int, payload []byte) {
	packet := make([]byte, 12, 12+len(payload))
	packet[0] = 0x80
	if n == 0 {
		packet[1] = 0x80
	}
	binary.BigEndian.PutUint16(packet[2:], uint16(n))
	binary.BigEndian.PutUint32(packet[4:], uint32(n*slotSamples))
	binary.BigEndian.PutUint32(packet[8:], c.ssrc)
	// A full socket buffer is a loss, which the listeners will see.
	_, _ = c.conn.WriteToUDP(append(packet, payload...), c.remote)
}

// speech is what a speaker says in slot n: the first speaker bursts of 1 kHz
// on quiet ground, the others a steady tone of their own.
func speech(speaker, n int) []byte {
	enc, err := g711.MuLaw().NewEncoder(g711.MuLaw().Formats[0])
	if err != nil {
		panic(err)
	}
	pcm := make([]int16, slotSamples)
	f, amplitude := []float64{burstHz, 300, 500}[speaker], 6000.0
	if speaker == 0 && n%burstPeriod >= burstSlots {
		amplitude = 0
	}
	for i := range pcm {
		pcm[i] = int16(amplitude * math.Sin(2*math.Pi*f*float64(n*slotSamples+i)/8000))
	}
	out, err := enc.Encode(nil, pcm)
	if err != nil {
		panic(err)
	}
	return out
}

// gaps is the share of 20 ms slots in which a phone with listenBuffer of
// playout delay had nothing to play (packets missing, or later than that after
// the earliest that the sender's clock allows), and the share that was lost
// altogether, of n packets that arrived.
func (c *caller) gaps() (late, lost float64, n int) {
	n = len(c.recorded)
	if n < 2 {
		return 1, 1, n
	}
	first := c.recorded[0]
	base := time.Duration(math.MaxInt64)
	index := make([]int, n)
	last := 0
	for i, a := range c.recorded {
		index[i] = last + int(int16(a.sequence-uint16(int(first.sequence)+last)))
		last = max(last, index[i])
		base = min(base, a.at.Sub(first.at)-time.Duration(index[i])*slot)
	}
	good := 0
	for i, a := range c.recorded {
		if a.at.Sub(first.at)-time.Duration(index[i])*slot <= base+listenBuffer {
			good++
		}
	}
	slots := float64(last + 1)
	return 1 - float64(good)/slots, 1 - float64(n)/slots, n
}

// onsets finds when each burst reached this listener's ear: the arrival of the
// packet in which it begins, plus its place in the packet.
func (c *caller) onsets(dec codecs.Decoder) []time.Time {
	const step = 40 // samples: 5 ms
	var out []time.Time
	quiet := 1000
	pcm := make([]int16, 8000)
	for _, a := range c.recorded {
		n, err := dec.Decode(pcm, a.payload)
		if err != nil {
			continue
		}
		for i := 0; i+step <= n; i += step {
			if loud(pcm[i : i+step]) {
				if quiet > 20 {
					out = append(out, a.at.Add(time.Duration(i)*time.Second/8000))
				}
				quiet = 0
			} else {
				quiet++
			}
		}
	}
	return out
}

// loud tells whether 5 ms hold the burst's tone: 1 kHz makes five whole periods
// in them.
func loud(pcm []int16) bool {
	var re, im float64
	for i, v := range pcm {
		s, c := math.Sincos(2 * math.Pi * burstHz * float64(i) / 8000)
		re += float64(v) * c
		im += float64(v) * s
	}
	return 2*math.Hypot(re, im)/float64(len(pcm)) > 1200
}
