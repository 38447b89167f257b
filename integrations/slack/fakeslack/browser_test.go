package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack/webdriver"
)

// People do on the page what they do in Slack, and it works.
func TestBrowser(t *testing.T) {
	fake, _, server := furnished(t, office)
	b := webdriver.New(t)
	b.Open(server.URL + "/")
	require.Contains(t, b.Text("#me"), "Ada Example", "the first person")
	require.Contains(t, b.Text("#title"), "general", "and the first channel")

	b.Type("#box", "/andon help\n")
	b.WaitText("Help for you: you typed help")
	b.Click("Dismiss message")
	b.Type("#box", "half a sentence")
	fake.Say("C1", "U2", "", "Something came up meanwhile")
	b.WaitText("Something came up meanwhile")
	b.WaitText("half a sentence") // is still in the box
	b.Type("#box", ", and its end\n")
	b.WaitText("half a sentence, and its end")

	b.Click("I'm on it")
	b.WaitText("Taken by @ada with on-it")
	t.Run("modals", func(t *testing.T) { answersModals(t, fake, b.In(t)) })
	t.Run("threads", func(t *testing.T) { writesInThreads(t, fake, b.In(t)) })
	t.Run("home", func(t *testing.T) { opensHome(t, fake, b.In(t)) })
	t.Run("elements", func(t *testing.T) { usesElements(t, fake, b.In(t)) })
	t.Run("people", func(t *testing.T) { becomesSomebodyElse(t, fake, b.In(t)) })
	require.Empty(t, b.Complaints(), "no script broke, and no policy was hurt")
}

func answersModals(t *testing.T, fake *Server, b *webdriver.Browser) {
	b.Hover("[data-user=U4]")
	b.Click("[data-user=U4] [data-do=more]")
	b.Click("Raise a signal")
	b.WaitText("What did you see?")
	b.Click("Raise")
	b.WaitText("Please complete this required field.")
	b.Type("#modal [data-block-id=line] [data-action-id=entry]", " with a secret")
	b.Choose("#modal select[data-block-id=person]", "Bo Sample")
	b.Choose("#modal select[data-block-id=place]", "#payments")
	b.Eval(nil, "document.querySelector('#modal input[type=date]').value = '2026-03-02'")
	b.Click("Very Money is lost")
	b.Click("Raise")
	b.WaitText("Say it without that word.")
	b.Press(webdriver.Escape)
	b.WaitGone("What did you see?")
	require.Empty(t, fake.Modals("U1"))

	require.NoError(t, fake.Shortcut(context.Background(), "U1", "raise", "C1", fake.Messages()[0].TS))
	b.Choose("#modal select[data-block-id=person]", "Bo Sample")
	b.Choose("#modal select[data-block-id=place]", "#payments")
	b.Eval(nil, "document.querySelector('#modal input[type=date]').value = '2026-03-02'")
	b.Click("Very Money is lost")
	b.Click("Raise")
	b.WaitText("One more step")
	require.Len(t, fake.Modals("U1"), 2, "the second stands above the first")
	b.Click("[aria-label=Back]")
	b.WaitGone("One more step")
	b.Click("Raise")
	b.WaitText("One more step")
	b.Choose("#modal select[data-block-id=person]", "Bo Sample")
	b.Choose("#modal select[data-block-id=place]", "#payments")
	b.Eval(nil, "document.querySelector('#modal input[type=date]').value = '2026-03-02'")
	b.Click("Very Money is lost")
	b.Click("Raise")
	b.WaitText("Raised: Refunds fail")
	require.Empty(t, fake.Modals("U1"))
}

func writesInThreads(t *testing.T, fake *Server, b *webdriver.Browser) {
	root := fake.Say("C1", "U3", "", "Who knows the <#C2|payments> ledger?")
	b.WaitText("Who knows the #payments ledger?")
	b.Hover(fmt.Sprintf("[data-ts='%s']", root))
	b.Click(fmt.Sprintf("[data-ts='%s'] [data-do=thread]", root))
	b.Type("#answer", "I do\n")
	b.WaitText("1 reply")
	fake.Say("C1", "U2", root, "So do I")
	b.WaitText("2 replies")
	b.WaitText("So do I")
	b.Hover(fmt.Sprintf("#log [data-ts='%s']", root))
	b.Click(fmt.Sprintf("#log [data-ts='%s'] [data-do=react-eyes]", root))
	b.Click(fmt.Sprintf("#log [data-ts='%s'] [data-emoji=eyes]", root))
	require.NoError(t, fake.Delete("C1", "U2", fake.Say("C1", "U2", root, "Too much")))
	b.WaitGone("Too much")
	b.Press(webdriver.Escape)
	b.WaitGone("So do I")
}

