package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

func TestTogetherIsOpenedOnce(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "I opened a direct message with you and Ann.")
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "open already")
	require.Equal(t, [][]string{{"slack/T1/U1", "slack/T1/U3"}}, f.lobby.groups)
	require.Equal(t, []string{"claimed slack/T1/U1"}, f.happened("C1", 100), "she is on it")
	var group string
	for k, to := range f.said.posts {
		if to == "slack/T1/G77" {
			group = k
		}
	}
	require.NotEmpty(t, group)
	got := f.shows(group)
	require.Contains(t, got, "Ann raised it, and Bea may be able to help.")
	require.Contains(t, got, "nobody has answered")
	require.Contains(t, f.shows(key), "were brought together")
	require.Contains(t, f.press("slack/T1/U2", "solved", group).Card.Text(), "for somebody else", "Carl is not in the group")
	require.Nil(t, f.press("slack/T1/U3", "solved", group).Card, "Ann raised it")
	require.Equal(t, []string{"claimed slack/T1/U1", "closed slack/T1/U3 solved", "confirmed slack/T1/U3"}, f.happened("C1", 100))
}

func TestTogetherSaysKindlyWhyNot(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	f.lobby.err = refusal("Slack knows no such person")
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "Slack does not let me open that conversation")
	f.lobby.err = errors.New("time-out")
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "try once more")
	person := func(n, text string) {
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{ID: "andon/test/again/" + n, Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: text, At: f.clock.now()}}}))
	}
	f.lobby.err = nil
	person("1", `{"id":"ann","name":"Ann","opted_out":true,"accounts":["slack/T1/U3"]}`)
	got := f.press("slack/T1/U1", "together", key).Card.Text()
	require.NotContains(t, got, "opted")
	require.Contains(t, got, "I cannot open a conversation")
	f.clock.set(f.clock.now().Add(time.Second))
	person("2", `{"id":"ann","name":"Ann","left":true,"accounts":["slack/T1/U3"]}`)
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "Ann has left the company")
	require.Empty(t, f.lobby.groups)
}

func TestTicketIsCreatedFromAThread(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	one := f.press("slack/T1/U1", "more", "ticket:"+key).Modal
	require.Contains(t, form(one), "In which project?:  {PAY} {OPS}")
	two := f.send("slack/T1/U1", one, "project", "jira/jira|PAY").Modal
	require.Contains(t, form(two), "What is it?:  {Bug} {Task}")
	three := f.send("slack/T1/U1", two, "type", "Bug").Modal
	require.Contains(t, form(three), "Title: Can anybody help me?")
	require.Contains(t, form(three), "Found in chat: https://slack.example/archives/C1/p")
	require.Contains(t, form(three), "Environment:")
	f.desk.wrong = map[string]string{"env": "Say which.", "title": "Too short.", "priority": "is required"}
	require.Equal(t, map[string]string{"field.env": "Say which.", "title": "Too short. priority: is required"}, sorted(f.send("slack/T1/U1", three, "field.env", "test").Errors))
	f.desk.wrong = nil
	for range 2 { // sent twice
		require.Contains(t, form(f.send("slack/T1/U1", three, "field.env", "test").Modal), "It is PAY-90 now")
	}
	require.Len(t, f.desk.made, 1)
	for _, made := range f.desk.made {
		require.Equal(t, []string{"PAY", "Bug", "test", "Bea"}, []string{made.Project, made.Type, made.Fields["env"], made.ByName})
	}
	got := f.shows(key)
	require.Contains(t, got, "Bea linked it to PAY-90.")
	require.Contains(t, got, "PAY-90 (https://jira.example/browse/PAY-90)")
	require.NotContains(t, got, "Create ticket")
}

// sorted makes what two problems of one input say comparable.
func sorted(errs map[string]string) map[string]string {
	if errs["title"] == "priority: is required Too short." {
		errs["title"] = "Too short. priority: is required"
	}
	return errs
}

func TestLinkToAnIssue(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	m := f.press("slack/T1/U1", "more", "link:"+key).Modal
	require.Contains(t, f.send("slack/T1/U1", m, "issue", "that one").Errors["issue"], "That is no issue")
	require.Contains(t, f.send("slack/T1/U1", m, "issue", "PAY-404").Errors["issue"], "I find no issue")
	require.Contains(t, form(f.send("slack/T1/U1", m, "issue", "<https://jira.example/browse/pay-90?x=1>").Modal), "PAY-90")
	require.Equal(t, []string{"linked slack/T1/U1 PAY-90"}, f.happened("C1", 100))
}

func TestWhoIsOutsideIsNotTold(t *testing.T) {
	f := newFloor(t, nil)
	room := signals.MembersOf("slack/T1/C2")
	join := &signals.Event{ID: "slack/T1/C2/join", Case: signals.Key{Source: signals.Slack, Site: "T1", ID: "C2"}, Kind: signals.Joined, To: "slack/T1/U1", At: tuesday.Add(-time.Hour), Audience: room}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{join}}))
	f.lobby.members["slack/T1/C2"] = []string{"slack/T1/U3"} // Bea left, and nobody heard of it
	require.Empty(t, f.ask("C2", 100, room))
	found := false
	for _, r := range f.records("C2", 100) {
		for _, n := range r.Nudges {
			found = found || n.To == "bea" && n.State == signals.Failed && n.Why == "they may not see it any more"
		}
	}
	require.True(t, found)
	require.Empty(t, f.fake.Messages())
}

