package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"andon/signals"
)

// The stored form of a record, apart from its columns. Names are part of the
// database's format: add fields, never rename one. Times are microseconds.
type recordBody struct {
	Signal *signalBody `json:"signal"`
	Ledger *ledgerBody `json:"ledger,omitempty"`
	Again  int64       `json:"again,omitempty"`
	Rule   string      `json:"rule,omitempty"`
	Asks   []askBody   `json:"asks,omitempty"`
}

type askBody struct {
	Of      int64  `json:"of"`
	At      int64  `json:"at"`
	State   string `json:"state"`
	Why     string `json:"why,omitempty"`
	Look    int64  `json:"look,omitempty"`
	Message string `json:"message,omitempty"`
}

type signalBody struct {
	Detector string   `json:"detector"`
	Problem  keyBody  `json:"problem"`
	Case     keyBody  `json:"case"`
	Occasion string   `json:"occasion"`
	At       int64    `json:"at"`
	Score    float64  `json:"score"`
	Reason   string   `json:"reason"`
	Evidence []string `json:"evidence,omitempty"`
	About    string   `json:"about,omitempty"`
	Asked    string   `json:"asked,omitempty"`
	Need     string   `json:"need,omitempty"`
	Audience string   `json:"audience,omitempty"`
	Before   string   `json:"before,omitempty"`

	Seen []seenBody `json:"seen,omitempty"`
}

type seenBody struct {
	Case  keyBody `json:"case"`
	Said  string  `json:"said,omitempty"`
	At    int64   `json:"at"`
	Score float64 `json:"score"`
}

type ledgerBody struct {
	Signal string           `json:"signal"`
	Case   keyBody          `json:"case"`
	Times  map[string]int64 `json:"times,omitempty"`
	Proxy  map[string]bool  `json:"proxy,omitempty"`
	Quiet  int64            `json:"quiet,omitempty"`
	Partly int64            `json:"partly,omitempty"`
	Died   string           `json:"died,omitempty"`
	Why    string           `json:"why,omitempty"`
	DiedAt int64            `json:"died_at,omitempty"`
}

// keyBody is a key as [source, site, id]; unlike its text it also holds the
// zero key.
type keyBody [3]string

func keyOf(k signals.Key) keyBody {
	return keyBody{storable(k.Source), storable(k.Site), storable(k.ID)}
}

func (k keyBody) key() signals.Key { return signals.Key{Source: k[0], Site: k[1], ID: k[2]} }

func encodeRecord(r *signals.Record) (string, error) {
	return encode(recordBody{Signal: bodyOf(r.Signal), Ledger: ledgerOf(r.Ledger), Again: micros(r.Again), Rule: storable(r.Rule), Asks: asksOf(r.Asks)})
}

func decodeRecord(body string) (*signals.Record, error) {
	var b recordBody
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return nil, err
	}
	if b.Signal == nil {
		return nil, fmt.Errorf("the stored record has no signal")
	}
	return &signals.Record{Signal: b.Signal.signal(), Ledger: b.Ledger.ledger(), Again: timeOf(b.Again), Rule: b.Rule, Asks: asksFrom(b.Asks)}, nil
}

func asksOf(list []signals.Asking) (out []askBody) {
	for _, a := range list {
		out = append(out, askBody{micros(a.Of), micros(a.At), storable(string(a.State)), storable(a.Why), micros(a.Look), storable(a.Message)})
	}
	return out
}

func asksFrom(list []askBody) (out []signals.Asking) {
	for _, a := range list {
		out = append(out, signals.Asking{Of: timeOf(a.Of), At: timeOf(a.At), State: signals.State(a.State), Why: a.Why, Look: timeOf(a.Look), Message: a.Message})
	}
	return out
}

// encodeOther is the stored form of a nudge's signal: nil where it is the
// record's own.
func encodeOther(s, own *signals.Signal) (any, error) {
	if s == nil || s == own {
		return nil, nil
	}
	b := bodyOf(s)
	if reflect.DeepEqual(b, bodyOf(own)) {
		return nil, nil
	}
	return encode(b)
}

func decodeSignal(body string) (*signals.Signal, error) {
	var b signalBody
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		return nil, err
	}
	return b.signal(), nil
}

