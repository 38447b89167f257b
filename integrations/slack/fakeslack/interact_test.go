package fakeslack

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/stretchr/testify/require"
)

// httpApp is an app over HTTP, of slack-go's own parsers.
type httpApp struct {
	t      *testing.T
	mu     sync.Mutex
	events []slackevents.EventsAPIEvent
	heads  []http.Header
	clicks []slackgo.InteractionCallback
	slash  []slackgo.SlashCommand
	answer any // to what comes next
	status int
}

func (a *httpApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	require.NoError(a.t, err)
	v, err := slackgo.NewSecretsVerifier(r.Header, "shh")
	if err != nil || func() error { _, _ = v.Write(body); return v.Ensure() }() != nil {
		a.t.Errorf("the signature is wrong: %v", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a.heads = append(a.heads, r.Header)
	var reply any = a.answer
	switch {
	case r.Header.Get("Content-Type") == "application/json":
		e, err := slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
		require.NoError(a.t, err)
		if e.Type == slackevents.URLVerification {
			reply = map[string]string{"challenge": e.Data.(*slackevents.EventsAPIURLVerificationEvent).Challenge}
		} else {
			a.events = append(a.events, e)
		}
	case bytes.HasPrefix(body, []byte("payload=")):
		c, err := slackgo.InteractionCallbackParse(r)
		require.NoError(a.t, err)
		a.clicks = append(a.clicks, c)
	default:
		c, err := slackgo.SlashCommandParse(r)
		require.NoError(a.t, err)
		a.slash = append(a.slash, c)
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
		return
	}
	if text, ok := reply.(string); ok {
		_, _ = io.WriteString(w, text)
	} else if reply != nil {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func (a *httpApp) set(status int, answer any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.answer = status, answer
}

func (a *httpApp) click() slackgo.InteractionCallback {
	a.mu.Lock()
	defer a.mu.Unlock()
	require.NotEmpty(a.t, a.clicks)
	return a.clicks[len(a.clicks)-1]
}

// overHTTP starts a workspace whose app is called over HTTP. Requests are signed
// with the time of the wall, which slack-go checks.
func overHTTP(t *testing.T, o Options) (*Server, *slackgo.Client, *httpApp) {
	app := &httpApp{t: t}
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	o.RequestURL, o.SigningSecret = server.URL+"/slack/events", "shh"
	fake, api, _ := stand(t, o)
	_, err := api.AuthTest() // the workspace learns its address
	require.NoError(t, err)
	return fake, api, app
}

func TestSignedHTTP(t *testing.T) {
	fake, _, app := overHTTP(t, Options{})
	require.NoError(t, fake.Verify(t.Context()))
	app.set(http.StatusInternalServerError, nil)
	fake.Say("C1", "U1", "", "hello")
	require.Eventually(t, func() bool { return fake.Deliveries().Missed >= 2 }, time.Minute, time.Millisecond)
	require.ErrorContains(t, fake.Verify(t.Context()), "answered 500")
	app.mu.Lock()
	defer app.mu.Unlock()
	require.Len(t, app.events, 2, "and again at once")
	require.Equal(t, []string{"", "1", "http_error"}, []string{app.heads[1].Get("X-Slack-Retry-Num"), app.heads[2].Get("X-Slack-Retry-Num"), app.heads[2].Get("X-Slack-Retry-Reason")})
	m := app.events[0].InnerEvent.Data.(*slackevents.MessageEvent)
	require.Equal(t, []string{"hello", "channel", "U1"}, []string{m.Text, m.ChannelType, m.User})
	outer := app.events[0].Data.(*slackevents.EventsAPICallbackEvent)
	require.Equal(t, outer.EventID, app.events[1].Data.(*slackevents.EventsAPICallbackEvent).EventID)
	require.Equal(t, "UANDON", outer.Authorizations[0].UserID)
}

func TestSubscriptionsAndSharedChannels(t *testing.T) {
	fake, _, app := overHTTP(t, Options{Subs: []string{"message.channels"}, Channels: []Channel{{ID: "C1", Shared: true}, {ID: "C2", Absent: true}}})
	fake.Say("G1", "U1", "", "private")
	fake.Say("D1", "U1", "", "direct")
	fake.Say("C2", "U1", "", "not there")
	ts := fake.Say("C1", "U1", "", "shared")
	require.NoError(t, fake.React("C1", "U1", ts, "eyes", true))
	require.Eventually(t, func() bool { return fake.Deliveries().Acked == 1 }, time.Minute, time.Millisecond)
	app.mu.Lock()
	defer app.mu.Unlock()
	require.Len(t, app.events, 1)
	require.True(t, app.events[0].IsExtSharedChannel)
}

func TestCommandsAnswer(t *testing.T) {
	fake, _, app := overHTTP(t, Options{})
	ctx := t.Context()
	app.set(0, "plain text")
	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon  why 17 "))
	require.Equal(t, []string{"/andon", "why 17", "C1", "U1", "T1"}, []string{app.slash[0].Command, app.slash[0].Text, app.slash[0].ChannelID, app.slash[0].UserID, app.slash[0].TeamID})
	app.set(0, map[string]string{"text": "for all", "response_type": "in_channel"})
	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon"))
	m := fake.Messages()
	require.Equal(t, []string{"plain text", "U1", "for all", ""}, []string{m[0].Text, m[0].To, m[1].Text, m[1].To})
	app.set(0, map[string]any{"blocks": []any{map[string]string{"type": "nonsense"}}})
	require.ErrorContains(t, fake.Command(ctx, "U1", "C1", "/andon"), "invalid_blocks")
	require.ErrorContains(t, fake.Command(ctx, "U1", "C1", "/other"), "not a valid command")
	app.set(http.StatusInternalServerError, nil)
	require.ErrorIs(t, fake.Command(ctx, "U1", "C1", "/andon"), ErrTimeout)
	history := fake.messagesFor("U2", "C1", "")
	require.Len(t, history, 1, "what is ephemeral only one person sees")
}

func TestClicks(t *testing.T) {
	fake, api, app := overHTTP(t, Options{})
	ctx := t.Context()
	blocks := `[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"overflow","action_id":"of","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}},
		{"type":"actions","elements":[{"type":"button","action_id":"b","text":{"type":"plain_text","text":"B"},"value":"v"},{"type":"static_select","action_id":"s","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]},
		{"type":"users_select","action_id":"u"},{"type":"conversations_select","action_id":"c"},{"type":"channels_select","action_id":"h"},{"type":"datepicker","action_id":"d"},{"type":"timepicker","action_id":"t"},{"type":"datetimepicker","action_id":"dt"},
		{"type":"checkboxes","action_id":"x","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]},{"type":"radio_buttons","action_id":"r","options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]},
		{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"multi_users_select","action_id":"mu"}}]`
	var parsed slackgo.Blocks
	require.NoError(t, json.Unmarshal([]byte(blocks), &parsed))
	_, ts, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionBlocks(parsed.BlockSet...), slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: "e", EventPayload: map[string]any{"key": "k"}}))
	require.NoError(t, err)
	for action, c := range map[string]struct {
		values []string
		got    func(*slackgo.BlockAction) any
		want   any
	}{
		"of": {[]string{"a"}, func(a *slackgo.BlockAction) any { return a.SelectedOption.Value }, "a"},
		"b":  {nil, func(a *slackgo.BlockAction) any { return a.Value }, "v"},
		"s":  {[]string{"1"}, func(a *slackgo.BlockAction) any { return a.SelectedOption.Text.Text }, "One"},
		"u":  {[]string{"U2"}, func(a *slackgo.BlockAction) any { return a.SelectedUser }, "U2"},
		"c":  {[]string{"C2"}, func(a *slackgo.BlockAction) any { return a.SelectedConversation }, "C2"},
		"h":  {[]string{"C2"}, func(a *slackgo.BlockAction) any { return a.SelectedChannel }, "C2"},
		"d":  {[]string{"2026-03-02"}, func(a *slackgo.BlockAction) any { return a.SelectedDate }, "2026-03-02"},
		"t":  {[]string{"09:00"}, func(a *slackgo.BlockAction) any { return a.SelectedTime }, "09:00"},
		"dt": {[]string{"1772442000"}, func(a *slackgo.BlockAction) any { return a.SelectedDateTime }, int64(1772442000)},
		"x":  {[]string{"1"}, func(a *slackgo.BlockAction) any { return a.SelectedOptions[0].Value }, "1"},
		"r":  {[]string{"1"}, func(a *slackgo.BlockAction) any { return a.SelectedOption.Value }, "1"},
		"mu": {[]string{"U2", "U3"}, func(a *slackgo.BlockAction) any { return a.SelectedUsers }, []string{"U2", "U3"}},
	} {
		require.NoError(t, fake.Click(ctx, Click{User: "U1", Channel: "C1", TS: ts, Action: action, Values: c.values}), action)
		got := app.click()
		require.Equal(t, c.want, c.got(got.ActionCallback.BlockActions[0]), action)
		require.Equal(t, []string{ts, "C1", "U1", "message", "k"}, []string{got.Message.Timestamp, got.Channel.ID, got.User.ID, got.Container.Type, got.Message.Metadata.EventPayload["key"].(string)})
		require.NotEmpty(t, got.TriggerID)
	}
	last := app.click()
	held := 0
	for _, actions := range last.BlockActionState.Values {
		held += len(actions)
	}
	require.Equal(t, 10, held, "the state has all but the buttons")
	for _, wrong := range []Click{{User: "U1", Channel: "C1", TS: ts, Action: "none"}, {User: "U1", Channel: "C1", TS: "1.2", Action: "b"}, {User: "X", Action: "b"}, {User: "U1", Channel: "C1", TS: ts, Action: "s", Values: []string{"9"}}, {User: "U1", Channel: "C1", TS: ts, Action: "dt", Values: []string{"soon"}}} {
		require.Error(t, fake.Click(ctx, wrong))
	}
	app.set(http.StatusInternalServerError, nil)
	require.ErrorIs(t, fake.Click(ctx, Click{User: "U1", Channel: "C1", TS: ts, Action: "b"}), ErrTimeout)
	responses(t, fake, last.ResponseURL, ts)
}

// responses uses a response URL as often as it may be.
func responses(t *testing.T, fake *Server, address, ts string) {
	t.Helper()
	post := func(body string) string {
		resp, err := http.Post(address, "application/json", strings.NewReader(body))
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return string(b)
	}
	require.Equal(t, "ok", post(`{"text":"for you"}`))
	require.Equal(t, "ok", post(`{"text":"for all","response_type":"in_channel"}`))
	require.Equal(t, "ok", post(`{"text":"replaced","replace_original":true}`))
	require.Contains(t, post(`nonsense`), "invalid_payload")
	require.Contains(t, post(`{"text":""}`), "no_text")
	require.Equal(t, "ok", post(`{"delete_original":true}`))
	require.Contains(t, post(`{"text":"once more"}`), "used_url")
	m := fake.Messages()
	require.Equal(t, []any{ts, "replaced", true, "U1", ""}, []any{m[0].TS, m[0].Text, m[0].Deleted, m[1].To, m[2].To})
	http.DefaultClient.CloseIdleConnections()
	u, err := url.Parse(address)
	require.NoError(t, err)
	fake.mu.Lock()
	defer fake.mu.Unlock()
	require.Equal(t, "no_such_hook", fake.hooked("/hooks/none", nil)["error"])
	h := fake.hooks[u.Path]
	h.uses, h.until = 0, fake.moment().Add(-time.Second)
	require.Equal(t, "expired_url", fake.hooked(u.Path, []byte(`{}`))["error"])
}
