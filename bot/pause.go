package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// leastVoters is how many different people have to have answered before a
// detector is paused in a place: one alone may mute it for themselves.
const leastVoters = 2

// vote is one answer to a nudge: that somebody acted on it, or what they said.
type vote struct {
	useful bool
	by     string
	at     time.Time
}

// pausable is a detector in a channel or project, with what was answered there.
type pausable struct {
	detector, scope string
	tally
	mark time.Time // when its mode there was last spoken of
	name string    // of the place, as the admin channel may know it; "" where it may not
}

// PauseDue puts detectors back into shadow where their nudges were useful too
// seldom, and tells the admins. A cord is never paused: somebody pulled it.
// Votes from before the last word about a mode there do not count, so that who
// takes a pause back is heard. Doing it twice, or on two replicas, does it once.
func (b *Bot) PauseDue(ctx context.Context) error {
	if b.c.AsLive {
		return nil // modes do not count
	}
	since := b.c.Now().AddDate(0, 0, -lateDays)
	said, err := b.c.Store.Opinions(ctx, since)
	if err != nil {
		return fmt.Errorf("look for detectors to pause: %w", err)
	}
	if !slices.ContainsFunc(said, func(o signals.Opinion) bool { return o.Verdict == useless }) {
		return nil
	}
	votes, err := b.votes(ctx, said, since)
	if err != nil {
		return fmt.Errorf("look for detectors to pause: %w", err)
	}
	var due []pausable
	var rule signals.Policy
	err = b.inWorld(ctx, func(w *decide.World) error {
		due, rule = b.pausables(w, votes), w.Org.Policy
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for detectors to pause: %w", err)
	}
	var all []error
	for i := range due {
		if err := b.putBack(ctx, &due[i], &rule); err != nil {
			all = append(all, fmt.Errorf("pause %s: %w", due[i].detector, err))
		}
	}
	return errors.Join(all...)
}

// votes are the answers to nudges since a time, by nudge key: one for each, and
// what somebody said counts more than that they acted.
func (b *Bot) votes(ctx context.Context, said []signals.Opinion, since time.Time) (map[string]vote, error) {
	out := make(map[string]vote)
	err := b.c.Store.Since(ctx, since, func(r *signals.Record) error {
		if r.IsDrill() {
			return nil
		}
		for _, n := range r.Nudges {
			if n.State == signals.Acted && !n.At.Before(since) {
				out[n.Key()] = vote{true, n.To, n.At}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count the nudges that helped: %w", err)
	}
	maps.Copy(out, verdicts(said))
	return out, nil
}

// pausables are the detectors and places for which there are enough votes, and
// too few of them good.
func (b *Bot) pausables(w *decide.World, votes map[string]vote) (due []pausable) {
	rule := w.Org.Policy.Pause
	found := make(map[string]*pausable)
	for key, v := range votes {
		detector, rest, _ := strings.Cut(key, "|")
		of, _, _ := strings.Cut(rest, "|")
		k, ok := signals.ParseKey(of)
		scope := scopeOfCase(w, k)
		if !ok || scope == "" || detector == "cord" {
			continue
		}
		p := found[detector+"|"+scope]
		if p == nil {
			p = &pausable{detector: detector, scope: scope, mark: w.Org.ModeMark(detector, scope).At}
			found[detector+"|"+scope] = p
		}
		if v.at.After(p.mark) {
			p.add(v.useful, w.Org.Who(v.by))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		p := found[name]
		mode := w.Org.Mode(p.detector, p.scope)
		enough := p.Answered >= rule.Votes && p.People >= leastVoters
		if enough && float64(p.Useful) < rule.Least*float64(p.Answered) && (mode == signals.Live || mode == signals.Ask) {
			p.name = placeName(w, p.scope, w.Org.ChannelViewer(b.c.Admin))
			due = append(due, *p)
		}
	}
	return due
}

// scopeOfCase is the channel or the project of a case.
func scopeOfCase(w *decide.World, k signals.Key) string {
	if ch := k.Channel(); ch != "" {
		return ch
	}
	if c := w.Case(k); c != nil {
		return c.Project
	}
	return ""
}

// putBack tells the admins first: were it the other way round and the process died
// between the two, nobody would learn why the detector is silent.
func (b *Bot) putBack(ctx context.Context, p *pausable, rule *signals.Policy) error {
	id := "pause/" + p.detector + "/" + p.scope + "/" + strconv.FormatInt(max(0, p.mark.Unix()), 10)
	if err := b.Notice(ctx, id, b.pauseCard(p, rule)); err != nil {
		return err
	}
	now := b.c.Now().UTC()
	e := &signals.Event{ID: signals.Own + "/" + id, Case: orgCase, Actor: signals.AutoPause, At: now, Seq: signals.Seq{Entry: now.UnixMicro()}, Audience: signals.Restricted}
	setMode(e, p.detector, p.scope, signals.Shadow)
	if err := b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return err
	}
	b.meter.Add("detectors_paused", 1, "detector", p.detector)
	return nil
}

// pauseCard says what was paused and why: figures where enough people stand
// behind them, never who they are.
func (b *Bot) pauseCard(p *pausable, rule *signals.Policy) *view.Card {
	where := cmp.Or(p.name, "a private channel")
	undo, place := b.slash()+" mode "+p.detector+" default in ", p.name
	figures := "Of " + strconv.Itoa(p.Answered) + " answers to its nudges there in the last " + strconv.Itoa(lateDays) + " days " + strconv.Itoa(p.Useful) + " said that they were useful."
	if p.People < rule.Group {
		figures = "Most answers to its nudges there said that they were not useful. Fewer than " + strconv.Itoa(rule.Group) + " people answered, so there are no figures."
	}
	if place == "" {
		undo, place = "an admin who is in it says there "+undo, "here"
	} else {
		undo = "say " + undo
	}
	text := figures + " The floor is " + strconv.FormatFloat(100*rule.Pause.Least, 'g', 3, 64) + "% from " + signals.Counted(rule.Pause.Votes, "answer") +
		" on (policy.pause). It writes down what it would say there, and tells nobody. To take that back " + undo + place + "; it is not paused again before as many new answers came."
	return &view.Card{Title: p.detector + " is back in shadow in " + where, Lines: []view.Paragraph{{Text: text}}}
}
