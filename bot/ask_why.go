package bot

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// loadNamed takes the signals that a short id may stand for: the asker's own
// first, then what was found lately.
func (q *question) loadNamed() error {
	if err := q.loadOwn(); err != nil || len(q.args) == 0 {
		return err
	}
	id, ok := asShortID(q.args[0])
	if _, isDay := weekdayOf(id); isDay {
		return nil
	}
	if !ok || slices.ContainsFunc(q.records, func(r *signals.Record) bool { return shortID(r.Signal.Key()) == id }) {
		return nil
	}
	return q.loadID(id)
}

// loadID takes the signal of a short id from what was found lately.
func (q *question) loadID(id string) error {
	var found *signals.Record
	err := q.c.Store.Since(q.ctx, q.words.now.Add(-lookBack), func(r *signals.Record) error {
		if shortID(r.Signal.Key()) == id {
			found = r
			return errEnough
		}
		return nil
	})
	if found != nil {
		q.keep(found)
		return nil
	}
	return err
}

// named is the signal of a short id, as far as the asker may see it.
func (q *question) named(word string) (*signals.Record, bool) {
	id, ok := asShortID(word)
	if !ok {
		return nil, false
	}
	for _, r := range q.records {
		if shortID(r.Signal.Key()) == id {
			if _, ok := q.seen(r); ok {
				return r, true
			}
		}
	}
	return nil, false
}

// lost says that a word is neither an id nor an issue that is known.
func (q *question) lost(word string) error {
	if _, ok := caseRef(word); ok {
		return q.unknown(word)
	}
	if id, ok := asShortID(word); ok {
		return unclearf("I know no signal %s that you may see. IDs stand at the foot of my messages and in list.", id)
	}
	return unclearf("%s is no ID and no issue. Say it like why k3xq7a or why PAY-17; IDs stand at the foot of my messages.", brief(word))
}

func (q *question) why() (*view.Card, error) {
	var chosen []*signals.Record
	switch {
	case len(q.args) == 0:
		for _, r := range q.records {
			if _, ok := q.seen(r); ok && open(r) {
				chosen = append(chosen, r)
				break
			}
		}
		if len(chosen) == 0 {
			return nil, unclearf("Tell me which signal or issue: why k3xq7a, or why PAY-17. IDs stand at the foot of my messages.")
		}
	default:
		if r, ok := q.named(q.args[0]); ok {
			chosen = append(chosen, r)
			break
		}
		c, ok := q.caseOf(q.args[0])
		if !ok {
			return nil, q.lost(q.args[0])
		}
		records, err := q.c.Store.Records(q.ctx, c.Key)
		if err != nil {
			return nil, err
		}
		for _, r := range slices.Backward(records) {
			if _, ok := q.seen(r); ok && len(chosen) < likely {
				chosen = append(chosen, r)
			}
		}
		if len(chosen) == 0 {
			return say("I found no signal in it."), nil
		}
	}
	card := &view.Card{Title: "Why " + q.title(chosen[0].Signal.Case)}
	for _, r := range chosen {
		q.explain(card, r)
	}
	return card, nil
}

// explain writes the facts and the rule behind one signal into a card. What was
// said to others, and why to them, is theirs.
func (q *question) explain(card *view.Card, r *signals.Record) {
	s, _ := q.seen(r)
	w := q.brain.w
	text := []string{s.Reason}
	if s.Asked != "" && !signals.IsGone(s.Asked) {
		text = append(text, "Asked of "+nameOf(w.Org, s.Asked)+".")
	}
	if s.Before != "" {
		text = append(text, s.Before)
	}
	if f, ok := q.asReader().alsoAsked(s); ok {
		text = append(text, f.Name+" "+f.Value+".")
	}
	text = append(text, q.solvedBefore(r)...)
	if d, ok := detect.Find(s.Detector); ok {
		text = append(text, "Detector "+s.Detector+": "+d.Doc+".")
	}
	if limits := thresholds(&w.Org.Policy.Detect, s.Detector); limits != "" {
		text = append(text, "Its limits now: "+limits+".")
	}
	text = append(text, q.facts(s)...)
	c, ok := q.visible(w.Case(s.Case))
	if ok {
		mode := w.Org.Mode(s.Detector, c.Project)
		if q.c.AsLive && mode != signals.Off {
			mode = signals.Live
		}
		text = append(text, "Mode: "+string(mode)+", which "+modeSays[mode]+".")
	}
	text = append(text, q.toldWhom(r)...)
	text = append(text, q.stages(r)...)
	text = append(text, q.askedThen(r)...)
	text = append(text, "ID "+shortID(r.Signal.Key()))
	card.Lines = append(card.Lines, view.Paragraph{Text: strings.Join(text, "\n")})
	if ok && len(card.Links) == 0 {
		q.link(card, c.For(q.viewer))
	}
}

