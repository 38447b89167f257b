package slack

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

func TestPostTargets(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	root := fake.Say("C1", "U9", "", "it is slow again")
	for _, c := range []struct {
		target, channel, thread string
	}{
		{"slack/T1/U7", "D7", ""},
		{"slack/T1/W8", "D8", ""},
		{"slack/T1/C1", "C1", ""},
		{"slack/T1/G1", "G1", ""},
		{"slack/T1/D7", "D7", ""},
		{"slack/T1/C1/" + root, "C1", root},
		{"admin", "CADMIN", ""},
	} {
		t.Run(c.target, func(t *testing.T) {
			at, err := p.Post(t.Context(), c.target, card("k/"+c.target))
			require.NoError(t, err)
			all := fake.Messages()
			m := all[len(all)-1]
			require.Equal(t, signals.Copy{Channel: "slack/T1/" + c.channel, TS: m.TS}, at)
			require.Equal(t, c.channel, m.Channel)
			require.Equal(t, c.thread, m.Thread)
			require.Equal(t, "k/"+c.target, m.Key)
			require.JSONEq(t, `{"event_type":"andon_message","event_payload":{"key":"k/`+c.target+`"}}`, string(m.Metadata))
			require.Equal(t, "PAY-17 went to and fro\n<@U7> Could you take it?", m.Text)
		})
	}
	_, err := p.Post(t.Context(), "slack/T1/U7", card("again"))
	require.NoError(t, err)
	require.Equal(t, 2, fake.Requests()["conversations.open"], "a direct message is opened once per person")
}

func TestPostRefusesWrongTargets(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{}, func(w *Workspace) { w.AdminChannel = "" })
	for _, target := range []string{
		"", "U7", "slack/T1", "slack/T1/", "slack/T2/U7", "jira/T1/U7", "slack/T1/bot:B1", "slack/T1/X1", "slack/T1/U", "slack/T1/U7>", "slack/T1/C1/", "slack/T1/C1/yesterday",
		"slack/T1/C1/1700000000.000100/2", "admin", "slack/T1/" + strings.Repeat("C", 100),
	} {
		_, err := p.Post(t.Context(), target, card("k"))
		f := failure(t, err)
		require.NotEmpty(t, f.TerminalReason(), target)
		require.False(t, f.IsAmbiguous(), target)
	}
	_, err := p.Post(t.Context(), "slack/T1/C1", &view.Card{Title: "no key"})
	require.ErrorContains(t, failure(t, err), "has no key")
	_, err = p.Post(t.Context(), "slack/T1/C1", &view.Card{Key: "k"})
	require.ErrorContains(t, failure(t, err), "says nothing")
	require.Zero(t, fake.Requests()["total"])
}

func TestUpdateAndDelete(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	at, err := p.Post(t.Context(), "slack/T1/C1", card("k"))
	require.NoError(t, err)

	next := card("")
	next.Title = "PAY-17 is solved"
	require.NoError(t, p.Update(t.Context(), at, next))
	require.NoError(t, p.Update(t.Context(), signals.Copy{Channel: "C1", TS: at.TS}, next), "a bare channel is of this workspace")
	m := fake.Messages()[0]
	require.Equal(t, 2, m.Edits)
	require.Equal(t, "k", m.Key, "without a key the message keeps its own")
	require.Contains(t, m.Text, "is solved")
	require.Contains(t, string(m.Blocks), "is solved")

	require.NoError(t, p.Delete(t.Context(), at))
	require.True(t, fake.Messages()[0].Deleted)
	require.NoError(t, p.Delete(t.Context(), at), "gone is gone")
	f := failure(t, p.Update(t.Context(), at, next))
	require.Equal(t, gone, f.TerminalReason())

	for _, wrong := range []signals.Copy{{}, {Channel: "slack/T2/C1", TS: at.TS}, {Channel: "slack/T1/C1"}, {Channel: "U7", TS: at.TS}, {Channel: "slack/T1/U7", TS: at.TS}} {
		require.NotEmpty(t, failure(t, p.Update(t.Context(), wrong, next)).TerminalReason(), "%+v", wrong)
		require.NotEmpty(t, failure(t, p.Delete(t.Context(), wrong)).TerminalReason(), "%+v", wrong)
	}
}

