package company

import (
	"math/rand/v2"
	"strings"
	"time"
)

// plantTalk writes the weak signals of the chat. The counts are those of the default company.
func (w *world) plantTalk() {
	r := w.rng("weak")
	for _, k := range []struct {
		n    int
		tell func(*rand.Rand)
	}{
		{28, w.unanswered}, {14, w.deflected}, {22, w.untracked}, {10, w.echo}, {11, w.workaround}, {3, w.workaroundSeries},
		{14, w.hedged}, {9, w.cord}, {9, w.chase},
	} {
		for range w.scaled(k.n, w.o.Messages, 6000) {
			k.tell(r)
		}
	}
}

// stage is where a weak signal is told: a topic, a channel, somebody from elsewhere who speaks.
type stage struct {
	scene
	t *topic
	a *Person
}

// setting finds a place and a time for a topic. Who speaks does not own it.
func (w *world) setting(r *rand.Rand, t *topic, from, to time.Time) (stage, bool) {
	names := []string{teamChannel(t.team), teamChannel(t.team), "help-engineering", "customers", "product-support", "general", "service-desk"}
	for range 60 {
		ch := w.chans[pick(r, names)]
		a := pick(r, ch.Members)
		at := a.workday(r, from, to)
		if a.Team == t.team || a.Team == leads || at.IsZero() || a.gone(at) {
			continue
		}
		v := t.vars(r)
		w.bindIssue(v, w.someIssue(r, t, at, false))
		v["symptom"] = w.trouble(r, t, v)
		s := scene{ch: ch, at: at, vars: v, threaded: chance(r, 0.65), cast: map[byte]*Person{'A': a}}
		return stage{s, t, a}, true
	}
	return stage{}, false
}

// tell posts one text of a list as part of a planted condition.
func (w *world) tell(r *rand.Rand, s stage, root *Message, by *Person, at time.Time, list string) *Message {
	if experts := w.solvers(s.t, s.a); s.cast['B'] == nil && len(experts) > 0 {
		s.cast['B'] = experts[0]
	}
	text := w.line(r, pick(r, w.g.list(list)), s.scene)
	if !s.threaded {
		root = nil
	}
	m := w.post(r, s.ch, root, by, at, text)
	if m != nil {
		m.weak = true
	}
	return m
}

// put writes the truth of a chat signal.
func (w *world) put(s stage, kind, detector string, root, event *Message, note string, also ...string) *Planted {
	w.plant(Planted{Kind: kind, Detector: detector, Also: also, Case: s.ch.where(root), Channel: s.ch.ID, Event: event.TS, At: event.at,
		Resolvers: slackIDs(w.solvers(s.t, s.a)), Originator: root.by.SlackID, Team: s.t.team, Note: note})
	return &w.c.Truth.Planted[len(w.c.Truth.Planted)-1]
}

func (w *world) settingNow(r *rand.Rand) (stage, bool) {
	return w.setting(r, pick(r, w.topics), w.start, w.end.AddDate(0, 0, -2))
}

// unanswered is a request for help: nobody answers, or only people who have the same question, or much too late.
func (w *world) unanswered(r *rand.Rand) {
	s, ok := w.settingNow(r)
	if !ok {
		return
	}
	list := "unanswered"
	if chance(r, 0.15) {
		list = "unanswered.indirect"
	}
	if chance(r, 0.5) {
		s.vars["how"] = ""
	}
	root := w.tell(r, s, nil, s.a, s.at, list)
	if root == nil {
		return
	}
	p := w.put(s, "unanswered", "unanswered_ask", root, root, "nobody answers", "untracked_problem")
	switch x := r.Float64(); {
	case x < 0.25:
		p.Kind, p.Note = "unanswered_metoo", "only others with the same question reply"
		p.Also = append(p.Also, "echo")
		w.crowd(r, s, root, "metoo", 1+r.IntN(3))
	case x < 0.45:
		p.Kind, p.Note = "unanswered_nonanswer", "the replies are no answers"
		w.crowd(r, s, root, "nonanswer", 1+r.IntN(2))
	case x < 0.65:
		w.lateAnswer(r, s, root, p)
	}
}

