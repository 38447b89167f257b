package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/cmd/andon/internal/demo"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/signals/detect"
)

// TestDemoScript plays the invented week and looks at what came of it: each kind
// of signal, a way that became shorter, a death and a confirmation, and nobody
// disturbed more than they may be.
func TestDemoScript(t *testing.T) {
	end := demo.End
	if testing.Short() {
		end = demo.Begin.Add(10 * time.Hour)
	}
	out, s, records := playDemo(t, end, 0)
	checkDisturbed(t, records)
	checkSaidOnce(t, s, records)
	if testing.Short() {
		require.NotEmpty(t, records, "%s", out)
		return
	}
	p := demo.Config("http://127.0.0.1").Policy
	for _, d := range detect.All() {
		if d.Name == "at_risk" {
			continue // it depends on what a model learns of the past; the story does not
		}
		found := slices.ContainsFunc(records, func(r *signals.Record) bool { return r.Signal.Detector == d.Name })
		require.Equal(t, p.Modes[d.Name] != signals.Off, found, "%s\n%s", d.Name, out)
	}
	dead := slices.ContainsFunc(records, func(r *signals.Record) bool {
		return r.Signal.Detector == "hedged" && r.Ledger.Died != "" && r.Ledger.Why != ""
	})
	require.True(t, dead, "the worry of Tuesday dies, and it is said why\n%s", out)
	confirmed := slices.ContainsFunc(records, func(r *signals.Record) bool { return r.Ledger.Reached(signals.ConfirmedBy) })
	require.True(t, confirmed, "an originator confirms\n%s", out)
	require.Len(t, s.world.Saved(), 2, "two ways became shorter\n%s", out)
	require.Contains(t, out, "saved by a direct introduction")
	for _, r := range records {
		for _, n := range r.Nudges {
			require.NotContains(t, n.Why, "could not", "%s", n.Key())
		}
	}
	checkShown(t, s, records)
}

// checkShown looks at what the week shows besides: who is asked and who is spared,
// what the commands answer, and what the admins are told.
func checkShown(t *testing.T, s *show, records []*signals.Record) {
	told := func(detector, day string) (who []string, route string) {
		for _, r := range records {
			if r.Signal.Detector == detector && r.Signal.At.Format("Mon") == day {
				for _, n := range r.Nudges {
					who, route = append(who, n.To), route+n.Route
				}
			}
		}
		return who, route
	}
	who, route := told("long_path", "Thu")
	require.Equal(t, []string{"tom"}, who)
	require.Contains(t, route, "Support and Identity agreed on this route on 10 March", "a standing route is taken")
	who, _ = told("workaround", "Thu")
	require.NotContains(t, who, "stellan", "who put it aside is not asked again")
	who, _ = told("flapping", "Wed")
	require.Equal(t, []string{"stellan"}, who)
	who, _ = told("flapping", "Fri")
	require.NotContains(t, who, "stellan", "who has enough on their hands is spared")
	for _, x := range []struct{ to, channel, part string }{
		{"", "DMAREK", "Seen before: "},
		{"", demo.Channel(demo.Admin), "workaround is back in shadow in #platform"},
		{"UKEIKO", demo.Channel(demo.Admin), "The chain: "},
		{"USTELLAN", demo.Channel("platform"), "Called not useful on 11 March. It was found as workaround. It came back on 12 March."},
		{"UINES", demo.Channel("support"), "Support → Identity for long_path"},
		{"UINES", demo.Channel("support"), "SUP-128 Invoice list of business accounts is empty: it rose from L1 to L3"},
		{"UPRIYA", demo.Channel("help-checkout"), "Waiting: 2 hours of working time"},
	} {
		said := slices.ContainsFunc(s.world.Slack.Messages(), func(m fakeslack.Message) bool {
			return m.User == demo.Bot && m.To == x.to && m.Channel == x.channel && strings.Contains(m.Text, x.part)
		})
		require.True(t, said, "%q", x)
	}
}

// TestDemoConfig wants the company's configuration to be one that could stand in
// a file.
func TestDemoConfig(t *testing.T) {
	c := demo.Config("http://127.0.0.1:8080")
	raw, err := c.YAML()
	require.NoError(t, err)
	read, err := config.Parse("andon.yaml", raw, configOptions())
	require.NoError(t, err, "%s", raw)
	require.Equal(t, c.Roster, read.Config.Roster)
	require.Equal(t, c.Digest, read.Config.Digest)
}

// TestDemoSaysTheSameAtEverySpeed plays two days in steps that do not keep to the
// story, as a clock does that runs: whatever its speed, the same is said of the
// same things.
func TestDemoSaysTheSameAtEverySpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays two days several times: run without -short")
	}
	t.Parallel()
	end := demo.On("Tue 17:00")
	said := func(step time.Duration) (out []string) {
		_, s, records := playDemo(t, end, step)
		for _, r := range records {
			for _, n := range r.Nudges {
				if n.Message != "" {
					out = append(out, r.Signal.Detector+" to "+s.world.Called(n.To))
				}
			}
		}
		slices.Sort(out)
		return out
	}
	want := said(0)
	require.Contains(t, want, "unanswered_ask to Tess Maddox", "the question of Monday")
	steps := []time.Duration{7*time.Minute + 13*time.Second}
	if os.Getenv(allTroubles) != "" {
		steps = append(steps, 3*time.Minute+17*time.Second, 11*time.Minute+11*time.Second)
	}
	for _, step := range steps {
		require.Equal(t, want, said(step), "%v", step)
	}
}

