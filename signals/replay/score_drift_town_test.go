package replay

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// unrest is an invented history in which a case's component tells mostly, never
// surely, which teams it goes through and whether it comes back. A case takes
// weeks, so many are still on their way when anybody looks. What is opened from
// scrambled on goes through any teams, as if they had been shuffled; zero for
// never.
func unrest(seed uint64, cases int, scrambled time.Time) []*signals.Event {
	r := rand.New(rand.NewPCG(seed, 0))
	teams := []string{"A", "B", "C", "D", "E", "F"}
	var out []*signals.Event
	for i := range cases {
		at := begin.Add(time.Duration(i)*3*time.Hour + time.Duration(r.IntN(3600))*time.Second)
		part := r.IntN(len(teams))
		some := func() string { return teams[r.IntN(len(teams))] }
		path := []string{teams[part], teams[(part+1)%len(teams)], teams[(part+3)%len(teams)]}
		if r.Float64() < .25 {
			path[1] = some()
		}
		if back := []float64{.05, .15, .3, .5, .7, .8}[part]; r.Float64() < back {
			path[2] = path[0]
		} else if r.Float64() < .4 {
			path = path[:2]
		}
		if r.Float64() < .15 {
			path = append(path, some(), some())
		}
		if !scrambled.IsZero() && !at.Before(scrambled) {
			for k := range path {
				path[k] = some()
			}
		}
		e := ticket(i, at, fmt.Sprint("jira/s/solver", r.IntN(7)), distinct(path)...)
		e[0].Set = append(e[0].Set, signals.Value{Field: signals.FieldComponent, To: fmt.Sprint("part", part)})
		for k := 1; k < len(e); k++ {
			e[k].At = e[k-1].At.Add(time.Duration(r.ExpFloat64() * 40 * float64(time.Hour)))
		}
		out = append(out, e...)
	}
	return out
}

// distinct drops the stops at which nothing moves.
func distinct(path []string) []string {
	out := path[:1]
	for _, p := range path[1:] {
		if p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	return out
}

// twice makes a card of the first 60 days, and one of what is opened in the 30
// days after them.
func twice(t *testing.T, events []*signals.Event) (then, now *Card) {
	at := begin.Add(60 * 24 * time.Hour)
	then = scoredUpTo(t, events, at, Scoring{Split: 0.7, Now: at})
	end := at.Add(30 * 24 * time.Hour)
	return then, scoredUpTo(t, events, end, Scoring{From: then.Newest.Add(1), Now: end})
}

// scoredUpTo scores what had happened by a time.
func scoredUpTo(t *testing.T, events []*signals.Event, end time.Time, s Scoring) *Card {
	in := &Input{}
	for _, e := range events {
		if c := *e; !c.At.After(end) {
			require.NoError(t, in.Play.Add([]*signals.Event{&c}))
		}
	}
	s.Resamples, s.Seed = 60, 1
	card, err := Evaluate(in, Options{Policy: live()}, s)
	require.NoError(t, err)
	return card
}

// TestDriftIsSeen: what is opened after the card goes through any teams, and
// figures are worse than on the card; when nothing has changed none is, but by
// chance.
func TestDriftIsSeen(t *testing.T) {
	t.Parallel()
	const cases = 90 * 8
	seeds := uint64(20)
	if testing.Short() {
		seeds = 1
	}
	alarms := 0
	for seed := range seeds {
		then, now := twice(t, unrest(seed, cases, time.Time{}))
		worse, compared := Drifted(then.Rows, now.Rows)
		require.GreaterOrEqual(t, compared, 12)
		if len(worse) > 0 {
			alarms++
			t.Logf("seed %d: %+v", seed, worse)
		}
	}
	require.LessOrEqual(t, alarms, 1, "nothing has changed")
	for seed := range min(seeds, 3) {
		then, now := twice(t, unrest(seed, cases, begin.Add(60*24*time.Hour)))
		worse, _ := Drifted(then.Rows, now.Rows)
		require.NotEmpty(t, worse, "seed %d: the teams are scrambled", seed)
	}
}

// TestDriftByChance draws rows of two cards from one and the same law, with many
// cases on the first and few on the second.
func TestDriftByChance(t *testing.T) {
	const pairs = 300
	draw := func(r *rand.Rand, n int) []ScoreRow {
		j := &judge{card: &Card{}, boot: boot{100, r.Uint64()}}
		for o := range tasks {
			score, came := make([]float64, n), make([]bool, n)
			for i := range score {
				score[i] = r.Float64()
				came[i] = r.Float64() < score[i]
			}
			j.riskRows(o, 0, score, score, came, false)
		}
		sure := make([]listing, n) // most of these answers are right
		for i := range sure {
			sure[i] = listing{s: &story{}, ours: 1 + r.IntN(50)/49}
		}
		j.lines(partRoutes, nextTask, sure, 1)
		return j.card.Rows
	}
	r, alarms := rand.New(rand.NewPCG(1, 2)), 0
	for range pairs {
		if worse, _ := Drifted(draw(r, 400), draw(r, 60)); len(worse) > 0 {
			alarms++
		}
	}
	t.Logf("%d of %d", alarms, pairs)
	require.LessOrEqual(t, alarms, pairs/33, "one in a hundred, and what the normal law and few draws leave out")
}

// TestNewestIsNotTheLastEvent: a case that goes on long after all others, and
// one dated ahead, do not move the time up to which a card knows the cases.
func TestNewestIsNotTheLastEvent(t *testing.T) {
	in := town(t, 100)
	newest := begin.Add(99 * 6 * time.Hour)
	late := ticket(1000, newest.Add(-time.Hour), "jira/s/solver1", "A", "B")
	late[len(late)-1].At = newest.Add(2000 * time.Hour)
	require.NoError(t, in.Play.Add(late))
	require.NoError(t, in.Play.Add(ticket(1001, newest.Add(20_000*time.Hour), "jira/s/solver1", "A", "B")))
	card, err := Evaluate(in, Options{Policy: live()}, Scoring{Split: 0.7, Now: newest.Add(100 * time.Hour), Resamples: 20})
	require.NoError(t, err)
	require.Equal(t, newest, card.Newest)
	require.Equal(t, 31, card.Scored, "30 of the town and the late one: the one ahead neither counts nor moves the split")
	require.True(t, card.To.After(newest.Add(10_000*time.Hour)), "which the last event would")
}
