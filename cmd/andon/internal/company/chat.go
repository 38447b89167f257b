package company

import (
	"math/rand/v2"
	"strings"
	"time"
)

// turn is one message of a script before it is filled.
type turn struct {
	who  byte
	text string
	fix  bool // waits until the issue is closed
}

// turns reads a script and decides its optional parts.
func (w *world) turns(r *rand.Rand, script string) []turn {
	var out []turn
	for _, part := range strings.Split(script, " // ") {
		if list, ok := strings.CutPrefix(part, "~"); ok {
			lines := w.g.list(list)
			from := 2 * r.IntN(len(lines)/2)
			to := min(from+2+2*r.IntN(2), len(lines))
			for _, line := range lines[from:to] {
				out = append(out, turn{who: line[0], text: line[2:]})
			}
			continue
		}
		if opt, ok := strings.CutPrefix(part, "?"); ok {
			if part = opt; chance(r, 0.5) {
				continue
			}
		}
		t := turn{who: part[0], text: strings.TrimSpace(part[1:])}
		t.text, t.fix = strings.CutPrefix(t.text, "@fix ")
		out = append(out, t)
	}
	return out
}

// scene is a conversation about to happen.
type scene struct {
	ch       *Channel
	at       time.Time
	cast     map[byte]*Person // A and B; others are found among the channel's members
	vars     vars
	threaded bool
	fixed    time.Time // when the issue was closed; zero when it was not
	slow     bool      // minutes to an hour between turns
}

// play writes a conversation and returns its messages. A flat conversation has no thread: each message stands alone.
func (w *world) play(r *rand.Rand, s scene, script string) []*Message {
	var out []*Message
	var root *Message
	at := s.at
	for i, t := range w.turns(r, script) {
		by := s.cast[t.who]
		if by == nil {
			if by = duty(r, s.ch.Members, at, values(s.cast)...); by == nil {
				continue
			}
			s.cast[t.who] = by
		}
		if i > 0 {
			at = at.Add(s.pause(r))
		}
		if t.fix {
			if s.fixed.IsZero() {
				break
			}
			at = later(at, s.fixed.Add(between(r, time.Minute, 20*time.Minute)))
		}
		if at = by.nextWorkOr(r, at); at.IsZero() {
			break
		}
		m := w.post(r, s.ch, root, by, at, w.line(r, t.text, s))
		if m == nil {
			break
		}
		if root == nil && s.threaded {
			root = m
		}
		out = append(out, m)
		w.dress(r, s.ch, m)
	}
	return out
}

func (s scene) pause(r *rand.Rand) time.Duration {
	switch {
	case s.slow:
		return between(r, 2*time.Minute, 90*time.Minute)
	case s.threaded:
		return between(r, 20*time.Second, 14*time.Minute)
	default:
		return between(r, 8*time.Second, 4*time.Minute)
	}
}

// nextWorkOr is nextWork, except that who writes on a weekend goes on doing so for a while.
func (p *Person) nextWorkOr(r *rand.Rand, t time.Time) time.Time {
	if wd := t.In(p.loc).Weekday(); (wd == time.Saturday || wd == time.Sunday) && !p.gone(t) && chance(r, 0.5) {
		return t
	}
	return p.nextWork(r, t)
}

func (w *world) line(r *rand.Rand, text string, s scene) string {
	text = w.g.expand(r, text, s.vars)
	if !strings.Contains(text, "```") {
		text = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(text, "  ", " "), " ,", ","))
	}
	for _, letter := range []byte("BCD") { // a person who is spoken of must exist
		if strings.Contains(text, "<@"+string(letter)+">") && s.cast[letter] == nil {
			s.cast[letter] = pick(r, s.ch.Members)
		}
	}
	return w.mark(text, s.cast)
}

func values(cast map[byte]*Person) []*Person {
	var out []*Person
	for _, letter := range []byte("ABCDE") {
		if p := cast[letter]; p != nil {
			out = append(out, p)
		}
	}
	return out
}

// dress adds reactions and edits now and then.
func (w *world) dress(r *rand.Rand, ch *Channel, m *Message) {
	if chance(r, 0.09) {
		n := 1 + r.IntN(3)
		var by []*Person
		for _, i := range r.Perm(len(ch.Members))[:min(n, len(ch.Members))] {
			if p := ch.Members[i]; p != m.by && p.LeftAt == nil {
				by = append(by, p)
			}
		}
		if len(by) > 0 {
			m.react(w.g.say(r, "reaction", nil), by...)
		}
	}
	if m.by != nil && chance(r, 0.025) {
		m.Edited = &Edited{m.by.SlackID, slackTime(m.at.Truncate(time.Second).Add(between(r, 20*time.Second, 9*time.Minute)))}
	}
}

