package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
	"andon/store/storetest"
)

// speaker takes every message and remembers its card; it finds them again by
// key, as Slack does.
type speaker struct {
	at    map[string][]signals.Copy // by target and key
	cards []*view.Card
	to    []string
	fail  error
	after error // the post arrives, and the answer does not
}

func (s *speaker) Post(_ context.Context, target string, card *view.Card) (signals.Copy, error) {
	if s.fail != nil {
		return signals.Copy{}, s.fail
	}
	s.cards, s.to = append(s.cards, card), append(s.to, target)
	at := signals.Copy{Channel: target, TS: fmt.Sprintf("1772532000.%06d", len(s.cards))}
	if s.at == nil {
		s.at = make(map[string][]signals.Copy)
	}
	s.at[target+card.Key] = append(s.at[target+card.Key], at)
	return at, s.after
}

func (s *speaker) Update(context.Context, signals.Copy, *view.Card) error { return nil }
func (s *speaker) Delete(context.Context, signals.Copy) error             { return nil }
func (s *speaker) Find(_ context.Context, target, key string, _ time.Time) ([]signals.Copy, error) {
	return s.at[target+key], nil
}

// said is how many messages of a kind were said.
func (s *speaker) said(kind string) (out []*view.Card) {
	for _, c := range s.cards {
		if c.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

// meetings is where people meet, as a list of what was asked of it.
type meetings struct {
	calls []string
	fail  error
}

func (p *meetings) Together(_ context.Context, people []string) (string, error) {
	p.calls = append(p.calls, "together "+strings.Join(people, " "))
	return "slack/T1/G9", p.fail
}
func (p *meetings) Members(context.Context, string) ([]string, error) { return nil, p.fail }
func (p *meetings) Join(_ context.Context, channel string) error {
	p.calls = append(p.calls, "join "+channel)
	return p.fail
}
func (p *meetings) Leave(_ context.Context, channel string) error {
	p.calls = append(p.calls, "leave "+channel)
	return p.fail
}

// forbidden is an error of Slack that stays.
type forbidden struct{ error }

func (forbidden) TerminalReason() string { return "andon is not in the channel" }

// office is a small company to whom people speak: bea and carl lead teams, dora
// is new, and bea and carl are in a private channel.
type office struct {
	*stepper
	said   *speaker
	places *meetings
	n      int
}

func newOffice(t *testing.T, more func(*bot.Config)) *office {
	o := &office{said: &speaker{}, places: &meetings{}}
	o.stepper = newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), func(c *bot.Config) {
		c.Poster, c.Rooms, c.Admins = o.said, o.places, []string{"bea"}
		c.Sources["jira/jira"] = &scripted{}
		c.Told.Channel = func(name string) (string, bool) { return "slack/T1/C1", name == "payments" }
		c.Told.File = map[string]string{"budget": "3", "modes.stall": "shadow"}
		c.Links = func(k signals.Key, label string) string { return "https://x.example/" + label }
		if more != nil {
			more(c)
		}
	})
	hidden := pingpong("8", tuesday.Add(-20*time.Minute))
	for _, e := range hidden {
		e.Audience = signals.MembersOf("jira/jira/security:1")
	}
	secret := []*signals.Event{
		posted("C2", 100, 0, tuesday.Add(-30*time.Minute), "U1", "pulling the cord: the secret migration fails"),
		posted("C2", 100, 1, tuesday.Add(-29*time.Minute), "U2", "which step of it"),
	}
	for _, e := range secret {
		e.Audience = signals.MembersOf("slack/T1/C2")
	}
	person := &signals.Event{ID: "andon/test/person/dora", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "dora", Text: `{"id":"dora","name":"Dora","accounts":["slack/T1/U3"],"zone":"Europe/Berlin"}`, At: time.Unix(0, 0).UTC()}
	require.NoError(t, o.bot.Accept(t.Context(),
		signals.Delivery{Events: append(staff(), person)}, signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))},
		signals.Delivery{Events: hidden}, signals.Delivery{Events: secret}, signals.Delivery{Events: []*signals.Event{posted("C1", 200, 0, tuesday.Add(-5*time.Minute), "U1", "good morning")}}))
	o.drain()
	return o
}

// asks is one asking of somebody, in channel C1.
func (o *office) asks(user, text string) view.Asked {
	o.n++
	return view.Asked{ID: fmt.Sprintf("q%d", o.n), Kind: view.Command, User: "slack/T1/" + user, Channel: "slack/T1/C1", Action: "/andon", Text: text}
}

func (o *office) reply(a view.Asked) view.Reply {
	o.t.Helper()
	r, err := o.bot.Ask(o.t.Context(), a)
	require.NoError(o.t, err, a.Text)
	if r.Card != nil {
		require.True(o.t, r.Ephemeral, "%q is answered to one person", a.Text)
		require.NotContains(o.t, r.Card.Text(), "!", "%q", a.Text)
	}
	return r
}

