package company

import (
	"math/rand/v2"
	"time"
)

// workaround is advice that makes a fault normal, given alone or as an answer.
func (w *world) workaround(r *rand.Rand) {
	if s, ok := w.settingNow(r); ok {
		w.workaroundAt(r, s, "")
	}
}

func (w *world) workaroundAt(r *rand.Rand, s stage, note string) {
	if note == "" {
		note = "a way to live with the fault instead of a repair"
	}
	if chance(r, 0.5) {
		if m := w.tell(r, s, nil, s.a, s.at, "workaround"); m != nil {
			w.put(s, "workaround", "workaround", m, m, note, "untracked_problem")
		}
		return
	}
	root := w.tell(r, s, nil, s.a, s.at, "workaround.ask")
	b := duty(r, s.ch.Members, s.at, s.a)
	if root == nil || b == nil {
		if root != nil {
			w.put(s, "unanswered", "unanswered_ask", root, root, "nobody answers", "untracked_problem")
		}
		return
	}
	m := w.tell(r, s, root, b, root.at.Add(between(r, time.Minute, 30*time.Minute)), "workaround")
	if m == nil {
		return
	}
	w.put(s, "workaround", "workaround", root, m, note, "untracked_problem", "unanswered_ask").Cases = s.cases(root, m)
	if chance(r, 0.4) {
		w.tell(r, s, root, s.a, s.a.nextWork(r, m.at.Add(between(r, time.Minute, 10*time.Minute))), "workaround.ok")
	}
}

// workaroundSeries is the same dodge around one service, told by different people over the weeks.
func (w *world) workaroundSeries(r *rand.Rand) {
	t := pick(r, w.topics)
	feature := pick(r, t.features)
	for n := range 4 {
		from := w.start.Add(w.end.Sub(w.start) / 5 * time.Duration(n))
		if s, ok := w.setting(r, t, from, from.AddDate(0, 0, 5)); ok {
			s.vars["feature"] = feature
			w.workaroundAt(r, s, "a fault that becomes normal over weeks")
		}
	}
}

// hedged is a worry in weak words that leads to nothing known. incidents.go writes those that come true.
func (w *world) hedged(r *rand.Rand) {
	if s, ok := w.settingNow(r); ok {
		w.hedge(r, s)
	}
}

// hedge tells a worry and returns the place of its truth, or -1.
func (w *world) hedge(r *rand.Rand, s stage) int {
	s.vars["worry"] = w.g.say(r, "worry", s.vars)
	m := w.tell(r, s, nil, s.a, s.at, "hedged")
	if m == nil {
		return -1
	}
	w.put(s, "hedged", "hedged", m, m, "a worry in weak words", "untracked_problem", "unanswered_ask")
	at := len(w.c.Truth.Planted) - 1
	if chance(r, 0.35) {
		w.crowd(r, s, m, "hedged.reply", 1)
	}
	return at
}

// cord is somebody stopping the line, in words or with the emoji.
func (w *world) cord(r *rand.Rand) {
	s, ok := w.settingNow(r)
	if !ok {
		return
	}
	s.threaded = true
	list, note := "cord", "the cord is pulled in words"
	reacted := chance(r, 0.5)
	if reacted {
		list, note = "cord.reacted", "the cord is pulled with :rotating_light:"
	}
	root := w.tell(r, s, nil, s.a, s.at, list)
	if root == nil {
		return
	}
	if reacted {
		by := duty(r, s.ch.Members, s.at, s.a)
		if by == nil {
			by = s.a
		}
		root.react("rotating_light", by)
	}
	w.put(s, "cord", "cord", root, root, note, "untracked_problem")
	if b := duty(r, w.team(s.t.team), root.at); b != nil {
		w.tell(r, s, root, b, root.at.Add(between(r, time.Minute, 9*time.Minute)), "cord.reply")
	}
}

// chase asks in chat after an issue that goes wrong, and gets nothing.
func (w *world) chase(r *rand.Rand) {
	var wrong []Planted
	for _, p := range w.c.Truth.Planted {
		if p.Detector == "stall" || p.Detector == "orphan" {
			wrong = append(wrong, p)
		}
	}
	for range 30 {
		p := pick(r, wrong)
		is := w.issueAt(p.Case)
		to := p.At.AddDate(0, 0, 4)
		if p.Until != nil {
			to = *p.Until
		}
		if w.used["chase "+p.Case] || !to.After(p.At.Add(30*time.Hour)) {
			continue
		}
		s, ok := w.setting(r, is.topic, p.At.Add(26*time.Hour), to)
		if !ok {
			continue
		}
		w.used["chase "+p.Case] = true
		w.bindIssue(s.vars, is)
		if m := w.tell(r, s, nil, s.a, s.at, "chase"); m != nil {
			w.put(s, "chase", "unanswered_ask", m, m, "asks after "+is.Key+", nobody answers", p.Detector)
		}
		return
	}
}

func (w *world) issueAt(where string) *Issue {
	for _, is := range w.c.Issues {
		if is.where() == where {
			return is
		}
	}
	return nil
}
