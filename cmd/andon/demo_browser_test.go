package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/demo"
	"andon/integrations/slack/fakeslack/webdriver"
	"andon/store"
)

// TestDemoInBrowser clicks through the demonstration as a visitor does, in a
// browser: every button of a nudge, the commands, the Home tab and the digest.
// With ANDON_SHOTS=folder it leaves pictures of what it saw there.
func TestDemoInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays a week beside a browser: run without -short")
	}
	b := webdriver.New(t)
	v := newVisit(t, true)
	v.b, v.shots = b, os.Getenv("ANDON_SHOTS")
	v.until("Tue 10:20")
	for _, step := range []struct {
		name string
		do   func(*visit)
	}{
		{"takes", takes}, {"meets", meets}, {"snoozes", snoozes}, {"creates", creates}, {"refuses", refuses}, {"solves", solves},
		{"judges", judges}, {"asks", asks}, {"pulls", pulls}, {"home", looksAtHome}, {"week", readsWeek}, {"digest", readsDigest},
	} {
		ok := t.Run(step.name, func(t *testing.T) {
			x := *v
			x.t, x.b = t, b.In(t)
			step.do(&x)
			require.Empty(t, x.b.Complaints())
		})
		if !ok {
			break // the next one rests on it
		}
	}
}

// visit is a demonstration whose clock stands unless the test moves it: what the
// browser does is dealt with at once.
type visit struct {
	t     *testing.T
	b     *webdriver.Browser
	s     *show
	ctx   context.Context
	h     store.Handlers
	mu    *sync.Mutex // held while the clock or the service moves
	shots string      // folder for pictures, "" for none
}

// newVisit begins the week. Where alone is set, nobody of the company answers
// andon, so that nothing happens between the clicks of the visitor.
func newVisit(t *testing.T, alone bool) *visit {
	t.Helper()
	out := &safeText{}
	ctx, stop := context.WithCancel(t.Context())
	d := &demoCmd{Speed: 720, Seed: 1, LogLevel: "off", alone: alone}
	s, err := d.stage(ctx, &env{ctx, out, io.Discard})
	require.NoError(t, err)
	v := &visit{t: t, s: s, ctx: ctx, h: s.svc.handlers(), mu: &sync.Mutex{}}
	end := s.serve(ctx)
	stopped := make(chan error, 1)
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-stopped)
		require.NoError(t, end())
		require.NoError(t, s.close())
	})
	err = s.heard(ctx)
	go func() { stopped <- v.settle() }()
	require.NoError(t, err)
	return v
}

// settle lets the service deal with what comes until the end of the visit.
func (v *visit) settle() error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-v.ctx.Done():
			return nil
		case <-tick.C:
		}
		v.mu.Lock()
		err := v.s.settle(v.ctx, v.h)
		v.mu.Unlock()
		if err != nil && v.ctx.Err() == nil {
			return err
		}
	}
}

// until lets the week pass up to a moment of the story, such as "Tue 10:20".
func (v *visit) until(moment string) {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.s.end = demo.On(moment)
	require.NoError(v.t, v.s.steps(v.ctx, v.h))
}

// open opens the page as somebody, at a channel or, for "andon", at their direct
// messages with it.
func (v *visit) open(who, where string) {
	v.t.Helper()
	v.b.Open(v.s.url + demo.Page(who, where))
}

// shot takes pictures of what the page shows: wide and narrow, light and dark.
func (v *visit) shot(name string) {
	v.t.Helper()
	if v.shots == "" {
		return
	}
	for _, size := range []struct {
		name          string
		width, height int
	}{{"desk", 1280, 800}, {"phone", 390, 844}} {
		v.b.Resize(size.width, size.height)
		for mode, dark := range map[string]bool{"light": false, "dark": true} {
			v.b.Dark(dark)
			v.b.Eval(nil, "const l = document.getElementById('log'); if (!location.search.includes('home')) l.scrollTop = l.scrollHeight; return new Promise((r) => requestAnimationFrame(() => setTimeout(r, 50)))")
			v.b.Screenshot(filepath.Join(v.shots, fmt.Sprintf("%s-%s-%s.png", name, size.name, mode)))
		}
	}
	v.b.Dark(false)
	v.b.Resize(1280, 800)
}

func takes(v *visit) {
	v.open("bea", "andon")
	v.b.WaitText("It changed teams 3 times in 24 hours: Support, then Checkout, then Payments, then Platform.")
	v.b.WaitText("You are the contact of Identity")
	v.shot("01-nudge")
	v.b.Click("I'm on it")
	v.b.WaitText("Bea Fontaine is on it.")
	v.b.WaitGone("Snooze")
	v.shot("02-taken")
}

func meets(v *visit) {
	v.open("bea", "andon")
	v.b.Click("Bring us together")
	v.b.WaitText("I opened a direct message with you and June Okafor.")
	v.b.Click("[data-channel^=G]") // the only conversation of several people
	v.b.WaitText("Together on: SUP-131")
	v.b.WaitText("Shortest way: Support → Identity")
	v.shot("03-together")
	v.b.Type("#box", "Hello June, I know this one.\n")
	v.open("june", "general")
	v.b.Click("[data-channel^=G]")
	v.b.WaitText("Hello June, I know this one.")
}

