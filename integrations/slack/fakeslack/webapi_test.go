package fakeslack

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

func TestMoreOfTheWebAPI(t *testing.T) {
	o := small
	o.Strict = true
	o.People = append(o.People[:2:2], Person{ID: "U4", Name: "cleo", Zone: "Asia/Tokyo", Quiet: [2]int64{100, 200}})
	fake, api, _ := stand(t, o)
	team, err := api.GetTeamInfo()
	require.NoError(t, err)
	require.Equal(t, "T1", team.ID)
	members, _, err := api.GetUsersInConversation(&slackgo.GetUsersInConversationParameters{ChannelID: "C2"})
	require.NoError(t, err)
	require.Equal(t, []string{"U2", "UANDON"}, members)
	_, err = api.InviteUsersToConversation("C2", "U1")
	require.NoError(t, err)
	_, err = api.InviteUsersToConversation("C2", "U1")
	require.ErrorContains(t, err, "already_in_channel")
	_, err = api.LeaveConversation("C1")
	require.NoError(t, err)
	_, _, err = api.PostMessage("C1", slackgo.MsgOptionText("x", false))
	require.EqualError(t, err, "not_in_channel")
	_, _, _, err = api.JoinConversation("C1")
	require.NoError(t, err)
	_, _, _, err = api.JoinConversation("G1")
	require.EqualError(t, err, "channel_not_found")

	u, err := api.GetUserInfo("U4")
	require.NoError(t, err)
	require.Equal(t, 9*3600, u.TZOffset)
	cleo := "U4"
	dnd, err := api.GetDNDInfo(&cleo)
	require.NoError(t, err)
	require.Equal(t, []any{true, 100, 200}, []any{dnd.Enabled, dnd.NextStartTimestamp, dnd.NextEndTimestamp})
	users, err := api.GetUserGroupMembers("S1")
	require.NoError(t, err)
	require.Equal(t, []string{"U1"}, users)
	_, err = api.GetUserGroupMembers("S9")
	require.EqualError(t, err, "no_such_subteam")
	kinds, _, err := api.GetConversations(&slackgo.GetConversationsParameters{Types: []string{"private_channel", "im"}})
	require.NoError(t, err)
	require.Len(t, kinds, 4, "one private channel and three direct messages")

	root := fake.Say("C1", "U1", "", "root")
	reply := fake.Say("C1", "U1", root, "reply")
	link, err := api.GetPermalink(&slackgo.PermalinkParameters{Channel: "C1", Ts: reply})
	require.NoError(t, err)
	require.Equal(t, "https://fake.slack.example/archives/C1/p"+strings.ReplaceAll(reply, ".", "")+"?thread_ts="+root+"&cid=C1", link)
	require.NoError(t, api.AddReaction("eyes", slackgo.NewRefToMessage("C1", root)))
	got, err := api.GetReactions(slackgo.NewRefToMessage("C1", root), slackgo.GetReactionsParameters{})
	require.NoError(t, err)
	require.Equal(t, "eyes", got.Reactions[0].Name)
	require.NoError(t, api.RemoveReaction("eyes", slackgo.NewRefToMessage("C1", root)))
	require.ErrorContains(t, api.RemoveReaction("eyes", slackgo.NewRefToMessage("C1", root)), "no_reaction")
}

func TestScopes(t *testing.T) {
	_, api, _ := stand(t, Options{Strict: true, Scopes: []string{"channels:history"}, Channels: []Channel{{ID: "C1"}, {ID: "G1"}}})
	_, err := api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: "C1"})
	require.NoError(t, err)
	_, err = api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: "G1"})
	var refused slackgo.SlackErrorResponse
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []string{"missing_scope", "groups:history", "channels:history"}, []string{refused.Err, refused.Needed, refused.Provided})
}

