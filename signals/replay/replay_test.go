package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/signals/snap"
	"andon/signals/text"
)

// lines is a sink that writes everything down in order.
type lines struct{ all []string }

func (l *lines) add(format string, args ...any) error {
	l.all = append(l.all, fmt.Sprintf(format, args...))
	return nil
}

func (l *lines) Signal(c *signals.Case, s *signals.Signal) error {
	return l.add("%s signal %s %s %s %v %q %v", stampOf(s.At), Ref(c), s.Detector, s.Occasion, s.Score, s.Reason, s.Evidence)
}

func (l *lines) Risk(c *signals.Case, at time.Time, p risk.Prediction) error {
	return l.add("%s risk %s %d %v", stampOf(at), Ref(c), c.Entries, p)
}

func (l *lines) Route(c *signals.Case, at time.Time, kind route.Kind, list []route.Candidate) error {
	var b strings.Builder
	for _, x := range list {
		fmt.Fprintf(&b, " %s=%v", x.Who, x.Score)
	}
	return l.add("%s route %s %d %s%s", stampOf(at), Ref(c), c.Entries, kind, b.String())
}

func (l *lines) Match(c *signals.Case, at time.Time, matches []Match) error {
	var b strings.Builder
	for _, m := range matches {
		fmt.Fprintf(&b, " %s=%v", Ref(m.Case), m.Score)
	}
	return l.add("%s match %s%s", stampOf(at), Ref(c), b.String())
}

func stampOf(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000") }

// until returns the lines of a time or before.
func (l *lines) until(t time.Time) []string {
	out := []string{}
	for _, s := range l.all {
		if s[:26] <= stampOf(t) {
			out = append(out, s)
		}
	}
	return out
}

// everything replays events with all outputs on.
func everything(t require.TestingT, events []*signals.Event, policy signals.Policy) (*Result, *lines) {
	in := &Input{}
	// Events are folded, never written: but a replay may sort what it is given.
	require.NoError(t, in.Play.Add(slices.Clone(events)))
	out := &lines{}
	res, err := Run(in, Options{Policy: policy, Lexicon: lexicon, Nudges: true, Risk: true, Routes: true, Matches: true}, out)
	require.NoError(t, err)
	return res, out
}

// lexicon is made once: it never changes.
var lexicon = text.DefaultLexicon()

var begin = time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)

// week draws a week of an invented organisation: issues that move between
// teams and people, threads in channels, some of them private, people in
// several zones who come, go and mute.
func week(t *rapid.T) []*signals.Event {
	var out []*signals.Event
	n := int64(0)
	put := func(e signals.Event) {
		n++
		e.Seq.Entry = n
		if e.ID == "" {
			e.ID = fmt.Sprintf("%s/%d", e.Case, n)
		}
		out = append(out, &e)
	}
	people := []string{"ann", "bob", "cat", "dan", "eve", "fay"}
	zones := []string{"UTC", "America/New_York", "Asia/Kolkata", "Australia/Sydney"}
	own := signals.Key{Source: signals.Own, Site: "t", ID: "org"}
	for i, p := range people {
		raw, _ := json.Marshal(signals.Person{ID: p, Zone: zones[i%len(zones)], Team: teams[i%len(teams)], Accounts: []string{"jira/s/" + p, "slack/s/" + p}})
		put(signals.Event{Case: own, Kind: signals.RosterSet, Field: "person", To: p, Text: string(raw), At: time.Unix(0, 0).UTC()})
	}
	at := begin
	for range rapid.IntRange(1, 120).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "minutes")) * time.Minute)
		who := rapid.SampledFrom(people).Draw(t, "who")
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0, 1:
			put(talk(t, at, who, n))
		case 2, 3:
			put(move(t, at, who))
		case 4:
			put(answer(t, at, who, people))
		case 5:
			put(wish(t, at, who, people))
		}
	}
	return opened(out)
}

var teams = []string{"Alpha", "Beta", "Gamma", "Delta"}

