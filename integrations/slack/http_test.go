package slack

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// hear returns a handler with two secrets at noon.
func hear(t testing.TB, j *journal, interact Interact) http.Handler {
	t.Helper()
	in := &Inbox{Team: "T1", Accept: j.accept, Interact: interact, Now: func() time.Time { return noon }}
	t.Cleanup(in.Wait)
	h, err := (&HTTPMode{Inbox: in, Secrets: []string{"new", "old"}, MaxBody: 10_000}).Handler()
	require.NoError(t, err)
	return h
}

func post(path, contentType, body, secret string, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	stamp := fmt.Sprint(at.Unix())
	r.Header.Set("Content-Type", contentType)
	r.Header.Set(timestampHeader, stamp)
	r.Header.Set(signatureHeader, "v0="+hex.EncodeToString(sign(secret, stamp, []byte(body))))
	return r
}

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
)

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHTTPSignature(t *testing.T) {
	body := string(said1("one"))
	good := func() *http.Request { return post("/slack/events", asJSON, body, "new", noon) }
	header := func(k, v string) func(*http.Request) { return func(r *http.Request) { r.Header.Set(k, v) } }
	for _, c := range []struct {
		name   string
		r      *http.Request
		change func(*http.Request)
		want   int
	}{
		{"good", good(), nil, 200},
		{"the old secret", post("/slack/events", asJSON, body, "old", noon), nil, 200},
		{"upper case", good(), func(r *http.Request) {
			r.Header.Set(signatureHeader, "v0="+strings.ToUpper(r.Header.Get(signatureHeader)[3:]))
		}, 200},
		{"edge of the window", post("/slack/events", asJSON, body, "new", noon.Add(-signedWindow)), nil, 200},
		{"too old", post("/slack/events", asJSON, body, "new", noon.Add(-signedWindow-time.Second)), nil, 401},
		{"from the future", post("/slack/events", asJSON, body, "new", noon.Add(signedWindow+time.Second)), nil, 401},
		{"another secret", post("/slack/events", asJSON, body, "other", noon), nil, 401},
		{"empty secret", post("/slack/events", asJSON, body, "", noon), nil, 401},
		{"another body", good(), func(r *http.Request) { r.Body = http.NoBody }, 401},
		{"another time", good(), header(timestampHeader, fmt.Sprint(noon.Unix()+1)), 401},
		{"no signature", good(), func(r *http.Request) { r.Header.Del(signatureHeader) }, 401},
		{"no time", good(), func(r *http.Request) { r.Header.Del(timestampHeader) }, 401},
		{"two signatures", good(), func(r *http.Request) { r.Header.Add(signatureHeader, "v0=00") }, 401},
		{"no version", good(), header(signatureHeader, strings.Repeat("ab", 32)), 401},
		{"too short", good(), header(signatureHeader, "v0=ab"), 401},
		{"no digits", good(), header(signatureHeader, "v0="+strings.Repeat("xy", 32)), 401},
		{"no seconds", good(), header(timestampHeader, "noon"), 401},
		{"GET", good(), func(r *http.Request) { r.Method = http.MethodGet }, 405},
		{"too large", post("/slack/events", asJSON, strings.Repeat(" ", 10_001), "new", noon), nil, 413},
		{"elsewhere", post("/slack/other", asJSON, body, "new", noon), nil, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := &journal{}
			if c.change != nil {
				c.change(c.r)
			}
			require.Equal(t, c.want, serve(hear(t, j, nil), c.r).Code)
			require.Equal(t, c.want == 200, len(j.stored()) == 1)
		})
	}
}

func TestHTTPEvents(t *testing.T) {
	j := &journal{}
	h := hear(t, j, nil)
	w := serve(h, post("/slack/events", asJSON, `{"type":"url_verification","challenge":"c<1>"}`, "new", noon))
	require.Equal(t, "c<1>", w.Body.String())
	require.Contains(t, w.Header().Get("Content-Type"), "text/plain")

	for i, raw := range [][]byte{
		said1("one"), delivered(fields{"type": "hologram_projected"}), []byte(`{"type":"app_rate_limited","team_id":"T1"}`), []byte("no JSON"),
	} {
		require.Equal(t, 200, serve(h, post("/slack/events", asJSON, string(raw), "new", noon)).Code, "%s", raw)
		require.Len(t, j.stored(), i+1)
	}
	retry := post("/slack/events", asJSON, string(said1("retried")), "new", noon)
	retry.Header.Set("X-Slack-Retry-Num", "3")
	require.Equal(t, 200, serve(h, retry).Code)
	require.Contains(t, j.stored(), "Evretried", "the retry may be the only one that arrives")

	j.fail(errors.New("the disk is full"))
	require.Equal(t, 503, serve(h, post("/slack/events", asJSON, string(said1("two")), "new", noon)).Code)
	j.fail(nil)
	require.Equal(t, 200, serve(h, post("/slack/events", asJSON, string(said1("two")), "new", noon)).Code, "sent again with the same signature, it is stored")
	n := len(j.stored())
	j.fail(errors.New("not to be asked"))
	require.Equal(t, 200, serve(h, post("/slack/events", asJSON, string(said1("two")), "new", noon)).Code, "a replay does nothing")
	require.Len(t, j.stored(), n)
}

