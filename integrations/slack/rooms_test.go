package slack

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

func TestTogether(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{People: []fakeslack.Person{{ID: "UGONE", Deleted: true}, {ID: "UROBO", Bot: true}}})
	target, err := p.Together(t.Context(), []string{"slack/T1/U2", "slack/T1/U1", "slack/T1/U2"})
	require.NoError(t, err)
	again, err := p.Together(t.Context(), []string{"slack/T1/U1", "slack/T1/U2"})
	require.NoError(t, err)
	require.Equal(t, target, again, "there is one for the same people")
	at, err := p.Post(t.Context(), target, card("k"))
	require.NoError(t, err)
	require.Equal(t, target, at.Channel)
	require.Len(t, fake.Messages(), 1)
	alone, err := p.Together(t.Context(), []string{"slack/T1/U7"})
	require.NoError(t, err)
	require.Equal(t, "slack/T1/D7", alone)

	var crowd []string
	for i := range 9 {
		crowd = append(crowd, fmt.Sprint("slack/T1/U", i))
	}
	for name, people := range map[string][]string{
		"nobody": nil, "too many": crowd, "a channel": {"slack/T1/C1"}, "another workspace": {"slack/T2/U1"}, "no account": {"ada"}, "a thread": {"slack/T1/U1/1600000000.000100"},
		"gone": {"slack/T1/U1", "slack/T1/UGONE"}, "a program": {"slack/T1/U1", "slack/T1/UROBO"}, "a program by name": {"slack/T1/bot:B1"},
	} {
		_, err := p.Together(t.Context(), people)
		require.NotEmpty(t, failure(t, err).TerminalReason(), name)
	}
}

func TestMembers(t *testing.T) {
	_, p := told(t, map[string]map[string]string{
		"auth.test": one(`{"ok":true,"team_id":"T1","user_id":"UANDON","bot_id":"B1"}`),
		"conversations.members": {
			"": `{"ok":true,"members":["U9","UANDON","../x"],"response_metadata":{"next_cursor":"n"}}`, "n": `{"ok":true,"members":["U1"],"response_metadata":{"next_cursor":""}}`,
		},
	})
	require.NoError(t, p.Check(t.Context()))
	got, err := p.Members(t.Context(), "slack/T1/C1")
	require.NoError(t, err)
	require.Equal(t, []string{"slack/T1/U1", "slack/T1/U9"}, got)
	_, err = p.Members(t.Context(), "slack/T1/U1")
	require.NotEmpty(t, failure(t, err).TerminalReason())
}

func TestJoinAndLeave(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{Strict: true, Channels: []fakeslack.Channel{{ID: "C1", Absent: true}, {ID: "C2", Archived: true, Absent: true}, {ID: "G1", Private: true, Absent: true}}})
	_, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
	require.Equal(t, terminal["not_in_channel"], failure(t, err).TerminalReason())
	require.NoError(t, p.Join(t.Context(), "slack/T1/C1"))
	require.NoError(t, p.Join(t.Context(), "slack/T1/C1"))
	_, err = p.Post(t.Context(), "slack/T1/C1", card("k"))
	require.NoError(t, err)
	require.NoError(t, p.Leave(t.Context(), "slack/T1/C1"))
	require.NoError(t, p.Leave(t.Context(), "slack/T1/C1"))
	require.Equal(t, terminal["is_archived"], failure(t, p.Join(t.Context(), "slack/T1/C2")).TerminalReason())
	require.NotEmpty(t, failure(t, p.Join(t.Context(), "slack/T1/G1")).TerminalReason())
	require.NotEmpty(t, failure(t, p.Join(t.Context(), "slack/T1/U1")).TerminalReason())
	require.NotEmpty(t, fake.Requests()["conversations.join"])
}

func TestPermalink(t *testing.T) {
	_, p := stand(t, fakeslack.Options{})
	at, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
	require.NoError(t, err)
	link, err := p.Permalink(t.Context(), at)
	require.NoError(t, err)
	u, err := url.Parse(link)
	require.NoError(t, err)
	require.Contains(t, u.Path, strings.ReplaceAll(at.TS, ".", ""))
	_, err = p.Permalink(t.Context(), signals.Copy{Channel: "slack/T1/C1", TS: "1600000000.000100"})
	require.Equal(t, gone, failure(t, err).TerminalReason())
}

// TestReplyIsNotBroadcast: what is said in a thread stays there.
func TestReplyIsNotBroadcast(t *testing.T) {
	s, p := told(t, map[string]map[string]string{"chat.postMessage": one(`{"ok":true,"channel":"C1","ts":"1600000000.000200","message":{"thread_ts":"1600000000.000100"}}`)})
	_, err := p.Post(t.Context(), "slack/T1/C1/1600000000.000100", card("k"))
	require.NoError(t, err)
	form, err := url.ParseQuery(strings.TrimPrefix(s.calls()[0], "/api/chat.postMessage "))
	require.NoError(t, err)
	require.Equal(t, "1600000000.000100", form.Get("thread_ts"))
	require.NotEqual(t, "true", form.Get("reply_broadcast"))
}