// playDemo plays the script up to a moment, in steps unless they are 0.
func playDemo(t *testing.T, end time.Time, step time.Duration) (text string, s *show, records []*signals.Record) {
	var out bytes.Buffer
	d := &demoCmd{Speed: 720, Script: true, Seed: 1, LogLevel: "off"}
	s, err := d.stage(t.Context(), &env{t.Context(), &out, io.Discard})
	require.NoError(t, err)
	s.end, s.step = end, step
	var serr error
	records, serr = nil, s.script(t.Context())
	if serr == nil {
		records, serr = s.records(t.Context())
	}
	require.NoError(t, serr, "%s", &out)
	dir := s.dir
	require.NoError(t, s.close())
	require.NoDirExists(t, dir, "nothing is left behind")
	return out.String(), s, records
}

// checkDisturbed wants nobody to be told unasked outside of their hours, or more
// often in a day than the policy allows.
func checkDisturbed(t *testing.T, records []*signals.Record) {
	c := demo.Config("http://127.0.0.1")
	zones := map[string]*time.Location{}
	for _, p := range c.Roster.People {
		zone, err := time.LoadLocation(p.Zone)
		require.NoError(t, err)
		zones[p.ID] = zone
	}
	messages := map[string]map[string]bool{} // by person and day
	for _, r := range records {
		for _, n := range r.Nudges {
			zone := zones[n.To]
			if zone == nil || n.Message == "" || n.Signal.Detector == "cord" || strings.Contains(n.Why, "snooze") {
				continue
			}
			at := n.At.In(zone)
			clock := at.Format("15:04")
			require.True(t, clock >= "09:00" && clock < "17:30" && at.Weekday() != time.Saturday && at.Weekday() != time.Sunday, "%s at %s", n.Key(), at)
			day := n.To + at.Format(" 2 January")
			if messages[day] == nil {
				messages[day] = map[string]bool{}
			}
			messages[day][n.Message] = true
		}
	}
	for day, told := range messages {
		require.LessOrEqual(t, len(told), c.Policy.Budget, "%s", day)
	}
}

// checkSaidOnce wants nobody to be told twice of one occasion unless they wished
// to be, and every message to stand in Slack once.
func checkSaidOnce(t *testing.T, s *show, records []*signals.Record) {
	for _, r := range records {
		told := map[string]int{}
		for _, n := range r.Nudges {
			if n.Message != "" && !strings.Contains(n.Why, "snooze") {
				told[n.To]++
			}
		}
		for who, n := range told {
			snoozed := 0
			if who == "raj" {
				snoozed = 1 // who wished to be told again
			}
			require.LessOrEqual(t, n, 1+snoozed, "%s was told of %s", who, r.Signal.Key())
		}
	}
	keys := map[string]bool{}
	for _, m := range s.world.Slack.Messages() {
		if m.Key != "" && m.To == "" {
			require.False(t, keys[m.Channel+m.Key], "%s stands twice", m.Key)
			keys[m.Channel+m.Key] = true
		}
	}
}

// TestDemoScriptIsTheSame plays the beginning twice, and wants the same words.
func TestDemoScriptIsTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays a day and a half twice: run without -short")
	}
	end := demo.Begin.AddDate(0, 0, 1).Add(3 * time.Hour)
	one, _, _ := playDemo(t, end, 0)
	again, _, _ := playDemo(t, end, 0)
	require.Equal(t, one, again)
}

// lines collects what is printed by several goroutines.
type safeText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestDemoLive begins the demonstration as people do, opens its page while the
// week passes, and ends it.
func TestDemoLive(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs on the real clock for some seconds: run without -short")
	}
	keep := filepath.Join(t.TempDir(), "kept")
	out, ctx, stop := &safeText{}, context.Context(nil), context.CancelFunc(nil)
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	done := make(chan int, 1)
	go func() { done <- Main(ctx, []string{"demo", "--speed", "20000", "--keep", keep}, out, out) }()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)
	require.Eventually(t, func() bool { return address.MatchString(out.String()) }, 20*time.Second, 5*time.Millisecond)
	url := address.FindString(out.String())
	get := func(path string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(body)
	}
	require.Contains(t, get(""), demo.Company[:7])
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "andon writes to") }, 30*time.Second, 5*time.Millisecond)
	require.Contains(t, get("browse/SUP-131"), "Stored card is refused")
	stop()
	select {
	case code := <-done:
		require.Equal(t, exitOK, code, "%s", out.String())
	case <-time.After(15 * time.Second):
		require.Fail(t, "it does not end", "%s", out.String())
	}
	require.FileExists(t, filepath.Join(keep, "andon.db"))
	require.Equal(t, exitUsage, Main(t.Context(), []string{"demo", "--keep", keep}, io.Discard, io.Discard), "an earlier week is not written over")
	require.Equal(t, exitUsage, Main(t.Context(), []string{"demo", "--speed", "0"}, io.Discard, io.Discard))
	require.NoError(t, os.RemoveAll(keep))
}
