package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
)

// benchService is andon serve in this process, with a Slack to speak to.
type benchService struct {
	*service
	stop func()
}

// serving starts a service as andon serve does. stored hears of every outcome.
func serving(b testing.TB, c *config.Config, now func() time.Time, stored func(o *signals.Outcome)) *benchService {
	svc, err := newService(b.Context(), c, troubles(), now, wiring{more: func(c *bot.Config) {
		c.Store = deskClock{c.Store.(port), stored}
	}})
	require.NoError(b, err)
	require.NoError(b, svc.start(b.Context()))
	ctx, cancel := context.WithCancel(b.Context())
	ran := make(chan error, 1)
	go func() { ran <- svc.run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ran; err != nil {
			b.Logf("the service did not stop well, which is not what is measured: %v", err)
		}
		svc.close()
	})
	b.Cleanup(stop)
	return &benchService{svc, stop}
}

// withSlack gives a configuration a workspace that takes every message. said,
// unless nil, hears of each when its request arrives, with its text.
func withSlack(b testing.TB, c *config.Config, said func(text string)) {
	var n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := time.Now()
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "application/json")
		ts := fmt.Sprintf("%d.%06d", at.Unix(), n.Add(1))
		switch r.URL.Path {
		case "/api/auth.test":
			fmt.Fprint(w, `{"ok":true,"team_id":"T1","user_id":"UANDON","bot_id":"BANDON"}`)
		case "/api/conversations.open":
			fmt.Fprintf(w, `{"ok":true,"channel":{"id":"D%d"}}`, n.Load())
		case "/api/chat.postMessage":
			if said != nil {
				said(r.PostForm.Get("text"))
			}
			fmt.Fprintf(w, `{"ok":true,"channel":"D%d","ts":"%s","message":{"ts":"%s"}}`, n.Load(), ts, ts)
		default:
			fmt.Fprintf(w, `{"ok":true,"ts":"%s"}`, ts)
		}
	}))
	b.Cleanup(srv.Close)
	c.Slack = []config.Slack{{Team: "T1", BotToken: "xoxb-bench", URL: srv.URL + "/api/"}}
}

// stock is a database with history and the issues of it that are still open.
type stock struct {
	url  string
	open [][]*signals.Event
	site *benchSite
}

// stocked fills a database with so many events, ten to an issue, and stores the
// snapshot of what the models learnt of them, as andon import does.
func stocked(b testing.TB, url string, events int) *stock {
	return stockedBy(b, url, events, newBenchSite(7))
}

// stockedBy is stocked with the issues of a site.
func stockedBy(b testing.TB, url string, events int, site *benchSite) *stock {
	const steps, open = 10, 800
	began := time.Now()
	db, err := store.Open(b.Context(), url, store.Options{Migrate: true, Log: troubles()})
	require.NoError(b, err)
	c := benchConfig(url)
	_, err = syncOrg(b.Context(), port{db}, c, benchDay.Add(-time.Hour))
	require.NoError(b, err)
	s := &stock{url: url, site: site}
	s.open = s.site.load(b, db, events/steps, steps, min(open, events/steps/2))
	filled := time.Now()
	_, err = learnt(b.Context(), db, c, troubles())
	require.NoError(b, err)
	require.NoError(b, db.Close())
	b.Logf("%d events stored in %v, learnt in %v", events, filled.Sub(began).Round(time.Millisecond), time.Since(filled).Round(time.Millisecond))
	return s
}

// waits are how long nudges took, from the beginning of Accept and from its
// end, to the commit of their rows and to their arrival at Slack.
type waits struct {
	mu           sync.Mutex
	begun, ended map[signals.Key]time.Time
	stored       map[signals.Key]time.Time
	posted       map[signals.Key]time.Time
	labels       map[string]signals.Key // by which a message names an issue
	said, silent int
}

func newWaits() *waits {
	times := func() map[signals.Key]time.Time { return make(map[signals.Key]time.Time) }
	return &waits{begun: times(), ended: times(), stored: times(), posted: times(), labels: make(map[string]signals.Key)}
}

// told notes that a message arrived at Slack: it names its issue first.
func (w *waits) told(text string) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for word := range strings.FieldsSeq(text) {
		if k, ok := w.labels[strings.Trim(word, ":,.")]; ok {
			if _, had := w.posted[k]; !had {
				w.posted[k] = now
			}
		}
	}
}

func (w *waits) heard(o *signals.Outcome) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, mine := w.begun[o.Case]; !mine {
		return
	}
	for _, r := range o.Records {
		if len(r.Nudges) > 0 {
			if _, had := w.stored[o.Case]; !had {
				w.stored[o.Case] = now
				w.said++
			}
			return
		}
	}
	w.silent++
}

