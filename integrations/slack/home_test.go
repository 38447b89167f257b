package slack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
)

func TestPublishHomeOnChange(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	home := func(title string) []*view.Card {
		return []*view.Card{{Title: title, Tables: []view.Table{{Columns: []string{"a"}, Rows: [][]string{{"b"}}}}, Charts: []view.Chart{stagesChart}}}
	}
	published := func() int { return fake.Requests()["views.publish"] }
	for _, step := range []struct {
		person, title string
		want          int
	}{{"slack/T1/U1", "a", 1}, {"slack/T1/U1", "a", 1}, {"slack/T1/U2", "a", 2}, {"slack/T1/U1", "b", 3}, {"slack/T1/U1", "a", 4}} {
		require.NoError(t, p.PublishHome(t.Context(), step.person, home(step.title)))
		require.Equal(t, step.want, published(), "%+v", step)
	}
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.Refused, Error: "internal_error", Method: "views.publish", Count: 1}))
	require.Error(t, p.PublishHome(t.Context(), "slack/T1/U1", home("c")))
	require.NoError(t, p.PublishHome(t.Context(), "slack/T1/U1", home("a")))
	require.Equal(t, 6, published(), "after a failure it is not known what stands there")
	require.NotEmpty(t, failure(t, p.PublishHome(t.Context(), "slack/T1/C1", home("a"))).TerminalReason())
}

// TestNoHomeTab: an app without a Home tab is let alone, and asked again later.
func TestNoHomeTab(t *testing.T) {
	now := noon
	s, p := told(t, map[string]map[string]string{"views.publish": one(`{"ok":false,"error":"not_enabled"}`)})
	p.w.Now = func() time.Time { return now }
	for range 3 {
		require.NoError(t, p.PublishHome(t.Context(), "slack/T1/U1", []*view.Card{{Title: "t"}}))
	}
	require.Len(t, s.calls(), 1)
	now = now.Add(homeRest)
	require.NoError(t, p.PublishHome(t.Context(), "slack/T1/U1", []*view.Card{{Title: "t"}}))
	require.Len(t, s.calls(), 2)
}
