package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
)

// BenchmarkAlert measures the time from posting an alert to the arrival of the
// request that says it in Slack, of andon serve and of Prometheus' Alertmanager
// in turns, in one run. Alertmanager waits for no group and speaks at the first
// firing; andon speaks at the fifth time that the same alert heals by itself,
// of which it has heard four. Every alert is a group of its own and goes to a
// person of its own, so that no rate of Slack's stands in the way; the pause
// between two is what Slack allows for opening direct messages.
func BenchmarkAlert(b *testing.B) {
	path, err := exec.LookPath("prometheus-alertmanager")
	if err != nil {
		b.Skip("prometheus-alertmanager is not installed: install the package of that name to run this")
	}
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) { benchAlert(b, path, d.url(b)) })
	}
}

// alertSamples is how many alerts each of the two is given, and alertPause how
// long the next one waits.
const (
	alertSamples = 110
	alertPause   = 1250 * time.Millisecond
)

func benchAlert(b *testing.B, path, url string) {
	arrived := make(chan time.Time, 100)
	told := func() { arrived <- time.Now() }
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told()
		_, _ = io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, "ok")
	}))
	defer sink.Close()
	theirs := alertmanagerAt(b, path, sink.URL)
	c := alertConfig(url)
	withSlack(b, c, func(string) { told() })
	svc := serving(b, c, time.Now, func(*signals.Outcome) {})
	ours := "http://" + svc.ln.Addr().String() + "/alerts"

	var them, us []float64
	for b.Loop() {
		for n := range alertSamples {
			labels := map[string]string{"alertname": "QueueGrows", "instance": fmt.Sprintf("host-%d", len(us)), "severity": "critical", "team": fmt.Sprintf("Crew %d", n)}
			flapped(b, ours, labels)
			time.Sleep(alertPause)
			now := time.Now().UTC()
			them = append(them, until(b, arrived, theirs+"/api/v2/alerts", []any{map[string]any{
				"labels": labels, "annotations": map[string]string{"summary": "mail waits"}, "startsAt": now, "endsAt": now.Add(time.Hour),
			}}))
			us = append(us, until(b, arrived, ours, webhookOf(labels, now.Add(-time.Minute), now)))
		}
	}
	b.Logf("%d alerts: Alertmanager p50 %.1f p99 %.1f ms, andon p50 %.1f p99 %.1f ms", len(us), quantile(them, .5), quantile(them, .99), quantile(us, .5), quantile(us, .99))
	b.ReportMetric(quantile(them, .5), "theirs-p50-ms")
	b.ReportMetric(quantile(them, .99), "theirs-p99-ms")
	b.ReportMetric(quantile(us, .5), "ours-p50-ms")
	b.ReportMetric(quantile(us, .99), "ours-p99-ms")
	b.ReportMetric(quantile(us, .5)-quantile(them, .5), "behind-p50-ms")
	b.ReportMetric(quantile(us, .99)-quantile(them, .99), "behind-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// alertConfig has a crew with a lead of its own for every alert.
func alertConfig(url string) *config.Config {
	c := benchConfig(url)
	c.Roster = config.Roster{}
	c.Alerts = []config.Alerts{{Site: "metrics"}}
	c.Policy.Budget = 1000
	for n := range alertSamples {
		id := fmt.Sprintf("lead%d", n)
		c.Roster.People = append(c.Roster.People, config.Person{ID: id, Slack: []string{fmt.Sprintf("U%04d", n)}, Team: fmt.Sprintf("Crew %d", n)})
		c.Roster.Teams = append(c.Roster.Teams, config.Team{ID: fmt.Sprintf("Crew %d", n), Lead: id})
	}
	return c
}

// webhookOf is what an Alertmanager sends of an alert that healed.
func webhookOf(labels map[string]string, from, to time.Time) any {
	return map[string]any{"version": "4", "alerts": []any{map[string]any{
		"status": "resolved", "labels": labels, "annotations": map[string]string{"summary": "mail waits"}, "startsAt": from, "endsAt": to,
	}}}
}

// flapped tells andon of the four times that the alert healed before.
func flapped(b testing.TB, url string, labels map[string]string) {
	for i := range 4 {
		at := time.Now().UTC().Add(time.Duration(i-6) * 10 * time.Minute)
		send(b, url, webhookOf(labels, at, at.Add(5*time.Minute)))
	}
}

func send(b testing.TB, url string, body any) {
	raw, err := json.Marshal(body)
	require.NoError(b, err)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, bytes.NewReader(raw))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	require.NoError(b, err)
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	require.NoError(b, err)
	require.Less(b, res.StatusCode, 300, "%s", said)
}

// until is how many milliseconds pass from the post to what is heard of it.
func until(b testing.TB, arrived <-chan time.Time, url string, body any) float64 {
	require.Empty(b, arrived, "something was said too early, or twice")
	began := time.Now()
	send(b, url, body)
	select {
	case at := <-arrived:
		return at.Sub(began).Seconds() * 1000
	case <-time.After(20 * time.Second):
		require.FailNow(b, "nothing was said", "%s", url)
		return 0
	}
}

var alertmanagerListens = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// alertmanagerAt runs an Alertmanager with a Slack receiver.
func alertmanagerAt(b testing.TB, path, slack string) string {
	dir := b.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	require.NoError(b, os.WriteFile(file, fmt.Appendf(nil, `
route: {receiver: slack, group_by: [alertname, instance], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: slack
    slack_configs: [{api_url: '%s/hook', channel: '#alerts'}]
`, slack), 0o600))
	ctx, cancel := context.WithCancel(b.Context())
	cmd := exec.CommandContext(ctx, path, "--config.file="+file, "--storage.path="+filepath.Join(dir, "data"), "--cluster.listen-address=", "--web.listen-address=127.0.0.1:0")
	logs, err := cmd.StderrPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	address, done := make(chan string, 1), make(chan struct{})
	b.Cleanup(func() {
		cancel()
		<-done
		_ = cmd.Wait()
	})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(logs); lines.Scan(); {
			if m := alertmanagerListens.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	select {
	case a := <-address:
		return "http://" + a
	case <-time.After(30 * time.Second):
		require.FailNow(b, "the Alertmanager does not listen")
		return ""
	}
}
