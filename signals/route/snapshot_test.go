package route_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/route"
	"andon/signals/snap"
)

func saved(t require.TestingT, m *route.Model) []byte {
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	require.NoError(t, m.Save(w))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func load(data []byte) (*route.Model, error) {
	r := snap.NewReader(bytes.NewReader(data), int64(len(data)))
	m, err := route.LoadModel(r)
	return m, errors.Join(err, r.Close())
}

func loaded(t require.TestingT, m *route.Model) *route.Model {
	out, err := load(saved(t, m))
	require.NoError(t, err)
	return out
}

// stream is a random history of a few cases. Many events bear one time or belong
// to one entry of the source's history.
type stream struct {
	cases []*signals.Case
	now   time.Time
	entry int64
	n     int
	last  int // the case of the event before
}

var (
	someTeams  = rapid.SampledFrom([]string{"", "Desk", "Payments", "Platform", "Data"})
	somePeople = rapid.SampledFrom([]string{"", "slack/s/ann", "slack/s/ben", "slack/s/cat", "slack/s/dan", "slack/s/bot:ci"})
	someTitles = rapid.SampledFrom([]string{"", "card is refused", "cards refused again", "login page is blank", "printer jams"})
	someValues = rapid.SampledFrom([]string{"a", "b", "c", ""})
	someKinds  = rapid.SampledFrom([]signals.Kind{signals.Opened, signals.Assigned, signals.Assigned, signals.TeamMoved, signals.TeamMoved, signals.Said, signals.Said, signals.Edited, signals.Priority, signals.Closed, signals.Closed, signals.Closed, signals.Reopened})
	someFields = rapid.SampledFrom([]string{signals.FieldTitle, signals.FieldComponent, "Region", "Product", "Cause"})
)

// next makes an event and applies it to its case.
func (s *stream) next(t *rapid.T) (*signals.Case, *signals.Event) {
	s.n++
	kind := someKinds.Draw(t, "kind")
	together := rapid.IntRange(0, 3).Draw(t, "together") == 0 // one entry with the event before
	switch {
	case len(s.cases) == 0 || kind == signals.Opened:
		s.cases = append(s.cases, &signals.Case{})
		s.last, kind, together = len(s.cases)-1, signals.Opened, false
	case !together:
		s.last = rapid.IntRange(max(0, len(s.cases)-8), len(s.cases)-1).Draw(t, "case")
	}
	if !together {
		s.entry++
		s.now = s.now.Add([]time.Duration{0, time.Minute, 3 * time.Hour, 40 * 24 * time.Hour}[rapid.IntRange(0, 3).Draw(t, "later")])
	}
	c := s.cases[s.last]
	e := &signals.Event{ID: fmt.Sprintf("e%06d", s.n), Case: c.Key, Kind: kind, At: s.now, Seq: signals.Seq{Entry: s.entry, Item: int32(s.n)}, Actor: somePeople.Draw(t, "actor"), Audience: signals.Public}
	if rapid.IntRange(0, 9).Draw(t, "private") == 0 {
		e.Audience = signals.MembersOf("board")
	}
	s.fill(t, c, e)
	require.True(t, c.Apply(e))
	return c, e
}

func (s *stream) fill(t *rapid.T, c *signals.Case, e *signals.Event) {
	switch e.Kind {
	case signals.Opened:
		e.Case = signals.Key{Source: signals.Jira, Site: "acme", ID: fmt.Sprint(s.n)}
		if rapid.Bool().Draw(t, "chat") {
			e.Case, e.Kind = signals.SlackThread("s", "C1", fmt.Sprint(s.n)), signals.Said
		}
		e.Text = someTitles.Draw(t, "title")
		for _, f := range []string{signals.FieldComponent, signals.FieldTeam, signals.FieldHolder, "Region"} {
			v := someValues
			switch f {
			case signals.FieldTeam:
				v = someTeams
			case signals.FieldHolder:
				v = somePeople
			}
			e.Set = append(e.Set, signals.Value{Field: f, To: v.Draw(t, f)})
		}
	case signals.Assigned:
		e.To = somePeople.Draw(t, "to")
	case signals.TeamMoved:
		e.To = someTeams.Draw(t, "to")
	case signals.Said:
		e.Text = rapid.SampledFrom([]string{"look at this", "<@ann> like this"}).Draw(t, "text")
	case signals.Edited:
		e.Field, e.From, e.To, e.Text = someFields.Draw(t, "field"), c.Type, someValues.Draw(t, "value"), someTitles.Draw(t, "title")
	case signals.Priority:
		e.To = someValues.Draw(t, "priority")
	case signals.Closed:
		e.To = rapid.SampledFrom([]string{"Fixed", "Duplicate", ""}).Draw(t, "resolution")
	}
}

// same asks two models everything about every case.
func same(t *rapid.T, a, b *route.Model, org *signals.Org, cases []*signals.Case, now time.Time) {
	ap, at := a.Closed()
	bp, bt := b.Closed()
	require.Equal(t, [2]int{ap, at}, [2]int{bp, bt})
	for _, c := range cases {
		for _, k := range route.Kinds {
			x, y := a.Suggest(c, now, k, 5, nil), b.Suggest(c, now, k, 5, nil)
			require.Equal(t, x, y, "%s", k)
			for i := range x {
				require.Equal(t, x[i].Figures(a), y[i].Figures(b))
			}
		}
		require.Equal(t, a.Teams(c, org, now, 5), b.Teams(c, org, now, 5))
		require.Equal(t, a.Direct(c, org, now), b.Direct(c, org, now))
		s := &signals.Signal{Case: c.Key, Need: signals.NeedResolver, At: now}
		require.Equal(t, route.Pick(a, org, c, s, now), route.Pick(b, org, c, s, now))
	}
}

func smallOptions(t *rapid.T) route.Options {
	if rapid.Bool().Draw(t, "defaults") {
		return route.Options{Pool: 16, Least: 1}
	}
	return route.Options{Slow: 5, Fast: 2, Cells: 3, Keys: 40, Least: 1, Closed: 3, Open: 6, Pool: 4, DoubtTeam: 2, Weak: []string{"dup"}}
}

// TestLoadedModelBehavesTheSame feeds a random history to two models, one of
// which is saved and loaded on the way: at no time can they be told apart.
func TestLoadedModelBehavesTheSame(t *testing.T) {
	org := signals.NewOrg(signals.DefaultPolicy())
	team(t, org, signals.Team{ID: "Payments", Aliases: []string{"Desk"}, Lead: "slack/s/ann", Owns: []signals.Owned{{Component: "b"}}})
	rapid.Check(t, func(t *rapid.T) {
		s := &stream{now: start}
		a := route.New(smallOptions(t))
		before, after := rapid.IntRange(0, 120).Draw(t, "before"), rapid.IntRange(0, 60).Draw(t, "after")
		for range before {
			c, e := s.next(t)
			a.Observe(c, e)
		}
		b := loaded(t, a)
		same(t, a, b, org, s.cases, s.now)
		for i := range after {
			c, e := s.next(t)
			a.Observe(c, e)
			b.Observe(c, e)
			if i%8 == 0 {
				same(t, a, b, org, []*signals.Case{c}, s.now)
			}
		}
		same(t, a, b, org, s.cases, s.now.Add(50*24*time.Hour))
		require.Equal(t, saved(t, a), saved(t, b), "what they know is the same, too")
	})
}

func TestLoadedModelOfALongHistory(t *testing.T) {
	w := history(1500)
	b := loaded(t, w.m)
	data := saved(t, w.m)
	require.Equal(t, data, saved(t, b), "saving what was loaded")
	for i, c := range w.cases {
		for _, k := range route.Kinds {
			require.Equal(t, w.ask(c, k), b.Suggest(c, w.now, k, 5, nil))
		}
		if i%7 == 0 {
			e := &signals.Event{ID: fmt.Sprint("late", i), Case: c.Key, Kind: signals.Closed, To: "Fixed", At: w.now, Audience: signals.Public}
			require.True(t, c.Apply(e))
			w.m.Observe(c, e)
			b.Observe(c, e)
		}
	}
	require.NotEqual(t, data, saved(t, w.m), "it learnt")
	require.Equal(t, saved(t, w.m), saved(t, b))
}

func TestSnapshotHoldsNoTitles(t *testing.T) {
	w := newWorld()
	for range 20 {
		c := w.open("rita", "Zeppelin hangar", set(signals.FieldComponent, "Checkout"), set(signals.FieldBody, "Zeppelin body"))
		w.assign(c, "ada")
		w.apply(c, &signals.Event{Case: c.Key, Kind: signals.Said, Actor: "ben", Text: "Zeppelin said"})
		w.close(c)
	}
	data := saved(t, w.m)
	require.Contains(t, string(data), "ada")
	for _, s := range []string{"eppelin", "angar", "Checkout"} {
		require.NotContains(t, string(data), s)
	}
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	data := saved(t, history(60).m)
	for i := 0; i < len(data); i += 1 + len(data)/400 {
		_, err := load(data[:i])
		require.ErrorIs(t, err, snap.ErrCorrupt, "cut at %d", i)
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		_, err = load(bad)
		require.Error(t, err, "changed at %d", i)
	}
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	w.Section("route.model", 999)
	require.NoError(t, w.Close())
	_, err := load(out.Bytes())
	require.ErrorIs(t, err, snap.ErrVersion)
}

func TestSaveReportsAFullDisk(t *testing.T) {
	r, w := io.Pipe()
	require.NoError(t, r.CloseWithError(errors.New("disk is full")))
	s := snap.NewWriter(w)
	_ = history(300).m.Save(s)
	require.ErrorContains(t, s.Close(), "disk is full")
}

// FuzzLoadModel reads made-up bytes behind a right checksum: what is accepted
// must work.
func FuzzLoadModel(f *testing.F) {
	f.Add(saved(f, route.New(route.Options{Pool: 2})))
	few := &world{m: route.New(route.Options{Pool: 4, Least: 1}), now: start}
	for range 3 {
		few.solved("Checkout", "ada", "Desk", "Payments")
	}
	f.Add(saved(f, few.m))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := snap.NewReader(bytes.NewReader(data), int64(len(data)))
		m, err := route.LoadModel(r)
		if err != nil {
			return
		}
		w := &world{m: m, now: start}
		for i := range 3 {
			w.solved("Checkout", fmt.Sprint("dev", i), "Desk", "Payments")
			for _, k := range route.Kinds {
				for _, x := range w.ask(w.cases[0], k) {
					_ = x.Figures(m)
				}
			}
		}
	})
}
