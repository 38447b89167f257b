package decide

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// week plays a generated week as replay does: events in the order of their time,
// wishes when they are due, and then the clock runs on until nothing more can come.
type week struct {
	*story
	wish map[signals.Key]time.Time
	log  []string // what happened, for who reads a failure
}

// wakes serves the wishes that are due before a time, the earliest first; a zero
// time is the end of all. It reports false where they do not end.
func (p *week) wakes(until time.Time) bool {
	for range 2000 {
		var next signals.Key
		for k, at := range p.wish {
			if at.IsZero() || !until.IsZero() && !at.Before(until) {
				continue
			}
			if had := p.wish[next]; had.IsZero() || at.Before(had) || at.Equal(had) && k.String() < next.String() {
				next = k
			}
		}
		at := p.wish[next]
		if at.IsZero() {
			return true
		}
		p.looked(next, p.w.Look(p.w.Case(next), nil, at, at), at)
	}
	return false
}

func (p *week) looked(k signals.Key, l Looked, at time.Time) {
	if p.wish[k] = l.At; !l.At.IsZero() && !l.At.After(at) {
		p.wish[k] = time.Time{} // it wants the same again: nothing would change
	}
	for _, also := range l.Also {
		if had := p.wish[also.Case]; had.IsZero() || also.At.Before(had) {
			p.wish[also.Case] = also.At
		}
	}
}

// weekKinds are what may happen to an issue.
var weekKinds = []signals.Event{
	{Kind: signals.TeamMoved, From: "A", To: "B"}, {Kind: signals.TeamMoved, From: "B", To: "A"}, {Kind: signals.Assigned, To: "jira/s/bob"}, {Kind: signals.Assigned, To: "jira/s/cat"},
	{Kind: signals.Status, From: "Open", To: "Doing"}, {Kind: signals.Said, Text: "I look at it"}, {Kind: signals.Said, Text: "It works again, solved, thanks"},
	{Kind: signals.Claimed}, {Kind: signals.Refused}, {Kind: signals.Refused, To: "slack/s/Ueve"}, {Kind: signals.Useless, Field: "noise"}, {Kind: signals.Snoozed},
	{Kind: signals.Closed, To: "Done"}, {Kind: signals.Closed, To: "Done"}, {Kind: signals.Reopened}, {Kind: signals.Confirmed}, {Kind: signals.Denied}, {Kind: signals.Denied, Field: signals.Partly, Text: "the totals"},
	{Kind: signals.Closed, To: "Done"}, {Kind: signals.Reopened}, {Kind: signals.Denied}, {Kind: signals.Denied, Field: signals.Partly},
	{Kind: signals.Pulled, Text: "help, please"}, {Kind: signals.Linked, Field: "Duplicate", Ref: "jira/s/1"},
}

// anyWeek makes what happens to one to three issues within a day, a week or some
// weeks, by time.
func anyWeek(t *rapid.T) (out []signals.Event) {
	issues := rapid.IntRange(1, 3).Draw(t, "issues")
	span := rapid.SampledFrom([]int{1, 7, 40}).Draw(t, "days") // the watch is over after two weeks
	minute := rapid.IntRange(0, span*24*60)
	who := rapid.SampledFrom([]string{"jira/s/ann", "jira/s/bob", "jira/s/cat", "slack/s/Uann", "slack/s/UBOB", "slack/s/Udan", "slack/s/Ueve", "jira/s/bot:sweeper"})
	for i := range issues {
		k := issue(fmt.Sprint(i + 1))
		for n, team := range []string{"A", "B", "C", "D"} { // an issue that wanders is a signal
			e := signals.Event{Kind: signals.TeamMoved, To: team, Case: k, Actor: "jira/s/ann", At: monday.Add(time.Duration(i*10+n-3) * time.Minute)}
			if n == 0 {
				e.Kind, e.Text, e.Set = signals.Opened, "Card payments fail", []signals.Value{{Field: signals.FieldTeam, To: "A"}}
			}
			out = append(out, e)
		}
		for range rapid.IntRange(0, 20).Draw(t, "events") {
			e := rapid.SampledFrom(weekKinds).Draw(t, "kind")
			e.Case, e.Actor, e.At = k, who.Draw(t, "who"), monday.Add(time.Duration(minute.Draw(t, "minute"))*time.Minute)
			if e.Kind == signals.Snoozed {
				e.To = e.At.Add(time.Duration(minute.Draw(t, "until")) * time.Minute).Format(time.RFC3339)
			}
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b signals.Event) int { return a.At.Compare(b.At) })
	for i := range out {
		out[i].Seq.Entry, out[i].Audience = int64(i+1), signals.Public
		out[i].ID = fmt.Sprintf("%s/e%d", out[i].Case, i)
	}
	return out
}

