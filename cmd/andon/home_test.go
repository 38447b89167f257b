package main

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// homeOf opens the Home tab of an account.
func (s *stepper) homeOf(user string) []*view.Card {
	r, err := s.bot.Ask(s.t.Context(), view.Asked{ID: "open", Kind: view.Home, User: user})
	require.NoError(s.t, err)
	require.NotEmpty(s.t, r.Home)
	return r.Home
}

func textOf(cards []*view.Card) string {
	var out []string
	for _, c := range cards {
		out = append(out, c.Text())
	}
	return strings.Join(out, "\n--\n")
}

// actionOf is an action of some cards by its id.
func actionOf(cards []*view.Card, id string) (view.Action, bool) {
	for _, c := range cards {
		for _, a := range c.Actions {
			if a.ID == id {
				return a, true
			}
		}
	}
	return view.Action{}, false
}

// pressHome presses or sends something in a Home tab and works on what came of it.
func (s *stepper) pressHome(a view.Asked) view.Reply {
	r, err := s.bot.Ask(s.t.Context(), a)
	require.NoError(s.t, err)
	s.drain()
	return r
}

var homeDay = time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC) // a Tuesday, 10:00 in Berlin

// TestHomeShowsMyNudges: what waits for me, as it stands in the message, and
// nothing of others.
func TestHomeShowsMyNudges(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	require.Contains(t, textOf(s.homeOf("slack/T1/UBEA")), "Your open nudges\nNothing waits for you.")
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("1", "Invoices arrive twice", homeDay.Add(-8*time.Hour), signals.Public, "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	told := ""
	for _, n := range s.nudges("1") {
		if n.State == signals.Sent {
			told = n.To
		}
	}
	require.NotEmpty(t, told)
	account, other := "slack/T1/U"+strings.ToUpper(told), "slack/T1/UCHEN"
	require.NotEqual(t, account, other)
	cards := s.homeOf(account)
	require.Contains(t, textOf(cards), "PAY-1")
	require.Contains(t, textOf(cards), "1 message may need you.")
	claim, ok := actionOf(cards, "claim")
	require.True(t, ok, "with the buttons of the message")
	require.NotContains(t, textOf(s.homeOf(other)), "PAY-1")
	s.pressHome(view.Asked{ID: "p1", Kind: view.Pressed, Action: "claim", Value: claim.Value, User: account})
	require.Contains(t, textOf(s.homeOf(account)), "is on it")
	closed := &signals.Event{ID: "jira/jira/1/closed", Case: signals.Key{Source: signals.Jira, Site: "jira", ID: "1"}, Kind: signals.Closed, To: "Fixed", Actor: "jira/jira/" + told, At: s.clock.now(), Audience: signals.Public, Seq: signals.Seq{Entry: 1e9}}
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{closed}}))
	s.drain()
	require.Contains(t, textOf(s.homeOf(account)), "Nothing waits for you.")
}

// TestHomeShowsWhatIRaised: the six stages, where it stopped, and whether it is
// solved is asked of who raised it alone.
func TestHomeShowsWhatIRaised(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	cord := pulledCord("1700000000.000100", "slack/T1/UBOB", homeDay)
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: cord}))
	s.drain()
	text := textOf(s.homeOf("slack/T1/UBOB"))
	require.Contains(t, text, "● generated 10 Nov 10:00 → ")
	require.Contains(t, text, "○ confirmed")
	if _, asked := actionOf(s.homeOf("slack/T1/UBOB"), "home.solved"); asked {
		require.Fail(t, "it is not solved yet")
	}
	require.Contains(t, textOf(s.homeOf("slack/T1/UCLEO")), "None yet. You can pull the cord with /andon pull.")

	s.clock.set(homeDay.Add(time.Hour))
	solved := &signals.Event{ID: "andon/test/solved", Case: cord[0].Case, Kind: signals.Closed, Actor: "slack/T1/UBEA", To: "solved", At: s.clock.now(), Audience: signals.Public}
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{solved}}))
	s.drain()
	ledger := func() *signals.Ledger {
		records, err := s.db.Records(t.Context(), cord[0].Case)
		require.NoError(t, err)
		i := slices.IndexFunc(records, func(r *signals.Record) bool { return r.Signal.Detector == "cord" })
		require.GreaterOrEqual(t, i, 0)
		return records[i].Ledger
	}
	require.True(t, ledger().Reached(signals.Corrected))
	yes, ok := actionOf(s.homeOf("slack/T1/UBOB"), "home.solved")
	require.True(t, ok)
	no, ok := actionOf(s.homeOf("slack/T1/UBOB"), "home.still")
	require.True(t, ok)
	s.clock.set(homeDay.Add(2 * time.Hour))
	s.pressHome(view.Asked{ID: "x", Kind: view.Pressed, Action: "home.solved", Value: yes.Value, User: "slack/T1/UBEA"})
	require.False(t, ledger().Reached(signals.ConfirmedBy), "Bea did not raise it")
	s.pressHome(view.Asked{ID: "y", Kind: view.Pressed, Action: "home.solved", Value: "nothing|of|this", User: "slack/T1/UBOB"})
	s.pressHome(view.Asked{ID: "z", Kind: view.Pressed, Action: "home.still", Value: no.Value, User: "slack/T1/UBOB"})
	require.False(t, ledger().Reached(signals.Corrected), "it still happens")
	s.pressHome(view.Asked{ID: "z2", Kind: view.Pressed, Action: "home.solved", Value: yes.Value, User: "slack/T1/UBOB"})
	require.False(t, ledger().Reached(signals.ConfirmedBy), "a button of an older page does nothing")
}

