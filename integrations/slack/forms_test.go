package slack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
)

// picky is a workspace that does not take some kinds of blocks. Silent says that
// it does not say which.
type picky struct {
	base   http.RoundTripper
	kinds  []string
	silent bool
}

func (p *picky) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return p.base.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	blocks := gjson.GetBytes(body, "blocks") // of an answer by response_url
	if form, err := url.ParseQuery(string(body)); err == nil && !blocks.Exists() {
		blocks = gjson.Parse(form.Get("blocks"))
	}
	for i, b := range blocks.Array() {
		if kind := b.Get("type").Str; slices.Contains(p.kinds, kind) {
			answer := fmt.Sprintf(`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] unsupported type: %s [json-pointer:/blocks/%d/type]"]}}`, kind, i)
			if p.silent {
				answer = `{"ok":false,"error":"invalid_blocks"}`
			}
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
		}
	}
	return p.base.RoundTrip(r)
}

func weekly(key string) *view.Card {
	return &view.Card{
		Key: key, Kind: "digest", Title: "The week", Charts: []view.Chart{stagesChart, waitingChart},
		Tables: []view.Table{{Title: "Longest paths", Columns: []string{"Issue", "Teams"}, Rows: [][]string{{"PAY-17", "5"}, {"PAY-9", "4"}}}},
	}
}

func kindsOf(blocks []byte) (out []string) {
	for _, b := range gjson.ParseBytes(blocks).Array() {
		out = append(out, b.Get("type").Str)
	}
	return out
}

// choosy is a poster in a workspace that refuses some kinds of blocks; it does
// not really wait.
func choosy(t *testing.T, o fakeslack.Options, silent bool, kinds ...string) (*fakeslack.Server, *Poster, *[]time.Duration) {
	transport := &http.Transport{}
	fake, p := stand(t, o, func(w *Workspace) { w.Transport = &picky{transport, kinds, silent} })
	t.Cleanup(transport.CloseIdleConnections)
	slept := []time.Duration{}
	p.limits.sleep = func(ctx context.Context, d time.Duration) error {
		slept = append(slept, d)
		return ctx.Err()
	}
	return fake, p, &slept
}

func TestRichParts(t *testing.T) {
	for _, c := range []struct {
		name    string
		options fakeslack.Options
		silent  bool
		refused []string
		want    []string
		posts   int // tries of the first message
	}{
		{"all taken", fakeslack.Options{}, false, nil, []string{"header", "data_table", "data_visualization", "data_visualization"}, 1},
		{"no tables", fakeslack.Options{}, false, []string{"data_table"}, []string{"header", "rich_text", "data_visualization", "data_visualization"}, 2},
		{"no charts", fakeslack.Options{}, false, []string{"data_visualization"}, []string{"header", "data_table", "image", "image"}, 2},
		{"neither", fakeslack.Options{}, false, []string{"data_visualization", "data_table"}, []string{"header", "rich_text", "image", "image"}, 3},
		{"it does not say which", fakeslack.Options{}, true, []string{"data_visualization"}, []string{"header", "rich_text", "image", "image"}, 2},
		{"no pictures either", fakeslack.Options{}, false, []string{"data_visualization", "image"}, []string{"header", "data_table", "rich_text", "rich_text"}, 3},
		{"no right to files", fakeslack.Options{Strict: true, Scopes: goodScopes, Channels: []fakeslack.Channel{{ID: "C1"}}}, false, []string{"data_visualization"}, []string{"header", "data_table", "rich_text", "rich_text"}, 2},
		{"files never ready", fakeslack.Options{Polls: 1000}, false, []string{"data_visualization"}, []string{"header", "data_table", "rich_text", "rich_text"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake, p, _ := choosy(t, c.options, c.silent, c.refused...)
			at, err := p.Post(t.Context(), "slack/T1/C1", weekly("k1"))
			require.NoError(t, err)
			require.Len(t, fake.Messages(), 1, "what was refused is no message")
			require.Equal(t, c.want, kindsOf(fake.Messages()[0].Blocks))
			require.Contains(t, fake.Messages()[0].Text, "generated: this week 41 last week 37 signals")
			require.Contains(t, fake.Messages()[0].Text, "PAY-17 | 5")

			before := fake.Requests()["total"]
			_, err = p.Post(t.Context(), "slack/T1/C1", weekly("k2"))
			require.NoError(t, err)
			require.Equal(t, c.want, kindsOf(fake.Messages()[1].Blocks))
			if c.name != "files never ready" {
				require.Equal(t, 1, fake.Requests()["total"]-before, "what is refused is remembered, and pictures are kept")
			}
			require.NoError(t, p.Update(t.Context(), at, weekly("k1")))
			require.Equal(t, c.want, kindsOf(fake.Messages()[0].Blocks))
		})
	}
}

