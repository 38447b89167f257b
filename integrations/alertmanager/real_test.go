package alertmanager_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/alertmanager"
	"andon/signals"
)

const binary = "prometheus-alertmanager"

// patience is how long the test waits for a process that does not answer before
// it gives up; nothing is measured with it.
const patience = 60 * time.Second

// TestRealAlertmanager sends an alert through the Alertmanager itself: it fires,
// is refused once and sent again, and heals.
func TestRealAlertmanager(t *testing.T) {
	path, err := exec.LookPath(binary)
	if err != nil {
		t.Skipf("%s is not installed: nothing was tried against a real Alertmanager; install prometheus-alertmanager to run this", binary)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	deliveries := make(chan signals.Delivery, 16)
	refused := make(chan string, 1) // id of the envelope that was not stored
	var asked atomic.Int32
	o := alertmanager.Options{Site: "real", Audience: signals.Public, Token: "a-token"}
	h := alertmanager.Handler(o, func(_ context.Context, d signals.Delivery) error {
		if asked.Add(1) == 1 {
			refused <- d.Envelope.ID
			return errors.New("not now")
		}
		deliveries <- d
		return nil
	}, nil)
	mux := http.NewServeMux()
	mux.Handle("POST /alerts", h)
	sink := httptest.NewServer(mux)
	defer sink.Close()
	am := startAlertmanager(ctx, t, path, sink.URL+"/alerts")

	labels := map[string]string{"alertname": "QueueGrows", "service": "mail", "severity": "critical", "team": "Post", "zone": "a ä"}
	alert := map[string]any{
		"labels": labels, "annotations": map[string]string{"summary": "mail waits"}, "generatorURL": "http://prometheus.example/graph",
		"startsAt": clock(time.Now().UTC()), "endsAt": clock(time.Now().Add(time.Hour).UTC()),
	}
	am.post(ctx, t, alert)
	first := wait(ctx, t, deliveries)
	require.Equal(t, wait(ctx, t, refused), first.Envelope.ID, "what was answered 503 is sent again, as it was")
	require.Equal(t, []signals.Kind{signals.Opened, signals.Firing}, kinds(first.Events))
	c := signals.Fold(first.Events)
	require.Equal(t, "QueueGrows: mail waits", c.Title)
	require.Equal(t, "mail", c.Project)
	require.Equal(t, "Post", c.Team)

	bare := *bareAlert(t, first.Envelope.Body)
	bare.Fingerprint = ""
	same, err := alertmanager.Normalize(payload(t, bare), o, first.Envelope.Received)
	require.NoError(t, err)
	require.Equal(t, c.Key, same[0].Case, "the fingerprint can be made of the labels")

	alert["endsAt"] = clock(time.Now().UTC())
	am.post(ctx, t, alert)
	second := wait(ctx, t, deliveries)
	require.Equal(t, []signals.Kind{signals.Opened, signals.Firing, signals.Recovered}, kinds(second.Events))
	require.Equal(t, first.Events[0].ID, second.Events[0].ID)
	require.Equal(t, first.Events[1].ID, second.Events[1].ID, "the same firing")
	require.False(t, second.Events[2].At.After(second.Envelope.Received))

	alert["startsAt"], alert["endsAt"] = clock(time.Now().UTC()), clock(time.Now().Add(time.Hour).UTC())
	am.post(ctx, t, alert)
	third := wait(ctx, t, deliveries)
	require.Equal(t, first.Events[0].ID, third.Events[0].ID)
	require.NotEqual(t, first.Events[1].ID, third.Events[1].ID, "it fires anew")
}

// bareAlert returns the only alert of a body.
func bareAlert(t *testing.T, body []byte) *sent {
	var got struct{ Alerts []sent }
	require.NoError(t, json.Unmarshal(body, &got))
	require.Len(t, got.Alerts, 1)
	return &got.Alerts[0]
}

func wait[T any](ctx context.Context, t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-ctx.Done():
		require.FailNow(t, "the Alertmanager sent nothing")
	}
	return v
}

// process is an Alertmanager that runs.
type process struct{ url string }

var listening = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// startAlertmanager runs the binary on a port that the system chooses, with one
// webhook, until the test ends.
func startAlertmanager(ctx context.Context, t *testing.T, path, webhook string) *process {
	dir := t.TempDir()
	file := filepath.Join(dir, "alertmanager.yml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `
route: {receiver: andon, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: andon
    webhook_configs:
      - url: %s
        send_resolved: true
        http_config: {authorization: {credentials: a-token}}
`, webhook), 0o600))
	cmd := exec.CommandContext(ctx, path, "--config.file="+file, "--storage.path="+filepath.Join(dir, "data"), "--cluster.listen-address=", "--web.listen-address=127.0.0.1:0")
	logs, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	address, done := make(chan string, 1), make(chan struct{})
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		_ = cmd.Wait()
	})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(logs); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case address <- m[1]:
				default:
				}
			}
		}
	}()
	return &process{"http://" + wait(ctx, t, address)}
}

// post gives the Alertmanager an alert, as Prometheus does.
func (p *process) post(ctx context.Context, t *testing.T, alert map[string]any) {
	body, err := json.Marshal([]any{alert})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v2/alerts", bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", said)
}
