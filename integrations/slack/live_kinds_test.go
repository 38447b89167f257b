package slack

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// TestAReactionBeforeTheChannelsAreListed is for whom its channel is for: events of
// reactions do not say of what kind that is, so Slack is asked, once.
func TestAReactionBeforeTheChannelsAreListed(t *testing.T) {
	for channel, tt := range map[string]struct {
		listed bool
		want   signals.Audience
		asked  int
	}{
		"C1": {false, signals.Public, 1},
		"C2": {false, signals.MembersOf("slack/T1/C2"), 1},
		"C9": {false, signals.Restricted, 2}, // there is none such, as far as Slack says
		"C8": {true, signals.Restricted, 0},
	} {
		t.Run(channel, func(t *testing.T) {
			fake, p := stand(t, fakeslack.Options{Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}, {ID: "C2", Name: "merger", Private: true}}})
			j := &journal{}
			in := &Inbox{Team: "T1", Accept: j.accept, Poster: p, Directory: NewDirectory("T1", LiveOptions{})}
			require.NoError(t, in.check())
			if tt.listed {
				in.Directory.SetChannels(nil)
			}
			if tt.want == signals.Restricted {
				require.NoError(t, fake.Inject(fakeslack.Fault{Method: "conversations.info", Kind: fakeslack.Refused, Error: "channel_not_found"}))
			}
			for i := range 2 {
				raw := fmt.Sprintf(`{"type":"event_callback","event_id":"Ev%d","event":{"type":"reaction_added","user":"U1","reaction":"rotating_light","item":{"type":"message","channel":%q,"ts":"1600000000.000000"},"event_ts":"160000000%d.000000"}}`, i, channel, i+1)
				require.NoError(t, in.take(t.Context(), []byte(raw)))
			}
			for _, e := range j.events(signals.Reacted) {
				require.Equal(t, tt.want, e.Audience)
			}
			require.Equal(t, tt.asked, fake.Requests()["conversations.info"])
		})
	}
}

// TestAllChannelsAreOneList: of a token whose scopes are not told, too, unless
// one is missing.
func TestAllChannelsAreOneList(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{Channels: []fakeslack.Channel{{ID: "C1", Name: "payments"}, {ID: "C2", Name: "merger", Private: true}}})
	all, err := p.Conversations(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, 1, fake.Requests()["conversations.list"])
	require.NoError(t, fake.Inject(fakeslack.Fault{Method: "conversations.list", Kind: fakeslack.Refused, Error: "missing_scope", Count: 2}))
	all, err = p.Conversations(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1, "the public ones are refused")
	require.Equal(t, 6, fake.Requests()["conversations.list"])
}
