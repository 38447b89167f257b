package main

import (
	"slices"
	"strings"
	"time"

	"andon/bot/console"
	"andon/cmd/andon/internal/company"
	"andon/signals"
	"andon/signals/replay"
)

// knownRow is how well a detector does where it is known what it should find.
// The naive figures are there for asks alone.
type knownRow struct {
	Detector                    string
	Planted, Signals            int
	Precision, Recall           replay.Figure
	NaivePrecision, NaiveRecall replay.Figure
	Verdict                     replay.Verdict // of the precision
}

// asksDetector is the detector that has a naive twin.
const asksDetector = "unanswered_ask"

// knownRows puts intervals to what known counts.
func knownRows(truth *company.Truth, res *replay.Result, s replay.Scoring) []knownRow {
	var out []knownRow
	for _, k := range known(truth, res) {
		r := knownRow{
			Detector: k.Detector, Planted: k.Planted, Signals: k.Signals,
			Precision: replay.Share(k.Right, k.Signals, s), Recall: replay.Share(k.Found, k.Planted, s),
		}
		if k.Detector == asksDetector {
			n := silentAsks(truth, res)
			r.NaivePrecision, r.NaiveRecall = replay.Share(n.Right, n.Signals, s), replay.Share(n.Found, n.Planted, s)
			r.Verdict = r.Precision.Against(r.NaivePrecision, false)
			if !replay.Enough(k.Signals) || !replay.Enough(k.Planted) {
				r.Verdict = replay.TooFew
			}
		}
		out = append(out, r)
	}
	return out
}

// silence is how long nobody answers a question before the naive rule takes it
// for an unanswered one.
const silence = 4 * time.Hour

// silentAsks is what the naive rule finds: a thread begins with a question mark
// and nobody else wrote in it for four hours.
func silentAsks(truth *company.Truth, res *replay.Result) console.Known {
	var k console.Known
	found := make(map[string]bool)
	for key, c := range res.World.Cases {
		if key.Source == signals.Slack && len(c.Posts) > 0 && strings.Contains(c.Posts[0].Text, "?") && !replied(c) {
			found[replay.Ref(c)] = true
		}
	}
	right := make(map[string]bool)
	for _, p := range truth.Planted {
		if p.Detector != asksDetector {
			continue
		}
		k.Planted++
		cases := append(slices.Clone(p.Cases), p.Case)
		for _, c := range cases {
			right[c] = true
		}
		if slices.ContainsFunc(cases, func(c string) bool { return found[c] }) {
			k.Found++
		}
	}
	for c := range found {
		k.Signals++
		if right[c] {
			k.Right++
		}
	}
	return k
}

// replied reports whether somebody else wrote soon after the first post.
func replied(c *signals.Case) bool {
	first := c.Posts[0].Event
	return slices.ContainsFunc(c.Posts[1:], func(p *signals.Post) bool {
		return p.Event.Actor != first.Actor && p.Event.At.Sub(first.At) <= silence
	})
}
