package fakeslack

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stand starts a server and a real client of it.
func stand(t testing.TB, o Options) (*Server, *slackgo.Client, *httptest.Server) {
	t.Helper()
	fake := New(o)
	server := httptest.NewServer(fake)
	t.Cleanup(func() {
		fake.Close()
		server.Close()
	})
	return fake, slackgo.New("xoxb-1", slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client())), server
}

func header(text string) slackgo.MsgOption {
	return slackgo.MsgOptionBlocks(slackgo.NewHeaderBlock(slackgo.NewTextBlockObject("plain_text", text, false, false)))
}

func TestLifeOfAMessage(t *testing.T) {
	fake, api, _ := stand(t, Options{})
	meta := slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: "e", EventPayload: map[string]any{"key": "k"}})
	channel, ts, err := api.PostMessage("C1", slackgo.MsgOptionText("a <b>", true), header("title"), meta)
	require.NoError(t, err)
	require.Equal(t, "C1", channel)
	_, _, text, err := api.UpdateMessage("C1", ts, slackgo.MsgOptionText("changed", false))
	require.NoError(t, err)
	require.Equal(t, "changed", text)
	require.NoError(t, api.AddReaction("eyes", slackgo.NewRefToMessage("C1", ts)))
	require.ErrorContains(t, api.AddReaction("eyes", slackgo.NewRefToMessage("C1", ts)), "already_reacted")

	m := fake.Messages()[0]
	require.Equal(t, []any{"C1", ts, "changed", "k", 1, false, map[string][]string{"eyes": {"UANDON"}}}, []any{m.Channel, m.TS, m.Text, m.Key, m.Edits, m.Deleted, m.Reactions})
	require.Empty(t, m.Blocks, "an update without blocks takes them away")

	_, _, err = api.DeleteMessage("C1", ts)
	require.NoError(t, err)
	require.True(t, fake.Messages()[0].Deleted)
	_, _, err = api.DeleteMessage("C1", ts)
	require.ErrorContains(t, err, "message_not_found")

	other := fake.Say("C1", "U9", "", "mine")
	_, _, _, err = api.UpdateMessage("C1", other, slackgo.MsgOptionText("x", false))
	require.ErrorContains(t, err, "cant_update_message")
	_, _, err = api.DeleteMessage("C1", other)
	require.ErrorContains(t, err, "cant_delete_message")
}

// A clock that stands still, and one that goes back, still give timestamps that
// differ and grow.
func TestTimestampsGrow(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	fake, _, _ := stand(t, Options{Now: func() time.Time { return now }})
	last := ""
	for i := range 1000 {
		if i == 500 {
			now = now.Add(-time.Hour)
		}
		ts := fake.Say("C1", "U1", "", "x")
		require.Greater(t, ts, last)
		last = ts
	}
	require.Equal(t, "1772442000.000000", fake.Messages()[0].TS)
	require.Equal(t, "1772442000.000999", last)
}

func TestConcurrentPostsAreAllThere(t *testing.T) {
	fake, api, _ := stand(t, Options{})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 10 {
				_, _, err := api.PostMessage("C1", slackgo.MsgOptionText(fmt.Sprint(w, "/", i), false))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, m := range fake.Messages() {
		seen[m.TS] = true
	}
	require.Len(t, seen, 80)
	require.Equal(t, map[string]int{"chat.postMessage": 80, "total": 80}, fake.Requests())
}

func TestHistoryPages(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	fake, api, _ := stand(t, Options{Now: func() time.Time { return now }, PageSize: 3})
	var posted []string
	for range 10 {
		now = now.Add(time.Minute)
		_, ts, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: "e", EventPayload: map[string]any{"key": "k"}}))
		require.NoError(t, err)
		posted = append(posted, ts)
	}
	fake.Say("C1", "U1", posted[0], "a reply is in no history")
	read := func(p slackgo.GetConversationHistoryParameters) (got []string, pages int) {
		p.ChannelID = "C1"
		for {
			r, err := api.GetConversationHistory(&p)
			require.NoError(t, err)
			pages++
			for _, m := range r.Messages {
				require.Equal(t, p.IncludeAllMetadata, m.Metadata.EventType == "e")
				got = append([]string{m.Timestamp}, got...)
			}
			if !r.HasMore {
				return got, pages
			}
			p.Cursor = r.ResponseMetaData.NextCursor
		}
	}
	got, pages := read(slackgo.GetConversationHistoryParameters{IncludeAllMetadata: true})
	require.Equal(t, posted, got)
	require.Equal(t, 4, pages)
	got, _ = read(slackgo.GetConversationHistoryParameters{Oldest: posted[2], Latest: posted[8]})
	require.Equal(t, posted[3:8], got)
	got, pages = read(slackgo.GetConversationHistoryParameters{Oldest: posted[2], Latest: posted[8], Inclusive: true, Limit: 2})
	require.Equal(t, posted[2:9], got)
	require.Equal(t, 4, pages)

	for _, wrong := range []slackgo.GetConversationHistoryParameters{{ChannelID: "C1", Cursor: "x"}, {ChannelID: "C1", Oldest: "soon"}, {ChannelID: "C1", Limit: 5000}, {ChannelID: "X1"}} {
		_, err := api.GetConversationHistory(&wrong)
		require.Error(t, err)
	}
}