// TestRichPartsAreOfferedAgain: a workspace learns to draw.
func TestRichPartsAreOfferedAgain(t *testing.T) {
	now := noon
	fake, p, _ := choosy(t, fakeslack.Options{}, false, "data_visualization")
	p.w.Now = func() time.Time { return now }
	_, err := p.Post(t.Context(), "slack/T1/C1", weekly("k1"))
	require.NoError(t, err)
	p.client.Transport.(recorder).base.(*picky).kinds = nil
	now = now.Add(refusedFor)
	_, err = p.Post(t.Context(), "slack/T1/C1", weekly("k2"))
	require.NoError(t, err)
	require.Contains(t, kindsOf(fake.Messages()[1].Blocks), "data_visualization")
}

// TestPlainPartsRefused: what is refused for another reason is not sent again,
// and nothing is learnt of it.
func TestPlainPartsRefused(t *testing.T) {
	_, p, _ := choosy(t, fakeslack.Options{}, false, "header")
	_, err := p.Post(t.Context(), "slack/T1/C1", weekly("k1"))
	require.NotEmpty(t, failure(t, err).TerminalReason())
	require.True(t, p.offers(tableKind))
	require.True(t, p.offers(chartKind))
}

// TestPictureIsWaitedFor: Slack works on a file before it can be shown, and is
// asked ever more seldom.
func TestPictureIsWaitedFor(t *testing.T) {
	_, p, slept := choosy(t, fakeslack.Options{Polls: 3}, false, "data_visualization")
	id, err := p.picture(t.Context(), stagesChart)
	require.NoError(t, err)
	require.NotEmpty(t, id)
	require.Equal(t, []time.Duration{firstLook, 2 * firstLook, 4 * firstLook}, *slept)
	again, err := p.picture(t.Context(), stagesChart)
	require.NoError(t, err)
	require.Equal(t, id, again)
	other, err := p.picture(t.Context(), waitingChart)
	require.NoError(t, err)
	require.NotEqual(t, id, other)
	none, err := p.picture(t.Context(), view.Chart{Title: "nothing"})
	require.NoError(t, err)
	require.Empty(t, none)
}

// TestRichAnswer: a command is answered in words where the workspace refuses
// more, and no picture is kept for one person's glance.
func TestRichAnswer(t *testing.T) {
	for name, refused := range map[string][]string{"taken": nil, "refused": {"data_table", "data_visualization"}} {
		t.Run(name, func(t *testing.T) {
			fake, p, _ := choosy(t, fakeslack.Options{Channels: []fakeslack.Channel{{ID: "C1", Name: "general"}}, People: []fakeslack.Person{{ID: "U1"}}}, false, refused...)
			in := &Inbox{Team: "T1", Accept: (&journal{}).accept, Poster: p, Interact: func(context.Context, view.Asked) (view.Reply, error) {
				return view.Reply{Card: weekly("k"), Ephemeral: true}, nil
			}}
			defer in.Wait()
			run(t, &Socket{Inbox: in, AppToken: "xapp-1", URL: p.w.URL, Gap: time.Millisecond}, func() bool { return fake.Deliveries().Sockets == 2 })
			require.NoError(t, fake.Command(t.Context(), "U1", "C1", "/andon digest now"))
			require.Eventually(t, func() bool { return len(fake.Messages()) == 1 }, 10*time.Second, time.Millisecond)
			m := fake.Messages()[0]
			require.Equal(t, "U1", m.To)
			require.Contains(t, m.Text, "generated: this week 41")
			require.Equal(t, refused == nil, slices.Contains(kindsOf(m.Blocks), "data_table"))
			require.Zero(t, fake.Requests()["files.getUploadURLExternal"])
		})
	}
}
