package route_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

var start = time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)

// world drives a model over cases step by step.
type world struct {
	m     *route.Model
	now   time.Time
	n     int
	cases []*signals.Case
}

func newWorld() *world { return &world{m: route.New(route.Options{}), now: start} }

func (w *world) apply(c *signals.Case, e *signals.Event) {
	w.n++
	e.ID = fmt.Sprintf("e%06d", w.n)
	e.At, e.Audience, e.Seq.Entry = w.now, signals.Public, int64(w.n)
	w.now = w.now.Add(time.Minute)
	c.Apply(e)
	w.m.Observe(c, e)
}

func set(field, to string) signals.Value { return signals.Value{Field: field, To: to} }

// open raises a case.
func (w *world) open(by, title string, vals ...signals.Value) *signals.Case {
	c := &signals.Case{}
	w.cases = append(w.cases, c)
	k := signals.Key{Source: signals.Jira, Site: "acme", ID: fmt.Sprint(10000 + len(w.cases))}
	w.apply(c, &signals.Event{Case: k, Kind: signals.Opened, Actor: by, Text: title, Set: vals})
	return c
}

func (w *world) team(c *signals.Case, to string) {
	w.apply(c, &signals.Event{Case: c.Key, Kind: signals.TeamMoved, From: c.Team, To: to})
}

func (w *world) assign(c *signals.Case, to string) {
	w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Assigned, From: c.Holder, To: to})
}

func (w *world) close(c *signals.Case) {
	w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Closed, Actor: c.Holder, To: "Fixed"})
}

func (w *world) reopen(c *signals.Case) {
	w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Reopened, Actor: c.Opener})
}

// solved is a case that went through teams and was resolved by who.
func (w *world) solved(component, who string, teams ...string) {
	c := w.open("rita", "it broke", set(signals.FieldComponent, component))
	for _, t := range teams {
		w.team(c, t)
	}
	if who != "" {
		w.assign(c, who)
	}
	w.close(c)
}

func (w *world) ask(c *signals.Case, k route.Kind) []route.Candidate {
	return w.m.Suggest(c, w.now, k, 5, nil)
}

func whos(list []route.Candidate) []string {
	var out []string
	for _, x := range list {
		out = append(out, x.Who)
	}
	return out
}

// history is a random but seeded past of a company.
func history(n int) *world {
	w := newWorld()
	random := rand.New(rand.NewPCG(1, 2))
	teams := []string{"Desk", "Payments", "Platform", "Mobile", "Data"}
	for i := range n {
		comp := random.IntN(40)
		c := w.open(fmt.Sprintf("user%d", random.IntN(50)), fmt.Sprintf("service %d fails on page %d", comp, random.IntN(300)),
			set(signals.FieldComponent, fmt.Sprintf("comp%d", comp)), set("Region", fmt.Sprintf("r%d", random.IntN(5))), set(signals.FieldTeam, "Desk"))
		if random.IntN(3) > 0 {
			w.team(c, teams[1+(comp+random.IntN(2))%4])
		}
		w.assign(c, fmt.Sprintf("dev%d", (comp*7+random.IntN(6))%200))
		if random.IntN(10) > 0 {
			w.close(c)
		}
		w.now = w.now.Add(time.Hour)
		_ = i
	}
	return w
}

func person(t testing.TB, o *signals.Org, p signals.Person) {
	t.Helper()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.NoError(t, o.Apply(&signals.Event{ID: "p" + p.ID, Kind: signals.RosterSet, Field: "person", To: p.ID, Text: string(text)}))
}

func team(t testing.TB, o *signals.Org, x signals.Team) {
	t.Helper()
	text, err := json.Marshal(x)
	require.NoError(t, err)
	require.NoError(t, o.Apply(&signals.Event{ID: "t" + x.ID, Kind: signals.RosterSet, Field: "team", To: x.ID, Text: string(text)}))
}

func away(t testing.TB, o *signals.Org, who string, from, until time.Time, backup string) {
	t.Helper()
	require.NoError(t, o.Apply(&signals.Event{ID: "a" + who, At: from, Kind: signals.AwaySet, To: who, Text: until.Format(time.RFC3339), Ref: backup}))
}