func talk(t *rapid.T, at time.Time, who string, n int64) signals.Event {
	channel := rapid.SampledFrom([]string{"C1", "C2", "CX"}).Draw(t, "channel")
	root := rapid.IntRange(1, 12).Draw(t, "thread")
	e := signals.Event{Case: signals.SlackThread("s", channel, fmt.Sprintf("%d.0", root)), Kind: signals.Said, Actor: "slack/s/" + who, At: at, Audience: signals.Public}
	e.ID = fmt.Sprintf("slack/s/%s/%d.%d", channel, root, n)
	if channel == "CX" {
		e.Audience = signals.MembersOf("slack/s/CX")
	}
	e.Text = rapid.SampledFrom([]string{
		"the export job fails with error 502 since this morning", "can somebody help me with the login page? it does not load", "just restart it, it is flaky again",
		"please open a ticket", "thanks, works now", "lunch?", "might be nothing, but the queue looks slow", "same here", "I am looking at it",
	}).Draw(t, "words")
	if rapid.IntRange(0, 9).Draw(t, "cord") == 0 {
		e.Kind, e.Ref = signals.Pulled, e.ID
	}
	return e
}

// answer is what somebody says to andon, or with an emoji.
func answer(t *rapid.T, at time.Time, who string, people []string) signals.Event {
	e := signals.Event{Case: signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "issue"))}, Actor: "slack/s/" + who, At: at, Audience: signals.Public}
	if rapid.Bool().Draw(t, "thread") {
		channel := rapid.SampledFrom([]string{"C1", "C2", "CX"}).Draw(t, "channel")
		e.Case = signals.SlackThread("s", channel, fmt.Sprintf("%d.0", rapid.IntRange(1, 12).Draw(t, "root")))
		if channel == "CX" {
			e.Audience = signals.MembersOf("slack/s/CX")
		}
	}
	later := at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(t, "hours")) * time.Hour).Format(time.RFC3339)
	switch rapid.IntRange(0, 5).Draw(t, "says") {
	case 0, 1:
		e.Kind, e.To = signals.Refused, rapid.SampledFrom([]string{"", "slack/s/ann", "cat", "jira/s/fay", "stranger"}).Draw(t, "named")
	case 2, 3:
		e.Kind, e.To = signals.Snoozed, later
	case 4:
		e.Kind, e.Field = signals.Useless, rapid.SampledFrom([]string{"", "noise"}).Draw(t, "why")
	case 5:
		e.Kind = rapid.SampledFrom([]signals.Kind{signals.Claimed, signals.Denied, signals.Confirmed}).Draw(t, "other")
	}
	return e
}

// wish is what somebody says of themselves or of who answers for something.
func wish(t *rapid.T, at time.Time, who string, people []string) signals.Event {
	e := signals.Event{Case: signals.Key{Source: signals.Own, Site: "t", ID: "org"}, Kind: signals.RosterSet, Field: "own", To: "slack/s/" + who, Actor: "slack/s/" + who, At: at}
	until := at.Add(time.Duration(rapid.IntRange(-5, 90).Draw(t, "hours")) * time.Hour)
	switch rapid.IntRange(0, 3).Draw(t, "wish") {
	case 0:
		e.Text = rapid.SampledFrom([]string{"", `{"opted_out":true}`, `{"opted_out":false}`, `{"thanks":true}`, `{"backup":"ann"}`}).Draw(t, "own")
	case 1:
		h := signals.Hint{Not: who, Instead: rapid.SampledFrom(people).Draw(t, "instead"), By: who, At: at, Until: until}
		raw, _ := json.Marshal(h)
		e.Field, e.To, e.Text = "hint", h.ID(), string(raw)
	case 2:
		e.Kind, e.Field, e.To = signals.Muted, "", until.Format(time.RFC3339)
		if rapid.Bool().Draw(t, "everybody") {
			e.Actor, e.Ref = "", "slack/s/C1"
		}
	case 3:
		e.Kind, e.Field, e.To, e.Text = signals.AwaySet, "", who, until.Format(time.RFC3339)
	}
	return e
}

func move(t *rapid.T, at time.Time, who string) signals.Event {
	e := signals.Event{Case: signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "issue"))}, Actor: "jira/s/" + who, At: at, Audience: signals.Public}
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0, 1, 2:
		e.Kind, e.To = signals.TeamMoved, rapid.SampledFrom(teams).Draw(t, "team")
	case 3:
		e.Kind, e.To = signals.Assigned, "jira/s/"+who
	case 4:
		e.Kind, e.To = signals.Closed, "Fixed"
	case 5:
		e.Kind, e.Text = signals.Said, "any news on this?"
	}
	return e
}

