package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// TestFailures goes through every shape in which a post can fail.
func TestFailures(t *testing.T) {
	refused := func(code string) fakeslack.Fault {
		return fakeslack.Fault{Kind: fakeslack.Refused, Error: code, Method: "chat.postMessage"}
	}
	type want struct {
		ambiguous, terminal, auth bool
		wait                      time.Duration
		stored                    int
	}
	for _, c := range []struct {
		name  string
		fault fakeslack.Fault
		want  want
	}{
		{"429 with Retry-After", fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 7}, want{wait: 7 * time.Second}},
		{"429 without", fakeslack.Fault{Kind: fakeslack.LimitedBare}, want{wait: limitedWait}},
		{"429 with too long a wait", fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 1e6}, want{wait: longestWait}},
		{"200 ratelimited", fakeslack.Fault{Kind: fakeslack.LimitedOK}, want{wait: limitedWait}},
		{"200 rate_limited", refused("rate_limited"), want{wait: limitedWait}},
		{"503", fakeslack.Fault{Kind: fakeslack.Unavailable}, want{ambiguous: true}},
		{"503 with Retry-After", fakeslack.Fault{Kind: fakeslack.Unavailable, RetryAfter: 5}, want{ambiguous: true, wait: 5 * time.Second}},
		{"504 after it was stored", fakeslack.Fault{Kind: fakeslack.GatewayStored}, want{ambiguous: true, stored: 1}},
		{"reset before it was stored", fakeslack.Fault{Kind: fakeslack.Reset}, want{ambiguous: true}},
		{"reset after it was stored", fakeslack.Fault{Kind: fakeslack.ResetStored}, want{ambiguous: true, stored: 1}},
		{"answer cut off", fakeslack.Fault{Kind: fakeslack.CutStored}, want{ambiguous: true, stored: 1}},
		{"a page in its place", fakeslack.Fault{Kind: fakeslack.Page}, want{ambiguous: true}},
		{"internal_error", refused("internal_error"), want{ambiguous: true}},
		{"fatal_error", refused("fatal_error"), want{ambiguous: true}},
		{"service_unavailable", refused("service_unavailable"), want{ambiguous: true}},
		{"request_timeout", refused("request_timeout"), want{}},
		{"an error nobody knows", refused("brand_new_error"), want{}},
		{"channel_not_found", refused("channel_not_found"), want{terminal: true}},
		{"user_disabled", refused("user_disabled"), want{terminal: true}},
		{"is_archived", refused("is_archived"), want{terminal: true}},
		{"not_in_channel", refused("not_in_channel"), want{terminal: true}},
		{"restricted_action", refused("restricted_action"), want{terminal: true}},
		{"messages_tab_disabled", refused("messages_tab_disabled"), want{terminal: true}},
		{"msg_blocks_too_long", refused("msg_blocks_too_long"), want{terminal: true}},
		{"account_inactive", refused("account_inactive"), want{terminal: true, auth: true}},
		{"invalid_auth", refused("invalid_auth"), want{auth: true}},
		{"token_revoked", refused("token_revoked"), want{auth: true}},
		{"not_authed", refused("not_authed"), want{auth: true}},
		{"missing_scope", refused("missing_scope"), want{auth: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, p := stand(t, fakeslack.Options{})
			require.NoError(t, fake.Inject(c.fault))
			_, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
			f := failure(t, err)
			require.Equal(t, c.want, want{f.IsAmbiguous(), f.TerminalReason() != "", f.IsAuth(), f.RetryAfter(), len(fake.Messages())}, f.Error())
			require.Equal(t, "chat.postMessage", f.Op)
			require.Error(t, errors.Unwrap(f))
			require.Equal(t, 1, fake.Requests()["chat.postMessage"], "a write is made once")
			require.NotContains(t, f.Error(), "xoxb")
			require.NotContains(t, f.Error(), "to and fro")
		})
	}
}

// What was not written is never ambiguous, whatever it was.
func TestReadsAreNotAmbiguous(t *testing.T) {
	for _, kind := range []fakeslack.Kind{fakeslack.Unavailable, fakeslack.Reset, fakeslack.Page} {
		fake, p := stand(t, fakeslack.Options{})
		require.NoError(t, fake.Inject(fakeslack.Fault{Kind: kind}))
		require.False(t, failure(t, p.Check(t.Context())).IsAmbiguous())
		_, err := p.Find(t.Context(), "slack/T1/C1", "k", time.Time{})
		require.False(t, failure(t, err).IsAmbiguous())
		_, err = p.Post(t.Context(), "slack/T1/U7", card("k"))
		f := failure(t, err)
		require.Equal(t, "conversations.open", f.Op)
		require.False(t, f.IsAmbiguous(), "nothing was posted when the direct message could not be opened")
	}
}

func TestNothingSentIsNotAmbiguous(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + listener.Addr().String() + "/api/"
	require.NoError(t, listener.Close())
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name, url string
		ctx       context.Context
		transport http.RoundTripper
		ambiguous bool
	}{
		{"refused", closed, t.Context(), nil, false},
		{"cancelled before", closed, cancelled, nil, false},
		{"no such host", "http://slack.invalid/api/", t.Context(), &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "slack.invalid", IsNotFound: true}}
		}}, false},
		{"no such host, a transport that does not say what it does", closed, t.Context(), roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
		}), false},
		{"anything else from such a transport", closed, t.Context(), roundTripper(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-good", URL: c.url, Transport: c.transport})
			require.NoError(t, err)
			defer p.Close()
			_, err = p.Post(c.ctx, "slack/T1/C1", card("k"))
			f := failure(t, err)
			require.Equal(t, c.ambiguous, f.IsAmbiguous(), f.Error())
			require.Empty(t, f.TerminalReason())
		})
	}
}

