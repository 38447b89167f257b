package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/signals"
)

type fields = map[string]any

// delivered wraps an inner event as the Events API does.
func delivered(event fields, change ...fields) []byte {
	out := fields{"token": "x", "team_id": "T1", "api_app_id": "AANDON", "type": "event_callback", "event_id": "Ev" + fingerprint(fmt.Sprint(event))[5:15], "event_time": 1600000000, "event": event}
	for _, c := range change {
		maps.Copy(out, c)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return b
}

func with(f fields, more fields) fields {
	out := maps.Clone(f)
	maps.Copy(out, more)
	return out
}

func TestNormalizeKinds(t *testing.T) {
	const ts, at = "1600000100.000200", "1600000200.000000"
	o := LiveOptions{Known: map[string]bool{"U1": true, "U2": true}, Bots: map[string]bool{}, Kinds: map[string]Kind{"C1": PublicChannel, "G1": PrivateChannel}, Self: Self{User: "UANDON", Bot: "BANDON", App: "AANDON"}}
	item := fields{"type": "message", "channel": "C1", "ts": ts}
	for _, c := range []struct {
		name  string
		event fields
		want  string // kind field from>to actor audience of each event
	}{
		{"plain", fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 public"},
		{"private", fields{"type": "message", "channel": "C9", "channel_type": "group", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 members:slack/T1/C9"},
		{"group message", fields{"type": "message", "channel": "G9", "channel_type": "mpim", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 members:slack/T1/G9"},
		{"direct", fields{"type": "message", "channel": "D9", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 members:slack/T1/D9"},
		{"unknown kind of channel", fields{"type": "message", "channel": "C9", "channel_type": "hologram", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 "},
		{"the event knows the kind better", fields{"type": "message", "channel": "C1", "channel_type": "group", "user": "U1", "text": "a", "ts": ts}, "said  > slack/T1/U1 members:slack/T1/C1"},
		{"ours by bot", fields{"type": "message", "channel": "C1", "bot_id": "BANDON", "text": "a", "ts": ts}, ""},
		{"ours by app", fields{"type": "message", "channel": "C1", "user": "UANDON", "app_id": "AANDON", "text": "a", "ts": ts}, ""},
		{"ours by user", fields{"type": "message", "channel": "C1", "user": "UANDON", "text": "a", "ts": ts}, ""},
		{"ours, edited", fields{"type": "message", "subtype": "message_changed", "channel": "C1", "ts": at, "message": fields{"bot_id": "BANDON", "text": "b", "ts": ts}, "previous_message": fields{"bot_id": "BANDON", "text": "a", "ts": ts}}, ""},
		{"ours, deleted", fields{"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": at, "deleted_ts": ts, "previous_message": fields{"bot_id": "BANDON", "ts": ts}}, ""},
		{"edited by unfurling", fields{"type": "message", "subtype": "message_changed", "channel": "C1", "ts": at, "message": fields{"user": "U1", "text": "a", "ts": ts, "edited": fields{"user": "U1", "ts": at}}, "previous_message": fields{"user": "U1", "text": "a", "ts": ts}}, ""},
		{"edited without a time", fields{"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": at, "message": fields{"user": "U1", "text": "b", "ts": ts}, "previous_message": fields{"user": "U1", "text": "a", "ts": ts}}, "edited  a> slack/T1/U1 public"},
		{"changed, nobody knows how", fields{"type": "message", "subtype": "message_changed", "channel": "C1", "ts": at, "message": fields{"user": "U1", "text": "b", "ts": ts}}, ""},
		{"deleted", fields{"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": at, "deleted_ts": ts, "previous_message": fields{"user": "U1", "ts": ts, "thread_ts": ts}}, "deleted  >  public"},
		{"reaction", fields{"type": "reaction_added", "user": "U2", "reaction": "eyes", "item": item, "event_ts": at}, "reacted  >eyes slack/T1/U2 public"},
		{"reaction removed", fields{"type": "reaction_removed", "user": "U2", "reaction": "eyes", "item": item, "event_ts": at}, "reacted removed >eyes slack/T1/U2 public"},
		{"our reaction", fields{"type": "reaction_added", "user": "UANDON", "reaction": "eyes", "item": item, "event_ts": at}, ""},
		{"reaction on a file", fields{"type": "reaction_added", "user": "U2", "reaction": "eyes", "item": fields{"type": "file", "file": "F1"}, "event_ts": at}, ""},
		{"joined", fields{"type": "member_joined_channel", "user": "U2", "channel": "C1", "channel_type": "C", "inviter": "U1", "event_ts": at}, "joined  >slack/T1/U2 slack/T1/U1 public"},
		{"joined a channel of unknown kind", fields{"type": "member_joined_channel", "user": "U2", "channel": "C7", "channel_type": "C", "event_ts": at}, "joined  >slack/T1/U2 slack/T1/U2 "},
		{"left", fields{"type": "member_left_channel", "user": "U2", "channel": "G1", "channel_type": "G", "event_ts": at}, "joined left >slack/T1/U2 slack/T1/U2 members:slack/T1/G1"},
		{"we joined", fields{"type": "member_joined_channel", "user": "UANDON", "channel": "C1", "event_ts": at}, "joined  >slack/T1/bot:UANDON slack/T1/bot:UANDON public"},
		{"archived", fields{"type": "channel_archive", "channel": "C1", "user": "U1", "event_ts": at}, "edited archived >true slack/T1/U1 public"},
		{"unarchived", fields{"type": "group_unarchive", "channel": "G1", "user": "U1", "event_ts": at}, "edited archived true> slack/T1/U1 members:slack/T1/G1"},
		{"channel deleted", fields{"type": "channel_deleted", "channel": "C1", "event_ts": at}, "deleted  >  public"},
		{"id changed", fields{"type": "channel_id_changed", "old_channel_id": "G1", "new_channel_id": "C5", "event_ts": at}, "edited id slack/T1/G1>slack/T1/C5  members:slack/T1/G1"},
		{"renamed", fields{"type": "channel_rename", "channel": fields{"id": "C1", "name": "inc-7"}, "event_ts": at}, ""},
		{"profile", fields{"type": "user_change", "user": fields{"id": "U2", "real_name": "Ben", "tz": "Europe/Oslo", "deleted": true}, "event_ts": at}, "roster person >slack/T1/U2  "},
		{"profile of an app", fields{"type": "user_change", "user": fields{"id": "U2", "is_bot": true}, "event_ts": at}, ""},
		{"mention: the message itself comes too", fields{"type": "app_mention", "channel": "C1", "user": "U1", "text": "a", "ts": ts}, ""},
		{"user group", fields{"type": "subteam_updated", "subteam": fields{"id": "S1"}, "event_ts": at}, ""},
		{"uninstalled", fields{"type": "app_uninstalled"}, ""},
		{"newer than we are", fields{"type": "hologram_projected", "channel": "C1", "event_ts": at}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, _, err := Normalize("T1", delivered(c.event), o)
			require.NoError(t, err)
			var got []string
			for _, e := range events {
				got = append(got, fmt.Sprintf("%s %s %s>%s %s %s", e.Kind, e.Field, e.From, e.To, e.Actor, e.Audience))
				require.NotEmpty(t, e.ID)
				require.False(t, e.At.IsZero())
			}
			require.Equal(t, c.want, strings.Join(got, "; "))
		})
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for name, raw := range map[string][]byte{
		"no JSON":       []byte(`{"type":`),
		"no object":     []byte(`[]`),
		"no ts":         delivered(fields{"type": "message", "channel": "C1", "user": "U1", "text": "a"}),
		"odd channel":   delivered(fields{"type": "message", "channel": "X/1", "ts": "1600000100.000200"}),
		"no time":       delivered(fields{"type": "member_joined_channel", "user": "U1", "channel": "C1"}, fields{"event_time": nil}),
		"odd user":      delivered(fields{"type": "user_change", "user": fields{"id": "../x"}, "event_ts": "1600000100.0"}),
		"odd new id":    delivered(fields{"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "", "event_ts": "1600000100.0"}),
		"what changed?": delivered(fields{"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "1600000100.0"}),
	} {
		events, _, err := Normalize("T1", raw, LiveOptions{})
		require.Error(t, err, name)
		require.Empty(t, events, name)
		d, err := deliveryOf("T1", raw, time.Unix(1, 0), LiveOptions{})
		require.Error(t, err)
		require.Equal(t, raw, d.Envelope.Body, "the envelope is kept")
		require.NotEmpty(t, d.Envelope.ID)
	}
}

func TestSharedAndSkippedChannels(t *testing.T) {
	m := fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "a", "ts": "1600000100.000200"}
	connect := delivered(m, fields{"is_ext_shared_channel": true})
	n := func(raw []byte, o LiveOptions) int {
		events, _, err := Normalize("T1", raw, o)
		require.NoError(t, err)
		return len(events)
	}
	require.Zero(t, n(connect, LiveOptions{}))
	require.Equal(t, 1, n(connect, LiveOptions{Named: func(c string) bool { return c == "C1" }}))
	require.Zero(t, n(connect, LiveOptions{Named: func(c string) bool { return c == "C2" }}))
	require.Zero(t, n(delivered(m), LiveOptions{Shared: map[string]bool{"C1": true}}), "a swept message does not say it")
	require.Zero(t, n(delivered(m), LiveOptions{Skip: func(c string) bool { return c == "C1" }}))
	require.Equal(t, 1, n(delivered(m), LiveOptions{Skip: func(c string) bool { return c == "C2" }}))
}

// TestReactionAgain puts a reaction on, takes it away and puts it on again, in
// every order of arrival, each heard twice.
func TestReactionAgain(t *testing.T) {
	said := delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "a", "ts": "1600000100.000200"})
	reaction := func(kind, at string) []byte {
		return delivered(fields{"type": kind, "user": "U2", "reaction": "cord", "item": fields{"type": "message", "channel": "C1", "ts": "1600000100.000200"}, "event_ts": at})
	}
	on, off, again := reaction("reaction_added", "1600000200.0"), reaction("reaction_removed", "1600000300.0"), reaction("reaction_added", "1600000400.0")
	fold := func(raws ...[]byte) *signals.Case {
		return signals.Fold(listen(t, NewDirectory("T1", LiveOptions{}), "T1", raws...))
	}
	require.Len(t, fold(said, on, on).Posts[0].Reactions, 1)
	require.Empty(t, fold(said, on, off, off).Posts[0].Reactions)
	require.Len(t, fold(said, on, off, again, again).Posts[0].Reactions, 1)
	require.Empty(t, fold(said, off, on).Posts[0].Reactions, "the removal arrived first")
}

func TestDirectoryLearns(t *testing.T) {
	d := smallDirectory("T1")
	reply := delivered(fields{"type": "message", "channel": "C8", "channel_type": "group", "user": "U1", "text": "a", "ts": "1600000200.000000", "thread_ts": "1600000100.000200"})
	react := delivered(fields{"type": "reaction_added", "user": "U2", "reaction": "eyes", "item": fields{"type": "message", "channel": "C8", "ts": "1600000200.000000"}, "event_ts": "1600000300.0"})
	before := listen(t, d, "T1", react)[0]
	require.Equal(t, signals.Restricted, before.Audience, "of what kind the channel is, is not known")
	require.Equal(t, signals.SlackThread("T1", "C8", "1600000200.000000"), before.Case)
	after := listen(t, d, "T1", reply, react)[1]
	require.Equal(t, signals.MembersOf("slack/T1/C8"), after.Audience)
	require.Equal(t, signals.SlackThread("T1", "C8", "1600000100.000200"), after.Case)
	require.Equal(t, before.ID, after.ID)

	robot := fields{"type": "message", "channel": "C8", "channel_type": "group", "user": "U9", "text": "a", "ts": "1600000200.000000"}
	require.Equal(t, "slack/T1/U9", listen(t, d, "T1", delivered(robot))[0].Actor)
	listen(t, d, "T1", delivered(fields{"type": "team_join", "user": fields{"id": "U9", "is_bot": true}, "event_ts": "1600000300.0"}))
	require.Equal(t, "slack/T1/bot:U9", listen(t, d, "T1", delivered(robot))[0].Actor)

	_, rooms, err := Normalize("T1", delivered(fields{"type": "channel_rename", "channel": fields{"id": "C1", "name": "inc-7"}, "event_ts": "1600000300.0"}), d.Options())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"slack/T1/C1": "inc-7"}, rooms)

	_, rooms, err = Normalize("T1", delivered(fields{"type": "message", "subtype": "channel_name", "channel": "C1", "user": "U1", "old_name": "a", "name": "inc-8", "ts": "1600000300.0"}), d.Options())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"slack/T1/C1": "inc-8"}, rooms)

	asked := NewDirectory("T1", LiveOptions{Thread: func(channel, ts string) string { return "1600000100.000200" }}) // the journal knows
	require.Equal(t, after.Case, listen(t, asked, "T1", react)[0].Case)
}

func TestRecent(t *testing.T) {
	r := recent{most: 3}
	for i := range 20 {
		r.put(fmt.Sprint(i), "x")
		for back := range 3 {
			if i >= back {
				require.Equal(t, "x", r.get(fmt.Sprint(i-back)))
			}
		}
		require.LessOrEqual(t, len(r.now)+len(r.old), 6)
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add(delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "a\x00", "ts": "1600000100.000200", "edited": fields{"ts": "1600000101"}, "reactions": []any{fields{"name": "a", "users": []string{"U1"}}}}))
	f.Add(delivered(fields{"type": "message", "subtype": "message_changed", "channel": "D1", "ts": "1600000100.1", "message": fields{"subtype": "tombstone", "ts": "1600000100.0"}}))
	f.Add(delivered(fields{"type": "reaction_removed", "user": "U1", "reaction": "x", "item": fields{"channel": "C1", "ts": "1600000100.0"}, "event_ts": "1600000100.1"}))
	f.Add(delivered(fields{"type": "user_change", "user": fields{"id": "U1", "tz": "\x00"}, "event_ts": "1600000100.1"}))
	f.Add([]byte(`{"type":"event_callback","event":{"type":"channel_rename","channel":{"id":"C1","name":"x"}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := NewDirectory("T1", LiveOptions{Self: Self{User: "U9"}})
		events, rooms, err := Normalize("T1", raw, d.Options())
		if err != nil && (len(events) > 0 || len(rooms) > 0) {
			t.Fatal("events beside an error")
		}
		for _, e := range events {
			if e.ID == "" || e.Kind == "" || e.At.Before(earliest) || !e.At.Before(latest) || strings.Contains(e.Text, "\x00") || e.Audience == signals.Public && e.Kind == signals.RosterSet {
				t.Fatalf("odd event %+v", e)
			}
			if key, ok := signals.ParseKey(e.Case.String()); !ok || key != e.Case {
				t.Fatalf("key %v does not survive", e.Case)
			}
		}
		again, _, _ := Normalize("T1", raw, d.Options())
		if len(again) != len(events) {
			t.Fatal("not pure")
		}
		d.Heard(raw, events)
		if envelopeID(raw) == "" {
			t.Fatal("no id")
		}
	})
}

// parsed is a value as gjson sees it.
func parsed(v any) gjson.Result {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return gjson.ParseBytes(b)
}
