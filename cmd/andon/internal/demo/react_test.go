package demo

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

const someBlocks = `[
	{"type":"section","block_id":"b1","text":{"type":"mrkdwn","text":"SUP-131 wanders"},"accessory":{"type":"button","action_id":"path","text":{"text":"Path"}}},
	{"type":"actions","block_id":"b2","elements":[
		{"type":"button","action_id":"claim","text":{"text":"I'm on it"},"value":"m1"},
		{"type":"static_select","action_id":"snooze","options":[{"text":{"text":"1 hour"},"value":"hour:m1"},{"text":{"text":"Tomorrow 9:00"},"value":"day:m1"}]},
		{"type":"overflow","action_id":"more","options":[{"text":{"text":"Solved"},"value":"solved:m1"},{"text":{"text":"Not useful ..."},"value":"useless:m1"}]}]}]`

func TestClickOn(t *testing.T) {
	m := fakeslack.Message{Channel: "DBEA", TS: "1.0", Blocks: json.RawMessage(someBlocks)}
	for _, c := range []struct {
		name, press, pick string
		want              fakeslack.Click
		found             bool
	}{
		{"a button", "claim", "", fakeslack.Click{Block: "b2", Action: "claim"}, true},
		{"beside a text", "path", "", fakeslack.Click{Block: "b1", Action: "path"}, true},
		{"a menu", "snooze", "omorrow", fakeslack.Click{Block: "b2", Action: "snooze", Values: []string{"day:m1"}}, true},
		{"a choice under more", "useless", "", fakeslack.Click{Block: "b2", Action: "more", Values: []string{"useless:m1"}}, true},
		{"a choice that is not there", "snooze", "next year", fakeslack.Click{}, false},
		{"what is gone", "refuse", "", fakeslack.Click{}, false},
		{"a button is no menu", "claim", "omorrow", fakeslack.Click{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, found := clickOn(&m, &reaction{Press: c.press, Pick: c.pick})
			require.Equal(t, c.found, found)
			if found {
				c.want.Channel, c.want.TS = m.Channel, m.TS
			}
			require.Equal(t, c.want, got)
		})
	}
	for _, blocks := range []string{"", "{}", "[1,null,{\"elements\":[3]}]", "not JSON"} {
		_, found := clickOn(&fakeslack.Message{Blocks: json.RawMessage(blocks)}, &reaction{Press: "claim"})
		require.False(t, found)
	}
}

func TestEntries(t *testing.T) {
	body := []byte(`{"blocks":[
		{"type":"section","text":{"text":"words"}},
		{"type":"input","block_id":"whom","label":{"text":"Who could take it instead?"},"element":{"type":"users_select","action_id":"x"}},
		{"type":"input","block_id":"why","label":{"text":"What was it?"},"element":{"type":"static_select","action_id":"x","options":[{"text":{"text":"True, but not worth it"},"value":"noise"}]}},
		{"type":"input","block_id":"more","label":{"text":"More"},"element":{"type":"plain_text_input","action_id":"x"}}]}`)
	require.Equal(t, map[string][]string{"whom": {"UANYA"}, "why": {"noise"}}, entries(body, map[string]string{"instead": "anya", "what was it": "noise"}))
	require.Equal(t, map[string][]string{"more": {"text"}}, entries(body, map[string]string{"more": "text", "what was it": "unknown"}))
	require.Empty(t, entries([]byte("no form"), map[string]string{"more": "text"}))
}

func TestFind(t *testing.T) {
	blocks := json.RawMessage(someBlocks)
	at := func(channel, ts, user string) fakeslack.Message {
		return fakeslack.Message{Channel: channel, TS: ts, User: user, Text: "SUP-131 wanders", Blocks: blocks}
	}
	r := reaction{About: []string{"SUP-131", "wanders"}}
	for _, c := range []struct {
		name  string
		r     reaction
		m     fakeslack.Message
		found bool
	}{
		{"told directly", r, at("DBEA", "1.0", Bot), true},
		{"by somebody else", r, at("DBEA", "1.0", "UJUNE"), false},
		{"in a channel", r, at("CGENERAL", "1.0", Bot), false},
		{"in the channel that is meant", reaction{About: r.About, In: "general"}, at("CGENERAL", "1.0", Bot), true},
		{"to the one who is meant", reaction{About: r.About, Who: "bea"}, at("DBEA", "1.0", Bot), true},
		{"to another", reaction{About: r.About, Who: "tom"}, at("DBEA", "1.0", Bot), false},
		{"about something else", reaction{About: []string{"SUP-131", "budget"}}, at("DBEA", "1.0", Bot), false},
		{"after another", reaction{About: r.About, On: "first", Next: true}, at("DBEA", "200.000000", Bot), true},
		{"before the other", reaction{About: r.About, On: "first", Next: true}, at("DBEA", "50.000000", Bot), false},
		{"the other has not been", reaction{About: r.About, On: "never", Next: true}, at("DBEA", "200.000000", Bot), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := c.r.find([]fakeslack.Message{c.m}, map[string]time.Time{"first": time.Unix(100, 0)})
			require.Equal(t, c.found, found)
		})
	}
}

// TestNobodyTells plays the whole week with nobody behind Slack: no nudge ever
// comes, and the story goes on to its end all the same.
func TestNobodyTells(t *testing.T) {
	w := worldAt(t, "Mon 08:00")
	require.NoError(t, w.Prepare(t.Context()))
	turns := 0
	settle := func() error {
		if turns++; turns > 2000 {
			return errors.New("the story does not come to an end")
		}
		return nil
	}
	for now := Begin; !now.After(End); now = now.Add(time.Hour) {
		w.Clock.Set(now)
		require.NoError(t, w.Turn(t.Context(), settle))
	}
	require.Zero(t, w.Next(), "everything has happened")
	for _, r := range answers() {
		require.NotZero(t, w.answered[r.Name], "%s", r.Name)
	}
	n, teams := w.Handoffs("SUP-131")
	require.Equal(t, 4, n, "%v", teams)
	require.Len(t, w.Saved(), 2)
	require.Empty(t, w.DigestText())
}

// TestVisitorsWereQuicker has no message left to press and a form open that is
// not the story's: both are left alone.
func TestVisitorsWereQuicker(t *testing.T) {
	w := worldAt(t, "Tue 10:30")
	r := &reaction{Name: "x", Press: "claim", About: []string{"SUP-131"}, Note: "{who} presses.", Then: []beat{after(minute, saying(recipient, "general", "", "Hello"))}}
	m := fakeslack.Message{Channel: "DBEA", TS: "1.0", User: Bot, Text: "SUP-131", Blocks: json.RawMessage(`[]`)}
	w.beats = nil
	require.NoError(t, w.answer(t.Context(), r, &m))
	require.Equal(t, Odd, w.Lines()[0].Kind)
	require.Len(t, w.Lines(), 1, "it is not told that she pressed")
	require.Equal(t, "bea", w.beats[0].Who, "what follows happens all the same")
}