// chat has one ordinary conversation and returns how many messages it took.
func (w *world) chat(r *rand.Rand, ch *Channel, threads float64, kind string) int {
	a := pick(r, ch.Members)
	at := a.workday(r, w.start, w.end.Add(-3*time.Hour))
	if ch.Name == "random" && chance(r, 0.04) {
		at = w.saturday(r)
	}
	if at.IsZero() || a.gone(at) {
		return 0
	}
	v := w.talkVars(r, ch, at, kind == "ticket.done")
	if kind == "ticket.done" && v["trouble"] == "" {
		return 0
	}
	if strings.HasPrefix(kind, "bot.") {
		w.postBot(r, ch, bots[len(kind)%2], at, w.line(r, w.g.say(r, kind, v), scene{ch: ch, vars: v}))
		return 1
	}
	b := duty(r, ch.Members, at, a)
	if b == nil {
		return 0
	}
	s := scene{ch: ch, at: at, cast: map[byte]*Person{'A': a, 'B': b}, vars: v, threaded: chance(r, threads)}
	switch kind {
	case "standup":
		return w.standup(r, s)
	case "howto":
		return len(w.play(r, s, w.howto(r, v)))
	}
	return len(w.play(r, s, pick(r, w.g.list(kind))))
}

func (w *world) saturday(r *rand.Rand) time.Time {
	week := r.IntN(w.o.Weeks)
	return w.start.AddDate(0, 0, 7*week+5+r.IntN(2)).Add(time.Duration(9*60+r.IntN(12*60)) * time.Minute)
}

// howto is a question with its answer.
func (w *world) howto(r *rand.Rand, v vars) string {
	how, answer, _ := strings.Cut(w.g.say(r, "howto", v), " => ")
	v["how"] = how
	script := "A " + w.g.say(r, "howto.ask", v) + " // B " + answer
	if chance(r, 0.85) {
		script += " // " + pick(r, w.g.list("howto.more"))
	}
	return script
}

// standup lets half a team tell what it does.
func (w *world) standup(r *rand.Rand, s scene) int {
	n, root := 0, (*Message)(nil)
	at := s.at
	for _, i := range r.Perm(len(s.ch.Members)) {
		p := s.ch.Members[i]
		if !p.onDuty(at) || n > 4 {
			continue
		}
		s.cast = map[byte]*Person{'A': p}
		m := w.post(r, s.ch, root, p, at, w.line(r, pick(r, w.g.list("standup"))[2:], s))
		if m == nil {
			break
		}
		if root == nil && s.threaded {
			root = m
		}
		v := w.talkVars(r, s.ch, at, false)
		s.vars = v
		w.dress(r, s.ch, m)
		n++
		at = at.Add(between(r, 30*time.Second, 9*time.Minute))
	}
	return n
}

// talkVars binds a topic, of the channel's team when it has one, and an ordinary issue that exists at that time.
func (w *world) talkVars(r *rand.Rand, ch *Channel, at time.Time, closed bool) vars {
	t := pick(r, w.topics)
	for range 40 {
		if teamChannel(t.team) == ch.Name || !strings.HasPrefix(ch.Name, "team-") {
			break
		}
		t = pick(r, w.topics)
	}
	v := t.vars(r)
	w.bindIssue(v, w.someIssue(r, t, at, closed))
	return v
}

func (w *world) bindIssue(v vars, is *Issue) {
	if is == nil {
		v["key"], v["keylink"] = "the ticket", "the ticket"
		return
	}
	v["key"], v["keylink"] = is.Key, w.issueURL(is)
	v["trouble"] = is.trouble
}

func (w *world) issueURL(is *Issue) string { return "https://" + w.c.Site + "/browse/" + is.Key }

// someIssue picks an ordinary issue opened before at, of the topic's team if there is one.
func (w *world) someIssue(r *rand.Rand, t *topic, at time.Time, closed bool) *Issue {
	var best *Issue
	for range 60 {
		is := pick(r, w.c.Issues)
		if is.planned || is.waiting || is.opened.After(at) || closed && (is.Fields.Resolution == nil || is.last.After(at)) {
			continue
		}
		best = is
		if is.mainTeam == t.team {
			break
		}
	}
	return best
}
