package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/replay"
	"andon/signals/risk"
	"andon/signals/route"
)

// writer writes what a replay finds as JSON Lines, one file per kind. The form
// of the lines is documented in docs/replay.md.
type writer struct {
	dir   string
	files map[string]*out
	world *decide.World // to name the cases of evidence; nil until the replay begins
	buf   []byte
}

type out struct {
	f *wholeFile
	w *bufio.Writer
}

func newWriter(dir string, names []string) (*writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make folder for the output: %w", err)
	}
	w := &writer{dir: dir, files: make(map[string]*out)}
	for _, n := range names {
		f, err := createWhole(filepath.Join(dir, n+".jsonl"), 0o666)
		if err != nil {
			w.drop()
			return nil, fmt.Errorf("make output file: %w", err)
		}
		w.files[n] = &out{f, bufio.NewWriterSize(f, 1<<16)}
	}
	return w, nil
}

// Close writes out what is buffered and gives the files their names; when one
// of them cannot be written, none is kept.
func (w *writer) Close() error {
	for name, o := range w.files {
		if err := o.w.Flush(); err != nil {
			w.drop()
			return fmt.Errorf("write %s.jsonl: %w", name, err)
		}
	}
	for name, o := range w.files {
		if err := o.f.keep(); err != nil {
			return fmt.Errorf("close %s.jsonl: %w", name, err)
		}
	}
	return nil
}

// drop gives up what was written.
func (w *writer) drop() {
	for _, o := range w.files {
		o.f.drop()
	}
}

func (w *writer) line(name string, v any) error {
	o := w.files[name]
	if o == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write a line of %s.jsonl: %w", name, err)
	}
	o.w.Write(b)
	return o.w.WriteByte('\n')
}

type signalLine struct {
	At       time.Time `json:"at"`
	Case     string    `json:"case"`
	Detector string    `json:"detector"`
	Score    float64   `json:"score"`
	Reason   string    `json:"reason"`
	Evidence []string  `json:"evidence"`
}

// Signal implements replay.Sink.
func (w *writer) Signal(c *signals.Case, s *signals.Signal) error {
	l := signalLine{s.At, replay.Ref(c), s.Detector, round(s.Score), s.Reason, make([]string, 0, len(s.Evidence))}
	for _, id := range s.Evidence {
		l.Evidence = append(l.Evidence, w.ref(c, id))
	}
	return w.line("signals", l)
}

// ref is an event as the output names it: jira:PAY-17/HISTORY, slack:C123/TS.
func (w *writer) ref(c *signals.Case, id string) string {
	k, ok := signals.ParseKey(id)
	if !ok {
		return id
	}
	if k.Source == signals.Slack {
		return k.Source + ":" + k.ID
	}
	issue, entry, _ := strings.Cut(k.ID, "/")
	history, _, _ := strings.Cut(entry, ".")
	label := issue
	k.ID = issue
	if k == c.Key {
		label = c.Label
	} else if w.world != nil {
		if other := w.world.Cases[k]; other != nil {
			label = other.Label
		}
	}
	return k.Source + ":" + label + "/" + history
}

type riskLine struct {
	Case string             `json:"case"`
	N    int                `json:"n"`
	At   time.Time          `json:"at"`
	Risk map[string]float64 `json:"risk"`
}

// Risk implements replay.Sink.
func (w *writer) Risk(c *signals.Case, at time.Time, p risk.Prediction) error {
	m := make(map[string]float64, len(p))
	for i, o := range risk.Outcomes {
		m[string(o)] = round(p[i])
	}
	return w.line("risk", riskLine{replay.Ref(c), c.Entries, at, m})
}

