package fakeslack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// pageApp is an app that answers what people do on the page.
type pageApp struct {
	t     *testing.T
	fake  *Server
	modal string // the view that the shortcut opens
	home  string
}

// call asks for a method as an app does.
func (a *pageApp) call(method string, values map[string]string) gjson.Result {
	a.fake.mu.Lock()
	defer a.fake.mu.Unlock()
	b, err := json.Marshal(methods[method](a.fake, args{token: "x", values: values}))
	require.NoError(a.t, err)
	out := gjson.ParseBytes(b)
	require.True(a.t, out.Get("ok").Bool(), "%s: %s", method, b)
	return out
}

func (a *pageApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		Event struct {
			Type, User, Tab string
		}
	}
	if r.Header.Get("Content-Type") == "application/json" {
		if json.NewDecoder(r.Body).Decode(&event) == nil && event.Event.Type == "app_home_opened" && event.Event.Tab == "home" {
			a.call("views.publish", map[string]string{"user_id": event.Event.User, "view": a.home})
		}
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "form", http.StatusBadRequest)
		return
	}
	if command := r.PostForm.Get("command"); command != "" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"text": "*Help for you*: you typed `" + r.PostForm.Get("text") + "`", "response_type": "ephemeral"})
		return
	}
	a.interact(w, gjson.Parse(r.PostForm.Get("payload")))
}

func (a *pageApp) interact(w http.ResponseWriter, p gjson.Result) {
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	switch p.Get("type").Str {
	case "block_actions":
		if p.Get("view").Exists() {
			return
		}
		chose := p.Get("actions.0.action_id").Str + p.Get("actions.0.selected_option.value").Str
		a.call("chat.update", map[string]string{"channel": p.Get("channel.id").Str, "ts": p.Get("message.ts").Str, "text": "Taken by <@" + p.Get("user.id").Str + "> with " + chose})
	case "message_action":
		a.call("views.open", map[string]string{"trigger_id": p.Get("trigger_id").Str, "view": a.modal})
	case "view_submission":
		if strings.Contains(p.Get("view.state.values.line.entry.value").Str, "secret") {
			answer(map[string]any{"response_action": "errors", "errors": map[string]string{"line": "Say it without that word."}})
			return
		}
		if p.Get("view.callback_id").Str == "raise" {
			next := strings.Replace(a.modal, `"callback_id":"raise"`, `"callback_id":"second"`, 1)
			answer(map[string]any{"response_action": "push", "view": json.RawMessage(strings.Replace(next, "Raise a signal", "One more step", 1))})
			return
		}
		a.call("chat.postMessage", map[string]string{"channel": "C1", "text": "Raised: " + p.Get("view.state.values.line.entry.value").Str})
		answer(map[string]any{"response_action": "clear"})
	}
}

// blocksOf reads one or more files of testdata/blocks as one list.
func blocksOf(t testing.TB, names ...string) string {
	t.Helper()
	var all []json.RawMessage
	for _, name := range names {
		b, err := os.ReadFile("testdata/blocks/" + name + ".json")
		require.NoError(t, err)
		var part []json.RawMessage
		require.NoError(t, json.Unmarshal(b, &part))
		all = append(all, part...)
	}
	b, err := json.Marshal(all)
	require.NoError(t, err)
	return string(b)
}

var office = Options{
	TeamName: "Example Works",
	People: []Person{
		{ID: "U1", Name: "ada", RealName: "Ada Example", Title: "Payments", Zone: "Europe/Rome"}, {ID: "U2", Name: "bo", RealName: "Bo Sample", Title: "Platform"},
		{ID: "U3", Name: "cleo", RealName: "Cleo Muster", Title: "Support"}, {ID: "U4", Name: "dan", RealName: "Dan Specimen", Title: "Database"},
	},
	Channels: []Channel{
		{ID: "C1", Name: "general", Topic: "Everything for everybody"}, {ID: "C2", Name: "payments", Topic: "Cards, refunds, ledgers"}, {ID: "C3", Name: "inc-42-checkout", Topic: "Checkout is slow"}, {ID: "C4", Name: "platform", Members: []string{"U2"}},
		{ID: "G1", Name: "on-call", Private: true, Members: []string{"U1", "U2"}}, {ID: "G2", Name: "mpdm-x", Private: true, Multi: true, Members: []string{"U1", "U3"}}, {ID: "G3", Name: "mpdm-y", Private: true, Multi: true, Members: []string{"U1", "U2", "U4"}},
	},
	Groups: []Group{{ID: "S1", Handle: "payments", Users: []string{"U1"}}},
	Cuts:   []Shortcut{{ID: "raise", Name: "Raise a signal", Message: true}, {ID: "pull", Name: "Pull the cord"}},
}