func opensHome(t *testing.T, fake *Server, b *webdriver.Browser) {
	b.Click("[data-channel=D1]")
	b.Click("Home")
	b.WaitText("Ask @bo in #payments")
	_, published := fake.Home("U1")
	require.True(t, published)
	b.Click("Messages")
	b.WaitText("Useful here 7 of 9 times lately")
}

func usesElements(t *testing.T, fake *Server, b *webdriver.Browser) {
	for _, c := range []struct {
		use  func()
		want string
	}{
		{func() { b.Click("Delete"); b.Click("Yes, delete") }, "with delete"},
		{func() { b.Choose("#log select[data-action-id=snooze]", "Until tomorrow") }, "with snooze1d"},
		{func() { b.Click("#log [data-action-id=more]"); b.Click("Why me?") }, "with morewhy"},
		{func() { b.Choose("#log select[data-action-id=who]", "Cleo Muster") }, "with who"},
		{func() { b.Click("Never No digest at all") }, "with rn"},
		{func() { b.Click("Quiet hours") }, "with x"},
	} {
		fake.mu.Lock()
		m := &Message{Channel: "C2", User: fake.o.Bot}
		require.Nil(t, fake.fill(m, args{values: map[string]string{"text": "x", "blocks": blocksOf(t, "actions")}}))
		ts := fake.store(m).TS
		fake.mu.Unlock()
		b.Click("[data-channel=C2]")
		b.Eval(nil, "document.querySelectorAll('#log > [data-ts]').forEach((e) => { if (e.dataset.ts !== arguments[0]) e.remove(); })", ts)
		c.use()
		b.WaitText(c.want)
		b.Click("[data-channel=C3]")
		b.WaitText("Where signals died")
	}
}

func becomesSomebodyElse(t *testing.T, fake *Server, b *webdriver.Browser) {
	fake.Say("C4", "U1", "", "You should read this")
	b.Click("#me")
	b.Click("[data-person=U2]")
	b.WaitText("You are Bo Sample")
	b.WaitText("platform")
	require.Regexp(t, `^1\s+unread$`, b.Text("[data-channel=C4].unread .count"))
	b.Click("[data-channel=C4]")
	b.WaitText("You should read this")
	b.Type("#box", "Hello @ad\t")
	b.WaitText("Hello @ada")
	b.Type("#box", "!\n")
	require.Eventually(t, func() bool { m := fake.Messages(); return m[len(m)-1].Text == "Hello <@U1> !" }, time.Minute, time.Millisecond)
	b.Resize(390, 844)
	b.Click("Show channels")
	b.Click("[data-channel=C1]")
	b.WaitText("Who knows the")
	b.Resize(1280, 800)
}

// The bar shows what the program says, without being asked, and does what it can.
func TestBrowserBar(t *testing.T) {
	o := small
	var paused atomic.Bool
	var speed atomic.Value
	speed.Store("1x")
	o.Bar = Bar{
		Status: func() string { return fmt.Sprintf("paused: %v, at %v", paused.Load(), speed.Load()) },
		Controls: []Control{
			{ID: "pause", Label: "Pause", Current: func() string { return map[bool]string{true: "on"}[paused.Load()] }, Do: func(context.Context, string) error { paused.Store(!paused.Load()); return nil }},
			{ID: "speed", Label: "Speed", Choices: []string{"1x", "60x"}, Current: func() string { return speed.Load().(string) }, Do: func(_ context.Context, v string) error { speed.Store(v); return nil }},
			{ID: "step", Label: "Step", Do: func(context.Context, string) error { return errors.New("nothing is left to happen") }},
		},
	}
	_, _, server := stand(t, o)
	b := webdriver.New(t)
	b.Open(server.URL + "/")
	b.WaitText("paused: false, at 1x")
	b.Click("Pause")
	b.WaitText("paused: true")
	b.Click("[data-control=pause][aria-pressed=true]")
	b.WaitText("paused: false")
	b.Choose("[data-control=speed]", "60x")
	b.WaitText("at 60x")
	b.Click("Step")
	b.WaitText("Step: nothing is left to happen")
	paused.Store(true) // somewhere else
	b.WaitText("paused: true")
	require.Empty(t, b.Complaints())
}