func TestFiles(t *testing.T) {
	fake, api, server := stand(t, Options{})
	f, err := api.UploadFile(slackgo.UploadFileParameters{Filename: "path.png", FileSize: 5, Content: "12345", Title: "Path", Channel: "C1", InitialComment: "look", AltTxt: "a path"})
	require.NoError(t, err)
	require.Equal(t, []string{f.ID}, fake.Messages()[0].Files)
	picture := func() error {
		b := slackgo.NewImageBlockSlackFile(&slackgo.SlackFileObject{ID: f.ID}, "a path", "", nil)
		_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionBlocks(b))
		return err
	}
	require.EqualError(t, picture(), "invalid_blocks", "it is still being processed")
	require.NoError(t, picture())
	info, _, _, err := api.GetFileInfo(f.ID, 1, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"image/png", "Path"}, []string{info.Mimetype, info.Title})
	resp, err := server.Client().Get(info.URLPrivate)
	require.NoError(t, err)
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "12345", string(b))
	_, err = api.UploadFile(slackgo.UploadFileParameters{Filename: "x", FileSize: 9, Content: "12345"})
	require.Error(t, err, "not the length that was announced")
	_, _, _, err = api.GetFileInfo("F9", 1, 1)
	require.EqualError(t, err, "file_not_found")
}

func TestHistoryFaults(t *testing.T) {
	c := newClock()
	fake, api, _ := stand(t, Options{Now: c.Now})
	root := fake.Say("C1", "U1", "", "old")
	c.add(time.Minute)
	fake.Say("C1", "U1", root, "reply")
	fake.Say("C1", "U1", "", "new")
	texts := func() (out []string) {
		h, err := api.GetConversationHistory(&slackgo.GetConversationHistoryParameters{ChannelID: "C1"})
		require.NoError(t, err)
		for _, m := range h.Messages {
			out = append(out, m.Text)
		}
		r, _, _, err := api.GetConversationReplies(&slackgo.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: root})
		require.NoError(t, err)
		for _, m := range r {
			out = append(out, "thread: "+m.Text)
		}
		return out
	}
	require.Equal(t, []string{"new", "old", "thread: old", "thread: reply"}, texts())
	require.NoError(t, fake.Inject(Fault{Kind: Behind, DelayMS: 30_000}))
	require.Equal(t, []string{"old", "thread: old"}, texts())
	c.add(31 * time.Second)
	require.Len(t, texts(), 4, "it catches up")
	fake.Heal()
	require.NoError(t, fake.Inject(Fault{Kind: NoReplies, Method: "conversations.replies"}))
	require.Equal(t, []string{"new", "old", "thread: old"}, texts())
}