// lists are the waits in milliseconds: from the end of Accept to the commit, from
// its beginning, and from its end to the arrival at Slack.
func (w *waits) lists() (after, whole, posted []float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for k, at := range w.posted {
		posted = append(posted, max(0, at.Sub(w.ended[k]).Seconds()*1000))
	}
	for k, at := range w.stored {
		after = append(after, max(0, at.Sub(w.ended[k]).Seconds()*1000))
		whole = append(whole, at.Sub(w.begun[k]).Seconds()*1000)
	}
	return after, whole, posted
}

// BenchmarkLatency measures the time from accepting an event to the commit of
// the nudge that it gave rise to, and to its arrival at Slack, while events arrive at random times, 30,000 an
// hour, at a service with much history and at one with little. Half of the
// events hand an issue back to the team it came from, the others open a new
// issue or say something, which is judged and, mostly, leads to nothing.
// ANDON_BENCH_BIG=1 takes 1,000,000 stored events for 100,000.
func BenchmarkLatency(b *testing.B) {
	const few = 10_000
	many, lasts := 100_000, 15*time.Second
	if big() {
		many, lasts = 1_000_000, 30*time.Second
	}
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			little, much := stocked(b, d.url(b), few), stocked(b, d.url(b), many)
			var p99 []float64
			for b.Loop() {
				small, large := newWaits(), newWaits()
				for range 2 { // in turns, for the machine may be busier at one time than at another
					little.arrivals(b, small, lasts)
					much.arrivals(b, large, lasts)
				}
				p99 = append(p99, report(b, fmt.Sprint(few), small), report(b, fmt.Sprint(many), large))
			}
			n := len(p99)
			b.ReportMetric(p99[n-1]/p99[n-2], "p99-ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// report shows the waits beside so many stored events and returns the p99 of
// those from the end of Accept.
func report(b *testing.B, stored string, w *waits) float64 {
	after, whole, posted := w.lists()
	require.Greater(b, len(after), 20, "too few nudges to measure")
	require.Greater(b, len(posted), 20, "too few of the nudges arrived at Slack: the others are held, or join a message that stands")
	b.Logf("%s stored: %d nudges, %d looks without; accept returned to nudge p50 %.1f p99 %.1f max %.1f ms; accept begun to nudge p50 %.1f p99 %.1f ms",
		stored, len(after), w.silent, quantile(after, .5), quantile(after, .99), quantile(after, 1), quantile(whole, .5), quantile(whole, .99))
	b.ReportMetric(quantile(after, .5), "p50-ms@"+stored)
	b.ReportMetric(quantile(after, .99), "p99-ms@"+stored)
	b.Logf("%s stored: %d of the nudges arrived at Slack; accept returned to posted p50 %.1f p99 %.1f max %.1f ms", stored, len(posted), quantile(posted, .5), quantile(posted, .99), quantile(posted, 1))
	b.ReportMetric(quantile(posted, .5), "posted-p50-ms@"+stored)
	b.ReportMetric(quantile(posted, .99), "posted-p99-ms@"+stored)
	return quantile(after, .99)
}

// arrivals starts the service and lets events arrive for a while.
func (s *stock) arrivals(b testing.TB, w *waits, lasts time.Duration) {
	const gap = time.Hour / 30_000
	c, now := benchConfig(s.url), benchClock()
	c.KeepText = 10 * 365 * 24 * time.Hour // what a first start expires is not what is measured
	withSlack(b, c, w.told)
	svc := serving(b, c, now, w.heard)
	defer svc.stop()
	time.Sleep(3 * time.Second) // what is done once a day is done at a start, and is not what is measured
	r := s.site.r
	next := time.Now()
	end := next.Add(lasts)
	for n := 0; next.Before(end); n++ {
		time.Sleep(time.Until(next))
		next = next.Add(time.Duration(r.ExpFloat64() * float64(gap)))
		d, label := s.arrival(b, n, now())
		k := d.Events[0].Case
		begun := time.Now()
		w.mu.Lock()
		w.labels[label] = k
		w.begun[k] = begun
		w.mu.Unlock()
		require.NoError(b, svc.bot.Accept(b.Context(), d))
		ended := time.Now()
		w.mu.Lock()
		w.ended[k] = ended
		w.mu.Unlock()
	}
	time.Sleep(time.Second) // for the last looks
}

// arrival is the next thing that happens, to each open issue once, and what the
// issue is called.
func (s *stock) arrival(b testing.TB, n int, at time.Time) (signals.Delivery, string) {
	if n%4 == 3 || len(s.open) == 0 {
		made := s.site.issue(at, 5, 0, true)[:1]
		return delivered(b, made), labelOf(made)
	}
	life := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	if n%4 != 1 {
		return delivered(b, []*signals.Event{comesBack(life, at)}), labelOf(life)
	}
	e := comesBack(life, at)
	e.Kind, e.From, e.To, e.Text = signals.Said, "", "", s.site.prose(20)
	return delivered(b, []*signals.Event{e}), labelOf(life)
}

// labelOf is what people call the issue of a history.
func labelOf(life []*signals.Event) string {
	for _, v := range life[0].Set {
		if v.Field == signals.FieldLabel {
			return v.To
		}
	}
	return ""
}
