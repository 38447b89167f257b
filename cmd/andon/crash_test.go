package main

import (
	"encoding/json"
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
		return 15
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
		t.Skip("real processes for more than a minute: run without -short")
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
	r := newCrashRun(t, url, crashPlot(t, min(300+kills, 1000), math.Min(days, 9)))
	speed := r.speed(time.Duration(kills) * perKill)
	r.meet(3)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 50*time.Millisecond)
	for began := time.Now(); r.kills < kills; {
		r.upset()
		r.passTime()
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
	r.passTime()
	r.outlive()
	r.settle()
	r.check(acked)
}

// passTime makes it seem, on PostgreSQL, that the last process has been dead for
// half a minute: then others take its jobs for orphans. To wait for that after
// every kill would take hours. No process may be running.
func (r *crashRun) passTime() {
	if _, lite := sqliteFile(r.url); lite || r.count("SELECT COUNT(*) FROM river_job") < 0 {
		return
	}
	for _, q := range []string{
		"UPDATE river_job SET attempted_at = attempted_at - interval '40 seconds' WHERE state = 'running'",
		"UPDATE river_leader SET expires_at = elected_at + interval '1 microsecond'",
	} {
		_, err := r.db().Exec(q)
		require.NoError(r.t, err)
	}
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
func (r *crashRun) polls() int { return len(r.lists()) }

// lists are the times, by the common clock, at which Jira was asked what changed.
func (r *crashRun) lists() (at []time.Time) {
	require.NoError(r.t, json.Unmarshal(r.call(http.MethodGet, r.jira.url()+"/_fake/lists", ""), &at))
	return at
}

// TestCrashReplicas kills one of two processes on one database every few
// seconds: the same must hold, and periodic work is done once.
func TestCrashReplicas(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes for more than a minute: run without -short")
	}
	t.Parallel()
	kills := max(6, crashKills(t)/5)
	r := newCrashRun(t, storetest.Postgres(t), crashPlot(t, 300, 4))
	speed := r.speed(8*time.Second + time.Duration(kills)*2*time.Second)
	r.meet(0)
	r.tick(speed)
	r.alerts.begin(r.clock.now, 20*time.Millisecond)
	two := []*process{r.serve(), r.serve()}
	for _, p := range two {
		p.awaitReady()
	}
	began := r.clock.now()
	time.Sleep(8 * time.Second)
	r.once(began, 0)
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
	r.once(began, r.kills)
	for _, p := range two {
		p.awaitReady()
		p.stop()
	}
	acked := r.alerts.end()
	if kills < 50 {
		r.passTime() // a long run waits until the jobs of those killed are taken up
	}
	r.outlive()
	r.settle()
	r.check(acked)
}

// once wants that Jira was asked once per interval since a time, and not by each
// process. The interval passes between two polls, unless a kill made one be done
// again, or the daily comparison, which lists the issues too, fell between them.
// Half of it is enough to ask for: the clocks of the processes are some minutes apart.
func (r *crashRun) once(since time.Time, kills int) {
	r.t.Helper()
	var short, n int
	var last time.Time
	for _, at := range r.lists() {
		if at.Before(since) {
			continue
		}
		if n++; n > 1 && at.Sub(last) < r.interval/2 {
			short++
		}
		last = at
	}
	days := 1 + int(r.clock.now().Sub(since)/(24*time.Hour))
	r.t.Logf("Jira was asked %d times in %d days at one every %s, %d times sooner, after %d kills", n, days, r.interval, short, kills)
	require.Greater(r.t, n, 3)
	require.LessOrEqual(r.t, short, kills+4*days) // a comparison asks a few times; two pollers would come near to 1 in 2
}