// crowd lets bystanders reply who do not know the topic.
func (w *world) crowd(r *rand.Rand, s stage, root *Message, list string, n int) {
	seen := []*Person{s.a}
	at := root.at
	for range n {
		at = at.Add(between(r, 2*time.Minute, 70*time.Minute))
		p := duty(r, s.ch.Members, at, append(seen, w.experts(s.t)...)...)
		if p == nil {
			return
		}
		seen = append(seen, p)
		w.tell(r, s, root, p, at, list)
	}
}

func (w *world) lateAnswer(r *rand.Rand, s stage, root *Message, p *Planted) {
	experts := w.solvers(s.t, s.a)
	if len(experts) == 0 {
		return
	}
	s.threaded = true
	b := experts[0]
	at := b.addWork(r, root.at, time.Duration(16+r.IntN(30))*time.Hour)
	if at.IsZero() {
		return
	}
	if m := w.tell(r, s, root, b, at, "late"); m != nil {
		p.Kind, p.Note, p.Until = "unanswered_late", "answered only days later", &m.at
		w.tell(r, s, root, s.a, s.a.nextWork(r, m.at.Add(between(r, time.Minute, 2*time.Hour))), "late.thanks")
	}
}

// deflected is a problem sent away to a ticket that nobody writes.
func (w *world) deflected(r *rand.Rand) {
	for range 20 {
		s, ok := w.settingNow(r)
		if !ok {
			return
		}
		b := duty(r, w.team(s.t.team), s.at)
		if b == nil {
			continue
		}
		s.cast['B'] = b
		root := w.tell(r, s, nil, s.a, s.at, "deflect.ask")
		if root == nil {
			continue
		}
		m := w.tell(r, s, root, b, root.at.Add(between(r, time.Minute, 40*time.Minute)), "deflect.reply")
		if m == nil {
			return
		}
		w.put(s, "deflected", "deflected", root, m, "sent away to write a ticket, none is written", "untracked_problem", "unanswered_ask").
			Cases = s.cases(root, m)
		if chance(r, 0.5) {
			w.tell(r, s, root, s.a, s.a.nextWork(r, m.at.Add(between(r, time.Minute, 20*time.Minute))), "deflect.after")
		}
		return
	}
}

// cases lists the case of the root, and that of a reply which was not put into its thread.
func (s stage) cases(root, reply *Message) []string {
	if s.threaded {
		return nil
	}
	return []string{s.ch.where(root), s.ch.where(reply)}
}

// untracked is a problem told in passing.
func (w *world) untracked(r *rand.Rand) {
	s, ok := w.settingNow(r)
	if !ok {
		return
	}
	root := w.tell(r, s, nil, s.a, s.at, "untracked")
	if root == nil {
		return
	}
	p := w.put(s, "untracked", "untracked_problem", root, root, "a problem, and no ticket comes of it", "workaround")
	if strings.Contains(root.Text, "?") {
		p.Also = append(p.Also, "unanswered_ask")
	}
	if chance(r, 0.4) {
		w.crowd(r, s, root, "untracked.reply", 1+r.IntN(2))
	}
}

// echo lets three to five people tell the same symptom in their own words, in two channels or more.
func (w *world) echo(r *rand.Rand) {
	t, words := w.symptom(r)
	first, ok := w.setting(r, t, w.start, w.end.AddDate(0, 0, -2))
	if !ok {
		return
	}
	var told []*Message
	var cases []string
	at, s := first.at, first
	for i := range 3 + r.IntN(3) {
		if i > 0 {
			if s, ok = w.setting(r, t, at, at.Add(3*time.Hour)); !ok {
				continue
			}
		}
		s.threaded = false
		s.vars["symptom"] = words[i%len(words)]
		m := w.tell(r, s, nil, s.a, s.at, "echo")
		if m == nil || byOne(told, m) {
			continue
		}
		told, cases, at = append(told, m), append(cases, s.ch.where(m)), m.at
	}
	if len(told) < 2 {
		return
	}
	p := w.put(first, "echo", "echo", told[0], told[1], "several people tell the same symptom in their own words", "untracked_problem", "unanswered_ask")
	p.Cases = cases
}

// byOne says that the author of m has told it before.
func byOne(told []*Message, m *Message) bool {
	for _, x := range told {
		if x.by == m.by {
			return true
		}
	}
	return false
}
