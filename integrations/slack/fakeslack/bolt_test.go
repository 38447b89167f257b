package fakeslack

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

// boltApp is the app of testdata/bolt in its own process.
type boltApp struct {
	t     *testing.T
	lines chan string
}

// installBolt installs @slack/bolt into a folder that is gone after the test. The
// test is skipped where node, npm or the registry is not there.
func installBolt(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it installs @slack/bolt: run without -short")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s here: install it to run this", program)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "app.mjs"} {
		b, err := os.ReadFile(filepath.Join("testdata", "bolt", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm install needs a registry: %v: %s", err, out)
	}
	return dir
}

func startBolt(t *testing.T, dir string, env ...string) (*boltApp, gjson.Result) {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", "app.mjs")
	node.Dir, node.Env = dir, append(os.Environ(), env...)
	in, err := node.StdinPipe()
	require.NoError(t, err)
	out, err := node.StdoutPipe()
	require.NoError(t, err)
	node.Stderr = os.Stderr
	require.NoError(t, node.Start())
	b := &boltApp{t: t, lines: make(chan string, 100)}
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(b.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			b.lines <- lines.Text()
		}
	})
	t.Cleanup(func() {
		_ = in.Close() // the app ends with its input
		reader.Wait()
		_ = node.Wait()
	})
	return b, b.heard("ready")
}

// heard waits for the line that says so; what else was heard meanwhile is put back.
func (b *boltApp) heard(what string) gjson.Result {
	b.t.Helper()
	var other []string
	timeout := time.After(30 * time.Second)
	for {
		select {
		case line, ok := <-b.lines:
			require.True(b.t, ok, "the app ended before it heard %q; it heard %v", what, other)
			if gjson.Get(line, "heard").Str == what {
				for _, l := range other {
					b.lines <- l
				}
				return gjson.Parse(line)
			}
			other = append(other, line)
		case <-timeout:
			require.FailNow(b.t, "nothing", "the app did not hear %q; it heard %v", what, other)
		}
	}
}

// TestBolt lets an independent client say whether this is a Slack.
func TestBolt(t *testing.T) {
	dir := installBolt(t)
	world := Options{
		Token: "xoxb-bolt", AppToken: "xapp-bolt", SigningSecret: "shh", Strict: true, Cuts: []Shortcut{{ID: "raise", Name: "Raise"}},
		People:   []Person{{ID: "U1", Name: "ada", RealName: "Ada"}, {ID: "U2", Name: "bo"}},
		Channels: []Channel{{ID: "C1", Name: "payments", Members: []string{"U1"}}, {ID: "C2", Name: "platform"}},
	}
	t.Run("Socket Mode", func(t *testing.T) {
		fake, _, server := stand(t, world)
		app, _ := startBolt(t, dir, "SLACK_URL="+server.URL, "APP_TOKEN=xapp-bolt", "BOT_TOKEN=xoxb-bolt")
		require.Equal(t, 1, fake.Deliveries().Sockets)
		boltTalks(t, fake, app)
		require.NoError(t, fake.Disconnect("refresh_requested"))
		require.Eventually(t, func() bool { d := fake.Deliveries(); return d.Opened == 2 && d.Sockets == 1 }, time.Minute, 10*time.Millisecond, "it comes back")
	})
	t.Run("HTTP", func(t *testing.T) {
		// The app says on which port it listens after it is up, so that the
		// address goes through a server of this test.
		var to string
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			req, err := http.NewRequestWithContext(r.Context(), r.Method, to, r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			req.Header = r.Header.Clone()
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Do(req)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
			w.WriteHeader(resp.StatusCode)
			_, _ = io.Copy(w, resp.Body)
			_ = resp.Body.Close()
		}))
		t.Cleanup(front.Close)
		overHTTP := world
		overHTTP.RequestURL = front.URL + "/slack/events"
		fake, _, server := stand(t, overHTTP)
		app, ready := startBolt(t, dir, "SLACK_URL="+server.URL, "BOT_TOKEN=xoxb-bolt", "SIGNING_SECRET=shh", "APP_TOKEN=")
		to = "http://127.0.0.1:" + strconv.FormatInt(ready.Get("port").Int(), 10) + "/slack/events"
		require.NoError(t, fake.Verify(t.Context()))
		boltTalks(t, fake, app)
		require.Zero(t, fake.Deliveries().Missed)
	})
}