func TestHTTPCommand(t *testing.T) {
	var mu sync.Mutex
	var asked []view.Asked
	h := hear(t, &journal{}, func(_ context.Context, a view.Asked) (view.Reply, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, a)
		if a.Text == "fail" {
			return view.Reply{}, errors.New("no")
		}
		return view.Reply{Card: &view.Card{Title: "Hello <!channel>"}, Ephemeral: true}, nil
	})
	form := url.Values{"command": {"/andon"}, "text": {" status PAY-17 "}, "user_id": {"U1"}, "channel_id": {"C1"}, "team_id": {"T1"}, "trigger_id": {"t1"}}
	request := func() *http.Request {
		return post("/slack/commands?text=smuggled&payload=x", asForm, form.Encode(), "new", noon)
	}
	w := serve(h, request())
	require.Equal(t, 200, w.Code)
	require.Equal(t, "ephemeral", parsedText(w.Body.String(), "response_type"))
	require.Contains(t, parsedText(w.Body.String(), "text"), "&lt;!channel&gt;")
	require.Equal(t, view.Asked{ID: asked[0].ID, Kind: view.Command, User: "slack/T1/U1", Channel: "slack/T1/C1", Action: "/andon", Text: "status PAY-17", TriggerID: "t1"}, asked[0])

	require.Equal(t, 409, serve(h, request()).Code, "a replay is refused")
	require.Len(t, asked, 1)
	form.Set("text", "fail")
	w = serve(h, request())
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), "try again")

	require.Equal(t, 200, serve(h, post("/slack/commands", asForm, "ssl_check=1", "new", noon)).Code)
	require.Equal(t, 415, serve(h, post("/slack/commands", asJSON, "{}", "new", noon)).Code)
	require.Equal(t, 400, serve(h, post("/slack/interactive", asForm, "payload=%7B", "new", noon)).Code)
	require.Equal(t, 400, serve(h, post("/slack/interactive", asForm, "a=%zz", "new", noon)).Code)
	require.Len(t, asked, 2)
}

func TestHTTPInteractive(t *testing.T) {
	fail := false
	h := hear(t, &journal{}, func(_ context.Context, a view.Asked) (view.Reply, error) {
		if fail {
			return view.Reply{}, errors.New("no")
		}
		return view.Reply{Errors: map[string]string{"who": "Nobody of that name"}}, nil
	})
	submit := func(at time.Time) *http.Request {
		payload := `{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"not_me","state":{"values":{"who":{"entry":{"type":"users_select","selected_user":"U2"}}}}}}`
		return post("/slack/interactive?payload=%7B%7D", asForm, url.Values{"payload": {payload}}.Encode(), "old", at)
	}
	w := serve(h, submit(noon))
	require.JSONEq(t, `{"response_action":"errors","errors":{"who":"Nobody of that name"}}`, w.Body.String())
	fail = true
	require.Equal(t, 500, serve(h, submit(noon.Add(time.Second))).Code)
}

func TestHTTPSetup(t *testing.T) {
	in := &Inbox{Team: "T1", Accept: (&journal{}).accept}
	for want, h := range map[string]*HTTPMode{
		"no inbox": {Secrets: []string{"a"}}, "no signing secret": {Inbox: in}, "is empty": {Inbox: in, Secrets: []string{"a", ""}}, "nobody": {Inbox: &Inbox{Team: "T1"}, Secrets: []string{"a"}},
	} {
		_, err := h.Handler()
		require.ErrorContains(t, err, want)
	}
}

// TestUsedSignatures: what could be replayed is remembered, and no longer.
func TestUsedSignatures(t *testing.T) {
	var u used
	now := noon
	u.add("a", now)
	for range 10 {
		require.True(t, u.has("a", now))
		now = now.Add(time.Minute)
	}
	for range 60 {
		now = now.Add(time.Minute)
		u.add(now.String(), now)
	}
	require.False(t, u.has("a", now))
	require.LessOrEqual(t, len(u.now)+len(u.old), 25)
}

func FuzzSignature(f *testing.F) {
	f.Add("v0=00", "1772452800", []byte("x"))
	f.Add("v0="+hex.EncodeToString(sign("new", "1772452800", []byte("x"))), "1772452800", []byte("x"))
	f.Add("", "-1", []byte{})
	f.Fuzz(func(t *testing.T, signature, stamp string, body []byte) {
		h := http.Header{signatureHeader: {signature}, timestampHeader: {stamp}}
		mac, err := verify(h, body, noon, []string{"new", "old", ""})
		if (err == nil) != (mac == string(sign("new", stamp, body)) || mac == string(sign("old", stamp, body))) {
			t.Fatalf("%q %q", signature, stamp)
		}
	})
}