func (o *office) ask(user, text string) string {
	o.t.Helper()
	r := o.reply(o.asks(user, text))
	require.NotNil(o.t, r.Card, text)
	return r.Card.Text()
}

// last is the latest event of a kind in the journal.
func (o *office) last(kind signals.Kind) (last *signals.Event) {
	o.t.Helper()
	entries, err := o.db.Follow(o.t.Context(), 0, 10_000)
	require.NoError(o.t, err)
	for _, e := range entries {
		if e.Kind == kind {
			last = e.Event
		}
	}
	return last
}

// id is the short id of the first signal that an answer names.
func (o *office) id(user, text string) string {
	o.t.Helper()
	m := regexp.MustCompile(`ID ([a-z2-7]{6})`).FindStringSubmatch(o.ask(user, text))
	require.NotNil(o.t, m, "%q names an ID", text)
	return m[1]
}

func TestWrongInputSaysWhatToMend(t *testing.T) {
	o := newOffice(t, nil)
	for text, want := range map[string]string{
		"snoze 2h": `Did you mean "snooze"?`, "status nonsense": "is no issue and no link", "path": "path PAY-17", "why": "why k3xq7a", "why aaaaaa": "I know no signal aaaaaa",
		"similar": "similar checkout times out", "list everything": "list mine", "pull": "pull checkout is slow", "pull PAY-99 x": "I know nothing of PAY-99",
		"snooze": "snooze tomorrow 9am", "snooze whenever": "I do not understand", "snooze PAY-99 2h": "I know nothing of PAY-99", "snooze 2026-01-01": "is over already",
		"solved": "solved k3xq7a", "mute": "mute stall", "mute stal": "Did you mean stall?", "mute stall for ages": "do not understand the time", "unmute stall": "You have not muted stall",
		"away until never": "do not understand the time", "away backup": "backup @bea", "away until monday backup @zed": "nobody called", "away backup @dora": "cannot stand in for yourself",
		"settings colour red": "settings zone Europe/Berlin", "settings zone Mars/Base": "no time zone", "settings hours late": "09:00-17:00", "settings hours 17:00-09:00": "no working hours", "settings days x": "mon-fri", "settings thanks maybe": "on or off", "settings backup": "backup @bea",
		"link": "link 5b10a", "link -x": "is no Jira account", "link bea": "belongs to somebody else", "link a@b.example": "cannot find a Jira account",
		"watch #nowhere": "I know no channel", "watch #a #b": "One channel at a time", "unwatch <#C5>": "in that channel itself", "back": "You are not away", "optin": "You have not opted out", "help nonsens": "Did you mean",
		"digest now": "Only admins", "digest": "Only admins", "mode stall live": "Only admins", "silence #payments until monday": "Only admins", "mute stall for everybody": "Only admins",
	} {
		require.Contains(t, o.ask("U3", text), want, "%q", text)
	}
	for text, want := range map[string]string{
		"mode stall": "Tell me the mode", "mode stall loud": "There is no mode", "mode stall live in": "do not understand where", "mode stall live in #nowhere": "know no channel", "mode stal live": "Did you mean stall?",
		"silence": "Say it like silence", "silence #payments": "until when", "silence #payments from never until monday": "from when", "silence #payments until 2020-01-01": "is over", "digest now": "not switched on",
		"snooze PAY-7": "until when",
	} {
		require.Contains(t, o.ask("U1", text), want, "%q", text)
	}
	require.Nil(t, o.last(signals.Muted), "nothing was changed")
	require.Nil(t, o.last(signals.ModeSet))
	require.Nil(t, o.last(signals.Pulled))
	require.Nil(t, o.last(signals.Watched))
}

func TestHelpTellsWhatIsSwitchedOn(t *testing.T) {
	o := newOffice(t, nil)
	require.NotContains(t, o.ask("U3", "help"), "mode stall ask")
	require.Contains(t, o.ask("U1", "help"), "mode stall ask")
	require.NotContains(t, o.ask("U1", "help"), "digest now")
	require.Contains(t, o.ask("U3", "please help snooze"), "/andon snooze PAY-17 2h")
	o = newOffice(t, func(c *bot.Config) { c.Digest.Channel = "slack/T1/C1" })
	require.Contains(t, o.ask("U1", "help"), "digest now")
	require.NotEmpty(t, o.ask("U1", "digest now"))
}

