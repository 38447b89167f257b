package main

import (
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/store/storetest"
)

// crashKills is how many processes a run kills: ANDON_CRASH_KILLS, else 25.
func crashKills(t testing.TB) int {
	text := os.Getenv("ANDON_CRASH_KILLS")
	if text == "" {
		return 25
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "ANDON_CRASH_KILLS")
	require.Positive(t, n, "ANDON_CRASH_KILLS")
	return n
}

// TestCrash kills the service at random points, again and again, while Jira and
// Slack go wrong too, and wants afterwards that nothing was lost and nothing
// was said twice. These are real processes on the real clock: it sleeps.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes more than a minute")
	}
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crashOften(t, url(t), crashKills(t))
		})
	}
}

// perKill is how long a killed process lives on average, with its start.
const perKill = 1100 * time.Millisecond

func crashOften(t *testing.T, url string, kills int) {
	days := 4 * math.Sqrt(math.Max(1, float64(kills)/25)) // the longer, the slower the clock
	r := newCrashRun(t, url, crashPlot(t, 150, math.Min(days, 9)))
	speed := r.speed(time.Duration(kills) * perKill)
	r.meet(3)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 50*time.Millisecond)
	for began := time.Now(); r.kills < kills; {
		r.upset()
		p := r.serve()
		if r.rnd.IntN(4) == 0 {
			time.Sleep(time.Duration(5+r.rnd.IntN(200)) * time.Millisecond)
		} else {
			p.awaitReady()
			time.Sleep(time.Duration(50+r.rnd.IntN(1450)) * time.Millisecond)
		}
		require.False(t, p.over(), "the service ended by itself: %s", p.tail())
		p.kill()
		if r.kills++; r.kills%25 == 0 {
			t.Logf("%d of %d kills after %s, %d messages, in Jira it is %s", r.kills, kills, time.Since(began).Round(time.Second), len(r.said()), r.clock.now().Format(time.DateTime))
		}
	}
	r.calm()
	acked := r.alerts.end()
	r.outlive()
	r.settle()
	r.check(acked)
}

// speed sets how fast the virtual clock is to run so that the history takes so
// long, and writes the configuration for it.
func (r *crashRun) speed(whole time.Duration) float64 {
	speed := float64(r.h.end.Sub(r.h.at)) / float64(whole)
	r.configure(time.Duration(speed * .3 * float64(time.Second))) // three polls in a second
	return speed
}

// outlive serves until the history is over and was read to its end.
func (r *crashRun) outlive() {
	r.t.Helper()
	p := r.serve()
	p.awaitReady()
	await(r.t, 120*time.Second, "the history is over", func() bool { return r.clock.now().After(r.h.end.Add(time.Hour)) })
	const search = "search/jql"
	polls := r.requests(r.jira)[search]
	await(r.t, 150*time.Second, "Jira is read to its end", func() bool {
		require.False(r.t, p.over(), "%s", p.tail())
		return r.requests(r.jira)[search] >= polls+4
	})
	p.stop()
}
