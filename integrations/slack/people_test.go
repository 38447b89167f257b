package slack

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// told is a poster for a script that answers each method as given; several
// answers of one method are pages, by their cursor.
func told(t testing.TB, answers map[string]map[string]string) (*script, *Poster) {
	t.Helper()
	s := newScript(t)
	s.api = func(method, body string) []byte {
		form, _ := url.ParseQuery(body)
		if a, ok := answers[method][form.Get("cursor")]; ok {
			return []byte(a)
		}
		return []byte(`{"ok":false,"error":"unknown_method"}`)
	}
	p, err := NewPoster(Workspace{Team: "T1", Token: "xoxb-1", URL: s.URL + "/api/", Limits: Limits{Off: true}, Now: func() time.Time { return noon }})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return s, p
}

func one(answer string) map[string]string { return map[string]string{"": answer} }

func TestPeople(t *testing.T) {
	_, p := told(t, map[string]map[string]string{"users.list": {
		"": `{"ok":true,"members":[{"id":"U1","name":"ada","real_name":"Ada Bell","tz":"Europe/Oslo","profile":{"email":"ada@example.com","status_text":"On vacation","status_emoji":":palm_tree:","status_expiration":1600000000}},
			{"id":"U2","is_bot":true,"name":"robo"},{"id":"x/y"},7],"response_metadata":{"next_cursor":"c2"}}`,
		"c2": `{"ok":true,"members":[{"id":"U3","deleted":true,"is_ultra_restricted":true,"is_stranger":true,"tz":7},{"id":"USLACKBOT"}],"response_metadata":{"next_cursor":""}}`,
	}})
	got, err := p.People(context.Background())
	require.NoError(t, err)
	require.Equal(t, []Account{
		{Person: Person{ID: "slack/T1/U1", Name: "ada", RealName: "Ada Bell", Email: "ada@example.com", Zone: "Europe/Oslo"}, Status: "On vacation", Emoji: "palm_tree", StatusUntil: time.Unix(1600000000, 0).UTC()},
		{Person: Person{ID: "slack/T1/bot:U2", Name: "robo", Bot: true}},
		{Person: Person{ID: "slack/T1/U3", Zone: "7", Deleted: true, Restricted: true, Stranger: true}},
		{Person: Person{ID: "slack/T1/bot:USLACKBOT", Bot: true}},
	}, got)

	d := NewDirectory("T1", LiveOptions{})
	d.SetPeople(got)
	require.True(t, d.Options().Bots["U2"])
	require.True(t, d.Options().Known["U2"])
	require.False(t, d.Options().Bots["U1"])
	for account, app := range map[string]bool{"slack/T1/U2": true, "slack/T1/U1": false, "slack/T1/USLACKBOT": true, "slack/T9/U2": false, "jira/T1/U2": false, "": false} {
		require.Equal(t, app, d.IsApp(account), account)
	}
}

func TestListsThatDoNotEnd(t *testing.T) {
	_, p := told(t, map[string]map[string]string{"users.list": {
		"":   `{"ok":true,"members":[],"response_metadata":{"next_cursor":"c2"}}`,
		"c2": `{"ok":true,"members":[],"response_metadata":{"next_cursor":"c2"}}`,
	}})
	_, err := p.People(context.Background())
	require.ErrorContains(t, failure(t, err), "2 pages")
	_, err = p.Channels(context.Background())
	require.ErrorContains(t, err, "unknown_method")
	_, err = p.Groups(context.Background())
	require.ErrorContains(t, err, "unknown_method")
}

func TestGroups(t *testing.T) {
	_, p := told(t, map[string]map[string]string{"usergroups.list": one(`{"ok":true,"usergroups":[{"id":"S1","handle":"pay-oncall","name":"On call","users":["U1","../x"],"date_delete":0},{"id":"S2","date_delete":5},{}]}`)})
	got, err := p.Groups(context.Background())
	require.NoError(t, err)
	require.Equal(t, []Group{{ID: "slack/T1/S1", Handle: "pay-oncall", Name: "On call", Members: []string{"slack/T1/U1"}}, {ID: "slack/T1/S2", Off: true}}, got)
}

