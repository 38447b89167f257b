package replay

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/risk"
	"andon/signals/route"
)

// TestLaterTeachesNothing: what trained models say until a moment does not
// depend on what comes after it, however that is mixed up.
func TestLaterTeachesNothing(t *testing.T) {
	in := &Input{}
	require.NoError(t, in.Play.Add(crossing(tracker(7_000))))
	all := in.Play.Ordered()
	cut := all[len(all)*3/5].At
	rnd := rand.New(rand.NewPCG(3, 4))
	var later []int
	mixed := make([]*signals.Event, len(all))
	for i, e := range all {
		copied := *e
		mixed[i] = &copied
		if e.At.After(cut) && e.Kind != signals.Opened {
			later = append(later, i)
		}
	}
	rnd.Shuffle(len(later), func(i, j int) { // who did what, and what came of it
		a, b := mixed[later[i]], mixed[later[j]]
		a.Kind, b.Kind, a.From, b.From, a.To, b.To, a.Actor, b.Actor = b.Kind, a.Kind, b.From, a.From, b.To, a.To, b.Actor, a.Actor
	})
	say := func(events []*signals.Event) (until, after []string) {
		in := &Input{}
		require.NoError(t, in.Play.Add(events))
		out := &sayings{}
		_, err := Run(in, Options{Policy: live(), Lexicon: lexicon, Risk: true, Routes: true, Matches: true}, out)
		require.NoError(t, err)
		for _, l := range out.all {
			if l.at.After(cut) {
				after = append(after, l.text)
			} else {
				until = append(until, l.text)
			}
		}
		require.True(t, out.trained.Before(cut), "the early warning was trained before the cut, at %s", out.trained)
		require.True(t, out.routed.Before(cut), "somebody was proposed before the cut, at %s", out.routed)
		return until, after
	}
	was, then := say(all)
	is, now := say(mixed)
	require.Len(t, is, len(was))
	for i := range was {
		require.Equal(t, was[i], is[i])
	}
	require.NotEqual(t, then, now, "the future was mixed up")
}

// crossing makes cases that begin with some teams wander, so that there is
// something to foretell.
func crossing(events []*signals.Event) []*signals.Event {
	wanders := make(map[signals.Key]bool)
	squad := func(n int64) string { return fmt.Sprint("Team ", n%60) }
	for _, e := range events {
		if e.Kind == signals.Opened {
			for _, v := range e.Set {
				wanders[e.Case] = wanders[e.Case] || v.Field == signals.FieldTeam && strings.HasSuffix(v.To, "7")
			}
		} else if wanders[e.Case] && e.Kind != signals.Closed {
			e.Kind, e.From, e.To = signals.TeamMoved, "", squad(e.Seq.Entry*11)
		}
	}
	return events
}

// saying is one line of what models said.
type saying struct {
	at   time.Time
	text string
}

// sayings keeps what models say, when the early warning first said something
// and when somebody was first proposed.
type sayings struct {
	all             []saying
	trained, routed time.Time
}

func (s *sayings) add(at time.Time, format string, args ...any) {
	s.all = append(s.all, saying{at, fmt.Sprintf(format, args...)})
}

func (s *sayings) Signal(*signals.Case, *signals.Signal) error { return nil }

func (s *sayings) Risk(c *signals.Case, at time.Time, p risk.Prediction) error {
	if s.trained.IsZero() && p[1] > 0.3 && p[1] < 1 {
		s.trained = at
	}
	s.add(at, "risk %s %v", c.Key, p)
	return nil
}

func (s *sayings) Route(c *signals.Case, at time.Time, k route.Kind, list []route.Candidate) error {
	if s.routed.IsZero() && len(list) > 0 {
		s.routed = at
	}
	s.add(at, "route %s %s %v", c.Key, k, list)
	return nil
}

func (s *sayings) Match(c *signals.Case, at time.Time, list []Match) error {
	for i, m := range list {
		s.add(at, "match %s %d: %s %v", c.Key, i, m.Case.Key, m.Score)
	}
	return nil
}