// furnished is a workspace with something of everything, and an app that answers.
func furnished(t *testing.T, o Options) (*Server, *pageApp, *httptest.Server) {
	t.Helper()
	app := &pageApp{t: t}
	front := httptest.NewServer(app)
	t.Cleanup(front.Close)
	var looks atomic.Int64
	o.RequestURL, o.Polls = front.URL, -1
	o.Now = func() time.Time {
		return time.Date(2026, 3, 2, 9, 41, 0, 0, time.UTC).Add(time.Duration(looks.Add(1)) * time.Second)
	}
	fake, api, server := stand(t, o)
	app.fake = fake
	app.modal = `{"type":"modal","callback_id":"raise","title":{"type":"plain_text","text":"Raise a signal"},"submit":{"type":"plain_text","text":"Raise"},"close":{"type":"plain_text","text":"Cancel"},"blocks":` + blocksOf(t, "input") + `}`
	app.modal = strings.ReplaceAll(app.modal, "\n", "")
	app.home = `{"type":"home","blocks":` + blocksOf(t, "header", "section", "divider", "actions", "context") + `}`
	_, err := api.AuthTest() // the workspace learns its address
	require.NoError(t, err)
	furnish(t, fake, api, app)
	return fake, app, server
}

func furnish(t *testing.T, fake *Server, api *slackgo.Client, app *pageApp) {
	t.Helper()
	root := fake.Say("C1", "U3", "", fake.Typed("Refunds fail for cards from abroad since this morning. Does anybody know why? See https://example.com/status"))
	fake.Say("C1", "U2", root, "Not us, try <#C2|payments>")
	fake.Say("C1", "U1", root, "Looking. The ledger says `declined`.")
	require.NoError(t, fake.React("C1", "U1", root, "eyes", true))
	require.NoError(t, fake.React("C1", "U2", root, "eyes", true))
	require.NoError(t, fake.React("C1", "U2", root, "rotating_light", true))
	fake.Say("C1", "U3", "", "It is the third time this week.")
	edited := fake.Say("C1", "U4", "", "The database is fine")
	require.NoError(t, fake.Edit("C1", "U4", edited, "The database is *fine*, <@U1>"))
	picture, err := os.ReadFile("testdata/path.png")
	require.NoError(t, err)
	file, err := api.UploadFile(slackgo.UploadFileParameters{Filename: "path.png", FileSize: len(picture), Content: string(picture), Title: "The path of PAY-17"})
	require.NoError(t, err)
	post := func(channel string, names ...string) {
		blocks := strings.ReplaceAll(blocksOf(t, names...), `{"id":"F1"}`, fmt.Sprintf(`{"id":%q}`, file.ID))
		app.call("chat.postMessage", map[string]string{"channel": channel, "text": "fallback", "blocks": strings.ReplaceAll(blocks, `"id": "F1"`, fmt.Sprintf(`"id":%q`, file.ID))})
	}
	post("C2", "header", "section", "context")
	post("C2", "mrkdwn", "rich_text")
	post("C2", "divider", "actions")
	post("C2", "image", "markdown")
	post("C3", "table", "data_table")
	post("C3", "chart_bar", "chart_line")
	post("C3", "chart_area", "chart_pie")
	post("C3", "card", "plan", "container", "context_actions")
	post("D1", "header", "section", "context")
	post("C1", "header", "section", "actions", "context")
	fake.Say("G2", "U3", "", "Can we talk?")
	_, err = api.PostEphemeral("C1", "U1", slackgo.MsgOptionText("You are watching <#C1|general>. `/andon mute` stops it.", false))
	require.NoError(t, err)
}