// opened puts an opening before the first event of each issue.
func opened(events []*signals.Event) []*signals.Event {
	seen := map[signals.Key]bool{}
	var out []*signals.Event
	for _, e := range events {
		if e.Case.Source == signals.Jira && !seen[e.Case] {
			seen[e.Case] = true
			out = append(out, &signals.Event{ID: e.Case.String() + "/created", Case: e.Case, Kind: signals.Opened, Actor: e.Actor, At: e.At.Add(-time.Second), Text: "the export job fails " + e.Case.ID,
				Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + e.Case.ID}, {Field: signals.FieldTeam, To: "Alpha"}, {Field: signals.FieldHolder, To: "jira/s/ann"}}, Audience: signals.Public})
		}
		out = append(out, e)
	}
	return out
}

func live() signals.Policy {
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	return p
}

// TestNoLookAhead: cutting the history at any time changes nothing that was
// written for that time or before.
func TestNoLookAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := week(t)
		cut := all[rapid.IntRange(0, len(all)-1).Draw(t, "cut")].At
		var before []*signals.Event
		for _, e := range all {
			if !e.At.After(cut) {
				before = append(before, e)
			}
		}
		_, whole := everything(t, all, live())
		_, part := everything(t, before, live())
		require.Equal(t, whole.until(cut), part.until(cut))
	})
}

// TestOrderOfInputDoesNotMatter: the same events in any order, some heard
// twice, give the same output.
func TestOrderOfInputDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := week(t)
		mixed := rapid.Permutation(all).Draw(t, "order")
		mixed = append(mixed, all[0], all[len(all)/2]) // heard twice
		_, a := everything(t, all, live())
		_, b := everything(t, mixed, live())
		require.Equal(t, a.all, b.all)
	})
}

// TestManners: whatever happens in a week, nobody gets more than the budget,
// nobody is disturbed outside working hours, nobody hears of one occasion
// twice, and what outsiders may not see is not said to them.
func TestManners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		res, _ := everything(t, week(t), live())
		w := res.World
		messages, told, keys := map[string]map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, r := range w.Book.Records {
			for _, n := range r.Nudges {
				require.False(t, keys[n.Key()], "the key %s is used twice", n.Key())
				keys[n.Key()] = true
				require.NotEmpty(t, n.Why, "every state has its why")
				if !said(n) {
					continue
				}
				// Who took it up hears of it again: whether they are still on it, and that it still happens.
				again, still := n.Route == "asked to be told again", decide.StillOnIt(n) || decide.BringsBack(n)
				require.False(t, told[r.Signal.Key()+n.To] && !again && !still, "%s heard twice of %s", n.To, r.Signal.Key())
				// Who holds it is asked for it, be it after who stood in or was named.
				require.False(t, n.Step > 0 && !again && !still && r.Signal.Need != signals.NeedHolder && w.Org.Who(r.Signal.About) == n.To, "%s is the one whom it is about", n.To)
				told[r.Signal.Key()+n.To] = true
				require.True(t, w.Rooms[n.To] != nil || w.Org.Viewer(n.To).Sees(r.Signal.Audience), "%s may not see it", n.To)
				if r.Signal.Detector == "cord" || again {
					continue
				}
				cal := w.Org.Calendar(n.To)
				require.True(t, cal.Working(n.At), "%s at %s", n.To, n.At)
				add(messages, n.To+n.At.In(cal.Zone).Format(time.DateOnly), n.Message)
			}
		}
		for day, m := range messages {
			require.LessOrEqual(t, len(m), w.Org.Policy.Budget, day)
		}
	})
}

// TestLedgersAreWhole: every signal is alive or dead with a reason, its stages
// are not before what generated it, and the report's sums equal the book.
func TestLedgersAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		res, _ := everything(t, week(t), live())
		for _, r := range res.World.Book.Records {
			l := r.Ledger
			steps := map[string]bool{}
			for i, n := range r.Nudges {
				require.Equal(t, i, n.Step)
				if n.To != "" {
					steps[n.To] = true
				}
			}
			require.LessOrEqual(t, len(steps), res.World.Org.Policy.Steps+1, "too many people for one occasion")
			standstills := 0
			for _, n := range r.Nudges {
				if strings.HasSuffix(n.Route, "nothing has moved since") {
					standstills++
					require.True(t, l.Reached(signals.ReactedTo), "nobody took it up")
					require.False(t, n.At.Before(l.Times[signals.ReactedTo]))
				}
			}
			require.LessOrEqual(t, standstills, res.World.Org.Policy.Steps)
			require.True(t, l.Reached(signals.Generated))
			for _, s := range signals.Stages {
				if l.Reached(s) {
					require.False(t, l.Times[s].Before(l.Times[signals.Generated]), "%s before it was generated", s)
				}
			}
			if l.Died != "" {
				require.NotEmpty(t, l.Why)
				require.False(t, l.Reached(l.Died))
			}
		}
		rep := Summarize(res)
		found, dead := 0, 0
		for _, d := range rep.Detectors {
			found += d.Signals
			require.Equal(t, d.Signals, d.Sent+d.Held+d.Superseded+d.Shadowed+d.NoRoute)
		}
		for _, d := range rep.Deaths {
			dead += d.Count + d.Alive
		}
		require.Equal(t, len(res.World.Book.Records), found)
		require.Equal(t, len(res.World.Book.Records), dead)
	})
}