// modeSays is what the modes mean.
var modeSays = map[signals.Mode]string{
	signals.Off: "is not even computed", signals.Shadow: "writes down what it would have said", signals.Preview: "tells the installer only",
	signals.Ask: "asks an admin first", signals.Live: "tells people",
}

// mostFacts is how many of the facts behind a signal are told.
const mostFacts = 5

// facts tells what happened that a signal rests on, as far as the asker may see
// it, without saying who did it.
func (q *question) facts(s *signals.Signal) (out []string) {
	c, ok := q.visible(q.brain.w.Case(s.Case))
	if !ok {
		return nil
	}
	for _, x := range q.brain.w.Problem(c).Cases {
		for _, e := range x.Events() {
			if slices.Contains(s.Evidence, e.ID) && q.viewer.Sees(e.Audience) && len(out) < mostFacts {
				if what := happened(q, e); what != "" {
					out = append(out, e.At.In(q.words.zone()).Format("2 Jan 15:04")+": "+what)
				}
			}
		}
	}
	return out
}

// happened tells an event without who did it.
func happened(q *question, e *signals.Event) string {
	team := q.brain.w.Org.TeamName
	switch e.Kind {
	case signals.Opened:
		return "it was opened"
	case signals.TeamMoved:
		if e.From == "" {
			return "it went to " + team(e.To)
		}
		return "it went from " + team(e.From) + " to " + team(e.To)
	case signals.Assigned:
		return "it was handed over"
	case signals.Status:
		return "the status became " + e.To
	case signals.Priority:
		return "the priority became " + e.To
	case signals.LevelMoved:
		return "the level became " + e.To
	case signals.Said:
		return "a message was written"
	case signals.Edited:
		return e.Field + " was changed"
	case signals.Reacted:
		return "an emoji was put on a message"
	case signals.Pulled:
		return "somebody pulled the cord"
	case signals.Closed:
		return "it was closed"
	case signals.Reopened:
		return "it was opened again"
	case signals.Firing:
		return "the alert fired"
	case signals.Recovered:
		return "the alert healed"
	case signals.Claimed:
		return "somebody said that they are on it"
	case signals.Refused:
		return "somebody said that it is not for them"
	case signals.Linked:
		return "it was linked"
	case signals.Confirmed:
		if e.To == saidSolved {
			return "somebody said that it is solved"
		}
		return "who raised it said that it is solved"
	}
	return ""
}

// thresholds tells the limits of a detector as the policy has them now.
func thresholds(t *signals.Thresholds, detector string) string {
	v := reflect.ValueOf(t).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != detector {
			continue
		}
		var parts []string
		part := v.Field(i)
		for j := range part.NumField() {
			key, _, _ := strings.Cut(part.Type().Field(j).Tag.Get("json"), ",")
			parts = append(parts, strings.ReplaceAll(key, "_", " ")+" "+figure(part.Field(j).Interface()))
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// figure writes one limit as people say it.
func figure(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return signals.Lasted(v)
	case []string:
		return strings.Join(v, " or ")
	case int, float64:
		return fmt.Sprint(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// solvedBefore tells of the solved cases that a signal was told with, as far as
// the asker may see them.
func (q *question) solvedBefore(r *signals.Record) []string {
	var t thing
	for _, n := range r.Nudges {
		t = append(t, item{r, n})
	}
	return q.asReader().solvedBefore(t)
}

// asReader writes as cards do, for whoever asks.
func (q *question) asReader() *composer {
	c := &composer{Bot: q.Bot, w: q.brain.w, now: q.words.now, reader: readerOf(q.brain.w, q.asked.User)}
	c.reader.viewer = q.viewer
	return c
}
