package webdriver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
	"time"
)

// The programs, where the usual packages put them; the names are looked up in
// PATH as well.
const (
	chromium = "/usr/bin/chromium"
	driver   = "/usr/bin/chromedriver"
)

// start is how long the browser has to come up, patience how long what a test
// waits for may take.
const (
	start    = 30 * time.Second
	patience = 10 * time.Second
)

var flags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
	"--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-GB",
}

// Browser is a browser with one window, for one test.
type Browser struct {
	t       testing.TB
	client  *http.Client
	base    string // address of the driver
	session string // path of the session below it
}

// New starts a browser that ends with the test, with a window of 1280x800. It
// skips the test when there is no Chromium with a chromedriver.
func New(t testing.TB) *Browser {
	t.Helper()
	binary, tool := find("chromium", chromium), find("chromedriver", driver)
	if binary == "" || tool == "" {
		t.Skip("no Chromium here: install chromium and chromedriver to run this test")
	}
	profile, err := os.MkdirTemp("", "webdriver-")
	if err != nil {
		t.Fatalf("make a profile: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) }) // a browser that is ending may still write there
	b := &Browser{t: t, client: &http.Client{Transport: &http.Transport{}, Timeout: start + patience}}
	b.base = launch(t, tool)
	t.Cleanup(b.client.CloseIdleConnections)
	var opened struct {
		SessionID string `json:"sessionId"`
	}
	b.call("POST", "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName": "chrome", "goog:loggingPrefs": map[string]string{"browser": "ALL"}, "timeouts": map[string]int{"script": int(2 * patience / time.Millisecond)},
		"goog:chromeOptions": map[string]any{"binary": binary, "args": append(slices.Clone(flags), "--user-data-dir="+profile)},
	}}}, &opened)
	b.session = "/session/" + opened.SessionID
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	b.Resize(1280, 800)
	return b
}

// In returns the same browser for a subtest, so that what goes wrong is said of
// that.
func (b *Browser) In(t testing.TB) *Browser {
	inner := *b
	inner.t = t
	return &inner
}

func find(name, usual string) string {
	if _, err := os.Stat(usual); err == nil {
		return usual
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

var listening = regexp.MustCompile(`started successfully on port (\d+)`)

// launch starts the driver and returns its address.
func launch(t testing.TB, tool string) string {
	t.Helper()
	cmd := exec.Command(tool, "--port=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("start %s: %v", tool, err)
	}
	port, drained := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(drained)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				port <- m[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, out) // until it ends
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-drained
		_ = cmd.Wait() // it was killed
	})
	select {
	case p := <-port:
		return "http://127.0.0.1:" + p
	case <-drained:
		t.Fatalf("%s ended at once", tool)
	case <-time.After(start):
		t.Fatalf("%s did not come up within %v", tool, start)
	}
	return ""
}

// failure is what the driver has against a command.
type failure struct {
	Code    string `json:"error"`
	Message string `json:"message"`
}

func (f *failure) Error() string { return f.Code + ": " + f.Message }

// try sends a command; out takes the value of the answer unless it is nil.
func (b *Browser) try(method, path string, body, out any) error {
	in := []byte("{}")
	if body != nil {
		var err error
		if in, err = json.Marshal(body); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	if method != http.MethodPost {
		in = nil
	}
	req, err := http.NewRequest(method, b.base+b.session+path, bytes.NewReader(in))
	if err != nil {
		return fmt.Errorf("make %s: %w", path, err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return fmt.Errorf("send %s: %w", path, err)
	}
	var answer struct {
		Value json.RawMessage `json:"value"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	if closed := resp.Body.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		f := &failure{Code: resp.Status}
		_ = json.Unmarshal(answer.Value, f) // else the status says it
		return f
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, out)
}

func (b *Browser) call(method, path string, body, out any) {
	b.t.Helper()
	if err := b.try(method, path, body, out); err != nil {
		b.t.Fatalf("webdriver: %v", err)
	}
}

// devtools sends a command of the Chrome DevTools Protocol.
func (b *Browser) devtools(command string, params map[string]any) {
	b.t.Helper()
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": command, "params": params}, nil)
}