func snoozes(v *visit) {
	v.open("raj", "andon")
	v.b.WaitText("PLAT-152")
	v.b.Choose("#log select[data-action-id=snooze]", "Until tomorrow 9:00")
	v.b.WaitText("You are told again on 11 March 09:00.")
	v.shot("04-snoozed")
}

func creates(v *visit) {
	v.open("carmen", "andon")
	v.b.WaitText("Zoe Aldridge wrote: “since the upgrade to 5.2 the wish list crashes")
	v.shot("05-found-in-chat")
	v.b.Choose("#log select[data-action-id=more]", "Create ticket ...")
	v.b.Choose("In which project?", "SUP")
	v.shot("06-form-project")
	v.b.Click("Next")
	v.b.Choose("What is it?", "Bug")
	v.b.Click("Next")
	v.b.WaitText("Everybody who sees the project reads it.")
	v.shot("07-form-ticket")
	v.b.Click("Create")
	v.b.WaitText("Ticket created")
	v.b.Click("Close")
	v.b.WaitText("Carmen Ibarra linked it to SUP-134.")
	v.shot("08-ticket")
}

func refuses(v *visit) {
	v.open("dana", "andon")
	v.b.WaitText("SUP-126 Refund mail shows the wrong amount")
	v.b.Click("Not me ...")
	v.b.WaitText("That is fine. I ask somebody else")
	v.shot("09-form-not-me")
	v.b.Choose("#modal select", "Rosa Delgado")
	v.b.Click("Send")
	v.b.WaitText("Dana Kovac said that it is rather for Rosa Delgado.")
	v.shot("10-refused")
	v.open("rosa", "andon")
	v.b.WaitText("You were named by Dana Kovac")
}

func solves(v *visit) {
	v.open("tess", "andon")
	v.b.WaitText("Otis Reed wrote: “Can anybody help me with gift messages?")
	v.b.Choose("#log select[data-action-id=more]", "Solved")
	v.b.WaitText("Tess Maddox says that it is solved.")
	v.shot("11-solved")
}

func judges(v *visit) {
	v.until("Tue 13:55")
	v.open("kofi", "andon")
	v.b.WaitText("A worry was voiced in careful words")
	v.b.Choose("#log select[data-action-id=more]", "Not useful ...")
	v.b.WaitText("Nobody sees who said so.")
	v.shot("12-form-not-useful")
	v.b.Choose("#modal select", "It came too late")
	v.b.Click("Send")
	v.b.WaitText("You said that it was not useful. Thank you.")
	v.shot("13-not-useful")
}

func asks(v *visit) {
	v.open("felix", "general")
	v.b.Type("#box", "/andon path SUP-131\n")
	v.b.WaitText("Support → Identity")
	v.b.WaitText("Teams only.")
	v.shot("14-path")
	v.b.Type("#box", "/andon list all\n")
	v.b.WaitText("SUP-133")
	v.shot("15-list")
	v.b.Type("#box", "/andon help\n")
	v.b.WaitText("pull")
	v.shot("16-help")
}

func pulls(v *visit) {
	v.open("elle", "platform")
	v.b.Type("#box", "/andon pull The build agents eat the screenshots of the sofas\n")
	v.b.WaitText("Only visible to you")
	v.shot("17-pulled")
	v.open("stellan", "andon")
	v.b.WaitText("The build agents eat the screenshots of the sofas")
	v.shot("18-cord")
}

func looksAtHome(v *visit) {
	for _, who := range []string{"bea", "stellan", "june"} {
		v.open(who, "andon")
		v.b.Click("Home")
		v.b.WaitText("Your open nudges")
		v.b.WaitText("Your settings")
		v.shot("19-home-" + who)
	}
	v.open("bea", "andon")
	v.b.Click("Home")
	v.b.Click("Change ...")
	v.b.WaitText("Working hours")
	v.shot("20-settings")
	v.b.Click("Cancel")
}

// readsWeek reads what the commands of the week answered, each to who typed it.
func readsWeek(v *visit) {
	v.until("Fri 15:20")
	for _, x := range []struct{ name, who, where, says string }{
		{"22-lint", "keiko", demo.Admin, "The chain: "},
		{"23-suppressed", "stellan", "platform", "What was put aside in this channel"},
		{"24-routes", "ines", "support", "Support → Identity for long_path"},
		{"25-cost", "priya", "help-checkout", "Hand-offs between teams"},
		{"26-drill", "dana", "andon", "How far the drill of #payments came"},
		{"27-chain", "dov", "andon", "It waits for Payments, who waits for Platform"},
	} {
		v.open(x.who, x.where)
		v.b.WaitText(x.says)
		v.shot(x.name)
	}
}

func readsDigest(v *visit) {
	v.until("Next 09:10")
	v.open("nora", demo.Digest)
	v.b.WaitText("The week of 9 to 15 March")
	v.b.WaitText("Longest paths")
	v.shot("21-digest")
	require.NotContains(v.t, strings.ToLower(v.b.Text("#log")), "quiet week")
}