// TestBlockKit validates blocks that slack-go does not make, or makes well only.
func TestBlockKit(t *testing.T) {
	fake, _, _ := stand(t, Options{})
	x := func(n int) string { return strings.Repeat("x", n) }
	pt := func(s string) string { return `{"type":"plain_text","text":"` + s + `"}` }
	list := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	chart := `{"type":"data_visualization","title":"t","chart":{"type":"pie","segments":[{"label":"a","value":1}]}}`
	line := func(data string) string {
		return `{"type":"data_visualization","title":"t","chart":{"type":"line","series":[{"name":"s","data":` + data + `}],"axis_config":{"categories":["a","b"]}}}`
	}
	sel := func(options string) string {
		return `{"type":"actions","elements":[{"type":"static_select","action_id":"a","options":` + options + `}]}`
	}
	opt := `{"text":` + pt("o") + `,"value":"v"}`
	modal := func(more, blocks string) string {
		return `{"type":"modal","title":` + pt("t") + more + `,"blocks":` + blocks + `}`
	}
	input := `{"type":"input","label":` + pt("l") + `,"element":{"type":"plain_text_input","action_id":"a"}}`
	for _, c := range []struct{ where, blocks, want string }{
		{"message", "[" + chart + "," + chart + "]", ""},
		{"message", list(3, chart), "no more than 2 data_visualization"},
		{"message", "[" + strings.ReplaceAll(chart, `"value":1`, `"value":0`) + "]", "greater than 0"},
		{"message", "[" + line(`[{"label":"a","value":1},{"label":"b","value":-2}]`) + "]", ""},
		{"message", "[" + line(`[{"label":"a","value":1}]`) + "]", "exactly one point"},
		{"message", "[" + line(`[{"label":"a","value":1},{"label":"c","value":1}]`) + "]", "exactly one number"},
		{"message", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"},null,{"type":"raw_number","value":1}]]}]`, ""},
		{"message", list(2, `{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}`), "only_one_table_allowed"},
		{"message", `[{"type":"table","rows":` + list(101, `[{"type":"raw_text","text":"a"}]`) + `}]`, "1 to 100 items"},
		{"message", `[{"type":"data_table","rows":[[{"type":"raw_text","text":"a"}]]}]`, "caption"},
		{"message", "[" + sel("["+opt+"]") + "]", ""},
		{"message", "[" + sel(list(101, opt)) + "]", "1 to 100 items"},
		{"message", "[" + sel("[]") + "]", "1 to 100 items"},
		{"message", `[{"type":"actions","elements":[{"type":"plain_text_input","action_id":"a"}]}]`, "unsupported type: plain_text_input"},
		{"message", `[{"type":"actions","elements":[{"type":"overflow","action_id":"a","options":` + list(6, opt) + `}]}]`, "1 to 5 items"},
		{"message", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":` + pt("b") + `,"confirm":{"title":` + pt(x(101)) + `,"text":` + pt("t") + `}}]}]`, "less than 101"},
		{"message", `[{"type":"image","image_url":"https://a.example/x.png","alt_text":"` + x(2001) + `"}]`, "less than 2001"},
		{"message", `[{"type":"markdown","text":"` + x(12001) + `"}]`, "less than 12001"},
		{"message", `[{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}]`, "already exists"},
		{"message", `{"type":"divider"}`, "invalid_blocks_format"},
		{"message", `[{"type":"actions","elements":[{"type":"static_select","action_id":"a","options":[` + opt + `],"initial_option":{"value":"other"}}]}]`, "none of the options"},
		{"modal", modal("", `[{"type":"divider"}]`), ""},
		{"modal", modal("", "["+input+"]"), "missing required field: submit"},
		{"modal", modal(`,"submit":`+pt("s"), "["+input+"]"), ""},
		{"modal", modal("", list(101, `{"type":"divider"}`)), "no more than 100"},
		{"modal", modal("", `[`+chart+`]`), "unsupported type: data_visualization"},
		{"modal", modal("", `[{"type":"alert","text":`+pt("a")+`}]`), ""},
		{"modal", modal(`,"private_metadata":"`+x(3001)+`"`, "[]"), "less than 3001"},
		{"modal", modal("", `null`), "must be an array"},
		{"modal", `{"type":"home","blocks":[]}`, "must be modal"},
		{"modal", modal("", `[{"type":"divider","x":"`+x(250_000)+`"}]`), "view_too_large"},
		{"home", `{"type":"home","blocks":[]}`, ""},
		{"home", `nonsense`, "invalid_arguments"},
	} {
		fake.mu.Lock()
		var bad answer
		if c.where == "message" {
			bad = fake.checkMessage(c.blocks)
		} else {
			_, bad = fake.readView(c.blocks, c.where)
		}
		fake.mu.Unlock()
		b, err := json.Marshal(bad)
		require.NoError(t, err)
		if c.want == "" {
			require.Nil(t, bad, "%s: %s", c.blocks, b)
			continue
		}
		require.Contains(t, string(b), c.want, c.blocks)
	}
}

// FuzzBlocks: whatever an app sends, it is taken or refused.
func FuzzBlocks(f *testing.F) {
	for _, s := range []string{`[]`, `null`, `[1]`, `[null]`, `[[]]`, `{"type":"modal"}`, `[{"type":"section","accessory":1}]`, `[{"type":"actions","elements":[1,null]}]`, `[{"type":"table","rows":[1]}]`, `[{"type":"input","element":[]}]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, blocks string) {
		fake := New(Options{})
		fake.mu.Lock()
		defer fake.mu.Unlock()
		if fake.checkMessage(blocks) == nil {
			numbered := fake.numbered(json.RawMessage(blocks))
			require.True(t, blocks == "" || json.Valid(numbered))
			fullState(numbered, state{})
		}
		if v, bad := fake.readView(blocks, "home"); bad == nil {
			fake.shapeOfView(v)
		}
	})
}
