package main

import (
	"fmt"
	"slices"
	"time"

	"andon/bot/console"
	"andon/cmd/andon/internal/company"
	"andon/signals"
	"andon/signals/replay"
	"andon/signals/risk"
	"andon/signals/route"
)

// known compares what was found with what was planted. A signal finds a
// condition when its detector is the condition's and its case one of the
// condition's cases; a signal that may stand there for a good reason counts
// neither as right nor as wrong.
func known(truth *company.Truth, res *replay.Result) []console.Known {
	rows := map[string]*console.Known{}
	row := func(detector string) *console.Known {
		if rows[detector] == nil {
			rows[detector] = &console.Known{Detector: detector}
		}
		return rows[detector]
	}
	right, also := map[string]bool{}, map[string]bool{}
	for _, p := range truth.Planted {
		for _, c := range append(slices.Clone(p.Cases), p.Case) {
			right[p.Detector+"|"+c] = true
			for _, d := range p.Also {
				also[d+"|"+c] = true
			}
		}
	}
	found := map[string]bool{}
	for _, rec := range res.World.Book.Real() {
		for _, ref := range refs(res, rec.Signal) {
			found[rec.Signal.Detector+"|"+ref] = true
		}
		key := rec.Signal.Detector + "|" + refs(res, rec.Signal)[0]
		switch {
		case slices.ContainsFunc(refs(res, rec.Signal), func(r string) bool { return right[rec.Signal.Detector+"|"+r] }):
			row(rec.Signal.Detector).Right++
			row(rec.Signal.Detector).Signals++
		case !also[key]:
			row(rec.Signal.Detector).Signals++
		}
	}
	for _, p := range truth.Planted {
		r := row(p.Detector)
		r.Planted++
		if slices.ContainsFunc(append(slices.Clone(p.Cases), p.Case), func(c string) bool { return found[p.Detector+"|"+c] }) {
			r.Found++
		}
	}
	return finish(rows)
}

// refs are the names under which a signal may be planted: its case, and the
// message that it is about.
func refs(res *replay.Result, s *signals.Signal) []string {
	out := []string{s.Case.String()}
	if c := res.World.Cases[s.Case]; c != nil {
		out[0] = replay.Ref(c)
	}
	if len(s.Evidence) > 0 {
		if k, ok := signals.ParseKey(s.Evidence[0]); ok && k.Source == signals.Slack {
			out = append(out, k.Source+":"+k.ID)
		}
	}
	return out
}

func finish(rows map[string]*console.Known) []console.Known {
	var out []console.Known
	all := console.Known{Detector: "all together"}
	for _, r := range rows {
		out = append(out, *r)
		all.Planted, all.Found, all.Signals, all.Right = all.Planted+r.Planted, all.Found+r.Found, all.Signals+r.Signals, all.Right+r.Right
	}
	slices.SortFunc(out, func(a, b console.Known) int {
		if a.Detector < b.Detector {
			return -1
		}
		return 1
	})
	out = append(out, all)
	for i := range out {
		k := &out[i]
		k.Precision, k.PrecisionText = part(k.Right, k.Signals)
		k.Recall, k.RecallText = part(k.Found, k.Planted)
	}
	return out
}

func part(n, of int) (float64, string) {
	if of == 0 {
		return 0, "–"
	}
	return float64(n) / float64(of), fmt.Sprintf("%.2f", float64(n)/float64(of))
}

// nothing is a sink that keeps nothing: the report is made from the book.
type nothing struct{}

// Signal implements replay.Sink.
func (nothing) Signal(*signals.Case, *signals.Signal) error { return nil }

// Risk implements replay.Sink.
func (nothing) Risk(*signals.Case, time.Time, risk.Prediction) error { return nil }

// Route implements replay.Sink.
func (nothing) Route(*signals.Case, time.Time, route.Kind, []route.Candidate) error { return nil }

// Match implements replay.Sink.
func (nothing) Match(*signals.Case, time.Time, []replay.Match) error { return nil }
