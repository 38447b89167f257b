package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// maxMessage bounds the JSON of one message. Slack's own bounds on text, blocks
// and attachments keep it far below.
const maxMessage = 4 << 20

// day derives the events of one day file. Messages that cannot be read are
// reported; an error says that the file is broken behind those events.
func (r *room) day(name string, raw []byte, report *Report) ([]*signals.Event, error) {
	var out []*signals.Event
	authors := make(map[string]string) // by ts
	err := elements(raw, report, name, func(i int, v gjson.Result) {
		events, err := r.one(v, authors, report)
		if err != nil {
			report.reject(fmt.Sprintf("%s#%d", name, i), err, []byte(v.Raw[:min(len(v.Raw), maxRaw)]))
			return
		}
		out = append(out, events...)
	})
	return out, err
}

// one derives the events of one message, and counts it.
func (r *room) one(v gjson.Result, authors map[string]string, report *Report) ([]*signals.Event, error) {
	switch {
	case !v.IsObject():
		return nil, errors.New("a message is not an object")
	case len(v.Raw) > maxMessage:
		return nil, fmt.Errorf("a message of %d bytes; the bound is %d", len(v.Raw), maxMessage)
	}
	m := decode(v)
	events, why, err := r.derive(m)
	if err != nil {
		return nil, err
	}
	author := r.actor(m)
	if before, ok := authors[m.TS]; ok {
		if before != author {
			report.warn("channel %s: two messages of different people bear the ts %s; the first is taken", r.Channel, m.TS)
			return nil, fmt.Errorf("duplicate id: the ts %s is taken by another person's message", m.TS)
		}
		why, events = "repeated", nil
	}
	authors[m.TS] = author
	report.Messages++
	if why != "" {
		report.skip(why)
	}
	return events, nil
}

// objects calls do for each object of an index file. A file that cannot be
// read is reported.
func (x *exporter) objects(e *entry, do func(where string, v gjson.Result)) {
	raw, err := x.archive.read(e)
	if err != nil {
		x.report.reject(e.name, err, nil)
		x.report.warn("%s was not read to its end", e.name)
	}
	if len(raw) == 0 && err != nil {
		return
	}
	broken := elements(raw, &x.report, e.name, func(i int, v gjson.Result) {
		where := fmt.Sprintf("%s#%d", e.name, i)
		if !v.IsObject() {
			x.report.reject(where, errors.New("not an object"), []byte(v.Raw[:min(len(v.Raw), maxRaw)]))
			return
		}
		do(where, v)
	})
	if broken != nil && err == nil {
		x.report.reject(e.name, broken, raw)
		x.report.warn("%s was not read to its end", e.name)
	}
}

// elements calls do for each element of the JSON array in raw. Of a broken
// array the elements before the break are given, and the break is the error.
// Bytes that are not UTF-8 are replaced, with a warning.
func elements(raw []byte, report *Report, name string, do func(i int, v gjson.Result)) error {
	if !utf8.Valid(raw) {
		report.warn("%s is not all UTF-8: what is not was replaced", name)
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return errors.New("the file is empty")
	case raw[0] != '[':
		return errors.New("not a JSON array")
	case !json.Valid(raw): // bounds the depth, too
		return salvage(raw, do)
	}
	i := 0
	gjson.ParseBytes(raw).ForEach(func(_, v gjson.Result) bool {
		do(i, v)
		i++
		return true
	})
	return nil
}

// salvage gives the elements of a broken array up to the break.
func salvage(raw []byte, do func(i int, v gjson.Result)) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	i := 0
	for d.More() {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return fmt.Errorf("broken JSON after %d elements, near byte %d: %w", i, d.InputOffset(), err)
		}
		do(i, gjson.ParseBytes(v))
		i++
	}
	if _, err := d.Token(); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("broken JSON after %d elements, near byte %d: %w", i, d.InputOffset(), err)
	}
	return fmt.Errorf("something stands behind the array, at byte %d", d.InputOffset())
}
