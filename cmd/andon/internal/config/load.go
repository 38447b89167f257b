package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"andon/signals"
)

// Options is what a configuration is checked against. The zero value checks
// everything that needs no names from elsewhere.
type Options struct {
	Detectors []string                                  // the known detectors; nil leaves their names unchecked
	Lists     []string                                  // the known word lists; nil leaves their names unchecked
	Words     func(list string, phrases []string) error // whether phrases can be added to a list; nil leaves them unchecked
	Env       func(string) (string, bool)               // os.LookupEnv when nil
}

// File is what a configuration file came to.
type File struct {
	Config  Config
	Hints   Faults            // what is no fault but worth knowing
	Secrets map[string]string // where each secret that is set comes from: environment, file, in the file
}

// Load reads the file over the defaults. "" is no file: the defaults. What is
// wrong with the contents comes as Faults, all at once; then the configuration
// holds what could be read.
func Load(path string, o Options) (Config, error) {
	f, err := Read(path, o)
	return f.Config, err
}

// Read is Load, with what there is to know beside the values.
func Read(path string, o Options) (File, error) {
	if path == "" {
		return Parse("", nil, o)
	}
	f, err := os.Open(path)
	if err != nil {
		return File{Config: Default()}, fmt.Errorf("read configuration: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return File{Config: Default()}, fmt.Errorf("read configuration: %w", err)
	}
	file, err := Parse(path, raw, o)
	if info, serr := f.Stat(); serr == nil && err == nil && worldReadable(info) && slices.Contains(values(file.Secrets), inFile) {
		file.Hints = append(file.Hints, Fault{File: path, Problem: "the file holds secrets and everybody on this machine can read it; chmod 600 keeps it private"})
	}
	return file, err
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// Parse reads the contents of a file of that name. Relative paths of *_file
// keys begin at the file's folder.
func Parse(file string, raw []byte, o Options) (File, error) {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	w := newWalker(file, o.Env)
	c, err := w.decode(raw)
	if err != nil {
		return File{Config: Default()}, fmt.Errorf("read configuration %s: %w", file, err)
	}
	out := File{Config: c, Secrets: w.from}
	w.readSecrets(&out.Config, filepath.Dir(file))
	out.Config.resolve(filepath.Dir(file))
	k := &checker{walker: w, c: &out.Config, o: o}
	k.check()
	k.ownership()
	w.redact(w.faults)
	w.redact(w.hints)
	w.faults.sort()
	w.hints.sort()
	out.Hints = w.hints
	normalize(&out.Config)
	return out, w.faults.Err()
}

// decode lays the file over the defaults: maps are joined, lists and single
// values replaced.
func (w *walker) decode(raw []byte) (Config, error) {
	k := koanf.New("\x00") // names may hold any other character
	c := Config{}
	if err := k.Load(layer(plain(reflect.ValueOf(Default())).(map[string]any)), nil); err != nil {
		return c, err
	}
	if err := k.Load(rawbytes.Provider(raw), parser{w}); err != nil {
		return c, err
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{Result: &c, TagName: "koanf", ErrorUnused: true, ZeroFields: true}})
	return c, err
}

// parser is the strict YAML form as koanf's parser.
type parser struct{ *walker }

// Unmarshal implements koanf.Parser. What is wrong is left out and noted.
func (p parser) Unmarshal(raw []byte) (map[string]any, error) {
	root, fault := parse(raw)
	if fault != nil {
		p.add(fault.Line, fault.Column, "", fault.Problem)
	}
	if root == nil {
		return nil, nil
	}
	v, ok := p.value(root, reflect.TypeFor[Config](), "")
	if !ok {
		return nil, nil
	}
	return v.(map[string]any), nil
}

// Marshal implements koanf.Parser; see Config.YAML for writing.
func (parser) Marshal(map[string]any) ([]byte, error) {
	return nil, errors.New("configurations are written by Config.YAML")
}

// layer is a map as koanf's provider.
type layer map[string]any

// Read implements koanf.Provider.
func (l layer) Read() (map[string]any, error) { return l, nil }

// ReadBytes implements koanf.Provider.
func (layer) ReadBytes() ([]byte, error) { return nil, errors.New("a layer has no bytes") }

// plain turns structs and maps into maps by their koanf tags, down to single
// values and lists, which stay.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		out := make(map[string]any)
		for i := range v.NumField() {
			f := v.Field(i)
			if k := key(v.Type().Field(i)); k != "" && !((f.Kind() == reflect.Map || f.Kind() == reflect.Slice) && f.IsNil()) {
				out[k] = plain(f)
			}
		}
		return out
	case reflect.Map:
		out := make(map[string]any)
		for it := v.MapRange(); it.Next(); {
			out[it.Key().String()] = plain(it.Value())
		}
		return out
	}
	return v.Interface()
}

// normalize gives values the form that others compare with.
func normalize(c *Config) {
	for i, s := range c.Policy.Waiting {
		c.Policy.Waiting[i] = strings.ToLower(s) // status names are compared in lower case
	}
	for i := range c.Jira {
		if c.Jira[i].Audience == "" {
			c.Jira[i].Audience = string(signals.Public)
		}
	}
}

// minSecret is the shortest secret that is looked for in sentences: a shorter
// one is part of too many words.
const minSecret = 6

// redact takes secrets out of sentences, whatever way they came in.
func (w *walker) redact(list Faults) {
	for i := range list {
		for _, s := range w.secrets {
			if len(s) >= minSecret {
				list[i].Problem = strings.ReplaceAll(list[i].Problem, s, "(secret)")
				list[i].Path = strings.ReplaceAll(list[i].Path, s, "(secret)")
			}
		}
	}
}