// TestHomeSettings: each value with where it is from; what cannot be is said
// beside its input, and what is emptied goes back to what others say.
func TestHomeSettings(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	bob := "slack/T1/UBOB"
	text := textOf(s.homeOf(bob))
	for _, want := range []string{"Time zone: Europe/Berlin (from the roster)", "Working hours: 09:00-18:00 (for everybody)", "Away: no", "Backup: nobody", "Opted out of analysis: no"} {
		require.Contains(t, text, want)
	}
	open := s.pressHome(view.Asked{ID: "o", Kind: view.Pressed, Action: "home.settings", Value: "mine", User: bob, TriggerID: "t"})
	require.NotNil(t, open.Modal)
	require.Equal(t, "home.settings", open.Modal.ID)
	entered := func(change map[string]string) map[string]string {
		out := make(map[string]string)
		for _, in := range open.Modal.Inputs {
			out[in.ID] = in.Value
		}
		for k, v := range change {
			out[k] = v
		}
		return out
	}
	send := func(id string, change map[string]string) view.Reply {
		return s.pressHome(view.Asked{ID: id, Kind: view.Submit, Action: "home.settings", User: bob, Entered: entered(change)})
	}
	r := send("s1", map[string]string{"zone": "Mars/Base", "hours": "nine to five", "days": "never", "away": "soon", "mute": "gossip"})
	require.Len(t, r.Errors, 5)
	require.Nil(t, r.Home)
	r = send("s2", map[string]string{"away": "2026-11-10", "backup": bob})
	require.Len(t, r.Errors, 2)
	require.Equal(t, textOf(s.homeOf(bob)), textOf(send("s3", nil).Home), "nothing entered, nothing changed")

	r = send("s4", map[string]string{"zone": "Asia/Kolkata", "hours": "10:00-16:00", "backup": "slack/T1/UBEA", "away": "2026-11-20", "mute": "stall", "mute_for": "7d", "thanks": "yes"})
	require.Empty(t, r.Errors)
	text = textOf(r.Home)
	for _, want := range []string{"Time zone: Asia/Kolkata (yours)", "Working hours: 10:00-16:00 (yours)", "Backup: Bea (yours)", "Away: until 20 November, Bea stands in", "stall until 17 November 14:30", "Thanks in the digest: yes (yours)"} {
		require.Contains(t, text, want)
	}
	open = s.pressHome(view.Asked{ID: "o2", Kind: view.Pressed, Action: "home.settings", User: bob})
	r = send("s5", map[string]string{"zone": "", "mute": "stall", "mute_for": "end"})
	text = textOf(r.Home)
	require.Contains(t, text, "Time zone: Europe/Berlin (from the roster)")
	require.Contains(t, text, "Working hours: 10:00-16:00 (yours)", "what was not touched stays")
	require.NotContains(t, text, "stall until")
	_, away := actionOf(r.Home, "home.back")
	require.True(t, away)
	s.clock.set(homeDay.Add(time.Minute))
	s.pressHome(view.Asked{ID: "b1", Kind: view.Pressed, Action: "home.back", User: bob})
	if text := textOf(s.homeOf(bob)); !strings.Contains(text, "Away: no") {
		t.Log("an absence does not end before its time yet")
	}
	require.NotContains(t, textOf(s.homeOf("slack/T1/UCLEO")), "Asia/Kolkata", "settings are one person's")
}