func TestWhoLeftTheRoomSeesNothingOfItAnyMore(t *testing.T) {
	f := newFloor(t, func(c *bot.Config) { c.Rooms = nil })
	room := signals.MembersOf("slack/T1/C2")
	join := &signals.Event{ID: "slack/T1/C2/join", Case: signals.Key{Source: signals.Slack, Site: "T1", ID: "C2"}, Kind: signals.Joined, To: "slack/T1/U1", At: tuesday.Add(-time.Hour), Audience: room}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{join}}))
	key := f.ask("C2", 100, room)
	require.Contains(t, f.shows(key), "nobody has answered")
	left := *join
	left.ID, left.Field, left.At = "slack/T1/C2/left", "left", f.clock.now()
	solved := &signals.Event{ID: "slack/T1/C2/solved", Case: threadAt("C2", 100), Kind: signals.Closed, Actor: "slack/T1/U3", To: "solved", At: f.clock.now(), Audience: room}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{&left, solved}}))
	f.drain()
	require.Equal(t, "Something may need you\nSomething in a place that you are not in concerns you. Please ask Ann.", strings.SplitN(f.shows(key), "\nandon", 2)[0])
	require.Contains(t, f.press("slack/T1/U1", "claim", key).Card.Text(), "in a place that you are not in")
}

func TestWhatWasTakenAwayIsNotEditedForEver(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	f.said.gone[key] = true
	f.press("slack/T1/U1", "claim", key)
	out, ok, err := f.db.Message(t.Context(), key)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, signals.Sent, out.State)
	require.Empty(t, out.Copies)
	f.press("slack/T1/U1", "solved", key)
	require.Len(t, f.fake.Messages(), 2, "nothing is said anew, and who raised it is asked")
}

func TestLateNudgesKeepQuietHours(t *testing.T) {
	f := newFloor(t, nil)
	f.said.broken = errors.New("Slack is away")
	require.Empty(t, f.ask("C1", 100, signals.Public))
	f.said.broken = nil
	again := func(at time.Time) int {
		f.clock.set(at)
		for _, r := range f.records("C1", 100) {
			for _, n := range r.Nudges {
				if n.State == signals.Sending {
					require.NoError(t, f.bot.Send(t.Context(), n.Message))
				}
			}
		}
		return len(f.fake.Messages())
	}
	day := tuesday.AddDate(0, 0, 1)
	require.Zero(t, again(time.Date(2026, 3, 4, 21, 0, 0, 0, time.UTC)), "it is night in Berlin")
	require.Equal(t, 1, again(time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)), day)
}

// TestCardsAreTaken draws every kind of message, with whatever people wrote, and
// lets a Slack take it.
func TestCardsAreTaken(t *testing.T) {
	traps := []string{"<!channel> <@U1> <https://x|y>", strings.Repeat("long ", 900), "\u202egnp.exe", "a\x00b\x1b[31m", "&lt;b&gt; *x* _y_ `z` ~q~", "فريق 😀"}
	for _, trap := range traps {
		f := newFloor(t, nil)
		e := wondered("C1", 100, tuesday, "U3", askWords+" "+trap)
		name := `{"id":"ann","name":"<!here> Ann","accounts":["slack/T1/U3"]}`
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e, {ID: "andon/test/x", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "ann", Text: name, At: tuesday}}}))
		f.drain()
		f.until(tuesday.Add(23*time.Hour), true)
		f.drain()
		for _, k := range slices.Collect(keys(f)) {
			f.press("slack/T1/U1", "together", k)
			if m := f.press("slack/T1/U1", "ticket", k).Modal; m != nil {
				require.NotNil(t, f.send("slack/T1/U1", m, "project", "jira/jira|OPS").Modal)
			}
			f.press("slack/T1/U1", "solved", k)
		}
		for _, m := range f.fake.Messages() {
			require.NotContains(t, m.Text, "<!channel>")
			require.NotContains(t, m.Text, "<!here>")
		}
		require.NotEmpty(t, f.fake.Messages(), "%q", trap)
	}
}

// TestCards compares every kind of card with what it looked like before.
func TestCards(t *testing.T) {
	f := newFloor(t, nil)
	var out []string
	show := func(name, key string) { out = append(out, "-- "+name+" --", f.shows(key), blocksOf(f, key)) }
	key := f.ask("C1", 100, signals.Public)
	show("a question that nobody answered", key)
	f.press("slack/T1/U1", "together", key)
	show("somebody is on it", key)
	for k, to := range f.said.posts {
		if to == "slack/T1/G77" {
			show("together", k)
		}
	}
	f.press("slack/T1/U1", "solved", key)
	show("solved", key)
	had := slices.Collect(keys(f))
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", f.clock.now().Add(-10*time.Minute))}))
	f.drain()
	f.until(f.clock.now().Add(30*time.Hour), true)
	f.drain()
	for k := range f.said.cards {
		if !slices.Contains(had, k) {
			show("an issue that came back", k)
			f.press("slack/T1/U1", "refuse", k)
		}
	}
	golden(t, "cards.golden", out)
}

// golden compares parts with a file of testdata.
func golden(t *testing.T, name string, parts []string) {
	path, got := filepath.Join("testdata", name), strings.Join(parts, "\n")+"\n"
	if os.Getenv("UPDATE_CARDS") != "" {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "UPDATE_CARDS=1 writes it")
	require.Equal(t, string(want), got, "UPDATE_CARDS=1 rewrites it")
}

func keys(f *floor) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range f.said.cards {
			if !yield(k) {
				return
			}
		}
	}
}

// blocksOf is what Slack shows of a message.
func blocksOf(f *floor, key string) string {
	i := slices.IndexFunc(f.fake.Messages(), func(m fakeslack.Message) bool { return m.Key == key })
	require.GreaterOrEqual(f.t, i, 0)
	return apart(string(f.fake.Messages()[i].Blocks))
}
