package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

// voted is a floor on which modes count, where people answered nudges of a
// detector about an issue.
type voted struct {
	*floor
	n int
}

func newVoted(t *testing.T, url string, change func(*bot.Config)) *voted {
	v := &voted{floor: newFloorOn(t, url, func(c *bot.Config) {
		c.AsLive, c.Admins = false, []string{"bea"}
		c.Policy.Mode = signals.Live
		if change != nil {
			change(c)
		}
	})}
	require.NoError(t, v.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	v.drain()
	return v
}

// votes lets so many people, by turns, say so often whether it was useful.
func (v *voted) votes(detector, verdict string, times, people int) {
	for i := range times {
		v.n++
		v.clock.set(v.clock.now().Add(time.Minute))
		require.NoError(v.t, v.db.AddOpinion(v.t.Context(), signals.Opinion{
			Nudge: fmt.Sprintf("%s|jira/jira/7|occasion %d|0|bea", detector, v.n), By: fmt.Sprint("p", i%people), Verdict: verdict, Why: "noise", At: v.clock.now(),
		}))
	}
}

func (v *voted) due() { require.NoError(v.t, v.bot.PauseDue(v.t.Context())); v.drain() }

// paused counts the mode events that andon made by itself.
func (v *voted) paused() (n int) {
	entries, err := v.db.Follow(v.t.Context(), 0, 10_000)
	require.NoError(v.t, err)
	for _, e := range entries {
		if e.Kind == signals.ModeSet && e.Actor == signals.AutoPause {
			n++
		}
	}
	return n
}

// notices counts what was said about pauses in the admin channel.
func (v *voted) notices() (n int) {
	for _, m := range v.fake.Messages() {
		if m.Channel == "C0ADMIN" && strings.Contains(m.Text, "is back in shadow in") {
			n++
		}
	}
	return n
}

// TestADetectorIsPaused: where it was useful too seldom it goes back to shadow,
// once, however many replicas think so; an admin takes that back, and it is not
// paused again before as many new answers came.
func TestADetectorIsPaused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		v := newVoted(t, url, nil)
		v.votes("ping_pong", "useless", 7, 5)
		v.votes("ping_pong", "useful", 2, 2)
		v.due()
		require.Zero(t, v.paused(), "too few answers")
		v.votes("ping_pong", "useless", 1, 1)

		both(v.floor, v.replica(), does((*bot.Bot).PauseDue))
		v.due()
		require.Equal(t, 1, v.paused())
		require.Equal(t, 1, v.notices())
		require.Contains(t, v.posts(), "Of 10 answers to its nudges there in the last 30 days 2 said that they were useful.")
		require.Contains(t, v.posts(), "To take that back say /andon mode ping_pong default in PAY")
		require.Contains(t, v.asks("U1", "mode"), "ping_pong in PAY | shadow | andon, on Tue 3 Mar")
		require.Contains(t, v.asks("U1", "settings"), "ping_pong in PAY | shadow | andon, on Tue 3 Mar")

		v.goes("7", 90, tuesday.AddDate(0, 0, 2), "Payments", "Web", signals.Public)
		last := v.nudges("7")
		require.Equal(t, signals.Shadowed, last[len(last)-1].State)

		v.start() // from the journal
		require.Contains(t, v.asks("U1", "mode ping_pong default in PAY"), "is what the configuration says again")
		v.clock.set(v.clock.now().Add(time.Minute))
		v.due()
		require.Equal(t, 1, v.paused(), "an admin took it back")
		v.votes("ping_pong", "useless", 9, 5)
		v.due()
		require.Equal(t, 1, v.paused(), "not as many new answers yet")
		require.NoError(t, v.bot.Save(t.Context()))
		v.start() // from a snapshot
		v.votes("ping_pong", "useless", 1, 1)
		v.due()
		require.Equal(t, 2, v.paused())
		require.Equal(t, 2, v.notices())
	})
}

// TestWhenADetectorIsNotPaused, and what is told of few people. What somebody
// answered counts when they have left, too.
func TestWhenADetectorIsNotPaused(t *testing.T) {
	for name, x := range map[string]struct {
		change   func(*bot.Config)
		detector string
		bad      int
		good     int
		people   int
		says     string // part of the notice; "" for none
	}{
		"five people":      {nil, "stall", 10, 0, 5, "Of 10 answers to its nudges there in the last 30 days 0 said that they were useful."},
		"four people":      {nil, "stall", 10, 0, 4, "Fewer than 5 people answered, so there are no figures."},
		"one alone":        {nil, "stall", 10, 0, 1, ""},
		"who left":         {nil, "stall", 10, 0, 5, "Of 10 answers to its nudges there in the last 30 days 0 said that they were useful."},
		"nobody answers":   {nil, "ping_pong", 9, 0, 5, ""}, // Bea let one pass: silence is no answer
		"at the floor":     {nil, "stall", 7, 3, 5, ""},
		"the cord":         {nil, "cord", 20, 0, 5, ""},
		"in shadow anyway": {func(c *bot.Config) { c.Policy.Mode = signals.Shadow }, "stall", 10, 0, 5, ""},
		"switched off":     {func(c *bot.Config) { c.Policy.Pause.Least = 0 }, "stall", 10, 0, 5, ""},
		"everything live":  {func(c *bot.Config) { c.AsLive = true }, "stall", 10, 0, 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVoted(t, storetest.SQLite(t), x.change)
			v.votes(x.detector, "useless", x.bad, x.people)
			v.votes(x.detector, "useful", x.good, x.people)
			switch name {
			case "who left":
				for i := range x.people {
					v.leaves(fmt.Sprint("p", i), "Web", fmt.Sprint("P", i))
				}
			case "nobody answers":
				v.until(tuesday.AddDate(0, 0, 3), true)
				require.Equal(t, signals.Ignored, v.record("7").Nudges[0].State)
			}
			v.due()
			if x.says == "" {
				require.Zero(t, v.paused())
				require.Zero(t, v.notices())
				return
			}
			require.Equal(t, 1, v.paused())
			require.Contains(t, v.posts(), x.says)
			for i := range x.people {
				require.NotContains(t, v.posts(), fmt.Sprintf("p%d ", i))
			}
			v.clock.set(v.clock.now().AddDate(0, 0, 31))
			v.due()
			require.Equal(t, 1, v.paused(), "old answers count no more")
		})
	}
}
