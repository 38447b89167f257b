package slack

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/signals"
)

func testRoom() *room {
	return &room{
		workspace: &workspace{Team: "T", Bots: map[string]bool{"UBOT": true}, Known: map[string]bool{"U1": true, "U2": true, "UBOT": true}},
		Channel:   "C", Audience: signals.Public,
	}
}

const ts = "1600000000.000100"

var at = time.UnixMicro(1600000000000100).UTC()

// event fills in what all events of the tests share.
func event(e signals.Event) *signals.Event {
	if e.At.IsZero() {
		e.At = at
	}
	if e.Seq.Entry == 0 {
		e.Seq.Entry = e.At.UnixMicro()
	}
	if e.ID == "" {
		e.ID = "slack/T/C/" + ts
	}
	if e.Case.IsZero() {
		e.Case = signals.SlackThread("T", "C", ts)
	}
	e.Audience = signals.Public
	return &e
}

func TestDerive(t *testing.T) {
	said, channel := "slack/T/C/"+ts, signals.Key{Source: signals.Slack, Site: "T", ID: "C"}
	root := "1599999999.000000"
	thread, rootID := signals.SlackThread("T", "C", root), "slack/T/C/"+root
	tests := map[string]struct {
		json string // ts is added
		want []signals.Event
	}{
		"root":           {`"user":"U1","text":"hi"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi"}}},
		"root of thread": {`"user":"U1","text":"hi","thread_ts":"` + ts + `","reply_count":3,"latest_reply":"1700000000.0"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi"}}},
		"reply":          {`"user":"U1","text":"hi","thread_ts":"` + root + `"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi", Case: thread, Ref: rootID}}},
		"broadcast": {
			`"subtype":"thread_broadcast","user":"U1","text":"hi","thread_ts":"` + root + `"`,
			[]signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi", Case: thread, Ref: rootID, Field: Broadcast}},
		},
		"me":           {`"subtype":"me_message","user":"U1","text":"waves"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "waves"}}},
		"bot":          {`"subtype":"bot_message","bot_id":"B1","username":"ci","text":"red"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/bot:B1", Text: "red"}}},
		"old bot":      {`"subtype":"bot_message","username":"ci","text":"red"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/bot:ci", Text: "red"}}},
		"app as bot":   {`"user":"UBOT","bot_id":"B1","text":"red"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/bot:B1", Text: "red"}}},
		"app user":     {`"user":"UBOT","text":"red"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/bot:UBOT", Text: "red"}}},
		"app as human": {`"user":"U1","bot_id":"B1","text":"red"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "red"}}},
		"slackbot":     {`"user":"USLACKBOT","text":"hi"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/bot:USLACKBOT", Text: "hi"}}},
		"nobody":       {`"text":"hi"`, []signals.Event{{Kind: signals.Said, Text: "hi"}}},
		"comment":      {`"subtype":"file_comment","comment":{"user":"U2"},"text":"nice"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U2", Text: "nice"}}},
		"odd types":    {`"user":7,"text":{},"reactions":"x","files":3,"blocks":true,"attachments":null,"edited":[]`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/7"}}},
		"files": {
			`"user":"U1","text":"see","files":[{"name":"a.log"},{"title":"B"},{},5]`,
			[]signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "see\n[file: a.log]\n[file: B]\n[file]"}},
		},
		"edited": {`"user":"U1","text":"now","edited":{"user":"U2","ts":"1600000060.000000"}`, []signals.Event{
			{Kind: signals.Said, Actor: "slack/T/U1", Text: "now"},
			{
				Kind: signals.Edited, Actor: "slack/T/U2", Text: "now", ID: said + "/edited/1600000060.000000", Ref: said,
				At: time.Unix(1600000060, 0).UTC(), Seq: signals.Seq{Item: 1},
			},
		}},
		"edited within the second": {`"user":"U1","text":"now","edited":{"user":"U1","ts":"1600000000.000000"}`, []signals.Event{
			{Kind: signals.Said, Actor: "slack/T/U1", Text: "now"},
			{Kind: signals.Edited, Actor: "slack/T/U1", Text: "now", ID: said + "/edited/1600000000.000000", Ref: said, Seq: signals.Seq{Item: 1}},
		}},
		"edited at an absurd time": {`"user":"U1","text":"now","edited":{"user":"U1","ts":"5"}`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "now"}}},
		"reactions": {`"user":"U1","text":"hi","reactions":[{"name":"eyes","users":["U1","UBOT"],"count":9},{"name":"tada","users":["U2"]},{"users":["U1"]}]`, []signals.Event{
			{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi"},
			{Kind: signals.Reacted, Actor: "slack/T/U1", Field: "undated", To: "eyes", ID: said + "/reaction/eyes/U1", Ref: said, Seq: signals.Seq{Item: 1}},
			{Kind: signals.Reacted, Actor: "slack/T/bot:UBOT", Field: "undated", To: "eyes", ID: said + "/reaction/eyes/bot:UBOT", Ref: said, Seq: signals.Seq{Item: 2}},
			{Kind: signals.Reacted, Actor: "slack/T/U2", Field: "undated", To: "tada", ID: said + "/reaction/tada/U2", Ref: said, Seq: signals.Seq{Item: 3}},
		}},
		"join":    {`"subtype":"channel_join","user":"U1","inviter":"U2","text":"joined"`, []signals.Event{{Kind: signals.Joined, Case: channel, Actor: "slack/T/U2", To: "slack/T/U1"}}},
		"leave":   {`"subtype":"group_leave","user":"U1","text":"left"`, []signals.Event{{Kind: signals.Joined, Case: channel, Actor: "slack/T/U1", To: "slack/T/U1", Field: "left"}}},
		"topic":   {`"subtype":"channel_topic","user":"U1","topic":"on call: ada"`, []signals.Event{{Kind: signals.Edited, Case: channel, Actor: "slack/T/U1", Field: "topic", To: "on call: ada"}}},
		"purpose": {`"subtype":"group_purpose","user":"U1","purpose":"p"`, []signals.Event{{Kind: signals.Edited, Case: channel, Actor: "slack/T/U1", Field: "purpose", To: "p"}}},
		"name":    {`"subtype":"channel_name","user":"U1","old_name":"a","name":"b"`, []signals.Event{{Kind: signals.Edited, Case: channel, Actor: "slack/T/U1", Field: "name", From: "a", To: "b"}}},
		"tombstone": {
			`"subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","thread_ts":"` + ts + `"`,
			[]signals.Event{{Kind: signals.Deleted, ID: said + "/deleted", Ref: said}},
		},
		"deleted": {
			`"subtype":"message_deleted","deleted_ts":"1599999999.500000","previous_message":{"ts":"1599999999.500000","thread_ts":"` + root + `"}`,
			[]signals.Event{{Kind: signals.Deleted, Case: thread, Ref: "slack/T/C/1599999999.500000"}},
		},
		"changed": {
			`"subtype":"message_changed","message":{"ts":"` + root + `","user":"U1","text":"b","edited":{"user":"U2"}},"previous_message":{"text":"a"}`,
			[]signals.Event{{Kind: signals.Edited, Case: thread, Actor: "slack/T/U2", From: "a", Text: "b", Ref: rootID}},
		},
		"unfurled":      {`"subtype":"message_changed","message":{"ts":"` + root + `","user":"U1","text":"a"},"previous_message":{"text":"a"}`, nil},
		"housekeeping":  {`"subtype":"pinned_item","user":"U1","text":"pinned"`, nil},
		"not a message": {`"type":"user_typing","user":"U1"`, nil},
		"new subtype":   {`"subtype":"brand_new","user":"U1","text":"hi"`, []signals.Event{{Kind: signals.Said, Actor: "slack/T/U1", Text: "hi"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, why, err := testRoom().derive(decode(gjson.Parse(`{"ts":"` + ts + `",` + test.json + `}`)))
			require.NoError(t, err)
			require.Equal(t, len(test.want) == 0, why != "")
			var want []*signals.Event
			for _, e := range test.want {
				want = append(want, event(e))
			}
			require.Equal(t, want, got)
		})
	}
}

func TestDeriveErrors(t *testing.T) {
	for _, json := range []string{
		`{}`, `{"ts":"x"}`, `{"ts":"` + ts + `","thread_ts":"x"}`, `{"ts":"` + ts + `","subtype":"message_deleted"}`,
		`{"ts":"` + ts + `","subtype":"message_changed","message":{"text":"a"}}`,
	} {
		_, _, err := testRoom().derive(decode(gjson.Parse(json)))
		require.Error(t, err, json)
	}
}

func TestIsBot(t *testing.T) {
	require.True(t, signals.IsBot("slack/T/bot:B1"))
	require.False(t, signals.IsBot("slack/T/U1"))
	require.False(t, signals.IsBot(""))
}

func TestBodyFromBlocks(t *testing.T) {
	tests := map[string]struct{ json, want string }{
		"rich text": {
			`{"text":"","blocks":[{"type":"rich_text","elements":[
				{"type":"rich_text_section","elements":[{"type":"text","text":"ask "},{"type":"user","user_id":"U1"},{"type":"text","text":" in "},{"type":"channel","channel_id":"C2"},
				{"type":"broadcast","range":"here"},{"type":"emoji","name":"eyes"},{"type":"link","url":"https://x.example"},{"type":"link","url":"https://y.example","text":"y"}]},
				{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"two"}]}]}]}]}`,
			"ask <@U1> in <#C2><!here>:eyes:<https://x.example><https://y.example|y>\none\ntwo",
		},
		"section":     {`{"blocks":[{"type":"header","text":{"type":"plain_text","text":"Build"}},{"type":"section","text":{"type":"mrkdwn","text":"*red*"},"fields":[{"type":"mrkdwn","text":"main"}]},{"type":"divider"}]}`, "Build\n*red*main"},
		"attachments": {`{"attachments":[{"pretext":"p","title":"t","text":"x","fallback":"f"},{"fallback":"only"},{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"b"}}]}]}`, "p\nt\nx\nonly\nb"},
		"text wins":   {`{"text":"said","attachments":[{"fallback":"only"}],"blocks":[{"type":"header","text":{"type":"plain_text","text":"no"}}]}`, "said"},
		"only a file": {`{"files":[{"name":"a.png"}]}`, "[file: a.png]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, decode(gjson.Parse(test.json)).body()) })
	}
}

func TestParseTS(t *testing.T) {
	for in, micros := range map[string]int64{
		"1600000000.000100": 1600000000000100, "1600000000": 1600000000000000, "1100000000.5": 1100000000500000, "1600000000.1234567": 1600000000123456,
	} {
		got, err := ParseTS(in)
		require.NoError(t, err)
		require.Equal(t, time.UnixMicro(micros).UTC(), got)
	}
	for _, in := range []string{"", ".", ".5", "1.2.3", "-1600000000", "1e9", "1600000000,5", " 1600000000", "0", "99999999999", "160000000000000", "1600000000.12345678901234567890"} {
		_, err := ParseTS(in)
		require.Error(t, err, in)
	}
}