func TestRepliesPages(t *testing.T) {
	fake, api, _ := stand(t, Options{PageSize: 2})
	root := fake.Say("C1", "U1", "", "root")
	want := []string{root}
	for range 4 {
		_, ts, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionTS(root))
		require.NoError(t, err)
		want = append(want, ts)
	}
	fake.Say("C1", "U1", "", "not in the thread")
	var got []string
	for cursor := ""; ; {
		page, more, next, err := api.GetConversationReplies(&slackgo.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: root, Cursor: cursor})
		require.NoError(t, err)
		for _, m := range page {
			got = append(got, m.Timestamp)
		}
		if cursor = next; !more {
			break
		}
	}
	require.Equal(t, want, got)
	_, _, _, err := api.GetConversationReplies(&slackgo.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: "1700000000.000001"})
	require.ErrorContains(t, err, "thread_not_found")
}

func TestPeopleAndChannels(t *testing.T) {
	_, api, _ := stand(t, Options{
		Strict: true, Groups: []Group{{ID: "S1", Handle: "payments", Users: []string{"U1"}}},
		People:   []Person{{ID: "U1", Name: "ada", Email: "ada@example.com", Zone: "Europe/Rome"}, {ID: "U2", Deleted: true, Email: "gone@example.com"}, {ID: "U3"}},
		Channels: []Channel{{ID: "C1", Name: "payments"}, {ID: "C2", Archived: true}, {ID: "C3", Absent: true}},
	})
	u, err := api.GetUserInfo("U1")
	require.NoError(t, err)
	require.Equal(t, []string{"ada", "Europe/Rome", "ada@example.com"}, []string{u.Name, u.TZ, u.Profile.Email})
	u, err = api.GetUserByEmail("Ada@Example.com")
	require.NoError(t, err)
	require.Equal(t, "U1", u.ID)
	_, err = api.GetUserByEmail("gone@example.com")
	require.ErrorContains(t, err, "users_not_found")
	_, err = api.GetUserInfo("U9")
	require.ErrorContains(t, err, "user_not_found")
	all, err := api.GetUsers(slackgo.GetUsersOptionLimit(2))
	require.NoError(t, err)
	require.Len(t, all, 4, "the app is one of them")

	channels, next, err := api.GetConversations(&slackgo.GetConversationsParameters{Limit: 2})
	require.NoError(t, err)
	require.Len(t, channels, 2)
	rest, _, err := api.GetConversations(&slackgo.GetConversationsParameters{Cursor: next})
	require.NoError(t, err)
	require.Equal(t, "C3", rest[0].ID)
	c, err := api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: "C1"})
	require.NoError(t, err)
	require.Equal(t, "payments", c.Name)

	im, _, _, err := api.OpenConversation(&slackgo.OpenConversationParameters{Users: []string{"U1"}})
	require.NoError(t, err)
	require.Equal(t, "D1", im.ID)
	both, _, _, err := api.OpenConversation(&slackgo.OpenConversationParameters{Users: []string{"U1", "U3"}})
	require.NoError(t, err)
	same, _, _, err := api.OpenConversation(&slackgo.OpenConversationParameters{Users: []string{"U3", "U1"}})
	require.NoError(t, err)
	require.Equal(t, both.ID, same.ID)

	for id, want := range map[string]string{"C1": "", "U1": "", "C2": "is_archived", "C3": "not_in_channel", "C9": "channel_not_found", "U9": "channel_not_found", "": "channel_not_found", "#payments": "channel_not_found"} {
		channel, _, err := api.PostMessage(id, slackgo.MsgOptionText("x", false))
		if want == "" {
			require.NoError(t, err)
			require.Contains(t, []string{"C1", "D1"}, channel)
			continue
		}
		require.EqualError(t, err, want, id)
	}
	for user, want := range map[string]string{"U2": "user_disabled", "U9": "user_not_found", "UANDON": "cannot_dm_bot"} {
		_, _, _, err := api.OpenConversation(&slackgo.OpenConversationParameters{Users: []string{user}})
		require.EqualError(t, err, want)
	}
	groups, err := api.GetUserGroups(slackgo.GetUserGroupsOptionIncludeUsers(true))
	require.NoError(t, err)
	require.Equal(t, []string{"U1"}, groups[0].Users)
	quiet, err := api.GetDNDTeamInfo([]string{"U1", "U3"})
	require.NoError(t, err)
	require.Equal(t, 1, quiet["U3"].NextStartTimestamp)
}

