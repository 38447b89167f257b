package fakeslack

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

var small = Options{
	People:   []Person{{ID: "U1", Name: "ada", RealName: "Ada"}, {ID: "U2", Name: "bo"}, {ID: "U3", Name: "gone", Deleted: true}},
	Channels: []Channel{{ID: "C1", Name: "general"}, {ID: "C2", Name: "closed", Members: []string{"U2"}}, {ID: "G1", Name: "secret", Private: true, Members: []string{"U2"}}},
	Groups:   []Group{{ID: "S1", Handle: "payments", Users: []string{"U1"}}},
	Cuts:     []Shortcut{{ID: "raise", Name: "Raise a signal", Message: true}},
}

// ask makes a request of the page.
func ask(t *testing.T, server *httptest.Server, method, path, body string) (int, gjson.Result) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	resp, err := server.Client().Do(req)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	if gjson.ValidBytes(b) {
		return resp.StatusCode, gjson.ParseBytes(b)
	}
	return resp.StatusCode, gjson.Result{Type: gjson.String, Str: string(b)}
}

func TestPage(t *testing.T) {
	o := small
	o.TeamName = `<script>alert(1)</script>`
	_, _, server := stand(t, o)
	resp, err := server.Client().Get(server.URL + "/")
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Contains(t, string(b), "&lt;script&gt;alert", "names are escaped")
	require.NotContains(t, string(b), "<script>alert")
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "script-src 'self'")
	for _, name := range []string{"app.js", "bar.js", "blocks.js", "chart.js", "compose.js", "dom.js", "elements.js", "icons.js", "markdown.js", "menu.js", "message.js", "modal.js", "mrkdwn.js", "people.js", "side.js", "table.js", "blocks.css", "style.css"} {
		code, _ := ask(t, server, "GET", "/_ui/static/"+name, "")
		require.Equal(t, 200, code, name)
	}
	code, _ := ask(t, server, "GET", "/nonsense", "")
	require.Equal(t, 404, code)
}

func TestPageShowsWhatAPersonMaySee(t *testing.T) {
	fake, api, server := stand(t, small)
	_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), header("title"))
	require.NoError(t, err)
	_, err = api.PostEphemeral("C1", "U1", slackgo.MsgOptionText("only Ada", false))
	require.NoError(t, err)
	_, err = api.PostEphemeral("C2", "U1", slackgo.MsgOptionText("x", false))
	require.EqualError(t, err, "user_not_in_channel")
	fake.Say("G1", "U2", "", "a secret")

	_, state := ask(t, server, "GET", "/_ui/state?as=U1", "")
	require.JSONEq(t, `["andon","closed","general"]`, state.Get("channels.#.name").Raw)
	require.JSONEq(t, `[true,false,true]`, state.Get("channels.#.member").Raw)
	require.JSONEq(t, `["U1","U2","UANDON"]`, state.Get("people.#.id").Raw)
	require.Equal(t, "2", state.Get(`channels.#(id=="C1").unread`).Raw)
	_, state = ask(t, server, "GET", "/_ui/state?as=U2", "")
	require.JSONEq(t, `["andon","closed","general","secret"]`, state.Get("channels.#.name").Raw)

	_, mine := ask(t, server, "GET", "/_ui/channel?as=U1&channel=C1", "")
	require.JSONEq(t, `[false,true]`, mine.Get("#.ephemeral").Raw)
	require.NotEmpty(t, mine.Get("0.blocks.0.block_id").Str)
	_, theirs := ask(t, server, "GET", "/_ui/channel?as=U2&channel=C1", "")
	require.Len(t, theirs.Array(), 1)
	_, secret := ask(t, server, "GET", "/_ui/channel?as=U1&channel=G1", "")
	require.Empty(t, secret.Array())
	fake.Read("C1", "U1")
	_, state = ask(t, server, "GET", "/_ui/state?as=U1", "")
	require.Equal(t, "0", state.Get(`channels.#(id=="C1").unread`).Raw)
}

func TestDeeds(t *testing.T) {
	fake, _, server := stand(t, small)
	do := func(d Deed) gjson.Result {
		b, err := json.Marshal(d)
		require.NoError(t, err)
		code, done := ask(t, server, "POST", "/_ui/do", string(b))
		require.Equal(t, 200, code)
		return done
	}
	said := do(Deed{Do: "say", As: "U1", Channel: "C1", Text: " @bo and @payments: see #closed, @here <b> & @nobody. "})
	require.True(t, said.Get("ok").Bool())
	ts := said.Get("ts").Str
	require.Equal(t, "<@U2> and <!subteam^S1|@payments>: see <#C2|closed>, <!here> &lt;b&gt; &amp; @nobody.", fake.Messages()[0].Text)
	for _, d := range []Deed{
		{Do: "edit", As: "U1", TS: ts, Text: "changed"}, {Do: "react", As: "U2", TS: ts, Emoji: "eyes"}, {Do: "unreact", As: "U2", TS: ts, Emoji: "eyes"},
		{Do: "say", As: "U2", Thread: ts, Text: "a reply", Broadcast: true}, {Do: "rename", Text: "all"}, {Do: "leave", As: "U2"}, {Do: "join", As: "U2"}, {Do: "remove", User: "U2"}, {Do: "invite", As: "U1", User: "U2"},
		{Do: "home", As: "U1"}, {Do: "read", As: "U1"}, {Do: "archive"}, {Do: "unarchive"}, {Do: "delete", As: "U1", TS: ts},
	} {
		d.Channel = "C1"
		require.True(t, do(d).Get("ok").Bool(), "%+v", d)
	}
	m := fake.Messages()
	require.Equal(t, []any{"changed", true, true}, []any{m[0].Text, m[0].Deleted, m[1].Broadcast})
	for want, d := range map[string]Deed{
		"no_text": {Do: "say", As: "U1", Channel: "C1"}, "not_in_channel": {Do: "say", As: "U1", Channel: "G1", Text: "x"}, "message_not_found": {Do: "edit", As: "U1", Channel: "C1", TS: ts, Text: "x"},
		"cant_update_message": {Do: "delete", As: "U1", Channel: "C1", TS: m[1].TS}, "no_reaction": {Do: "unreact", As: "U1", Channel: "C1", TS: m[1].TS, Emoji: "x"}, "channel_not_found": {Do: "join", As: "U1", Channel: "X"},
		"nobody can": {Do: "fly"}, "not a valid command": {Do: "say", As: "U1", Channel: "C1", Text: "/fly"}, "dispatch_failed": {Do: "say", As: "U1", Channel: "C1", Text: "/andon"}, "no modal": {Do: "submit", As: "U1"},
	} {
		require.Contains(t, do(d).Get("error").Str, want)
	}
	code, _ := ask(t, server, "POST", "/_fake/do", `{"do":"home","as":"U1"}`)
	require.Equal(t, 200, code)
	code, _ = ask(t, server, "POST", "/_ui/do", `{"do":"home","nonsense":1}`)
	require.Equal(t, 400, code)
	resp, err := server.Client().Post(server.URL+"/_ui/do", "text/plain", strings.NewReader(`{"do":"home"}`))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 415, resp.StatusCode, "other sites can send no JSON")
}

