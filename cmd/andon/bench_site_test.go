package main

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
)

// benchDay is when the benchmarks' present begins: a Wednesday, so that nobody
// is off.
var benchDay = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

// big reports whether the benchmarks are to take their time.
func big() bool { return os.Getenv("ANDON_BENCH_BIG") == "1" }

// benchSite invents the issues of a company: 40 teams of 10 people, and texts
// whose words are as long and as unevenly frequent as those of public trackers.
type benchSite struct {
	r     *rand.Rand
	words *rand.Zipf
	next  int
	epics bool // ten of eleven issues of a project are parts of the eleventh
}

const (
	benchTeams  = 40
	benchPeople = 400
)

func newBenchSite(seed uint64) *benchSite {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same site each time
	return &benchSite{r: r, words: rand.NewZipf(r, 1.08, 4, 300_000)}
}

func benchTeam(n int) string { return fmt.Sprintf("Team %02d", n%benchTeams) }

// account is a person's id in Jira; person n is of team n modulo benchTeams.
func account(n int) string {
	return signals.ID(signals.Jira, "jira", fmt.Sprintf("p%03d", n%benchPeople))
}

func (s *benchSite) member(team int) string {
	return account(team + benchTeams*s.r.IntN(benchPeople/benchTeams))
}

// prose is so many words. The n-th word of the vocabulary is n in syllables.
func (s *benchSite) prose(words int) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		syllables(&b, s.words.Uint64())
		if i%12 == 11 {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func syllables(b *strings.Builder, n uint64) {
	const first, second = "bcdfghklmnprstvz", "aeiou"
	for n += 100; n > 0; n /= 80 {
		b.WriteByte(first[n%16])
		b.WriteByte(second[n/16%5])
	}
}

// length draws the number of words of a description: half have fewer than
// median, a few very many.
func (s *benchSite) length(median float64) int {
	return min(1500, 5+int(median*math.Exp(s.r.NormFloat64())))
}

// issue is the life of an issue in so many steps, 5 or more, from at on. It is
// handed from team to team and, unless it stays open, closed at its end.
func (s *benchSite) issue(at time.Time, steps int, pause time.Duration, open bool) []*signals.Event {
	n := s.next
	s.next++
	team := s.r.IntN(benchTeams)
	other := (team + 1 + s.r.IntN(benchTeams-1)) % benchTeams
	key := signals.Key{Source: signals.Jira, Site: "jira", ID: strconv.Itoa(10_000 + n)}
	opener := account(s.r.IntN(benchPeople))
	project := fmt.Sprintf("P%02d", n%25)
	out := make([]*signals.Event, 0, steps)
	add := func(kind signals.Kind, actor string) *signals.Event {
		i := len(out)
		e := &signals.Event{
			ID: key.String() + "/" + strconv.Itoa(i), Case: key, Seq: signals.Seq{Entry: int64(n*100 + i)}, Kind: kind, Actor: actor,
			At: at.Add(time.Duration(i) * pause), Audience: signals.Public,
		}
		out = append(out, e)
		return e
	}
	e := add(signals.Opened, opener)
	e.Text = s.prose(5 + s.r.IntN(8))
	e.Set = []signals.Value{
		{Field: signals.FieldTitle, To: e.Text}, {Field: signals.FieldBody, To: s.prose(s.length(60))}, {Field: signals.FieldProject, To: project},
		{Field: signals.FieldType, To: "Bug"}, {Field: signals.FieldPriority, To: []string{"Low", "Medium", "Medium", "High"}[s.r.IntN(4)]},
		{Field: signals.FieldComponent, To: fmt.Sprintf("component %d", n%7)}, {Field: signals.FieldStatus, To: "Open"},
		{Field: signals.FieldTeam, To: benchTeam(team)}, {Field: signals.FieldLabel, To: fmt.Sprintf("%s-%d", project, n)},
	}
	holder := s.member(team)
	if first := n/275*275 + n%25; s.epics && n != first {
		e.Set = append(e.Set, signals.Value{Field: signals.FieldParent, To: fmt.Sprintf("%s-%d", project, first)})
	}
	e = add(signals.Assigned, opener)
	e.To = holder
	e = add(signals.TeamMoved, holder)
	e.From, e.To = benchTeam(team), benchTeam(other)
	for len(out) < steps-1 {
		if len(out)%3 == 0 {
			e = add(signals.Assigned, holder)
			e.From, e.To = holder, s.member(other)
			holder = e.To
			continue
		}
		add(signals.Said, holder).Text = s.prose(s.length(25))
	}
	if open {
		add(signals.Said, holder).Text = s.prose(s.length(25))
	} else {
		add(signals.Closed, holder).To = "Fixed"
	}
	return out
}

// comesBack hands an issue that was made open back to the team it came from.
func comesBack(life []*signals.Event, at time.Time) *signals.Event {
	last, moved := life[len(life)-1], life[2]
	return &signals.Event{
		ID: last.Case.String() + "/back", Case: last.Case, Seq: signals.Seq{Entry: last.Seq.Entry + 1}, Kind: signals.TeamMoved, Actor: account(1),
		At: at, From: moved.To, To: moved.From, Audience: signals.Public,
	}
}

// pending holds events that are not to be told yet.
type pending []*signals.Event

func (p pending) Len() int           { return len(p) }
func (p pending) Less(i, j int) bool { return signals.CompareEvents(p[i], p[j]) < 0 }
func (p pending) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *pending) Push(x any)        { *p = append(*p, x.(*signals.Event)) }
func (p *pending) Pop() any {
	last := len(*p) - 1
	e := (*p)[last]
	*p = (*p)[:last]
	return e
}

