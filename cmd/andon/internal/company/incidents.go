package company

import (
	"math/rand/v2"
	"strings"
	"time"
)

// makeIncidents opens incident channels: half of them are led well, half fall silent while still open. Before most of
// them somebody had a worry in weak words.
func (w *world) makeIncidents() {
	r := w.rng("incidents")
	for i := range w.scaled(8, w.o.Messages, 6000) {
		w.incident(r, i%2 == 0)
	}
}

func (w *world) incident(r *rand.Rand, quiet bool) {
	for range 30 {
		t, words := w.symptom(r)
		lead := w.team(t.team)[0]
		at := lead.workday(r, w.start.AddDate(0, 0, 4), w.end.AddDate(0, 0, -2))
		if at.IsZero() || at.In(lead.loc).Hour() > lead.From+2 {
			continue
		}
		hedge := -1
		if chance(r, 0.8) {
			if s, ok := w.setting(r, t, later(w.start, at.AddDate(0, 0, -9)), at.Add(-20*time.Hour)); ok {
				hedge = w.hedge(r, s)
			}
		}
		ch, root := w.openIncident(r, t, lead, at, words[0])
		if root == nil {
			return
		}
		if hedge >= 0 {
			p := &w.c.Truth.Planted[hedge]
			p.Note = "a worry in weak words that becomes an incident"
			p.Outcome = &Outcome{"incident", ch.where(root), root.at}
		}
		if quiet {
			w.quietIncident(r, ch, lead, root)
		} else {
			w.ledIncident(r, ch, lead, root)
		}
		return
	}
}

func (w *world) openIncident(r *rand.Rand, t *topic, lead *Person, at time.Time, symptom string) (*Channel, *Message) {
	v := t.vars(r)
	name := "inc-" + at.Format("20060102") + "-" + strings.ReplaceAll(w.g.say(r, "inc.name", v), " ", "-")
	for w.chans[name] != nil {
		name += "-2"
	}
	members := append(w.team(t.team), w.team(desk)...)
	members = append(members, w.team("Platform")[0], w.team(product)[0])
	var once []*Person
	for _, p := range members {
		if !has(once, p) {
			once = append(once, p)
		}
	}
	ch := w.newChannel(r, name, false, once)
	ch.Created = at.Add(-time.Minute)
	ch.topic = t
	v["symptom"] = symptom
	s := scene{ch: ch, vars: v, cast: map[byte]*Person{'A': lead}}
	return ch, w.post(r, ch, nil, lead, at, w.line(r, w.g.say(r, "inc.open", v), s))
}

// inc posts into an incident channel.
func (w *world) inc(r *rand.Rand, ch *Channel, by *Person, at time.Time, list string) *Message {
	v := ch.topic.vars(r)
	s := scene{ch: ch, at: at, vars: v, cast: map[byte]*Person{'A': by, 'B': ch.Members[0]}}
	said := w.play(r, s, "A "+w.g.say(r, list, v))
	if len(said) == 0 {
		return nil
	}
	return said[len(said)-1]
}

// ledIncident has an update at least every 25 minutes and an end.
func (w *world) ledIncident(r *rand.Rand, ch *Channel, lead *Person, root *Message) {
	at := root.at
	for range 4 + r.IntN(6) {
		at = w.talkUntil(r, ch, at, at.Add(between(r, 8*time.Minute, 22*time.Minute)))
		w.inc(r, ch, lead, at, "inc.update")
	}
	if w.inc(r, ch, lead, at.Add(between(r, 5*time.Minute, 20*time.Minute)), "inc.end") != nil {
		w.negative(ch.where(root), "quiet_incident", "led well and closed")
	}
}

func (w *world) talkUntil(r *rand.Rand, ch *Channel, at, to time.Time) time.Time {
	for range r.IntN(3) {
		at = at.Add(between(r, time.Minute, 5*time.Minute))
		if p := duty(r, ch.Members, at); p != nil && at.Before(to) {
			w.inc(r, ch, p, at, "inc.talk")
		}
	}
	return to
}

// quietIncident falls silent for hours before anybody says how it stands.
func (w *world) quietIncident(r *rand.Rand, ch *Channel, lead *Person, root *Message) {
	last, at := root, root.at
	for range 1 + r.IntN(4) {
		at = w.talkUntil(r, ch, at, at.Add(between(r, 6*time.Minute, 25*time.Minute)))
		if m := w.inc(r, ch, lead, at, "inc.update"); m != nil {
			last = m
		}
	}
	for _, m := range ch.Messages {
		if m.at.After(last.at) {
			last = m
		}
	}
	last.weak = true
	back := lead.addWork(r, last.at, between(r, 200*time.Minute, 12*time.Hour))
	t := ch.topic
	w.put(stage{scene{ch: ch}, t, nil}, "quiet_incident", "quiet_incident", last, last, "an open incident without an update for hours", "untracked_problem", "unanswered_ask")
	p := &w.c.Truth.Planted[len(w.c.Truth.Planted)-1]
	p.Resolvers, p.Originator = []string{lead.SlackID}, w.team(desk)[0].SlackID // the desk waits, the lead can tell
	for _, m := range ch.Messages {
		if m.ThreadTS == "" || m.ThreadTS == m.TS {
			p.Cases = append(p.Cases, ch.where(m))
		}
	}
	if chance(r, 0.7) {
		if m := w.inc(r, ch, lead, back, "inc.late"); m != nil {
			p.Until = &m.at
		}
	}
}