func TestTokenViewsAndSocket(t *testing.T) {
	_, api, server := stand(t, Options{Token: "xoxb-1", Team: "T5", Scopes: []string{"chat:write", "im:write"}})
	a, err := api.AuthTest()
	require.NoError(t, err)
	require.Equal(t, []string{"T5", "UANDON", "BANDON", "chat:write,im:write"}, []string{a.TeamID, a.UserID, a.BotID, a.Header.Get("X-OAuth-Scopes")})
	for token, want := range map[string]string{"": "not_authed", "xoxb-2": "invalid_auth"} {
		_, err = slackgo.New(token, slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client())).AuthTest()
		require.EqualError(t, err, want)
	}
	modal := slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: slackgo.NewTextBlockObject("plain_text", "t", false, false), Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewDividerBlock()}}}
	v, err := api.OpenView("trigger", modal)
	require.NoError(t, err)
	again, err := api.UpdateView(modal, "", "", v.View.ID)
	require.NoError(t, err)
	require.Equal(t, v.View.ID, again.View.ID)
	_, err = api.UpdateView(modal, "", "", "V999")
	require.EqualError(t, err, "not_found")
	_, err = api.PublishView("U1", slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: modal.Blocks}, "")
	require.NoError(t, err)
	_, _, err = slackgo.New("xoxb-1", slackgo.OptionAppLevelToken("xoxb-1"), slackgo.OptionAPIURL(server.URL+"/api/"), slackgo.OptionHTTPClient(server.Client())).StartSocketModeContext(t.Context())
	require.ErrorContains(t, err, "not_allowed_token_type")
	_, err = api.GetBotInfo(slackgo.GetBotInfoParameters{Bot: "B1"})
	require.EqualError(t, err, "unknown_method")
}

func TestLimitsOfMessages(t *testing.T) {
	_, api, _ := stand(t, Options{})
	text := func(s string) *slackgo.TextBlockObject {
		return slackgo.NewTextBlockObject("plain_text", s, false, false)
	}
	x := func(n int) string { return strings.Repeat("ä", n) }
	button := func(id, label, value string) slackgo.BlockElement {
		return slackgo.NewButtonBlockElement(id, value, text(label))
	}
	section := slackgo.NewSectionBlock(text("x"), nil, nil)
	for _, c := range []struct {
		name   string
		blocks []slackgo.Block
		want   string
	}{
		{"header", []slackgo.Block{slackgo.NewHeaderBlock(text(x(150)))}, ""},
		{"header too long", []slackgo.Block{slackgo.NewHeaderBlock(text(x(151)))}, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"header of markup", []slackgo.Block{slackgo.NewHeaderBlock(slackgo.NewTextBlockObject("mrkdwn", "x", false, false))}, "unsupported type: mrkdwn"},
		{"section", []slackgo.Block{slackgo.NewSectionBlock(text(x(3000)), nil, nil)}, ""},
		{"section too long", []slackgo.Block{slackgo.NewSectionBlock(text(x(3001)), nil, nil)}, "less than 3001"},
		{"section empty", []slackgo.Block{slackgo.NewSectionBlock(text(""), nil, nil)}, "more than 0"},
		{"fields", []slackgo.Block{slackgo.NewSectionBlock(nil, []*slackgo.TextBlockObject{text(x(2001))}, nil)}, "less than 2001"},
		{"context", []slackgo.Block{slackgo.NewContextBlock("", text(""))}, "more than 0"},
		{"no context", []slackgo.Block{slackgo.NewContextBlock("")}, "1 to 10 items"},
		{"button", []slackgo.Block{slackgo.NewActionBlock("", button("a", x(75), "v"))}, ""},
		{"button label", []slackgo.Block{slackgo.NewActionBlock("", button("a", x(76), "v"))}, "less than 76"},
		{"button value", []slackgo.Block{slackgo.NewActionBlock("", button("a", "x", x(2001)))}, "less than 2001"},
		{"button twice", []slackgo.Block{slackgo.NewActionBlock("", button("a", "x", ""), button("a", "y", ""))}, "already exists"},
		{"rich text empty", []slackgo.Block{slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(slackgo.NewRichTextSectionTextElement("", nil)))}, "more than 0"},
		{"alert", []slackgo.Block{slackgo.NewAlertBlock(text("x"))}, "unsupported type: alert"},
		{"51 blocks", repeat(section, 51), "no more than 50 items"},
		{"everything", repeat(slackgo.NewSectionBlock(text(x(3000)), nil, nil), 5), "msg_blocks_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionBlocks(c.blocks...))
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			var refused slackgo.SlackErrorResponse
			require.ErrorAs(t, err, &refused)
			require.Contains(t, refused.Err+strings.Join(refused.ResponseMetadata.Messages, ";"), c.want)
		})
	}
	_, _, err := api.PostMessage("C1")
	require.EqualError(t, err, "no_text")
	_, _, err = api.PostMessage("C1", slackgo.MsgOptionText(x(40001), false))
	require.EqualError(t, err, "msg_too_long")
	_, _, err = api.PostMessage("C1", slackgo.MsgOptionText("x", false), slackgo.MsgOptionMetadata(slackgo.SlackMetadata{}))
	require.EqualError(t, err, "invalid_metadata_format")
}

func repeat(b slackgo.Block, n int) (out []slackgo.Block) {
	for range n {
		out = append(out, b)
	}
	return out
}