func boltTalks(t *testing.T, fake *Server, app *boltApp) {
	t.Helper()
	ctx := t.Context()
	root := fake.Say("C1", "U1", "", "hello there")
	m := app.heard("message")
	require.Equal(t, []string{"U1", "C1", "channel", "T1"}, []string{m.Get("user").Str, m.Get("channel").Str, m.Get("kind").Str, m.Get("team").Str})
	require.Eventually(t, func() bool { return len(fake.Messages()) >= 2 }, 30*time.Second, time.Millisecond)
	posted := fake.Messages()[1]
	require.Equal(t, []string{root, "g1"}, []string{posted.Thread, posted.Key})

	require.NoError(t, fake.Click(ctx, Click{User: "U1", Channel: "C1", TS: posted.TS, Action: "whom", Values: []string{"U2"}}))
	require.JSONEq(t, `{"heard":"whom","user":"U2","state":"U2"}`, app.heard("whom").Raw)
	require.NoError(t, fake.Click(ctx, Click{User: "U1", Channel: "C1", TS: posted.TS, Action: "more", Values: []string{"later"}}))
	require.Equal(t, "later", app.heard("more").Get("value").Str)
	require.NoError(t, fake.Click(ctx, Click{User: "U1", Channel: "C1", TS: posted.TS, Action: "claim"}))
	require.JSONEq(t, `{"heard":"claim","value":"n1","user":"U1","ts":"`+posted.TS+`","key":"g1"}`, app.heard("claim").Raw)
	require.Equal(t, "ada is on it", fake.Messages()[1].Text, "replaced by its response URL")

	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon status PAY-17"))
	require.Equal(t, "status PAY-17", app.heard("command").Get("text").Str)
	said := map[string]string{}
	for _, m := range fake.Messages() {
		said[m.Text] = m.To
	}
	require.Contains(t, said, "you said status PAY-17")
	require.Equal(t, []string{"U1", ""}, []string{said["you said status PAY-17"], said["and again"]})
	boltModal(t, fake, app)

	require.NoError(t, fake.React("C1", "U1", root, "eyes", true))
	require.Equal(t, "eyes", app.heard("reaction").Get("emoji").Str)
	require.NoError(t, fake.Join("C1", "U2"))
	require.Equal(t, "U2", app.heard("joined").Get("user").Str)
	require.NoError(t, fake.Rename("C1", "payments-eu"))
	require.Equal(t, "payments-eu", app.heard("renamed").Get("name").Str)
	fake.Say("C1", "U1", "", "<@UANDON> help")
	require.Equal(t, "<@UANDON> help", app.heard("mention").Get("text").Str)
	require.NoError(t, fake.Shortcut(ctx, "U1", "raise", "", ""))
	require.Equal(t, "shortcut", app.heard("shortcut").Get("kind").Str)
	require.NoError(t, fake.Shortcut(ctx, "U1", "raise", "C1", root))
	require.JSONEq(t, `{"heard":"shortcut","kind":"message_action","text":"hello there"}`, app.heard("shortcut").Raw)
	fake.OpenHome("U1", "home")
	require.Equal(t, "home", app.heard("home").Get("view").Str)
	_, published := fake.Home("U1")
	require.True(t, published)

	require.NoError(t, fake.Archive("C1", "U1", true))
	require.JSONEq(t, `{"heard":"file","name":"path.png","first":"","then":"image/png"}`, app.heard("file").Raw)
	archived := app.heard("archived")
	require.Equal(t, []string{"3", "invalid_blocks"}, []string{archived.Get("members").Raw, archived.Get("refused").Str})
	require.Contains(t, archived.Get("why").Str, "less than 151 characters")
	select {
	case line := <-app.lines:
		require.NotContains(t, line, `"error"`)
	default:
	}
}

func boltModal(t *testing.T, fake *Server, app *boltApp) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon modal"))
	id := app.heard("opened").Get("view").Str
	wrong, err := fake.Submit(ctx, "U1", id, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"summary": "Please complete this required field."}, wrong, "Slack itself refuses it")
	wrong, err = fake.Submit(ctx, "U1", id, map[string][]string{"summary": {"bad"}, "level": {"high"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"summary": "Say more."}, wrong)
	require.JSONEq(t, `{"heard":"submitted","text":"bad","user":"U1","meta":"meta","level":"high"}`, app.heard("submitted").Raw)
	wrong, err = fake.Submit(ctx, "U1", id, map[string][]string{"summary": {"more"}})
	require.NoError(t, err)
	require.Empty(t, wrong)
	require.Contains(t, string(fake.Modals("U1")[0].Body), "Once more")
	_, err = fake.Submit(ctx, "U1", id, map[string][]string{"summary": {"good"}})
	require.NoError(t, err)
	require.Empty(t, fake.Modals("U1"))

	require.NoError(t, fake.Command(ctx, "U1", "C1", "/andon modal"))
	app.heard("opened")
	require.NoError(t, fake.CloseView("U1", fake.Modals("U1")[0].ID, false))
	require.Equal(t, "false", app.heard("closed").Get("cleared").Raw)
}
