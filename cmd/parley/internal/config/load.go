package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"parley/codecs"
)

// DefaultFile is read when no file is named and it is there.
const DefaultFile = "parley.yaml"

// Options say where a Config comes from.
type Options struct {
	// File is the YAML file; empty: DefaultFile where it exists.
	File string
	// Flags are what AddFlags defined, parsed; nil: none.
	Flags *pflag.FlagSet
	// Codecs are those that may be named.
	Codecs *codecs.Set
	// Environ is the environment that is searched for misspelt variables and
	// for which are set, as os.Environ returns it; nil: os.Environ.
	Environ []string
}

// Path returns the file that Load reads, or "".
func (o Options) Path() string {
	if o.File != "" {
		return o.File
	}
	if _, err := os.Stat(DefaultFile); err == nil {
		return DefaultFile
	}
	return ""
}

// Load reads, joins and checks everything. An error is always Problems.
func Load(o Options) (*Config, error) {
	path := o.Path()
	if path == "" {
		return load(o, "", nil)
	}
	data, err := readFile(path, maxFileSize)
	if err != nil {
		return nil, Problems{{Where: path, Text: fileError(err)}}
	}
	return load(o, path, data)
}

func load(o Options, path string, data []byte) (*Config, error) {
	root := newSchema(reflect.TypeFor[Config]())
	doc := readDocument(path, data, root)
	environ := o.Environ
	if environ == nil {
		environ = os.Environ()
	}
	env := readEnvironment(environ, root)
	flags := readFlags(o.Flags)

	c, err := decode(doc, env, flags)
	if err != nil {
		return nil, Problems{{Where: path, Text: err.Error()}}
	}
	given := len(c.Multicast.Sessions)
	c.Multicast.Sessions = append(c.Multicast.Sessions, flags.sessions...)

	r := &report{doc: doc, env: env, flags: flags, sessions: given}
	r.problems = append(r.problems, doc.problems...)
	r.problems = append(r.problems, env.problems...)
	r.problems = append(r.problems, flags.problems...)
	c.fill(doc)
	c.check(r, o.Codecs, filepath.Dir(path))
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return c, nil
}

// decode lets viper lay file, environment and flags over the defaults. The
// viper is fresh and is gone when decode returns: what runs reads structs. The
// environment is read by us and not by viper, which takes the text of a
// variable for a number of base 8 where it begins with 0.
func decode(doc *document, env environment, flags commandLine) (*Config, error) {
	v := viper.New()
	for key, value := range flatten(Defaults()) {
		v.SetDefault(key, value)
	}
	if err := v.MergeConfigMap(doc.tree); err != nil {
		return nil, err
	}
	for key, value := range env.values {
		v.Set(key, value)
	}
	for key, value := range flags.values {
		v.Set(key, value)
	}
	var c Config
	return &c, v.UnmarshalExact(&c)
}

// flatten returns the values of c by key. A list of sections stays one value.
func flatten(c Config) map[string]any {
	out := make(map[string]any)
	var visit func(path string, v reflect.Value)
	visit = func(path string, v reflect.Value) {
		for i := range v.NumField() {
			name, field := join(path, v.Type().Field(i).Tag.Get("mapstructure")), v.Field(i)
			if field.Kind() == reflect.Struct {
				visit(name, field)
				continue
			}
			out[name] = field.Interface()
		}
	}
	visit("", reflect.ValueOf(c))
	return out
}

// fill gives the entries of lists the defaults that depend on what stands
// beside them.
func (c *Config) fill(doc *document) {
	for i := range c.Conferences {
		conf := &c.Conferences[i]
		if conf.Title == "" {
			conf.Title = conf.ID
		}
		for j := range conf.Multicast {
			g, at := &conf.Multicast[j], fmt.Sprintf("conferences[%d].multicast[%d]", i, j)
			if g.VideoStreams == "" {
				g.VideoStreams = "active"
			}
			g.Audio.fill(doc, at+".audio", "PCMU")
			g.Video.fill(doc, at+".video", "H264")
		}
	}
	if c.DefaultConference == "" && len(c.Conferences) > 0 {
		c.DefaultConference = c.Conferences[0].ID
	}
	for i := range c.Multicast.Sessions {
		if s := &c.Multicast.Sessions[i]; s.Conference == "" {
			s.Conference = c.DefaultConference
		}
	}
}

// fill chooses codec and payload type where only the group was given.
func (s *Stream) fill(doc *document, at, codec string) {
	if s.Group == "" {
		return
	}
	if s.Codec == "" {
		s.Codec = codec
	}
	_, given := doc.lines[at+".payload_type"]
	_, inFile := doc.lines[at]
	if inFile && !given {
		s.PayloadType = StaticPayloadType(s.Codec)
	}
}

// StaticPayloadType is RFC 3551 6's number of an encoding, or the first
// dynamic one. A name alone stands for one channel at the lowest rate, but L16
// for itself: it has no usual one.
func StaticPayloadType(codec string) int {
	codec = strings.TrimSuffix(codec, "/1")
	for pt := range uint8(96) {
		m, ok := codecs.StaticMapping(pt)
		alone := ok && !m.Format.Is("L16") && m.Format.Is(codec)
		if alone || ok && strings.EqualFold(m.Format.String(), codec) {
			return int(pt)
		}
	}
	return 96
}

// readFile reads at most limit bytes; a longer file is an error.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("is larger than " + strconv.FormatInt(limit, 10) + " bytes")
	}
	return data, err
}

// fileError says why a file cannot be read, without the name that stands
// before it anyway.
func fileError(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