func bodyOf(s *signals.Signal) *signalBody {
	if s == nil {
		return nil
	}
	b := &signalBody{
		Detector: storable(s.Detector), Problem: keyOf(s.Problem), Case: keyOf(s.Case), Occasion: storable(s.Occasion), At: micros(s.At), Score: s.Score,
		Reason: storable(s.Reason), About: storable(s.About), Asked: storable(s.Asked), Need: storable(string(s.Need)), Audience: storable(string(s.Audience)),
		Before: storable(s.Before),
	}
	for _, e := range s.Evidence {
		b.Evidence = append(b.Evidence, storable(e))
	}
	for _, x := range s.Seen {
		b.Seen = append(b.Seen, seenBody{Case: keyOf(x.Case), Said: storable(x.Said), At: micros(x.At), Score: x.Score})
	}
	return b
}

func (b *signalBody) signal() *signals.Signal {
	s := &signals.Signal{
		Detector: b.Detector, Problem: b.Problem.key(), Case: b.Case.key(), Occasion: b.Occasion, At: timeOf(b.At), Score: b.Score,
		Reason: b.Reason, Evidence: b.Evidence, About: b.About, Asked: b.Asked, Need: signals.Need(b.Need), Audience: signals.Audience(b.Audience), Before: b.Before,
	}
	for _, x := range b.Seen {
		s.Seen = append(s.Seen, signals.Seen{Case: x.Case.key(), Said: x.Said, At: timeOf(x.At), Score: x.Score})
	}
	return s
}

func ledgerOf(l *signals.Ledger) *ledgerBody {
	if l == nil {
		return nil
	}
	b := &ledgerBody{
		Signal: storable(l.Signal), Case: keyOf(l.Case), Quiet: micros(l.Quiet), Partly: micros(l.Partly), Died: storable(string(l.Died)), Why: storable(l.Why), DiedAt: micros(l.DiedAt),
		Times: make(map[string]int64, len(l.Times)), Proxy: make(map[string]bool, len(l.Proxy)),
	}
	for s, at := range l.Times {
		if !at.IsZero() {
			b.Times[storable(string(s))] = micros(at)
		}
	}
	for s, proxy := range l.Proxy {
		if proxy {
			b.Proxy[storable(string(s))] = true
		}
	}
	return b
}

// ledger returns a ledger that can be written on: Times is never nil.
func (b *ledgerBody) ledger() *signals.Ledger {
	if b == nil {
		return nil
	}
	l := &signals.Ledger{
		Signal: b.Signal, Case: b.Case.key(), Times: make(map[signals.Stage]time.Time, len(signals.Stages)), Quiet: timeOf(b.Quiet), Partly: timeOf(b.Partly),
		Died: signals.Stage(b.Died), Why: b.Why, DiedAt: timeOf(b.DiedAt),
	}
	for s, at := range b.Times {
		l.Times[signals.Stage(s)] = timeOf(at)
	}
	for s := range b.Proxy {
		if l.Proxy == nil {
			l.Proxy = make(map[signals.Stage]bool, len(b.Proxy))
		}
		l.Proxy[signals.Stage(s)] = true
	}
	return l
}

func encodeKeys(keys []signals.Key) (string, error) {
	bodies := make([]keyBody, len(keys))
	for i, k := range keys {
		bodies[i] = keyOf(k)
	}
	return encode(bodies)
}

func decodeKeys(s string) (keys []signals.Key, err error) {
	var bodies []keyBody
	err = json.Unmarshal([]byte(s), &bodies)
	for _, b := range bodies {
		keys = append(keys, b.key())
	}
	return keys, err
}

// copyBody is the stored form of one place where a message stands.
type copyBody struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

func encodeCopies(list []signals.Copy) (string, error) {
	bodies := make([]copyBody, len(list))
	for i, c := range list {
		bodies[i] = copyBody{Channel: storable(c.Channel), TS: storable(c.TS)}
	}
	return encode(bodies)
}

func decodeCopies(s string) (out []signals.Copy, err error) {
	var bodies []copyBody
	err = json.Unmarshal([]byte(s), &bodies)
	for _, c := range bodies {
		out = append(out, signals.Copy(c))
	}
	return out, err
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode for the database: %w", err)
	}
	return string(b), nil
}
