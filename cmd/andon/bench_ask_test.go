package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// BenchmarkAsk measures the time in which Slack has its answer, over signed
// HTTP, while the loop is busy with events that arrive at random times, 30,000
// an hour: of a slash command, whose answer stands in the acknowledgement, and
// of the button "I'm on it" on a nudge that stands, which is stored before it is
// acknowledged. The reference, in the same run, is the health page of the same
// server. ANDON_BENCH_BIG=1 takes 1,000,000 stored events for 100,000.
func BenchmarkAsk(b *testing.B) {
	events, lasts := 100_000, 20*time.Second
	if big() {
		events, lasts = 1_000_000, 60*time.Second
	}
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			s := stocked(b, d.url(b), events)
			for b.Loop() {
				s.asked(b, lasts)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

const benchSecret = "bench-signing-secret"

// asker asks a service as Slack does.
type asker struct {
	base string
	now  func() time.Time
	n    int
}

// post sends a signed form and returns how long its answer took.
func (a *asker) post(b testing.TB, path string, form url.Values) time.Duration {
	body := []byte(form.Encode())
	stamp := strconv.FormatInt(a.now().Unix(), 10)
	m := hmac.New(sha256.New, []byte(benchSecret))
	fmt.Fprintf(m, "v0:%s:%s", stamp, body)
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, a.base+path, bytes.NewReader(body))
	require.NoError(b, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	require.NoError(b, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(b, err)
	took := time.Since(began)
	require.NoError(b, res.Body.Close())
	require.Equal(b, http.StatusOK, res.StatusCode)
	return took
}

// command asks by the slash command.
func (a *asker) command(b testing.TB, user, text string) time.Duration {
	a.n++
	return a.post(b, "/slack/commands", url.Values{
		"command": {"/andon"}, "text": {text}, "user_id": {user}, "channel_id": {"C1"}, "channel_name": {"general"}, "team_id": {"T1"},
		"trigger_id": {fmt.Sprintf("t%d.1", a.n)}, "response_url": {a.base + "/nowhere"}, "api_app_id": {"A1"},
	})
}

// button presses a button of a message that stands.
func (a *asker) button(b testing.TB, user, action, value string) time.Duration {
	a.n++
	payload := fmt.Sprintf(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":%q},"trigger_id":"b%d.1","container":{"type":"message","message_ts":"1.000%d","channel_id":"D1"},"channel":{"id":"D1"},"response_url":%q,"actions":[{"type":"button","action_id":%q,"block_id":"b","value":%q,"action_ts":"%d.000%03d"}]}`,
		user, a.n, a.n, a.base+"/nowhere", action, value, a.now().Unix(), a.n)
	return a.post(b, "/slack/interactive", url.Values{"payload": {payload}})
}

// health asks whether the server is there at all.
func (a *asker) health(b testing.TB) time.Duration {
	began := time.Now()
	res, err := http.Get(a.base + "/healthz")
	require.NoError(b, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(b, err)
	require.NoError(b, res.Body.Close())
	return time.Since(began)
}

// claimable are the nudges that were said and that nobody has answered yet.
type claimable struct {
	mu   sync.Mutex
	had  map[string]bool
	list []unclaimed
}

// unclaimed is one of them.
type unclaimed struct {
	user, message string
	since         time.Time // real time
}

// heard takes in what is about to be said.
func (c *claimable) heard(o *signals.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range o.Records {
		for _, n := range r.Nudges {
			if n.State == signals.Sending && n.Message != "" && n.To != "" && !c.had[n.Message] {
				c.had[n.Message] = true
				c.list = append(c.list, unclaimed{"U" + n.To, n.Message, time.Now()})
			}
		}
	}
}

// next is one that was said a while ago; each is given once.
func (c *claimable) next() (unclaimed, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) == 0 || time.Since(c.list[0].since) < 2*time.Second {
		return unclaimed{}, false
	}
	out := c.list[0]
	c.list = c.list[1:]
	return out, true
}

// claims counts how often somebody is on it, as the journal has it after a place.
func (s *benchService) claims(b testing.TB, after int64) (n int) {
	for {
		entries, err := s.db.Follow(b.Context(), after, 1000)
		require.NoError(b, err)
		if len(entries) == 0 {
			return n
		}
		for _, e := range entries {
			after = e.Pos
			if e.Kind == signals.Claimed {
				n++
			}
		}
	}
}

// asked starts the service, keeps it busy and asks it for a while.
func (s *stock) asked(b *testing.B, lasts time.Duration) {
	c, now := benchConfig(s.url), benchClock()
	c.KeepText = 10 * 365 * 24 * time.Hour
	withSlack(b, c, nil)
	c.Slack[0].SigningSecret = benchSecret
	said := &claimable{had: make(map[string]bool)}
	svc := serving(b, c, now, said.heard)
	defer svc.stop()
	time.Sleep(3 * time.Second) // what is done once a day is done at a start, and is not what is measured
	before, err := svc.db.Head(b.Context())
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(b.Context())
	var busy sync.WaitGroup
	busy.Go(func() { s.keepBusy(ctx, b, svc, now) })
	a := &asker{base: "http://" + svc.ln.Addr().String(), now: now}
	labels := s.labels(b)
	var command, button, health []float64
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	for end := time.Now().Add(lasts); time.Now().Before(end); {
		user := "Up" + fmt.Sprintf("%03d", rand.IntN(benchPeople)) //nolint:gosec // any will do
		text := [...]string{"help", "status ", "path ", "who ", "list mine"}[rand.IntN(5)]
		if text[len(text)-1] == ' ' {
			text += labels[rand.IntN(len(labels))]
		}
		command = append(command, ms(a.command(b, user, text)))
		if n, ok := said.next(); ok {
			button = append(button, ms(a.button(b, n.user, "claim", n.message)))
		}
		health = append(health, ms(a.health(b)))
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	busy.Wait()
	claims := svc.claims(b, before)
	b.Logf("%d presses, of which the journal has %d claims", len(button), claims)
	require.Greater(b, claims, len(button)*9/10, "a press is stored before it is acknowledged")
	require.Greater(b, len(button), 20, "too few presses to measure")
	for _, m := range []struct {
		name string
		list []float64
	}{{"command", command}, {"button", button}, {"healthz", health}} {
		b.Logf("%s: %d asked, p50 %.1f p99 %.1f max %.1f ms", m.name, len(m.list), quantile(m.list, .5), quantile(m.list, .99), quantile(m.list, 1))
		b.ReportMetric(quantile(m.list, .99), "p99-ms-"+m.name)
	}
}

// keepBusy lets events arrive until the context ends.
func (s *stock) keepBusy(ctx context.Context, b testing.TB, svc *benchService, now func() time.Time) {
	const gap = time.Hour / 30_000
	for n := 0; ctx.Err() == nil; n++ {
		time.Sleep(time.Duration(s.site.r.ExpFloat64() * float64(gap)))
		d, _ := s.arrival(b, n, now())
		if err := svc.bot.Accept(b.Context(), d); err != nil {
			b.Error(err)
			return
		}
	}
}

// labels are what people call some of the issues that are there.
func (s *stock) labels(b testing.TB) (out []string) {
	for _, life := range s.open {
		out = append(out, labelOf(life))
		if len(out) == 200 {
			break
		}
	}
	require.NotEmpty(b, out)
	return out
}