func TestNewsComeAtOnce(t *testing.T) {
	fake, _, server := stand(t, small)
	resp, err := server.Client().Get(server.URL + "/_ui/events")
	require.NoError(t, err)
	lines := bufio.NewScanner(resp.Body)
	require.True(t, lines.Scan())
	require.Equal(t, "data: 0", lines.Text())
	fake.Say("C1", "U1", "", "x")
	require.True(t, lines.Scan(), "the empty line that ends an event")
	require.True(t, lines.Scan())
	require.Equal(t, "data: 1", lines.Text())
	fake.Close()
	for lines.Scan() {
		require.Empty(t, lines.Text(), "nothing else, and then the end")
	}
	require.NoError(t, resp.Body.Close())
}

// The bar is told when a page begins to listen, and again when it looks different.
func TestTheBarIsLive(t *testing.T) {
	o := small
	var looks atomic.Int64
	o.Bar.Status = func() string { return "look " + strconv.FormatInt(min(looks.Add(1), 3), 10) }
	fake, _, server := stand(t, o)
	resp, err := server.Client().Get(server.URL + "/_ui/events")
	require.NoError(t, err)
	lines := bufio.NewScanner(resp.Body)
	var got []string
	for len(got) < 3 && lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: {"); ok {
			got = append(got, gjson.Get("{"+data, "status").Str)
		}
	}
	require.Equal(t, []string{"look 1", "look 2", "look 3"}, got)
	fake.Close()
	for lines.Scan() {
		require.Empty(t, lines.Text())
	}
	require.NoError(t, resp.Body.Close())
}

// Whoever opens the page without saying more is the first person, in the first
// channel, and the answer has it all.
func TestTheFirstAnswerIsComplete(t *testing.T) {
	o := small
	o.People = []Person{{ID: "UBOT", Name: "robot", Bot: true}, {ID: "U9", Name: "zoe"}, {ID: "U1", Name: "ada"}}
	fake, _, server := stand(t, o)
	root := fake.Say("C1", "U1", "", "</script><b>hello")
	fake.Say("C1", "U9", root, "a reply")
	first := func(query string) gjson.Result {
		_, page := ask(t, server, "GET", "/"+query, "")
		_, rest, found := strings.Cut(page.Str, `id="first">`)
		require.True(t, found)
		data, _, _ := strings.Cut(rest, "</script>")
		require.True(t, gjson.Valid(data), data)
		return gjson.Parse(data)
	}
	for query, want := range map[string][]string{
		"": {"U9", "C1", "messages"}, "?as=U1&channel=D1&tab=home": {"U1", "D1", "home"}, "?as=UBOT&channel=G1": {"U9", "C1", "messages"}, "?as=U7": {"U7", "C1", "messages"},
	} {
		f := first(query)
		require.Equal(t, want, []string{f.Get("me").Str, f.Get("channel").Str, f.Get("tab").Str}, query)
	}
	f := first("?as=U1&channel=C1&thread=" + root)
	require.Equal(t, "</script><b>hello", f.Get("messages.0.text").Str)
	require.JSONEq(t, `["U9"]`, f.Get("messages.0.reply_users").Raw)
	require.JSONEq(t, `[2, 1]`, "["+f.Get("replies.#").Raw+","+f.Get("messages.#").Raw+"]")
}

func TestControlOfDeliveries(t *testing.T) {
	_, _, server := stand(t, Options{Manual: true})
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"/_fake/tick", "", 204}, {"/_fake/disconnect", `{"reason":"warning"}`, 204}, {"/_fake/disconnect", `{"reason":"x"}`, 400}, {"/_fake/disconnect", `x`, 400},
		{"/_fake/event", `{"type":"app_uninstalled"}`, 204}, {"/_fake/event", `{}`, 400}, {"/_fake/event", `x`, 400}, {"/_fake/verify", "", 400},
	} {
		code, said := ask(t, server, "POST", c.path, c.body)
		require.Equal(t, c.want, code, "%s %s: %s", c.path, c.body, said.Str)
	}
	_, counts := ask(t, server, "GET", "/_fake/deliveries", "")
	require.Equal(t, "0", counts.Get("sent").Raw)
}