func TestWakes(t *testing.T) {
	a := newAgenda()
	k := func(s string) signals.Key { return signals.Key{ID: s} }
	a.set(k("x"), 10)
	a.set(k("y"), 5)
	a.set(k("x"), 7) // the new wish replaces the old one
	a.set(k("z"), 3)
	a.set(k("z"), 0) // taken back
	_, ok := a.pop(5, true)
	require.False(t, ok, "y waits for the events of its time")
	w, ok := a.pop(5, false)
	require.True(t, ok)
	require.Equal(t, wake{5, k("y")}, w)
	w, _ = a.pop(100, false)
	require.Equal(t, wake{7, k("x")}, w)
	_, ok = a.pop(100, false)
	require.False(t, ok)
}

func TestWhatIsNotAskedForIsNotComputed(t *testing.T) {
	in := &Input{}
	require.NoError(t, in.Play.Add(rapid.Custom(week).Example(7)))
	out := &lines{}
	res, err := Run(in, Options{Policy: live(), Risk: true}, out)
	require.NoError(t, err)
	require.Nil(t, res.World.Memory.Index)
	require.Nil(t, res.World.Memory.Routes)
	require.Empty(t, res.World.Book.Records)
	for _, l := range out.all {
		require.Contains(t, l, " risk ")
	}
}

// TestLearntBesideIsLearntTheSame: that parts of the learning run beside each
// other changes nothing, in what is found and in what is known.
func TestLearntBesideIsLearntTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := week(t)
		slices.SortFunc(all, func(a, b *signals.Event) int { return compare(stamped(a), stamped(b)) })
		half := rapid.IntRange(1, len(all)).Draw(t, "half")
		play := func(beside AtOnce) ([]string, []byte) {
			in := &Input{}
			require.NoError(t, in.Learn.Add(slices.Clone(all[:half])))
			require.NoError(t, in.Play.Add(slices.Clone(all[half:])))
			out := &lines{}
			res, err := Run(in, Options{Policy: live(), Lexicon: lexicon, Nudges: true, Risk: true, Routes: true, Matches: true, AtOnce: beside}, out)
			require.NoError(t, err)
			var body bytes.Buffer
			s := snap.NewWriter(&body)
			res.World.Save(s)
			require.NoError(t, s.Close())
			return out.all, body.Bytes()
		}
		lines, known := play(nil)
		asides := 0
		linesBeside, knownBeside := play(func(jobs ...func() error) error {
			errs := make([]error, len(jobs))
			var all sync.WaitGroup
			for i, job := range jobs {
				all.Go(func() { errs[i] = job() })
			}
			all.Wait()
			asides++
			return errors.Join(errs...)
		})
		require.Equal(t, 1, asides)
		require.Equal(t, lines, linesBeside)
		require.True(t, bytes.Equal(known, knownBeside))
	})
}

func TestLearntHistoryIsNotJudged(t *testing.T) {
	events := opened([]*signals.Event{})
	for i, team := range []string{"Beta", "Gamma", "Delta", "Alpha"} {
		events = append(events, &signals.Event{ID: fmt.Sprintf("jira/s/1/%d", i), Case: signals.Key{Source: signals.Jira, Site: "s", ID: "1"}, Seq: signals.Seq{Entry: int64(i + 1)}, Kind: signals.TeamMoved, To: team, At: begin.Add(time.Duration(i) * time.Hour), Audience: signals.Public})
	}
	in := &Input{}
	require.NoError(t, in.Learn.Add(events))
	out := &lines{}
	res, err := Run(in, Options{Policy: live(), Nudges: true, Risk: true, Routes: true, Matches: true}, out)
	require.NoError(t, err)
	require.Empty(t, out.all)
	require.Empty(t, res.World.Book.Records)
	require.Len(t, res.World.Cases, 1)
}
