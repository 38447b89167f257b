package alertmanager

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"andon/signals"
)

// Normalize makes events of the body of a webhook, in order and each id once.
// received is when it was heard of; no event is later than that.
//
// The error is of the whole body, and then there are no events; or it joins a
// signals.Reject for each alert that cannot be understood (of the first 100), and
// the events are those of the others.
func Normalize(body []byte, o Options, received time.Time) ([]*signals.Event, error) {
	w, err := parseWebhook(body)
	if err != nil {
		return nil, err
	}
	return w.events(o, received)
}

// events makes events of the alerts, as Normalize says.
func (w *webhook) events(o Options, received time.Time) ([]*signals.Event, error) {
	n := normalizer{o: o.withDefaults(), received: received.UTC().Truncate(time.Microsecond), at: make(map[string]int)}
	for i, raw := range w.Alerts {
		a, err := parseAlert(raw)
		if err != nil {
			n.reject(i, raw, err)
			continue
		}
		n.alert(a)
	}
	if more := n.rejected - len(n.rejects); more > 0 {
		n.rejects = append(n.rejects, fmt.Errorf("and %d more", more))
	}
	return signals.Sort(n.events), errors.Join(n.rejects...)
}

const (
	maxRejects = 100
	maxRaw     = 4 << 10 // bytes of a rejected alert that are kept with the reject; the envelope has all
)

type normalizer struct {
	o        Options
	received time.Time
	events   []*signals.Event
	at       map[string]int // where the event of an id stands
	rejects  []error
	rejected int
}

func (n *normalizer) reject(i int, raw json.RawMessage, err error) {
	if n.rejected++; n.rejected <= maxRejects {
		n.rejects = append(n.rejects, signals.Reject{
			Where: "alerts[" + strconv.Itoa(i) + "]", Err: err, Raw: append([]byte(nil), raw[:min(len(raw), maxRaw)]...),
		})
	}
}

// alert derives the events of one alert. A resolved one did fire: where that was
// never heard of it is now, and else it bears the id of what was heard.
func (n *normalizer) alert(a *alert) {
	key := signals.Key{Source: signals.Alerts, Site: n.o.Site, ID: a.Fingerprint}
	prefix, start := key.String(), a.starts.UnixMicro()
	began := earlier(a.starts, n.received)
	event := func(kind signals.Kind, id string, at time.Time, item int32) *signals.Event {
		return &signals.Event{
			ID: prefix + "/" + id, Case: key, Kind: kind, At: at, Audience: n.o.Audience,
			Actor: signals.ID(signals.Alerts, n.o.Site, "bot:alertmanager"),
			// The start of the spell sets the order of what has the same time: an alert
			// heals before it fires anew, and fires before it heals.
			Seq: signals.Seq{Entry: start, Item: item},
		}
	}
	opened := event(signals.Opened, "opened", began, 0)
	opened.Text, opened.Set = title(a), n.o.values(a)
	n.add(opened)
	firing := event(signals.Firing, "firing/"+micros(a.starts), began, 1)
	firing.Text = summary(a)
	n.add(firing)
	if a.Status != statusResolved {
		return
	}
	if a.ends.IsZero() {
		n.add(event(signals.Recovered, "recovered/after/"+micros(a.starts), n.received, 2))
		return
	}
	n.add(event(signals.Recovered, "recovered/"+micros(a.ends), earlier(a.ends, n.received), 2))
}

// add keeps the earliest event of each id.
func (n *normalizer) add(e *signals.Event) {
	if i, ok := n.at[e.ID]; ok {
		if signals.CompareEvents(e, n.events[i]) < 0 {
			n.events[i] = e
		}
		return
	}
	n.at[e.ID] = len(n.events)
	n.events = append(n.events, e)
}

func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// title is what people see the alert called: its name and what it says now.
func title(a *alert) string {
	name, says := clip(clean(a.Labels[labelName]), maxLabel), summary(a)
	switch {
	case name == "":
		name = "alert " + a.Fingerprint
	case says == name:
		says = ""
	}
	if says == "" {
		return name
	}
	return clip(name+": "+says, maxTitle)
}

// summary is the short text of an alert, by the names that rules commonly give it.
func summary(a *alert) string {
	for _, name := range []string{"summary", "title", "message", annotationBody} {
		if s := clip(clean(a.Annotations[name]), maxTitle); s != "" {
			return s
		}
	}
	return ""
}

// body is the long text of an alert, lines kept.
func body(a *alert) string {
	return clip(printable(cmp.Or(a.Annotations[annotationBody], a.Annotations["message"])), maxText)
}