func TestPostIntoAThreadThatIsGone(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	at, err := p.Post(t.Context(), "slack/T1/C1", card("root"))
	require.NoError(t, err)
	require.NoError(t, p.Delete(t.Context(), at))
	reply, err := p.Post(t.Context(), "slack/T1/C1/"+at.TS, card("reply"))
	require.NoError(t, err, "Slack puts it into the channel: it is said, and must not be said again")
	require.Equal(t, fake.Messages()[1].TS, reply.TS)
}

// A direct message that Slack no longer knows is opened anew.
func TestDirectMessageIsOpenedAnew(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	_, err := p.Post(t.Context(), "slack/T1/U7", card("1"))
	require.NoError(t, err)
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.Refused, Error: "channel_not_found", Channel: "D7", Count: 1}))
	_, err = p.Post(t.Context(), "slack/T1/U7", card("2"))
	require.NotEmpty(t, failure(t, err).TerminalReason())
	_, err = p.Post(t.Context(), "slack/T1/U7", card("3"))
	require.NoError(t, err)
	require.Equal(t, 2, fake.Requests()["conversations.open"])
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      fakeslack.Options
		change func(*Workspace)
		want   string
	}{
		{"good", fakeslack.Options{Scopes: goodScopes}, nil, ""},
		{"scopes unsaid", fakeslack.Options{}, nil, ""},
		{"scopes missing", fakeslack.Options{Scopes: goodScopes[:2]}, nil, "lacks im:history (to read what people write to it, and look whether a message was sent already), channels:history"},
		{"no scopes", fakeslack.Options{Scopes: []string{}}, nil, "lacks chat:write"},
		{"another workspace", fakeslack.Options{Team: "T2", Scopes: goodScopes}, nil, `of workspace "T2", not of "T1"`},
		{"wrong token", fakeslack.Options{}, func(w *Workspace) { w.Token = "xoxb-bad-SECRET" }, "invalid_auth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.change == nil {
				c.change = func(*Workspace) {}
			}
			_, p := stand(t, c.o, c.change)
			err := p.Check(t.Context())
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			f := failure(t, err)
			require.ErrorContains(t, f, c.want)
			require.NotContains(t, f.Error(), "SECRET")
			require.True(t, f.IsAuth())
			require.Empty(t, f.TerminalReason(), "it can be mended")
		})
	}
}

func TestNewPosterRefuses(t *testing.T) {
	good := Workspace{Team: "T1", Token: "xoxb-1"}
	for _, c := range []struct {
		name   string
		change func(*Workspace)
		want   string
	}{
		{"good", func(*Workspace) {}, ""},
		{"admin channel with its workspace", func(w *Workspace) { w.AdminChannel = "slack/T1/C1" }, ""},
		{"no team", func(w *Workspace) { w.Team = "" }, "want its name"},
		{"no token", func(w *Workspace) { w.Token = "" }, "no bot token"},
		{"URL without slash", func(w *Workspace) { w.URL = "http://127.0.0.1/api" }, "with a / at its end"},
		{"URL of another kind", func(w *Workspace) { w.URL = "file:///api/" }, "http or https"},
		{"admin channel by name", func(w *Workspace) { w.AdminChannel = "#andon" }, "want the id of a channel"},
		{"admin person", func(w *Workspace) { w.AdminChannel = "U1" }, "want the id of a channel"},
		{"admin channel elsewhere", func(w *Workspace) { w.AdminChannel = "slack/T2/C1" }, "want the id of a channel"},
		{"time-out", func(w *Workspace) { w.Timeout = -1 }, "time-out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := good
			c.change(&w)
			p, err := NewPoster(w)
			if c.want == "" {
				require.NoError(t, err)
				p.Close()
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}
