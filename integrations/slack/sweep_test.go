package slack

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

func sweepAll(t *testing.T, p *Poster, o LiveOptions, oldest time.Time) (events []*signals.Event, ids []string) {
	t.Helper()
	err := p.Sweep(context.Background(), "slack/T1/C1", oldest, o, func(_ context.Context, d signals.Delivery) error {
		require.Equal(t, "slack/T1", d.Envelope.Source)
		again, _, err := Normalize("T1", d.Envelope.Body, o)
		require.NoError(t, err)
		require.Equal(t, again, d.Events, "the envelope can be read again")
		events, ids = append(events, d.Events...), append(ids, d.Envelope.ID)
		return nil
	})
	require.NoError(t, err)
	return events, ids
}

var openC1 = LiveOptions{Kinds: map[string]Kind{"C1": PublicChannel}, Self: Self{User: "UANDON"}}

// TestSweepHearsWhatWasMissed: messages and replies in the gap, of old threads
// too, with the ids that live deliveries have.
func TestSweepHearsWhatWasMissed(t *testing.T) {
	now := noon
	fake, p := stand(t, fakeslack.Options{Now: func() time.Time { return now }, PageSize: 2})
	old := fake.Say("C1", "U1", "", "before the gap")
	quiet := fake.Say("C1", "U1", "", "a thread that is done")
	fake.Say("C1", "U2", quiet, "thanks")
	now = noon.Add(24 * time.Hour)
	var said []string
	for i := range 5 {
		now = now.Add(time.Minute)
		said = append(said, fake.Say("C1", "U1", "", fmt.Sprint("missed ", i)))
	}
	late := fake.Say("C1", "U2", old, "a late reply")
	reply := fake.Say("C1", "U2", said[0], "a reply")
	events, ids := sweepAll(t, p, openC1, noon.Add(time.Hour))
	texts := map[string]*signals.Event{}
	for _, e := range events {
		texts[e.Text] = e
	}
	require.Len(t, events, 7)
	require.True(t, len(ids) == 7 && ids[0] != ids[1])
	require.Equal(t, "slack/T1/C1/"+late, texts["a late reply"].ID)
	require.Equal(t, signals.SlackThread("T1", "C1", old), texts["a late reply"].Case)
	require.Equal(t, signals.SlackThread("T1", "C1", said[0]), texts["a reply"].Case)
	for i := 1; i < len(events); i++ {
		require.False(t, events[i].At.Before(events[i-1].At), "oldest first")
	}
	live, _, err := Normalize("T1", delivered(fields{"type": "message", "channel": "C1", "channel_type": "channel", "user": "U2", "text": "a reply", "ts": reply, "thread_ts": said[0]}), openC1)
	require.NoError(t, err)
	require.Equal(t, live[0], texts["a reply"], "heard live and swept, it is one event")

	_, again := sweepAll(t, p, openC1, noon.Add(time.Hour))
	require.Equal(t, ids, again)
}

func TestSweepPassesErrorsOn(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	fake.Say("C1", "U1", "", "x")
	full := errors.New("the disk is full")
	err := p.Sweep(context.Background(), "slack/T1/C1", time.Time{}, openC1, func(context.Context, signals.Delivery) error { return full })
	require.ErrorIs(t, err, full)
	require.Error(t, p.Sweep(context.Background(), "slack/T1/U1", time.Time{}, openC1, nil))
	require.Error(t, p.Sweep(context.Background(), "slack/T2/C1", time.Time{}, openC1, nil))
}

// TestSweepOddHistories: broken messages, threads that are gone, edits of old
// messages, our own messages.
func TestSweepOddHistories(t *testing.T) {
	_, p := told(t, map[string]map[string]string{
		"conversations.history": one(`{"ok":true,"messages":[
			{"type":"message","user":"U1","text":"edited since","ts":"1600000100.000200","edited":{"user":"U1","ts":"1700000100.000000"},"reactions":[{"name":"eyes","users":["U2"]}]},
			{"type":"message","user":"U1","text":"old","ts":"1600000200.000200"},
			{"type":"message","user":"U1","text":"gone thread","ts":"1700000200.000200","reply_count":2,"latest_reply":"1700000300.000000"},
			{"type":"message","user":"UANDON","text":"ours","ts":"1700000210.000200"},
			{"text":"no ts"},7,{"type":"message","user":"U1","blocks":{},"text":"odd blocks","ts":"1700000220.000200"}]}`),
		"conversations.replies": one(`{"ok":false,"error":"thread_not_found"}`),
	})
	events, ids := sweepAll(t, p, openC1, time.Unix(1700000000, 0))
	require.Len(t, ids, 4)
	var got []string
	for _, e := range events {
		got = append(got, string(e.Kind)+" "+e.Text)
	}
	require.Equal(t, []string{"said edited since", "reacted ", "edited edited since", "said gone thread", "said odd blocks"}, got)
	require.Equal(t, "slack/T1/C1/1600000100.000200/edited/1700000100.000000", events[2].ID)
}
