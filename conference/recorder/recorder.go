package recorder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"parley/codecs"
	"parley/codecs/elementary"
	"parley/conference"
)

// Config is what a Recorder writes.
type Config struct {
	// Sound is the path of a WAVE file of all that is heard; empty: none.
	Sound string
	// Folder is where pictures go, and Voices; empty: they are not recorded.
	Folder string
	// Voices has what HearVoice is told recorded, a file for each.
	Voices bool
	// Replace lets files be written over.
	Replace bool
	// Name is what the roster shows.
	Name string
}

// Recorder implements conference.Participant. All methods are safe for concurrent
// use.
type Recorder struct {
	cfg    Config
	seat   *conference.Seat
	tick   atomic.Uint64 // of the mixer; the one that is under way
	pool   codecs.Pool
	frames sync.Pool

	queue   chan item
	dropped atomic.Uint64
	closed  atomic.Bool
	stop    chan struct{} // closed by Close
	failed  chan struct{} // closed with the first error
	running sync.WaitGroup

	archive archive // of the goroutine that writes

	mu    sync.Mutex
	shown map[conference.SourceID]conference.SourceState // all that were subscribed to
}

// item is a frame of sound, or a packet of pictures.
type item struct {
	frame *codecs.Frame
	tick  uint64
	voice uint32 // 0: the mix

	stream conference.SourceID
	format codecs.Format
	packet codecs.Packet // its Buffer is the item's
}

// New creates the file of sound, so that what cannot be written is known at once.
func New(cfg Config) (*Recorder, error) {
	r := &Recorder{
		cfg: cfg, queue: make(chan item, maxQueue),
		stop: make(chan struct{}), failed: make(chan struct{}),
		shown: make(map[conference.SourceID]conference.SourceState),
	}
	r.frames.New = func() any { return new(codecs.Frame) }
	r.archive = archive{cfg: &r.cfg, voices: make(map[uint32]*sound), pictures: make(map[conference.SourceID]*pictures)}
	if err := r.archive.open(); err != nil {
		return nil, fmt.Errorf("recorder: %w", err)
	}
	return r, nil
}

// Join takes a seat in c, and records until Close.
func (r *Recorder) Join(c *conference.Conference) error {
	seat, err := c.Join(r)
	if err != nil {
		return fmt.Errorf("recorder: %w", err)
	}
	r.seat = seat
	ctx, cancel := context.WithCancel(context.Background())
	r.running.Go(func() {
		<-r.stop
		cancel()
	})
	r.running.Go(func() { r.follow(ctx, c) })
	r.running.Go(r.write)
	return nil
}

// Failed is closed when a file cannot be written any more. Close tells why.
func (r *Recorder) Failed() <-chan struct{} { return r.failed }

// Close leaves, completes the files, and tells what is in them. It is called once.
// The error is the first of all files.
func (r *Recorder) Close() ([]File, error) {
	r.closed.Store(true)
	if r.seat != nil {
		r.seat.Leave(conference.Cause{Code: conference.CauseLeft})
	}
	close(r.stop)
	r.running.Wait()
	files, err := r.archive.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range files {
		if s, ok := r.shown[files[i].Source]; ok {
			files[i].Name, files[i].Address = s.Name, s.Address
		}
	}
	return files, err
}

// Dropped counts frames and packets for which the disk was too slow.
func (r *Recorder) Dropped() uint64 { return r.dropped.Load() }

// write runs until Close, and then writes what is left.
func (r *Recorder) write() {
	for {
		select {
		case i := <-r.queue:
			r.take(&i)
		case <-r.stop:
			for len(r.queue) > 0 {
				i := <-r.queue
				r.take(&i)
			}
			return
		}
	}
}

func (r *Recorder) take(i *item) {
	had := r.archive.err
	r.archive.take(i)
	if i.frame != nil {
		r.frames.Put(i.frame)
	}
	if i.packet.Buffer != nil {
		i.packet.Buffer.Release()
	}
	if had == nil && r.archive.err != nil {
		close(r.failed)
	}
}

// put never waits.
func (r *Recorder) put(i item) {
	if !r.closed.Load() {
		select {
		case r.queue <- i:
			return
		default:
			r.dropped.Add(1)
		}
	}
	if i.packet.Buffer != nil {
		i.packet.Buffer.Release()
	}
}

// HearVoice takes 20 ms of one voice, from the mixer's tick, where Voices are
// recorded. voice names it and is not 0.
func (r *Recorder) HearVoice(voice uint32, frame *codecs.Frame) {
	if r.cfg.Voices {
		r.hear(voice, r.tick.Load(), frame)
	}
}