// The caller gives up while Slack has the message and does not answer.
func TestTimeOutAfterStored(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.HangStored, Method: "chat.postMessage", Count: 1}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := p.Post(ctx, "slack/T1/C1", card("k"))
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(fake.Messages()) == 1 }, time.Minute, time.Millisecond)
	cancel()
	f := failure(t, <-ended)
	require.True(t, f.IsAmbiguous())
	require.ErrorIs(t, f, context.Canceled)

	found, err := p.Find(t.Context(), "slack/T1/C1", "k", time.Time{})
	require.NoError(t, err)
	require.Equal(t, []signals.Copy{{Channel: "slack/T1/C1", TS: fake.Messages()[0].TS}}, found)
}

func TestTimeOutOfACall(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{}, func(w *Workspace) { w.Timeout = 250 * time.Millisecond })
	require.NoError(t, p.Check(t.Context())) // so that there is a connection
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.Hang, Method: "chat.postMessage"}))
	_, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
	f := failure(t, err)
	require.True(t, f.IsAmbiguous())
	require.ErrorIs(t, f, context.DeadlineExceeded)
}

// A redirect is not followed: neither the token nor the message goes elsewhere.
func TestRedirectIsNotFollowed(t *testing.T) {
	asked := 0
	p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-good", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		asked++
		return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.example/"}}, Body: http.NoBody, Request: r}, nil
	})})
	require.NoError(t, err)
	_, err = p.Post(t.Context(), "slack/T1/C1", card("k"))
	f := failure(t, err)
	require.ErrorContains(t, f, "307")
	require.False(t, f.IsAmbiguous())
	require.Equal(t, 1, asked)
}

// slack-go refuses an answer with a block that it cannot decode. The message
// stands all the same.
func TestAnswerThatSlackGoRefuses(t *testing.T) {
	const body = `{"ok":true,"channel":"C1","ts":"1700000000.000100","message":{"blocks":[{"type":"header","text":"not an object"}]}}`
	p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-good", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})})
	require.NoError(t, err)
	_, _, err = p.api.PostMessageContext(t.Context(), "C1")
	require.Error(t, err, "when slack-go takes it, its answers may be read by it")
	at, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
	require.NoError(t, err)
	require.Equal(t, signals.Copy{Channel: "slack/T1/C1", TS: "1700000000.000100"}, at)
}

func TestStrangeAnswers(t *testing.T) {
	for _, body := range []string{``, `null`, `[]`, `{}`, `{"ok":false}`, `{"ok":"true"}`, `{"ok":true}`, `{"ok":true,"ts":"soon"}`, `{"ok":true,"ts":`} {
		p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-good", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})})
		require.NoError(t, err)
		_, err = p.Post(t.Context(), "slack/T1/C1", card("k"))
		require.True(t, failure(t, err).IsAmbiguous(), body)
	}
}

func TestValidationTextIsKept(t *testing.T) {
	const body = `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]}}`
	_, err := judge("chat.postMessage", true, &reply{status: http.StatusOK, body: []byte(body)}, nil)
	require.ErrorContains(t, failure(t, err), "json-pointer:/blocks/0")
	_, err = judge("auth.test", false, &reply{status: http.StatusOK, body: []byte(`{"ok":false,"error":"missing_scope","needed":"im:write","provided":"chat:write"}`)}, nil)
	require.ErrorContains(t, failure(t, err), "needs the scope im:write and has chat:write")
}

func TestRetryAfter(t *testing.T) {
	const date = "Sun, 01 Mar 2026 10:00:00 GMT"
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0}, {"0", "", 0}, {"12", "", 12 * time.Second}, {" 3 ", "", 3 * time.Second}, {"-5", "", 0}, {"1.5", "", 0}, {"soon", date, 0},
		{"99999999", "", longestWait}, {"99999999999999999999999", "", 0},
		{"Sun, 01 Mar 2026 10:00:30 GMT", date, 30 * time.Second}, {"Sun, 01 Mar 2026 09:59:00 GMT", date, 0}, {"Sun, 01 Mar 2026 10:00:30 GMT", "", 0},
		{"Mon, 02 Mar 2026 10:00:30 GMT", date, longestWait},
	} {
		h := http.Header{"Retry-After": {c.after}, "Date": {c.date}}
		require.Equal(t, c.want, retryAfter(h), "%q at %q", c.after, c.date)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(200, "5", `{"ok":true}`)
	f.Add(200, "", `{"ok":false,"error":"ratelimited"}`)
	f.Add(429, "x", ``)
	f.Add(0, "", ``)
	f.Fuzz(func(t *testing.T, status int, after, body string) {
		r := &reply{handed: true, status: status, header: http.Header{"Retry-After": {after}}, body: []byte(body)}
		_, err := judge("chat.postMessage", true, r, nil)
		if err == nil {
			require.Equal(t, http.StatusOK, status)
			return
		}
		fail := failure(t, err)
		require.NotEmpty(t, fail.Error())
		require.GreaterOrEqual(t, fail.Wait, time.Duration(0))
		require.LessOrEqual(t, fail.Wait, longestWait)
		require.False(t, fail.Ambiguous && fail.Terminal != "", "it cannot both be unknown and settled: %s", fmt.Sprint(fail))
	})
}