// load takes issues of two years into the journal as history, in the order of
// their time, as an import does. It returns the lives of the latest ones, which
// are open.
func (s *benchSite) load(b testing.TB, db *store.DB, issues, steps, open int) (still [][]*signals.Event) {
	const years = 2 * 365 * 24 * time.Hour
	const pause = 9 * time.Hour
	begin := benchDay.Add(-years)
	every := (years - time.Duration(steps+1)*pause) / time.Duration(issues)
	var wait pending
	var batch []*signals.Event
	p := port{db}
	flush := func(least int) {
		for len(batch) >= least && len(batch) > 0 {
			n := min(together, len(batch))
			_, err := p.Accept(b.Context(), signals.Delivery{Events: batch[:n], Learn: true})
			require.NoError(b, err)
			batch = slices.Clone(batch[n:])
		}
	}
	for i := range issues {
		at := begin.Add(time.Duration(i) * every)
		for len(wait) > 0 && wait[0].At.Before(at) {
			batch = append(batch, heap.Pop(&wait).(*signals.Event))
		}
		flush(together)
		life := s.issue(at, steps, pause, i >= issues-open)
		if i >= issues-open {
			still = append(still, life)
		}
		for _, e := range life {
			heap.Push(&wait, e)
		}
	}
	for len(wait) > 0 {
		batch = append(batch, heap.Pop(&wait).(*signals.Event))
	}
	flush(1)
	return still
}

// delivered is what the poller makes of an issue: the events and, as the body,
// what the source sent.
func delivered(b testing.TB, life []*signals.Event) signals.Delivery {
	body, err := json.Marshal(life)
	require.NoError(b, err)
	last := life[len(life)-1]
	return signals.Delivery{
		Envelope: signals.Envelope{Source: "jira/jira", ID: "issue/" + last.ID, Received: benchDay, Body: body},
		Events:   life, Cursor: signals.Cursor{Name: "jira/jira", Value: last.At.Format(time.RFC3339Nano)},
	}
}

// benchConfig is the configuration of the site: everybody works all day, and
// every detector that is not off speaks.
func benchConfig(database string) *config.Config {
	c := config.Default()
	c.Database, c.Listen = database, "127.0.0.1:0"
	c.Policy.Mode, c.Policy.Hours, c.Policy.Days = signals.Live, "00:00-24:00", "mon-sun"
	c.Slack = []config.Slack{{Team: "T1"}}
	for n := range benchPeople {
		id := fmt.Sprintf("p%03d", n)
		c.Roster.People = append(c.Roster.People, config.Person{ID: id, Name: "Person " + id, Jira: []string{id}, Slack: []string{"U" + id}, Team: benchTeam(n)})
	}
	for n := range benchTeams {
		c.Roster.Teams = append(c.Roster.Teams, config.Team{ID: benchTeam(n), Lead: fmt.Sprintf("p%03d", n)})
	}
	return &c
}

// benchClock begins at benchDay and runs as the wall clock does.
func benchClock() func() time.Time {
	began := time.Now()
	return func() time.Time { return benchDay.Add(time.Since(began)) }
}

// median and the like of a list, by rank.
func quantile[T ~int64 | ~float64](list []T, q float64) T {
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)-1, int(q*float64(len(list))))]
}