// Route implements replay.Sink. It builds the line by hand: it is the most
// written of all.
func (w *writer) Route(c *signals.Case, at time.Time, kind route.Kind, candidates []route.Candidate) error {
	o := w.files["routes"]
	if o == nil {
		return nil
	}
	b := append(w.buf[:0], `{"case":`...)
	b = appendString(b, replay.Ref(c))
	b = append(b, `,"n":`...)
	b = strconv.AppendInt(b, int64(c.Entries), 10)
	b = append(b, `,"at":"`...)
	b = at.AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","kind":"`...)
	b = append(b, kind...)
	b = append(b, `","candidates":[`...)
	for i, cand := range candidates {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"who":`...)
		b = appendString(b, bareWho(cand.Who))
		b = append(b, `,"score":`...)
		b = strconv.AppendFloat(b, round(cand.Score), 'g', -1, 64)
		b = append(b, '}')
	}
	b = append(b, "]}\n"...)
	w.buf = b
	_, err := o.w.Write(b)
	return err
}

// bareWho is a person as their source calls them; a team is its own name.
func bareWho(id string) string {
	if strings.HasPrefix(id, signals.Jira+"/") || strings.HasPrefix(id, signals.Slack+"/") || strings.HasPrefix(id, signals.Log+"/") {
		return signals.Bare(id)
	}
	return id
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			enc, _ := json.Marshal(s)
			return append(b, enc...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

type matchLine struct {
	Case    string      `json:"case"`
	At      time.Time   `json:"at"`
	Matches []matchItem `json:"matches"`
}

type matchItem struct {
	Case  string  `json:"case"`
	Score float64 `json:"score"`
}

// Match implements replay.Sink.
func (w *writer) Match(c *signals.Case, at time.Time, matches []replay.Match) error {
	l := matchLine{replay.Ref(c), at, make([]matchItem, 0, len(matches))}
	for _, m := range matches {
		l.Matches = append(l.Matches, matchItem{replay.Ref(m.Case), round(m.Score)})
	}
	return w.line("matches", l)
}

type nudgeLine struct {
	At    time.Time     `json:"at"`
	Key   string        `json:"key"`
	Case  string        `json:"case"`
	To    string        `json:"to"`
	State signals.State `json:"state"`
	Why   string        `json:"why"`
	Route string        `json:"route,omitempty"`
}

type ledgerLine struct {
	Signal string                      `json:"signal"`
	Case   string                      `json:"case"`
	Stages map[signals.Stage]time.Time `json:"stages"`
	Proxy  []signals.Stage             `json:"proxy,omitempty"`
	Quiet  *time.Time                  `json:"quiet,omitempty"`
	Died   *died                       `json:"died,omitempty"`
}

type died struct {
	Stage signals.Stage `json:"stage"`
	Why   string        `json:"why"`
}

// begin takes the world that the replay works on.
func (w *writer) begin(world *decide.World) { w.world = world }

// book writes the nudges and the ledgers as they stand at the end.
func (w *writer) book(world *decide.World) error {
	for _, r := range world.Book.Real() {
		name := r.Signal.Case.String()
		if c := world.Cases[r.Signal.Case]; c != nil {
			name = replay.Ref(c)
		}
		for _, n := range r.Nudges {
			if err := w.line("nudges", nudgeLine{n.At, n.Key(), name, bareWho(n.To), n.State, n.Why, n.Route}); err != nil {
				return err
			}
		}
		if err := w.ledger(r.Ledger, name); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) ledger(l *signals.Ledger, name string) error {
	line := ledgerLine{Signal: l.Signal, Case: name, Stages: l.Times}
	for _, s := range signals.Stages {
		if l.Proxy[s] && l.Reached(s) {
			line.Proxy = append(line.Proxy, s)
		}
	}
	if !l.Quiet.IsZero() {
		line.Quiet = &l.Quiet
	}
	if l.Died != "" {
		line.Died = &died{l.Died, l.Why}
	}
	return w.line("ledger", line)
}

// round keeps six decimals: enough for every score, and the same on every machine.
func round(x float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 6, 64), 64)
	return r
}
