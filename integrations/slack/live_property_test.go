package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// lived is one conversation, as a day file has it and as it is heard live.
type lived struct {
	export files
	live   [][]byte          // the messages
	after  [][]byte          // what happens to them, which comes in any order
	before map[string]string // what edited messages said first, by event id
}

// converse draws a conversation of every kind of message.
func converse(t *rapid.T) *lived {
	l := &lived{export: maps.Clone(small), before: map[string]string{}}
	users, now := rapid.SampledFrom([]string{"U1", "U2", "U3", "U4"}), int64(1600000000_000000)
	for i, folder := range []string{"general", "secret", "D1"} {
		room := []fields{{"channel": "C1", "channel_type": "channel"}, {"channel": "G1", "channel_type": "group"}, {"channel": "D1", "channel_type": "im"}}[i]
		delete(l.export, folder+"/2020-09-13.json")
		delete(l.export, folder+"/2020-09-14.json")
		days, roots := map[string][]string{}, []string{}
		for range rapid.IntRange(0, 10).Draw(t, "messages") {
			now += rapid.Int64Range(1, 20*3600*1_000_000).Draw(t, "gap")
			ts := formatTS(time.UnixMicro(now))
			m := l.message(t, ts, users, roots)
			roots = append(roots, ts)
			l.happen(t, room, m, users, now)
			b, err := json.Marshal(m)
			require.NoError(t, err)
			day := folder + "/" + time.UnixMicro(now).UTC().Format(time.DateOnly) + ".json"
			days[day] = append(days[day], string(b))
		}
		for day, messages := range days {
			l.export[day] = "[" + strings.Join(messages, ",") + "]"
		}
	}
	l.export["general/2020-09-12.json"] = "[]"
	return l
}

// message is a message as it is first said.
func (l *lived) message(t *rapid.T, ts string, users *rapid.Generator[string], roots []string) fields {
	m := fields{"type": "message", "user": users.Draw(t, "user"), "ts": ts, "text": "text " + ts}
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		m["subtype"], m["inviter"] = "channel_join", "U2"
	case 1:
		m["subtype"], m["bot_id"], m["username"] = "bot_message", "B7", "robo"
		delete(m, "user")
	case 2:
		m["text"], m["subtype"], m["files"] = "", "file_share", []any{fields{"name": "a.png"}}
	case 3:
		m["text"], m["blocks"] = "", []any{fields{"type": "section", "text": fields{"type": "mrkdwn", "text": "block " + ts}}}
	case 4:
		if len(roots) > 0 {
			m["thread_ts"], m["subtype"] = rapid.SampledFrom(roots).Draw(t, "root"), "thread_broadcast"
		}
	case 5:
		m["subtype"], m["old_name"], m["name"] = "channel_name", "old", "new"
	case 6, 7:
		if len(roots) > 0 {
			m["thread_ts"] = rapid.SampledFrom(roots).Draw(t, "root")
		}
	}
	return m
}

