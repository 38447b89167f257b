package alertmanager_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/alertmanager"
	"andon/signals"
)

// kept collects what the handler hands on.
type kept struct {
	deliveries []signals.Delivery
	err        error
}

func (k *kept) accept(_ context.Context, d signals.Delivery) error {
	if k.err != nil {
		return k.err
	}
	k.deliveries = append(k.deliveries, d)
	return nil
}

func handlerOptions() alertmanager.Options {
	o := opts
	o.Now = func() time.Time { return noon }
	return o
}

func post(h http.Handler, body []byte, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/alerts", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandlerAccepts(t *testing.T) {
	var k kept
	h := alertmanager.Handler(handlerOptions(), k.accept, nil)
	body := payload(t, firing(noon.Add(-time.Minute)))
	require.Equal(t, http.StatusOK, post(h, body, nil).Code)
	require.Equal(t, http.StatusOK, post(h, body, nil).Code, "a repetition")
	require.Equal(t, http.StatusOK, post(h, payload(t, resolved(noon.Add(-time.Minute), noon)), func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}).Code)
	require.Len(t, k.deliveries, 3)
	d := k.deliveries[0]
	require.Equal(t, "alerts/main", d.Envelope.Source)
	require.Equal(t, noon, d.Envelope.Received)
	require.Equal(t, body, d.Envelope.Body, "untouched")
	require.Equal(t, kinds(d.Events), []signals.Kind{signals.Opened, signals.Firing})
	require.False(t, d.Learn)
	require.Equal(t, d.Envelope.ID, k.deliveries[1].Envelope.ID, "the same body is the same delivery")
	require.NotEqual(t, d.Envelope.ID, k.deliveries[2].Envelope.ID)
}

func TestHandlerRefuses(t *testing.T) {
	good := payload(t, firing(noon))
	for name, c := range map[string]struct {
		body   []byte
		change func(*http.Request)
		token  string
		max    int64
		accept error
		status int
		says   string
		header string // "Name: value"
	}{
		"GET":                 {change: func(r *http.Request) { r.Method = http.MethodGet }, status: 405, says: "POST", header: "Allow: POST"},
		"no token":            {token: "hush", status: 401, says: "bearer token", header: `Www-Authenticate: Bearer realm="andon"`},
		"another token":       {token: "hush", change: bearer("Bearer hus"), status: 401, says: "bearer token"},
		"another scheme":      {token: "hush", change: bearer("Basic hush"), status: 401, says: "bearer token"},
		"a token too much":    {token: "hush", change: bearer("Bearer hush hush"), status: 401, says: "bearer token"},
		"a form":              {change: func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, status: 415, says: "application/json"},
		"no content type":     {change: func(r *http.Request) { r.Header.Del("Content-Type") }, status: 415, says: "application/json"},
		"too large":           {max: int64(len(good)) - 1, status: 413, says: "max_alerts"},
		"too large, unsized":  {max: 10, change: func(r *http.Request) { r.ContentLength = -1 }, status: 413, says: "max_alerts"},
		"no JSON":             {body: []byte("alerts: []"), status: 400, says: "it is no JSON"},
		"breaks off":          {body: good[:len(good)/2], status: 400, says: "cut off"},
		"wrong version":       {body: []byte(`{"version":"5","alerts":[{}]}`), status: 400, says: `only "4"`},
		"no alert understood": {body: []byte(`{"version":"4","alerts":[{"status":"firing","fingerprint":"ab"}]}`), status: 400, says: "alerts[0]: startsAt"},
		"not stored":          {accept: errors.New("disk full at /data"), status: 503, says: "send them again", header: "Retry-After: 5"},
		"connection lost":     {change: func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{})) }, status: 503, says: "send them again"},
	} {
		t.Run(name, func(t *testing.T) {
			k := kept{err: c.accept}
			var log bytes.Buffer
			o := handlerOptions()
			o.Token, o.MaxBody = c.token, c.max
			h := alertmanager.Handler(o, k.accept, slog.New(slog.NewJSONHandler(&log, nil)))
			body := good
			if c.body != nil {
				body = c.body
			}
			w := post(h, body, c.change)
			require.Equal(t, c.status, w.Code, w.Body.String())
			require.Contains(t, w.Body.String(), c.says)
			if name, value, ok := strings.Cut(c.header, ": "); ok {
				require.Equal(t, value, w.Header().Get(name))
			}
			require.Empty(t, k.deliveries)
			require.NotContains(t, w.Body.String(), "disk full", "the cause is for the log")
			require.Contains(t, log.String(), `"status":`)
			require.NotContains(t, log.String(), "hush", "no secret in the log")
			require.NotContains(t, log.String(), "requests fail", "nor what alerts say")
		})
	}
}

func bearer(s string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", s) }
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHandlerTakesTheToken(t *testing.T) {
	var k kept
	o := handlerOptions()
	o.Token = "hush"
	h := alertmanager.Handler(o, k.accept, nil)
	for _, s := range []string{"Bearer hush", "bearer hush"} {
		require.Equal(t, http.StatusOK, post(h, payload(t, firing(noon)), bearer(s)).Code)
	}
	require.Len(t, k.deliveries, 2)
}

// Where some alerts are understood they are accepted, and the log tells of the others.
func TestHandlerKeepsTheOthers(t *testing.T) {
	var k kept
	var log bytes.Buffer
	h := alertmanager.Handler(handlerOptions(), k.accept, slog.New(slog.NewJSONHandler(&log, nil)))
	bad := firing(noon)
	bad.StartsAt = ""
	body := bytes.Replace(payload(t, bad, firing(noon)), []byte(`"truncatedAlerts":0`), []byte(`"truncatedAlerts":17`), 1)
	require.Equal(t, http.StatusOK, post(h, body, nil).Code)
	require.Len(t, k.deliveries, 1)
	require.Len(t, k.deliveries[0].Events, 2)
	require.Equal(t, body, k.deliveries[0].Envelope.Body, "the envelope has them all")
	require.Contains(t, log.String(), "alerts[0]: startsAt is missing")
	require.Contains(t, log.String(), `"left_out":17`)
}

// Nobody said who may see the alerts, so nobody may.
func TestZeroOptions(t *testing.T) {
	var k kept
	h := alertmanager.Handler(alertmanager.Options{}, k.accept, nil)
	require.Equal(t, http.StatusOK, post(h, payload(t, firing(noon)), nil).Code)
	d := k.deliveries[0]
	require.Equal(t, "alerts/alertmanager", d.Envelope.Source)
	require.False(t, d.Envelope.Received.IsZero())
	require.Equal(t, signals.Restricted, d.Events[0].Audience)
	require.Equal(t, "alerts/a-b", alertmanager.Options{Site: "a/b"}.Source())
}