// TestRests: at most 50 people a question, never one alone to teamInfo, and "no
// schedule" is the time 1.
func TestRests(t *testing.T) {
	s, p := told(t, map[string]map[string]string{
		"dnd.teamInfo": one(`{"ok":true,"users":{"U1":{"dnd_enabled":true,"next_dnd_start_ts":1600000000,"next_dnd_end_ts":1600030000},"U2":{"dnd_enabled":true,"next_dnd_start_ts":1,"next_dnd_end_ts":1},"U3":{"dnd_enabled":false,"next_dnd_start_ts":1600000000,"next_dnd_end_ts":1600030000}}}`),
		"dnd.info":     one(`{"ok":true,"dnd_enabled":true,"next_dnd_start_ts":1600000000,"next_dnd_end_ts":1600030000}`),
	})
	var ids []string
	for i := range 51 {
		ids = append(ids, fmt.Sprintf("slack/T1/U%d", i))
	}
	got, err := p.Rests(context.Background(), append([]string{"slack/T2/U1", "nobody"}, ids...))
	require.NoError(t, err)
	rest := Rest{From: time.Unix(1600000000, 0).UTC(), Until: time.Unix(1600030000, 0).UTC()}
	require.Equal(t, map[string]Rest{"slack/T1/U1": rest}, got)
	require.Len(t, s.calls(), 2)
	for _, c := range s.calls() {
		form, err := url.ParseQuery(strings.TrimPrefix(c, "/api/dnd.teamInfo "))
		require.NoError(t, err)
		n := len(strings.Split(form.Get("users"), ","))
		require.True(t, n > 1 && n <= 50, "%d", n)
	}
	got, err = p.Rests(context.Background(), ids[:1])
	require.NoError(t, err)
	require.Equal(t, map[string]Rest{"slack/T1/U0": rest}, got)
}

func TestChannels(t *testing.T) {
	_, p := told(t, map[string]map[string]string{"conversations.list": {
		"":  `{"ok":true,"channels":[{"id":"C1","name":"general","is_channel":true,"is_private":false,"is_member":true,"created":1600000000,"creator":"U1"},{"id":"C2","name":"secret","is_channel":true,"is_private":true,"is_archived":true}],"response_metadata":{"next_cursor":"n"}}`,
		"n": `{"ok":true,"channels":[{"id":"G1","is_mpim":true,"is_private":true},{"id":"D1","is_im":true},{"id":"C3","is_ext_shared":true,"is_channel":true,"is_private":false},{"id":"C4"},{"id":""}]}`,
	}, "conversations.info": one(`{"ok":true,"channel":{"id":"C2","is_channel":true,"is_private":true}}`)})
	got, err := p.Channels(context.Background())
	require.NoError(t, err)
	var kinds []Kind
	for _, c := range got {
		kinds = append(kinds, c.Kind)
	}
	require.Equal(t, []Kind{PublicChannel, PrivateChannel, GroupMessage, DirectMessage, PublicChannel, UnknownChannel}, kinds)
	require.Equal(t, Conversation{Channel: Channel{ID: "slack/T1/C1", Name: "general", Kind: PublicChannel, Created: time.Unix(1600000000, 0).UTC(), Creator: "slack/T1/U1"}, Member: true}, got[0])
	require.True(t, got[1].Archived)
	require.True(t, got[4].Shared)
	require.Equal(t, signals.Restricted, DefaultAudience(got[5].Channel), "what is not said to be public is not")

	d := NewDirectory("T1", LiveOptions{})
	d.SetChannels(got)
	require.Equal(t, PrivateChannel, d.Options().Kinds["C2"])
	require.Equal(t, map[string]bool{"C3": true}, d.Options().Shared)

	c, err := p.Channel(context.Background(), "slack/T1/C2")
	require.NoError(t, err)
	require.Equal(t, PrivateChannel, c.Kind)
	_, err = p.Channel(context.Background(), "slack/T1/U2")
	require.Error(t, err)
}
