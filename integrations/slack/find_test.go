package slack

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// instant is a clock of a test.
func instant(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

var monday = instant("2026-03-02T09:00:00Z")

func TestFindAfterAmbiguousPost(t *testing.T) {
	for _, kind := range []fakeslack.Kind{fakeslack.ResetStored, fakeslack.CutStored, fakeslack.GatewayStored, fakeslack.Reset, fakeslack.Unavailable} {
		for _, target := range []string{"slack/T1/U7", "slack/T1/C1", "thread", "admin"} {
			t.Run(fmt.Sprint(kind, " ", target), func(t *testing.T) {
				fake, p := stand(t, fakeslack.Options{PageSize: 2})
				if target == "thread" {
					target = "slack/T1/C1/" + fake.Say("C1", "U9", "", "root")
				}
				require.NoError(t, fake.Inject(fakeslack.Fault{Kind: kind, Method: "chat.postMessage", Count: 1}))
				_, err := p.Post(t.Context(), target, card("k"))
				require.True(t, failure(t, err).IsAmbiguous())
				for i := range 7 { // others write meanwhile
					_, err := p.Post(t.Context(), target, card(fmt.Sprint("other", i)))
					require.NoError(t, err)
				}
				var want []signals.Copy
				for _, m := range fake.Messages() {
					if m.Key == "k" {
						want = append(want, signals.Copy{Channel: "slack/T1/" + m.Channel, TS: m.TS})
					}
				}
				got, err := p.Find(t.Context(), target, "k", time.Time{})
				require.NoError(t, err)
				require.Equal(t, want, got)
				require.Equal(t, kind == fakeslack.Reset || kind == fakeslack.Unavailable, len(got) == 0)
			})
		}
	}
}

func TestFindDoublesWindowAndStrangers(t *testing.T) {
	now := monday
	fake, p := stand(t, fakeslack.Options{Now: func() time.Time { return now }}, func(w *Workspace) { w.Now = func() time.Time { return now } })
	post := func(key string) signals.Copy {
		at, err := p.Post(t.Context(), "slack/T1/C1", card(key))
		require.NoError(t, err)
		return at
	}
	find := func(key string, since time.Time) []signals.Copy {
		found, err := p.Find(t.Context(), "slack/T1/C1", key, since)
		require.NoError(t, err)
		return found
	}
	early := post("k")
	now = now.Add(2 * time.Hour)
	late, late2 := post("k"), post("k")
	fake.Say("C1", "U9", "", "k")
	require.Equal(t, []signals.Copy{early, late, late2}, find("k", monday), "oldest first")
	require.Equal(t, []signals.Copy{early, late, late2}, find("k", monday.Add(59*time.Second)), "a minute for the clocks")
	require.Equal(t, []signals.Copy{late, late2}, find("k", monday.Add(90*time.Second)))
	require.Len(t, find("k", time.Time{}), 3, "a day, where it is not said")
	require.Empty(t, find("another", monday))
	require.NoError(t, p.Delete(t.Context(), late))
	require.Equal(t, []signals.Copy{early, late2}, find("k", monday), "what is deleted does not stand there")

	require.NoError(t, p.Check(t.Context()))
	require.Equal(t, []signals.Copy{early, late2}, find("k", monday), "our own, by our own id")
	p.bot = "BOTHER"
	require.Empty(t, find("k", monday), "a copy by another app is not ours")

	now = now.Add(30 * time.Hour)
	require.Empty(t, find("k", time.Time{}))
}

func TestFindSaysWhenItCannotKnow(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{PageSize: 1})
	for i := range 3 {
		fake.Say("C1", "U9", "", fmt.Sprint("hello ", i))
	}
	require.NoError(t, fake.Inject(fakeslack.Fault{Kind: fakeslack.Limited, RetryAfter: 3, Method: "conversations.history", Skip: 1}))
	_, err := p.Find(t.Context(), "slack/T1/C1", "k", time.Time{})
	require.Equal(t, 3*time.Second, failure(t, err).RetryAfter(), "the second page is missing")

	_, err = p.Find(t.Context(), "slack/T1/C1/1700000000.000100", "k", time.Time{})
	f := failure(t, err)
	require.Equal(t, "conversations.replies", f.Op)
	require.NotEmpty(t, f.TerminalReason())

	_, err = p.Find(t.Context(), "slack/T1/C1", "", time.Time{})
	require.ErrorContains(t, err, "no key")
}

// A history without an end is given up with an error, never with "not there".
func TestFindStops(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{PageSize: 1})
	for i := range findPages + 1 {
		fake.Say("C1", "U9", "", fmt.Sprint("hello ", i))
	}
	_, err := p.Find(t.Context(), "slack/T1/C1", "k", time.Time{})
	require.ErrorContains(t, err, "could not be read to its end")
	require.Equal(t, findPages, fake.Requests()["conversations.history"])
}