// TestNothingLeaks asks, as somebody who may see neither the hidden issue nor
// the private channel, all that could tell of them.
func TestNothingLeaks(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U2", "list all"), "pulled the cord", "who is in the channel sees it")
	secret := o.id("U1", "status https://x.slack.com/archives/C2/p100000000")
	var records []*signals.Record
	require.NoError(t, o.db.Since(t.Context(), tuesday.Add(-time.Hour), func(r *signals.Record) error { records = append(records, r); return nil }))
	require.GreaterOrEqual(t, len(records), 3, "the issue, the hidden one and the private thread")
	for _, text := range []string{
		"list", "list all", "list team", "list channel", "status", "status PAY-8", "path PAY-8", "who PAY-8", "similar PAY-8", "similar invoices arrive twice", "similar secret migration", "why PAY-8", "why " + secret, "solved " + secret, "solved PAY-8",
		"snooze PAY-8 2h", "snooze " + secret + " 2h", "pull PAY-8 help", "status https://x.slack.com/archives/C2/p100000000", "why https://x.slack.com/archives/C2/p100000000", "settings", "mute stall <#C2>",
	} {
		got := o.ask("U3", text)
		require.NotContains(t, got, "migration", text)
		require.NotContains(t, got, "PAY-8 Invoices", text)
		if !strings.Contains(text, secret) {
			require.NotContains(t, got, secret, text)
		}
	}
	for _, k := range []signals.Kind{signals.Closed, signals.Confirmed, signals.Snoozed, signals.Pulled} {
		require.Nil(t, o.last(k), "%s", k)
	}
	for _, action := range []string{"answer.open", "answer.claim", "answer.snooze"} {
		r := o.reply(view.Asked{ID: action, Kind: view.Pressed, User: "slack/T1/U3", Action: action, Value: secret})
		require.NotContains(t, r.Card.Text(), "migration")
	}
	require.Nil(t, o.last(signals.Claimed))
	in := o.asks("U3", "list here")
	in.Channel = "slack/T1/C2"
	require.Contains(t, o.reply(in).Card.Text(), "Nothing is open that you may see")
}

func TestListAndWhy(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "list"), "Nothing is open")
	require.Contains(t, o.ask("U3", "list all"), "PAY-7 Invoices arrive twice: it came back to Payments")
	require.Contains(t, o.ask("U3", "list team"), "which team you are in")
	require.Contains(t, o.ask("U1", "list team"), "PAY-7")
	r := o.reply(o.asks("U1", "list"))
	require.Contains(t, r.Card.Text(), "PAY-7")
	actions := make(map[string]view.Action)
	for _, a := range r.Card.Actions {
		actions[a.ID] = a
	}
	require.Contains(t, actions, "answer.open")
	require.Contains(t, actions, "answer.claim")
	id := o.id("U1", "list")
	for _, text := range []string{"why " + id, "why PAY-7", "why #" + strings.ToUpper(id)} {
		got := o.ask("U1", text)
		for _, want := range []string{"Detector ping_pong:", "it went from Web to Payments", "Mode: live", "ID " + id, "To you: sent", "https://x.example/PAY-7"} {
			require.Contains(t, got, want, text)
		}
	}
	got := o.ask("U3", "why "+id)
	require.Contains(t, got, "To others: told.")
	require.NotContains(t, strings.ToLower(got), "bea", "whom it was said to is theirs")
	require.NotContains(t, got, "leads Payments")
}

func TestAnswersToNudges(t *testing.T) {
	o := newOffice(t, nil)
	id := o.id("U1", "list")
	require.Contains(t, o.ask("U1", "snooze "+id+" tomorrow 9am"), "Wed 4 Mar 09:00")
	e := o.last(signals.Snoozed)
	require.Equal(t, "2026-03-04T09:00:00Z", e.To)
	require.Equal(t, "PAY-7", "PAY-"+e.Case.ID)
	require.Contains(t, o.ask("U1", "snooze PAY-7 2h"), "12:00")
	require.Contains(t, o.ask("U3", "snooze PAY-7 2h"), "nothing of PAY-7")
	r := o.reply(view.Asked{ID: "p1", Kind: view.Pressed, User: "slack/T1/U1", Action: "answer.snooze", Value: id})
	require.Contains(t, r.Card.Text(), "Wed 4 Mar 09:00")
	require.Contains(t, o.reply(view.Asked{ID: "p2", Kind: view.Pressed, User: "slack/T1/U2", Action: "answer.claim", Value: id}).Card.Text(), "not there any more", "it was not said to them")
	require.Contains(t, o.reply(view.Asked{ID: "p3", Kind: view.Pressed, User: "slack/T1/U1", Action: "answer.claim", Value: id}).Card.Text(), "You are on it")
	require.Equal(t, "slack/T1/U1", o.last(signals.Claimed).Actor)
	o.drain()
	require.Contains(t, o.ask("U1", "status PAY-7"), "reacted 3 Mar")
	require.Contains(t, o.ask("U1", "solved PAY-7"), "closed in Jira")
	require.Nil(t, o.last(signals.Confirmed))
	require.Contains(t, o.ask("U1", "solved https://x.slack.com/archives/C1/p200000000"), "confirmed by who raised it")
	require.Equal(t, "solved", o.last(signals.Closed).To)
	require.NotNil(t, o.last(signals.Confirmed))
	require.Contains(t, o.ask("U2", "solved https://x.slack.com/archives/C2/p100000000"), "whoever raised it is asked")
}