// Of a long channel the end is shown, and what is older on request.
func TestBrowserLongChannel(t *testing.T) {
	fake, _, server := stand(t, small)
	for i := range 2000 {
		fake.Say("C1", "U2", "", fmt.Sprintf("message %d.", i))
	}
	b := webdriver.New(t)
	b.Open(server.URL + "/?as=U1&channel=C1")
	b.WaitText("message 1999.")
	var n int
	b.Eval(&n, "return document.querySelectorAll('#log > [data-ts]').length")
	require.Equal(t, shown, n)
	b.Click("Show older messages")
	b.WaitText("message 1800.")
	b.Eval(&n, "return document.querySelectorAll('#log > [data-ts]').length")
	require.Equal(t, 2*shown, n)
}

// TestScreenshots writes what the page looks like, for people to look at:
// FAKESLACK_SHOTS=folder go test -run Screenshots.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("FAKESLACK_SHOTS")
	if dir == "" {
		t.Skip("set FAKESLACK_SHOTS to a folder to have pictures of the page written")
	}
	o := office
	paused := "off"
	o.Bar = Bar{Status: func() string { return "Monday 2 March 2026, 10:41 · day 1 of 5" }, Controls: []Control{
		{ID: "pause", Label: "Pause", Current: func() string { return paused }, Do: func(context.Context, string) error { paused = "on"; return nil }}, {ID: "step", Label: "Step", Do: func(context.Context, string) error { return nil }},
		{ID: "speed", Label: "Speed", Choices: []string{"1×", "60×", "600×"}, Current: func() string { return "60×" }, Do: func(context.Context, string) error { return nil }},
	}}
	fake, _, server := furnished(t, o)
	root := fake.Messages()[0].TS
	b := webdriver.New(t)
	for _, size := range []struct {
		name          string
		width, height int
	}{{"desk", 1280, 800}, {"phone", 390, 844}, {"tall", 1280, 2600}, {"long", 390, 3200}} {
		b.Resize(size.width, size.height)
		for _, dark := range []bool{false, true} {
			b.Dark(dark)
			shot := func(name string) {
				b.Screenshot(filepath.Join(dir, fmt.Sprintf("%s-%s-%v.png", name, size.name, dark)))
			}
			if size.height > 1000 {
				for _, c := range []string{"C2", "C3"} {
					b.Open(server.URL + "/?as=U1&channel=" + c)
					shot(c)
				}
				continue
			}
			b.Open(server.URL + "/")
			shot("general")
			b.Open(server.URL + "/?as=U1&channel=C1&thread=" + root)
			shot("thread")
			b.Open(server.URL + "/?as=U1&channel=D1&tab=home")
			b.WaitText("Ask @bo")
			shot("home")
			b.Open(server.URL + "/?as=U1&channel=C1")
			b.Eval(nil, "document.getElementById('log').scrollTop = 0")
			b.Hover("[data-user=U3]")
			b.Click("[data-user=U3] [data-do=more]")
			shot("menu")
			b.Press(webdriver.Escape)
			if size.width < 700 {
				b.Click("Show channels")
				b.Hover("#me") // it slides in
				b.Eval(nil, "return Promise.all(document.getAnimations().map((a) => a.finished)).then(() => null)")
			} else {
				b.Click("#me")
			}
			shot("side")
			require.NoError(t, fake.Shortcut(t.Context(), "U1", "raise", "C1", root))
			b.Open(server.URL + "/?as=U1&channel=C1")
			b.Click("Raise")
			b.WaitText("Please complete")
			shot("modal")
			require.NoError(t, fake.CloseView("U1", fake.Modals("U1")[0].ID, true))
		}
	}
}