// happen hears the message live, and changes m into what an export later has.
func (l *lived) happen(t *rapid.T, room, m fields, users *rapid.Generator[string], now int64) {
	l.live = append(l.live, delivered(with(m, room)))
	later := func(us int64) string { return formatTS(time.UnixMicro(now + us)) }
	ts, said := m["ts"].(string), "slack/slack/"+room["channel"].(string)+"/"+m["ts"].(string)
	if m["subtype"] == "channel_name" || m["subtype"] == "channel_join" {
		return
	}
	switch rapid.IntRange(0, 4).Draw(t, "then") {
	case 0: // an edit, told by the second
		was := maps.Clone(m)
		l.before[said] = decode(parsed(m)).body()
		m["text"] = "edited " + ts
		m["edited"] = fields{"user": either(m["user"], "U1"), "ts": fmt.Sprintf("%d.000000", now/1e6+rapid.Int64Range(0, 3).Draw(t, "edit"))}
		l.after = append(l.after, delivered(with(room, fields{"type": "message", "subtype": "message_changed", "hidden": true, "ts": later(5), "message": maps.Clone(m), "previous_message": was})))
	case 1: // a link is unfurled: the text stays
		l.after = append(l.after, delivered(with(room, fields{"type": "message", "subtype": "message_changed", "hidden": true, "ts": later(6), "previous_message": maps.Clone(m), "message": with(m, fields{"attachments": []any{fields{"title": "a page"}}})})))
		if m["text"] == "" {
			l.after = l.after[:len(l.after)-1] // its attachments are its text
		}
	case 2:
		who := users.Draw(t, "who")
		m["reactions"] = []any{fields{"name": "eyes", "users": []string{who}, "count": 1}}
		l.after = append(l.after, delivered(fields{"type": "reaction_added", "user": who, "reaction": "eyes", "item_user": "U1", "item": fields{"type": "message", "channel": room["channel"], "ts": ts}, "event_ts": later(7)}))
	case 3: // deleted, with replies that stay
		grave := fields{"type": "message", "subtype": "tombstone", "user": slackbot, "text": "This message was deleted.", "ts": ts, "hidden": true}
		if m["thread_ts"] != nil {
			grave["thread_ts"] = m["thread_ts"]
		}
		l.after = append(l.after, delivered(with(room, fields{"type": "message", "subtype": "message_changed", "ts": later(8), "message": maps.Clone(grave), "previous_message": maps.Clone(m)})))
		clear(m)
		maps.Copy(m, grave)
	}
}

func either(v any, otherwise string) any {
	if v == nil {
		return otherwise
	}
	return v
}

func listen(t require.TestingT, d *Directory, team string, raws ...[]byte) []*signals.Event {
	var out []*signals.Event
	for _, raw := range raws {
		events, _, err := Normalize(team, raw, d.Options())
		require.NoError(t, err)
		d.Heard(raw, events)
		out = append(out, events...)
	}
	return out
}

func smallDirectory(team string) *Directory {
	d := NewDirectory(team, LiveOptions{})
	d.SetPeople([]Account{{Person: Person{ID: "slack/T/U1"}}, {Person: Person{ID: "slack/T/U2"}}, {Person: Person{ID: "slack/T/bot:U3", Bot: true}}, {Person: Person{ID: "slack/T/U4"}}})
	return d
}

// TestLiveAgreesWithExport is the point of the reader: what is heard live and
// what an export later says of it are the same events.
func TestLiveAgreesWithExport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := converse(t)
		exported, report := mustRead(t, l.export, ExportOptions{}, nil)
		require.Zero(t, report.Rejected)
		d := smallDirectory("slack")
		heard := listen(t, d, "slack", l.live...)
		after := rapid.Permutation(append(slices.Clone(l.after), l.after...)).Draw(t, "order") // everything twice
		heard = append(heard, listen(t, d, "slack", after...)...)
		got := map[string]signals.Event{}
		for _, e := range heard {
			if old, ok := got[e.ID]; ok {
				require.Equal(t, old, *e, "heard twice, it is the same")
			}
			got[e.ID] = *e
		}
		want := map[string]signals.Event{}
		for _, e := range exported {
			if strings.Contains(e.ID, "/member/") {
				continue // of the index file
			}
			want[e.ID] = *e
			l.forgive(t, got, e)
		}
		for id := range got { // of a deleted message an export has the grave only
			if _, ok := want[id+"/deleted"]; ok {
				delete(got, id)
			}
		}
		require.Equal(t, want, got)
	})
}

// forgive checks what a live event knows better, and makes it like the export's.
func (l *lived) forgive(t require.TestingT, got map[string]signals.Event, e *signals.Event) {
	g := got[e.ID]
	first, edited := l.before[e.ID]
	switch {
	case e.Kind == signals.Reacted:
		require.True(t, g.At.After(e.At), "the true time")
		require.Empty(t, g.Field)
		g.At, g.Seq, g.Field = e.At, e.Seq, e.Field
	case e.Kind == signals.Deleted:
		require.True(t, g.At.After(e.At), "the true time")
		g.At, g.Seq = e.At, e.Seq
	case e.Kind == signals.Said && edited:
		require.Equal(t, first, g.Text, "what it said first")
		g.Text = e.Text
	default:
		return
	}
	got[e.ID] = g
}