func TestPullInAChannel(t *testing.T) {
	o := newOffice(t, nil)
	a := o.asks("U3", "pull <@U1> checkout is slow &amp; <!channel> angry")
	require.Contains(t, o.reply(a).Card.Text(), "You pulled the cord")
	require.Contains(t, o.reply(a).Card.Text(), "You pulled the cord", "heard twice")
	cards := o.said.said("cord")
	require.Len(t, cards, 1)
	require.Contains(t, cards[0].Text(), "Dora pulled the cord: @U1 checkout is slow & @channel angry")
	e := o.last(signals.Pulled)
	require.Equal(t, "slack/T1/U3", e.Actor)
	require.Equal(t, signals.Public, e.Audience)
	require.Equal(t, "slack/T1/C1", e.Case.Channel())
	o.drain()
	require.Contains(t, o.ask("U3", "list"), "pulled the cord", "it stands among what they raised")

	require.Contains(t, o.ask("U3", "pull invoices are wrong, anonymously."), "Nobody is told that it was you")
	cards = o.said.said("cord")
	require.Len(t, cards, 2)
	require.Contains(t, cards[1].Text(), "Somebody pulled the cord: invoices are wrong\n")
	e = o.last(signals.Pulled)
	require.NotContains(t, fmt.Sprintf("%+v", e), "U3")
	require.NotContains(t, fmt.Sprintf("%+v", e), "dora")
	s := signals.Signal{Detector: "cord", Case: e.Case, Occasion: e.ID}
	o.drain()
	records, err := o.db.Records(t.Context(), e.Case)
	require.NoError(t, err)
	require.Len(t, records, 1)
	require.Equal(t, s.Key(), records[0].Signal.Key(), "the token is kept under the key of the signal")
	who, ok, err := o.db.TakeToken(t.Context(), s.Key())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "dora", who)

	private := o.asks("U1", "pull nobody knows this channel")
	private.Channel = "slack/T1/C77"
	o.reply(private)
	require.Equal(t, signals.MembersOf("slack/T1/C77"), o.last(signals.Pulled).Audience, "unknown: no more than its members")
}

func TestPullThatCannotBeSaid(t *testing.T) {
	o := newOffice(t, nil)
	o.said.fail = forbidden{errors.New("not_in_channel")}
	require.Contains(t, o.ask("U3", "pull x y"), "andon is not in the channel. Invite me there")
	o.said.fail = errors.New("broken")
	require.Contains(t, o.ask("U3", "pull x y"), "Nothing was raised"[:0]+"pull again in a minute")
	require.Nil(t, o.last(signals.Pulled))
	o.said.fail, o.said.after = nil, context.DeadlineExceeded
	require.Contains(t, o.ask("U3", "pull x y"), "You pulled the cord", "it stands there, so it counts")
	require.Len(t, o.said.said("cord"), 1)
	o = newOffice(t, func(c *bot.Config) { c.Poster = nil })
	require.Contains(t, o.ask("U3", "pull x y"), "not connected")
}

func TestPullOnACase(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "pull on PAY-7 nobody looks at it"), "on it")
	e := o.last(signals.Pulled)
	require.Equal(t, "7", e.Case.ID)
	require.Equal(t, "nobody looks at it", e.Text)
	require.Empty(t, o.said.said("cord"))
	require.Contains(t, o.ask("U3", "pull https://x.slack.com/archives/C1/p200000000 look"), "on it")
	require.Equal(t, "C1/200.000000", o.last(signals.Pulled).Case.ID)
}

func TestSpokenInAThread(t *testing.T) {
	o := newOffice(t, nil)
	a := o.asks("U3", "<@UANDON|andon> please status")
	a.Kind, a.Message, a.Thread = view.Mention, "slack/T1/C1/201.000000", "slack/T1/C1/200.000000"
	require.Contains(t, o.reply(a).Card.Text(), "This thread")
	a.ID, a.Text = "t2", "pull nobody answers"
	o.reply(a)
	require.Equal(t, "C1/200.000000", o.last(signals.Pulled).Case.ID)
	require.Empty(t, o.said.said("cord"), "the thread is where it is")
	a.ID, a.Text, a.Thread = "t3", "status", "slack/T1/C2/100.000000"
	require.NotContains(t, o.reply(a).Card.Text(), "This thread", "a private one is nobody else's")
}