// played lets a week happen.
func played(t *testing.T, events []signals.Event) (*week, bool) {
	s, _ := stepStory(t, nil)
	p := &week{story: s, wish: make(map[signals.Key]time.Time)}
	p.w.Book = NewBook(nil, false) // without what the story began with
	p.w.Cases = make(map[signals.Key]*signals.Case)
	for i := range events {
		e := &events[i]
		if !p.wakes(e.At) {
			return p, false
		}
		p.log = append(p.log, fmt.Sprint(e.At.Format("Mon 15:04 "), e.Case.ID, " ", e.Kind, " ", e.Actor, " ", e.Field, e.To))
		c := take(t, p.w, e)
		p.looked(e.Case, p.w.Look(c, e, e.At, e.At), e.At)
	}
	return p, p.wakes(time.Time{})
}

// TestLedgersOfAnyWeek: the stages of each signal are in order, and in the end it
// is confirmed, or it died once, before a stage that it has not reached, for a
// reason; never both, and never neither. Who raised it is asked no oftener than
// the policy says, and not while a question of theirs is open.
func TestLedgersOfAnyWeek(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p, ended := played(t, anyWeek(rt))
		if !ended {
			rt.Fatalf("the looks do not end\n%v", p.log)
		}
		asks, most := map[string]int{}, map[string]int{}
		for _, r := range p.w.Book.Records {
			if wrong := faulty(r); wrong != "" {
				rt.Fatalf("%s: %s\n%+v\n%v\n%v", r.Signal.Key(), wrong, *r.Ledger, p.to(r), p.log)
			}
			for _, a := range r.Asks {
				problem := p.w.Problem(p.w.Case(r.Signal.Case))
				key := p.w.Org.Who(r.Raiser) + problem.ID.String()
				if most[key] = p.w.Org.Policy.Asks * len(problem.Cases); a.State == signals.Sent { // cases may have been joined after they were asked
					asks[key]++
				}
			}
		}
		for key, n := range asks {
			if n > most[key] {
				rt.Fatalf("%s was asked %d times\n%v", key, n, p.log)
			}
		}
	})
}

// faulty says what is wrong with a ledger in the end, "" for nothing.
func faulty(r *Record) string {
	l := r.Ledger
	var last time.Time
	for _, st := range signals.Stages {
		at := l.Times[st]
		if at.IsZero() {
			continue
		}
		if at.Before(last) {
			return string(st) + " before an earlier stage"
		}
		last = at
	}
	confirmed := l.Reached(signals.ConfirmedBy)
	switch {
	case l.Died != "" && (l.Why == "" || l.DiedAt.IsZero()):
		return "died without a reason or a time"
	case l.Died != "" && l.Reached(l.Died):
		return "died before a stage that it reached"
	case confirmed && l.Died != "":
		return "confirmed and dead"
	case !confirmed && l.Died == "":
		return "neither confirmed nor dead"
	case l.Died == signals.ConfirmedBy && !l.Reached(signals.Corrected):
		return "not confirmed, and not corrected any more"
	case !l.Quiet.IsZero() && !l.Reached(signals.Corrected):
		return "quiet and not corrected"
	case !l.Partly.IsZero() && l.Reached(signals.Corrected):
		return "corrected, and in part"
	}
	return ""
}

func TestFaultyFinds(t *testing.T) {
	s := &signals.Signal{Detector: "stall", At: monday}
	for want, change := range map[string]func(l *signals.Ledger){
		"reacted before an earlier stage": func(l *signals.Ledger) { l.Times[signals.ReactedTo] = monday.Add(-2 * time.Hour) },
		"neither confirmed nor dead":      func(l *signals.Ledger) {},
		"confirmed and dead": func(l *signals.Ledger) {
			l.Times[signals.ConfirmedBy] = monday
			l.Died, l.Why, l.DiedAt = signals.Corrected, "x", monday
		},
		"died without a reason or a time": func(l *signals.Ledger) { l.Died = signals.ReactedTo },
		"died before a stage that it reached": func(l *signals.Ledger) {
			l.Times[signals.ReactedTo] = monday
			l.Died, l.Why, l.DiedAt = signals.ReactedTo, "x", monday
		},
	} {
		l := signals.NewLedger(s, monday.Add(-time.Hour))
		change(l)
		require.Equal(t, want, faulty(&Record{Signal: s, Ledger: l}))
	}
}
