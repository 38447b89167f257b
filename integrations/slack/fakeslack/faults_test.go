package fakeslack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestFaultsOfEveryKind(t *testing.T) {
	for _, c := range []struct {
		fault  Fault
		stored int
		check  func(*testing.T, error)
	}{
		{Fault{Kind: Limited, RetryAfter: 9}, 0, func(t *testing.T, err error) {
			var limited *slackgo.RateLimitedError
			require.ErrorAs(t, err, &limited)
			require.Equal(t, 9*time.Second, limited.RetryAfter)
		}},
		{Fault{Kind: LimitedBare}, 0, statusIs(429)},
		{Fault{Kind: LimitedOK}, 0, refusedWith("ratelimited")},
		{Fault{Kind: Unavailable, RetryAfter: 3}, 0, statusIs(503)},
		{Fault{Kind: Refused, Error: "user_disabled"}, 0, refusedWith("user_disabled")},
		{Fault{Kind: Hang, DelayMS: 1}, 0, func(t *testing.T, err error) { require.ErrorIs(t, err, io.EOF) }},
		{Fault{Kind: HangStored, DelayMS: 1}, 1, func(t *testing.T, err error) { require.ErrorIs(t, err, io.EOF) }},
		{Fault{Kind: Reset}, 0, func(t *testing.T, err error) { require.ErrorIs(t, err, syscall.ECONNRESET) }},
		{Fault{Kind: ResetStored}, 1, func(t *testing.T, err error) { require.ErrorIs(t, err, syscall.ECONNRESET) }},
		{Fault{Kind: Slow, DelayMS: 1}, 1, func(t *testing.T, err error) { require.NoError(t, err) }},
		{Fault{Kind: Page}, 0, func(t *testing.T, err error) { require.Error(t, err) }},
		{Fault{Kind: CutStored}, 1, func(t *testing.T, err error) { require.ErrorIs(t, err, io.ErrUnexpectedEOF) }},
		{Fault{Kind: GatewayStored}, 1, statusIs(504)},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			fake, api, _ := stand(t, Options{})
			c.fault.Count = 1
			require.NoError(t, fake.Inject(c.fault))
			_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false))
			c.check(t, err)
			require.Len(t, fake.Messages(), c.stored)
			_, _, err = api.PostMessage("C1", slackgo.MsgOptionText("x", false))
			require.NoError(t, err, "once")
		})
	}
}

func statusIs(code int) func(*testing.T, error) {
	return func(t *testing.T, err error) {
		var status slackgo.StatusCodeError
		require.ErrorAs(t, err, &status)
		require.Equal(t, code, status.Code)
	}
}

func refusedWith(code string) func(*testing.T, error) {
	return func(t *testing.T, err error) { require.EqualError(t, err, code) }
}

func TestFaultsFitAndCount(t *testing.T) {
	fake, api, _ := stand(t, Options{})
	post := func(channel string) string {
		if _, _, err := api.PostMessage(channel, slackgo.MsgOptionText("x", false)); err != nil {
			return err.Error()
		}
		return ""
	}
	require.NoError(t, fake.Inject(
		Fault{Kind: Refused, Error: "is_archived", Channel: "C2"},
		Fault{Kind: Refused, Error: "internal_error", Method: "chat.postMessage", Channel: "C1", Skip: 1, Every: 2, Count: 2},
	))
	var got []string
	for range 7 {
		got = append(got, post("C1"))
	}
	require.Equal(t, []string{"", "internal_error", "", "internal_error", "", "", ""}, got)
	require.Equal(t, "is_archived", post("C2"))
	require.Equal(t, "", post("C3"))
	require.NoError(t, fake.Inject(Fault{Kind: Refused, Error: "user_disabled", Channel: "U7"}))
	_, _, _, err := api.OpenConversation(&slackgo.OpenConversationParameters{Users: []string{"U7"}})
	require.EqualError(t, err, "user_disabled")
	fake.Heal()
	require.Equal(t, "", post("C2"))
}

// A request that hangs ends with its client, and with the server.
func TestHangEnds(t *testing.T) {
	fake, api, _ := stand(t, Options{})
	require.NoError(t, fake.Inject(Fault{Kind: HangStored}))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() {
		_, _, err := api.PostMessageContext(ctx, "C1", slackgo.MsgOptionText("x", false))
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(fake.Messages()) == 1 }, time.Minute, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	go func() {
		_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false))
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(fake.Messages()) == 2 }, time.Minute, time.Millisecond)
	fake.Close()
	fake.Close()
	require.Error(t, <-ended)
}

func TestControl(t *testing.T) {
	fake, api, server := stand(t, Options{})
	ask := func(method, path, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		resp, err := server.Client().Do(req)
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode, string(b)
	}
	_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false))
	require.NoError(t, err)
	code, body := ask("GET", "/_fake/messages", "")
	require.Equal(t, 200, code)
	var messages []Message
	require.NoError(t, json.Unmarshal([]byte(body), &messages))
	require.Equal(t, fake.Messages(), messages)
	_, body = ask("GET", "/_fake/requests", "")
	require.JSONEq(t, `{"chat.postMessage":1,"total":1}`, body)

	for body, want := range map[string]int{
		`{"kind":"refused","error":"is_archived","count":1}`: 204, ` [{"kind":"reset","count":1},{"kind":"slow","delay_ms":1,"count":1}] `: 204, `[]`: 204,
		`{"kind":"nonsense"}`: 400, `{"kind":"reset","sometimes":true}`: 400, `{`: 400, ``: 204, `{"kind":"refused"}`: 400, `{"kind":"slow"}`: 400, `{"kind":"reset","error":"x"}`: 400, `[{"kind":"reset"},{"kind":"reset","skip":-1}]`: 400,
	} {
		code, text := ask("POST", "/_fake/faults", body)
		require.Equal(t, want, code, "%s: %s", body, text)
	}
	require.Len(t, fake.faults, 3, "of a list with a wrong one none is taken")
	code, _ = ask("DELETE", "/_fake/faults", "")
	require.Equal(t, 204, code)
	require.Empty(t, fake.faults)
	code, _ = ask("GET", "/_fake/else", "")
	require.Equal(t, 404, code)
	code, _ = ask("GET", "/else", "")
	require.Equal(t, 404, code)
}