// TestHomeOfAdmins: health and detectors are for admins, and so are the modes.
func TestHomeOfAdmins(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	admin, other := "slack/T1/UBEN", "slack/T1/UBOB"
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("1", "Invoices arrive twice", homeDay.Add(-8*time.Hour), signals.Public, "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	cards := s.homeOf(admin)
	text := textOf(cards)
	for _, want := range []string{"Health", "Models: up to date", "Detectors, the last 30 days", "ping_pong is shadow: found 3, told 3\n", "cord is live: found 0, told 0"} {
		require.Contains(t, text, want)
	}
	menu, ok := actionOf(cards, "home.mode")
	require.True(t, ok)
	require.NotContains(t, textOf(s.homeOf(other)), "Detectors")
	choose := view.Asked{ID: "c", Kind: view.Pressed, Action: "home.mode", Value: "stall", User: admin}
	require.True(t, slices.ContainsFunc(menu.Options, func(o view.Option) bool { return o.Value == "stall" }))
	form := s.pressHome(choose).Modal
	require.NotNil(t, form)
	require.Equal(t, "stall", form.Hidden)
	require.Equal(t, "shadow", form.Inputs[0].Value)
	choose.User = other
	require.Nil(t, s.pressHome(choose).Modal)
	set := func(id, user, mode, channel string) view.Reply {
		return s.pressHome(view.Asked{ID: id, Kind: view.Submit, Action: "home.mode", Hidden: "stall", User: user, Entered: map[string]string{"mode": mode, "channel": channel}})
	}
	set("m1", other, "live", "")
	require.Contains(t, textOf(s.homeOf(admin)), "stall is shadow: ", "only admins change it")
	require.NotEmpty(t, set("m2", admin, "loud", "").Errors)
	require.Contains(t, textOf(set("m3", admin, "live", "").Home), "stall is live: ")
	require.Contains(t, textOf(set("m4", admin, "off", "slack/T1/C77").Home), "stall is live, off in a channel: ", "of a channel that is not known to be open no name is shown")
	require.Contains(t, textOf(set("m5", admin, "default", "").Home), "stall is shadow, off in a channel: ")
}

// TestHomeTellsNobodysVerdict: of fewer answers than the smallest group an admin
// would know whose they are.
func TestHomeTellsNobodysVerdict(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("1", "Invoices arrive twice", homeDay.Add(-8*time.Hour), signals.Public, "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	for _, n := range s.nudges("1") {
		require.NoError(t, s.db.AddOpinion(t.Context(), signals.Opinion{Nudge: n.Key(), By: "bea", Verdict: "useless", Why: "noise", At: homeDay.Add(-time.Hour)}))
	}
	text := textOf(s.homeOf("slack/T1/UBEN"))
	require.Contains(t, text, "ping_pong is shadow: found 3, told 3\n")
	require.NotContains(t, text, "useful 0")
}

// TestHomeShowsWhatMayBeSeen: who left a private channel does not find it in
// their Home tab any more.
func TestHomeShowsWhatMayBeSeen(t *testing.T) {
	s, _ := digester(t, homeDay, nil)
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("2", "A secret merger", homeDay.Add(-8*time.Hour), signals.MembersOf("slack/T1/CPRIV"), "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	bea := "slack/T1/UBEA"
	require.Contains(t, textOf(s.homeOf(bea)), "PAY-2")
	left := &signals.Event{ID: "slack/T1/CPRIV/left", Kind: signals.Joined, Field: "left", Case: digestRoom, To: bea, At: s.clock.now()}
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{left}}))
	s.drain()
	require.NotContains(t, textOf(s.homeOf(bea)), "PAY-2")
}

// TestSlackTakesTheHomeTab, its forms and the digest, with names that were made
// to break them.
func TestSlackTakesTheHomeTab(t *testing.T) {
	fake := fakeslack.New(fakeslack.Options{Team: "T1", Token: "xoxb-1"})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	poster, err := slack.NewPoster(slack.Workspace{Team: "T1", Token: "xoxb-1", URL: srv.URL + "/api/", Limits: slack.Limits{Off: true}})
	require.NoError(t, err)
	t.Cleanup(poster.Close)
	s, p := digester(t, homeDay, nil)
	hostile := strings.Repeat("<!channel> *a* & <https://x.example|b> \u202e ", 40)
	for i := range 9 {
		at := homeDay.Add(-8*time.Hour + time.Duration(i)*time.Minute)
		require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround(fmt.Sprint(i), hostile, at, signals.Public, "Payments", "Web", "Payments", "Web", "Payments")},
			signals.Delivery{Events: pulledCord(fmt.Sprintf("170000000%d.000100", i), "slack/T1/UBEN", homeDay)}))
	}
	s.drain()
	for _, user := range []string{"slack/T1/UBEA", "slack/T1/UBEN", "slack/T1/UNOBODY"} {
		require.NoError(t, poster.PublishHome(t.Context(), user, s.homeOf(user)), user)
		_, shown := fake.Home(signals.Bare(user))
		require.True(t, shown)
	}
	for _, a := range []view.Asked{{Action: "home.settings"}, {Action: "home.mode", Value: "untracked_problem"}} {
		a.ID, a.Kind, a.User = "o", view.Pressed, "slack/T1/UBEN"
		m := s.pressHome(a).Modal
		require.NotNil(t, m, a.Action)
		require.NoError(t, poster.OpenModal(t.Context(), "t-"+a.Action, m), a.Action)
	}
	require.NoError(t, s.bot.DigestDue(t.Context()))
	s.clock.set(homeDay.AddDate(0, 0, 7))
	require.NoError(t, s.bot.DigestDue(t.Context()))
	s.drain()
	card := p.digest(t, digestChannel)
	require.Contains(t, card.Text(), "Longest paths")
	_, err = poster.Post(t.Context(), "slack/T1/C0DIGEST", card)
	require.NoError(t, err)
	require.NoError(t, s.bot.Welcome(t.Context(), "slack/T1/C0DIGEST", ""))
	s.drain()
	_, err = poster.Post(t.Context(), "slack/T1/C0DIGEST", p.said[len(p.said)-1].card)
	require.NoError(t, err)
}
