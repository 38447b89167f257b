package slack

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
)

func TestInspect(t *testing.T) {
	have := []string{"chat:write", "im:write", "im:history", "channels:history", "channels:read", "admin"}
	_, p := stand(t, fakeslack.Options{Strict: true, Scopes: have, TeamName: "Example", People: []fakeslack.Person{{ID: "U1"}}, Channels: []fakeslack.Channel{
		{ID: "C2", Name: "payments"}, {ID: "C1", Name: "general"}, {ID: "C3", Name: "away", Absent: true}, {ID: "G1", Name: "secret", Private: true},
	}})
	in, err := p.Inspect(t.Context(), Scopes...)
	require.NoError(t, err)
	require.Equal(t, "T1", in.Team)
	require.Equal(t, "Example", in.TeamName)
	require.Equal(t, "UANDON", in.Self.User)
	require.True(t, in.Known)
	require.Equal(t, []string{"admin"}, in.Extra)
	require.Empty(t, in.Home)
	var missing []string
	for _, s := range in.Missing {
		missing = append(missing, s.Name)
	}
	require.Contains(t, missing, "users:read")
	require.NotContains(t, missing, "chat:write")
	require.Len(t, in.Missing, len(Scopes)-5)
	var names []string
	for _, c := range in.Channels {
		names = append(names, c.Name)
	}
	require.Equal(t, []string{"general", "payments"}, names, "what the token may not list is left out")
	require.NoError(t, p.PublishHome(t.Context(), "slack/T1/U1", []*view.Card{{Title: "t"}}))
	in, err = p.Inspect(t.Context())
	require.NoError(t, err)
	require.Equal(t, "on", in.Home)
	require.Empty(t, in.Missing)
}

func TestInspectOfABadToken(t *testing.T) {
	_, p := stand(t, fakeslack.Options{}, func(w *Workspace) { w.Token = "xoxb-bad" })
	_, err := p.Inspect(t.Context(), Scopes...)
	require.True(t, failure(t, err).IsAuth())
}

// TestScopesAreInOrder: each once, with what it is for, and posting needs none
// that is not among them.
func TestScopesAreInOrder(t *testing.T) {
	var names []string
	for _, s := range Scopes {
		require.NotEmpty(t, s.Use, s.Name)
		names = append(names, s.Name)
	}
	require.True(t, slices.IsSorted(names))
	require.Len(t, slices.Compact(slices.Clone(names)), len(names))
	for _, s := range posting {
		require.Contains(t, names, s)
	}
}

func TestCheckAppToken(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{AppToken: "xapp-good"})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	require.NoError(t, CheckAppToken(t.Context(), p.w.URL, "xapp-good", transport))
	require.Equal(t, 1, fake.Requests()[openSocket])
	require.True(t, failure(t, CheckAppToken(t.Context(), p.w.URL, "xapp-bad", nil)).IsAuth())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, CheckAppToken(ctx, p.w.URL, "xapp-good", nil), context.Canceled)
}
