package slack

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var goodScopes = []string{"chat:write", "im:write", "im:history", "channels:history", "groups:history"}

// stand starts a fake Slack and a poster for it. Both are gone when the test is.
func stand(t testing.TB, o fakeslack.Options, change ...func(*Workspace)) (*fakeslack.Server, *Poster) {
	t.Helper()
	o.Token = "xoxb-good"
	fake := fakeslack.New(o)
	server := httptest.NewServer(fake)
	w := Workspace{Team: "T1", Token: "xoxb-good", URL: server.URL + "/api/", AdminChannel: "CADMIN", Limits: Limits{Off: true}}
	for _, c := range change {
		c(&w)
	}
	p, err := NewPoster(w)
	require.NoError(t, err)
	t.Cleanup(func() {
		p.Close()
		fake.Close()
		server.Close()
	})
	return fake, p
}

func card(key string) *view.Card {
	return &view.Card{Key: key, Kind: "nudge", Title: "PAY-17 went to and fro", Lines: []view.Paragraph{{Text: "Could you take it?", Mention: "slack/T1/U7"}}}
}

// failure returns what err is, which must be a Failure.
func failure(t testing.TB, err error) *Failure {
	t.Helper()
	var f *Failure
	require.ErrorAs(t, err, &f)
	return f
}

// roundTripper is a transport made of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