func (r *Recorder) hear(voice uint32, tick uint64, frame *codecs.Frame) {
	f := r.frames.Get().(*codecs.Frame)
	*f = *frame
	r.put(item{frame: f, tick: tick, voice: voice})
}

// Info implements conference.Participant.
func (r *Recorder) Info() conference.Info { return r.info(nil) }

func (r *Recorder) info(formats []codecs.Format) conference.Info {
	return conference.Info{Name: r.cfg.Name, Wire: conference.WireInternal, ManyStreams: true, Formats: formats}
}

// Audio implements conference.Participant.
func (r *Recorder) Audio() conference.AudioPort { return (*soundPort)(r) }

// Video implements conference.Participant.
func (r *Recorder) Video() conference.VideoPort {
	if r.cfg.Folder == "" {
		return nil
	}
	return (*picturePort)(r)
}

// Disconnect implements conference.Participant. A Recorder stays until Close.
func (r *Recorder) Disconnect(conference.Cause) {}

// soundPort is a Recorder as the mixer sees it.
type soundPort Recorder

// ReadFrame implements conference.AudioSource: it is silent.
func (*soundPort) ReadFrame(*codecs.Frame) bool { return false }

// WriteFrame implements conference.AudioPort. It is what ends a tick.
func (p *soundPort) WriteFrame(mix *codecs.Frame) {
	r := (*Recorder)(p)
	tick := r.tick.Add(1) - 1
	if r.cfg.Sound != "" {
		r.hear(0, tick, mix)
	}
}

// picturePort is a Recorder as the switch sees it.
type picturePort Recorder

// Forward implements conference.VideoPort.
func (p *picturePort) Forward(v *conference.VideoPacket) {
	r := (*Recorder)(p)
	b := r.pool.Get()
	n := copy(b.Bytes[:], v.Head)
	n += copy(b.Bytes[n:], v.Payload)
	r.put(item{stream: v.Stream, format: v.Format, packet: codecs.Packet{
		SequenceNumber: v.SequenceNumber, Timestamp: v.Timestamp, Marker: v.Marker,
		Payload: b.Bytes[:n], Buffer: b,
	}})
}

// RequestKeyframe implements conference.VideoPort: it shows nothing.
func (*picturePort) RequestKeyframe(conference.SourceID) bool { return false }

// follow subscribes to all pictures, until ctx or the conference ends.
func (r *Recorder) follow(ctx context.Context, c *conference.Conference) {
	var formats []codecs.Format
	for {
		roster, watch := c.Watch()
		for i := range roster.Members {
			formats = r.see(&roster.Members[i], formats)
		}
		var err error
		for err == nil {
			var e conference.Event
			if e, err = watch.Next(ctx); err == nil {
				formats = r.heed(&e, formats)
			}
		}
		watch.Close()
		if !errors.Is(err, conference.ErrSlow) {
			return
		}
	}
}

func (r *Recorder) heed(e *conference.Event, formats []codecs.Format) []codecs.Format {
	switch e.Kind {
	case conference.EventSourceRemoved:
		r.seat.Unsubscribe(e.Source)
	case conference.EventLeft:
		for i := range e.Member.Sources {
			r.seat.Unsubscribe(e.Member.Sources[i].ID)
		}
	case conference.EventJoined, conference.EventSourceAdded, conference.EventSourceUpdated:
		return r.see(&e.Member, formats)
	}
	return formats
}

// see takes what a member shows. formats are those that the roster knows of r,
// each exactly as a source has it: whatever its profile, it can be written.
func (r *Recorder) see(m *conference.Member, formats []codecs.Format) []codecs.Format {
	for i := range m.Sources {
		s := &m.Sources[i]
		if !s.HasVideo || m.ID == r.seat.ID() || r.cfg.Folder == "" {
			continue
		}
		if _, ok := elementary.Extension(s.VideoFormat); ok && !slices.Contains(formats, s.VideoFormat) && len(formats) < maxFormats {
			formats = append(slices.Clone(formats), s.VideoFormat)
			r.seat.Update(r.info(formats))
		}
		r.mu.Lock()
		_, known := r.shown[s.ID]
		full := len(r.shown) >= maxFiles
		if known || !full {
			r.shown[s.ID] = *s
		}
		r.mu.Unlock()
		if !known && !full { // again would ask for another key frame
			r.seat.Subscribe(s.ID)
		}
	}
	return formats
}

var (
	_ conference.Participant = (*Recorder)(nil)
	_ conference.AudioPort   = (*soundPort)(nil)
	_ conference.VideoPort   = (*picturePort)(nil)
)
