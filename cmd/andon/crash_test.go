package main

import (
	"math"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
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
	t.Parallel()
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
	r := newCrashRun(t, url, crashPlot(t, 300, math.Min(days, 9)))
	speed := r.speed(time.Duration(kills) * perKill)
	r.meet(3)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 50*time.Millisecond)
	for began := time.Now(); r.kills < kills; {
		r.upset()
		p := r.serve()
		switch r.rnd.IntN(4) {
		case 0: // perhaps before it is ready
			time.Sleep(time.Duration(5+r.rnd.IntN(200)) * time.Millisecond)
		case 1: // when Slack has a message and the service does not know
			r.killAtPost(p)
		default:
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

// killAtPost waits until something was posted whose answer does not come, for
// at most two seconds.
func (r *crashRun) killAtPost(p *process) {
	p.awaitReady()
	r.call(http.MethodDelete, r.slack.url()+"/_fake/faults", "")
	r.post(r.slack.url()+"/_fake/faults", r.json(fakeslack.Fault{Kind: fakeslack.HangStored, Method: "chat.postMessage"}))
	had := len(r.said())
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if len(r.said()) > had {
			r.hangs++
			return
		}
	}
}

// speed sets how fast the virtual clock is to run so that the history takes so
// long, and writes the configuration for it.
func (r *crashRun) speed(whole time.Duration) float64 {
	speed := float64(r.h.end.Sub(r.h.at)) / float64(whole)
	r.configure(time.Duration(speed * .3 * float64(time.Second))) // three polls in a second
	return speed
}

// outlive serves until the history is over and was read to its end. When it is
// over the clock runs slower: jobs of killed processes are taken up in real time.
func (r *crashRun) outlive() {
	r.t.Helper()
	p := r.serve()
	await(r.t, 120*time.Second, "the history is over", func() bool { return r.clock.now().After(r.h.end.Add(time.Hour)) })
	p.awaitReady()
	p.stop()
	slow := r.clock.Speed / 10
	r.configure(time.Duration(slow * .3 * float64(time.Second)))
	r.tick(slow)
	p = r.serve()
	p.awaitReady()
	polls := r.polls()
	await(r.t, 150*time.Second, "Jira is read to its end", func() bool {
		require.False(r.t, p.over(), "%s", p.tail())
		return r.polls() >= polls+3
	})
	p.stop()
}

// polls is how often Jira was asked what changed.
func (r *crashRun) polls() int { return r.requests(r.jira)[listed] }

// TestCrashReplicas kills one of two processes on one database every few
// seconds: the same must hold, and periodic work is done once.
func TestCrashReplicas(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes more than a minute")
	}
	t.Parallel()
	kills := max(8, crashKills(t)/5)
	r := newCrashRun(t, storetest.Postgres(t), crashPlot(t, 300, 4))
	speed := r.speed(time.Duration(kills) * 2 * time.Second)
	r.meet(0)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 20*time.Millisecond)
	two := []*process{r.serve(), r.serve()}
	began, had := r.clock.now(), r.polls()
	for r.kills < kills {
		time.Sleep(time.Duration(500+r.rnd.IntN(2500)) * time.Millisecond)
		i := r.kills % 2
		for _, p := range two {
			require.False(t, p.over(), "the service ended by itself: %s", p.tail())
		}
		two[i].kill()
		r.kills++
		two[i] = r.serve()
	}
	polls, passed := r.polls()-had, r.clock.now().Sub(began)
	for _, p := range two {
		p.awaitReady()
		p.stop()
	}
	acked := r.alerts.end()
	// From the end of one poll to the beginning of the next the interval passes, so
	// there are more only where a kill made one be done again. Once a day comes the
	// comparison, which lists the issues too.
	most := int(passed/r.interval) + r.kills + int(passed/(24*time.Hour)) + 2
	t.Logf("%d polls in %s at one every %s", polls, passed.Round(time.Minute), r.interval)
	require.LessOrEqual(t, polls, most, "polls of two processes in %s at one every %s", passed, r.interval)
	require.Greater(t, polls, 5)
	r.outlive()
	r.settle()
	r.check(acked)
}
