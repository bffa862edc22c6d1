package recorder

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parley/codecs"
	"parley/codecs/elementary"
	"parley/codecs/wav"
	"parley/conference"
)

// Kind is what a File is of.
type Kind string

// The kinds.
const (
	KindSound   Kind = "sound"   // all that was heard
	KindVoice   Kind = "voice"   // one voice
	KindPicture Kind = "picture" // one stream of pictures
)

// File is one file that was written.
type File struct {
	Path string
	Kind Kind
	// Begins is how far into the recording its first sound is, of a voice.
	Begins time.Duration
	// Length is how long the sound lasts.
	Length time.Duration

	Voice uint32 // as told to HearVoice

	// Of pictures: their source, its name and address, and what was written;
	// Lost packets were missing between those that came, and Omitted pictures left
	// out for that: parts of them, or what they refer to.
	Source            conference.SourceID
	Name, Address     string
	Format            codecs.Format
	Pictures, Omitted uint64
	Packets, Lost     uint64
}

// archive is the files of a recording. It belongs to one goroutine at a time.
type archive struct {
	cfg      *Config
	err      error // the first; nothing is written after it
	mix      *sound
	voices   map[uint32]*sound
	pictures map[conference.SourceID]*pictures // those that go on
	files    []closer                          // all
}

// closer is a file that can be completed.
type closer interface{ close() (File, error) }

// open creates the folder and the file of the mix.
func (a *archive) open() error {
	if a.cfg.Folder != "" {
		if err := os.MkdirAll(a.cfg.Folder, 0o777); err != nil {
			return err
		}
		// Whether files can be made is to be known now, not with the first picture.
		f, err := os.CreateTemp(a.cfg.Folder, ".recording-*")
		if err != nil {
			return err
		}
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return err
		}
		if err := a.vacant(); err != nil {
			return err
		}
	}
	if a.cfg.Sound == "" {
		return nil
	}
	s, err := a.newSound(a.cfg.Sound, KindSound, 0)
	a.mix = s
	return err
}

// vacant reports, before a recording, what would end it when the first picture or
// voice comes: files of another.
func (a *archive) vacant() error {
	if a.cfg.Replace {
		return nil
	}
	for _, pattern := range []string{"picture-*", "voice-*.wav"} {
		found, err := filepath.Glob(filepath.Join(a.cfg.Folder, pattern))
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return &os.PathError{Op: "create", Path: found[0], Err: os.ErrExist}
		}
	}
	return nil
}

// create opens a file that is not there yet, unless it may be replaced.
func (a *archive) create(path string) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_EXCL
	if a.cfg.Replace {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	return os.OpenFile(path, flags, 0o666)
}

// take writes one item. Its error stays.
func (a *archive) take(i *item) {
	switch {
	case a.err != nil:
	case i.frame == nil:
		a.err = a.picture(i)
	case i.voice == 0:
		a.err = a.mix.write(i)
	default:
		a.err = a.voice(i)
	}
}

func (a *archive) voice(i *item) error {
	s := a.voices[i.voice]
	if s == nil {
		if len(a.files) >= maxFiles {
			return nil
		}
		var err error
		path := filepath.Join(a.cfg.Folder, fmt.Sprintf("voice-%d.wav", len(a.voices)+1))
		if s, err = a.newSound(path, KindVoice, i.tick); err != nil {
			return err
		}
		s.voice = i.voice
		a.voices[i.voice] = s
	}
	return s.write(i)
}

// sound is one WAVE file.
type sound struct {
	file  *os.File
	wav   *wav.Writer
	kind  Kind
	voice uint32
	begin uint64 // tick
	next  uint64
}

func (a *archive) newSound(path string, kind Kind, begin uint64) (*sound, error) {
	f, err := a.create(path)
	if err != nil {
		return nil, err
	}
	w, err := wav.NewWriter(f, codecs.SampleRate)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s := &sound{file: f, wav: w, kind: kind, begin: begin, next: begin}
	a.files = append(a.files, s)
	return s, nil
}

// write keeps to the clock of the mixer: where nothing was heard is silence.
func (s *sound) write(i *item) error {
	if i.tick < s.next {
		return nil
	}
	if err := s.wav.Skip(int64(i.tick-s.next) * codecs.FrameSamples); err != nil {
		return err
	}
	s.next = i.tick + 1
	return s.wav.Write(i.frame[:])
}

func (s *sound) close() (File, error) {
	f := File{
		Path: s.file.Name(), Kind: s.kind, Voice: s.voice,
		Begins: time.Duration(s.begin) * codecs.FrameDuration,
		Length: time.Duration(s.wav.Samples()) * time.Second / codecs.SampleRate,
	}
	return f, errors.Join(s.wav.Close(), s.file.Close())
}

func (a *archive) picture(i *item) error {
	p := a.pictures[i.stream]
	if p == nil || p.format.Name != i.format.Name {
		if len(a.files) >= maxFiles {
			return nil
		}
		var err error
		if p, err = a.newPictures(i.stream, i.format); err != nil || p == nil {
			return err
		}
	}
	return p.writer.Write(&i.packet)
}

// pictures is one stream, in one Format.
type pictures struct {
	file   *os.File
	buffer *bufio.Writer
	writer *elementary.Writer
	source conference.SourceID
	format codecs.Format
}

// newPictures returns nil for a Format that cannot be written.
func (a *archive) newPictures(source conference.SourceID, format codecs.Format) (*pictures, error) {
	ext, ok := elementary.Extension(format)
	if !ok {
		return nil, nil
	}
	n := 1
	for _, c := range a.files {
		if _, ok := c.(*pictures); ok {
			n++
		}
	}
	f, err := a.create(filepath.Join(a.cfg.Folder, fmt.Sprintf("picture-%d%s", n, ext)))
	if err != nil {
		return nil, err
	}
	p := &pictures{file: f, buffer: bufio.NewWriter(f), source: source, format: format}
	p.writer, _ = elementary.New(p.buffer, format)
	a.pictures[source] = p
	a.files = append(a.files, p)
	return p, nil
}

func (p *pictures) close() (File, error) {
	err := errors.Join(p.writer.Close(), p.buffer.Flush(), p.file.Close())
	return File{
		Path: p.file.Name(), Kind: KindPicture, Source: p.source, Format: p.format,
		Pictures: p.writer.Pictures(), Omitted: p.writer.Omitted(), Packets: p.writer.Packets(), Lost: p.writer.Lost(),
	}, err
}

// close completes all files.
func (a *archive) close() ([]File, error) {
	files := make([]File, 0, len(a.files))
	for _, c := range a.files {
		f, err := c.close()
		files = append(files, f)
		a.err = cmp.Or(a.err, err)
	}
	slices.SortStableFunc(files, func(x, y File) int { return cmp.Compare(rank(x.Kind), rank(y.Kind)) })
	return files, a.err
}

func rank(k Kind) int { return slices.Index([]Kind{KindSound, KindVoice, KindPicture}, k) }
