package decide

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/snap"
)

const keyAsk = "Who can replace the signing key of the warehouse? It expires on Friday and the scanners stop then. Can somebody help?"

// rootIn is a message that begins a thread in a channel.
func rootIn(channel string, n int, at time.Time, who, words string) *signals.Event {
	k := signals.SlackThread("s", channel, fmt.Sprintf("%d.0", n))
	return &signals.Event{ID: k.String(), Case: k, Kind: signals.Said, Actor: "slack/s/" + who, At: at, Text: words, Audience: signals.Public, Seq: signals.Seq{Entry: int64(n)}}
}

func placesOf(w *World, e *signals.Event) (out []string) {
	for _, k := range w.Places(e.Case) {
		out = append(out, k.Channel())
	}
	return out
}

// TestPlacesOfAnAsk: whichever is heard of first, and after a restart.
func TestPlacesOfAnAsk(t *testing.T) {
	for name, tt := range map[string]struct {
		channel, who, words string
		after               time.Duration
		same                bool
	}{
		"another channel":         {"C2", "UANN", keyAsk, time.Minute, true},
		"a few words more":        {"C2", "UANN", "Hello all! " + keyAsk, time.Hour, true},
		"before it":               {"C2", "UANN", keyAsk, -time.Hour, true},
		"quoted":                  {"C2", "UANN", "Nobody in the other channel seems to know, and it is rather urgent by now, so perhaps somebody here:\n&gt; " + keyAsk, time.Hour, true},
		"three days later":        {"C2", "UANN", keyAsk, 72 * time.Hour, true},
		"four days later":         {"C2", "UANN", keyAsk, 96 * time.Hour, false},
		"the same channel":        {"C1", "UANN", keyAsk, time.Hour, false},
		"somebody else":           {"C2", "UDAN", keyAsk, time.Minute, false},
		"another ask":             {"C2", "UANN", "Who can renew the badge of the night porter? It ends on Friday and the gate stays shut then.", time.Minute, false},
		"words that anybody uses": {"C2", "UANN", "Can anybody help me?", time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			at := monday.Add(100 * time.Hour)
			first := rootIn("C1", 1, at, "UANN", keyAsk)
			if name == "words that anybody uses" {
				first.Text = tt.words
			}
			second := rootIn(tt.channel, 2, at.Add(tt.after), tt.who, tt.words)
			var want []string
			if tt.same {
				want = []string{"slack/s/C1", "slack/s/C2"}
			}
			for _, order := range [][]*signals.Event{{first, second}, {second, first}} {
				s := chatWorld(t)
				for _, e := range order {
					take(t, s.w, e)
				}
				require.Equal(t, want, placesOf(s.w, first))
				require.Equal(t, want, placesOf(s.w, second))
				require.Equal(t, tt.same, len(s.w.Joined(first.Case)) == 2)
			}
		})
	}
}

// TestPlacesOfEveryDay: what is asked in two channels every day is one ask a day, and
// no problem that grows for ever.
func TestPlacesOfEveryDay(t *testing.T) {
	s := chatWorld(t)
	var asks []*signals.Event
	for day := range 40 {
		at := monday.Add(time.Duration(24*day) * time.Hour)
		asks = append(asks, rootIn("C1", 2*day+1, at, "UANN", keyAsk), rootIn("C2", 2*day+2, at.Add(5*time.Minute), "UANN", keyAsk))
	}
	for _, e := range asks {
		take(t, s.w, e)
	}
	for i, e := range asks {
		require.Equal(t, []signals.Key{asks[i&^1].Case, asks[i|1].Case}, s.w.Places(e.Case))
		require.Len(t, s.w.Joined(e.Case), 2)
	}
}

// TestPlacesAreOfTheNearest: until it is taken back, the nearest one stands for its
// channel.
func TestPlacesAreOfTheNearest(t *testing.T) {
	s := chatWorld(t)
	first, there, next := rootIn("C1", 1, monday, "UANN", keyAsk), rootIn("C2", 2, monday.Add(20*time.Hour), "UANN", keyAsk), rootIn("C1", 3, monday.Add(21*time.Hour), "UANN", keyAsk)
	take(t, s.w, first)
	take(t, s.w, there)
	require.Equal(t, []signals.Key{first.Case, there.Case}, s.w.Places(first.Case))
	take(t, s.w, next)
	require.Empty(t, s.w.Places(first.Case))
	require.ElementsMatch(t, []signals.Key{there.Case, next.Case}, s.w.Places(next.Case))
	take(t, s.w, &signals.Event{ID: "slack/s/C1/3.1", Case: next.Case, Kind: signals.Deleted, Ref: next.ID, Actor: next.Actor, At: monday.Add(22 * time.Hour), Seq: signals.Seq{Entry: 4}, Audience: signals.Public})
	require.Equal(t, []signals.Key{first.Case, there.Case}, s.w.Places(first.Case))
}

func TestPlacesPart(t *testing.T) {
	for name, e := range map[string]signals.Event{
		"other words":   {Kind: signals.Edited, Ref: "slack/s/C2/2.0", Text: "Does anybody know when the canteen of the new building opens its doors?"},
		"taken back":    {Kind: signals.Deleted, Ref: "slack/s/C2/2.0"},
		"a thread gone": {Kind: signals.Deleted},
	} {
		t.Run(name, func(t *testing.T) {
			s := chatWorld(t)
			first, second := rootIn("C1", 1, monday, "UANN", keyAsk), rootIn("C2", 2, monday.Add(time.Minute), "UANN", keyAsk)
			take(t, s.w, first)
			take(t, s.w, second)
			take(t, s.w, second) // heard twice
			require.Len(t, s.w.Places(first.Case), 2)
			e.ID, e.Case, e.Actor, e.At, e.Seq.Entry, e.Audience = "slack/s/C2/2.1", second.Case, second.Actor, monday.Add(time.Hour), 3, signals.Public
			take(t, s.w, &e)
			require.Empty(t, s.w.Places(first.Case))
			require.Len(t, s.w.Joined(first.Case), 1)
			third := rootIn("C3", 4, monday.Add(2*time.Hour), "UANN", keyAsk)
			take(t, s.w, third)
			require.Equal(t, []string{"slack/s/C1", "slack/s/C3"}, placesOf(s.w, first))
		})
	}
}

// TestPlacesOfASnapshot: what comes after a restart is joined with what was before.
func TestPlacesOfASnapshot(t *testing.T) {
	s := chatWorld(t)
	first := rootIn("C1", 1, monday, "UANN", keyAsk)
	take(t, s.w, first)
	take(t, s.w, rootIn("C2", 2, monday.Add(time.Minute), "UANN", keyAsk))
	var out bytes.Buffer
	wr := snap.NewWriter(&out)
	s.w.Save(wr)
	require.NoError(t, wr.Close())
	again, err := LoadWorld(snap.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())), s.w.Org.Policy, Options{Lexicon: lexicon(), Routes: true, Index: true})
	require.NoError(t, err)
	take(t, again, rootIn("C3", 3, monday.Add(2*time.Minute), "UANN", keyAsk))
	require.Equal(t, []string{"slack/s/C1", "slack/s/C2", "slack/s/C3"}, placesOf(again, first))
}

// TestPlacesInAnyOrder: the places hang on what was said and not on the order in
// which it was heard.
func TestPlacesInAnyOrder(t *testing.T) {
	words := []string{keyAsk, "So: " + keyAsk, "Who can replace the signing key of the warehouse and of the shop? It expires on Friday."}
	rapid.Check(t, func(rt *rapid.T) {
		var all []*signals.Event
		for i := range rapid.IntRange(2, 6).Draw(rt, "roots") {
			all = append(all, rootIn(rapid.SampledFrom([]string{"C1", "C2", "C3"}).Draw(rt, "channel"), i+1, monday.Add(time.Duration(rapid.IntRange(0, 140).Draw(rt, "hour"))*time.Hour),
				rapid.SampledFrom([]string{"UANN", "UDAN"}).Draw(rt, "who"), rapid.SampledFrom(words).Draw(rt, "words")))
		}
		of := func(list []*signals.Event) (out [][]string) {
			w := NewWorld(signals.NewOrg(signals.DefaultPolicy()), Options{Lexicon: lexicon(), Detectors: []string{}})
			for _, e := range list {
				if _, err := w.Take(e); err != nil {
					rt.Fatal(err)
				}
			}
			for _, e := range all {
				out = append(out, placesOf(w, e))
			}
			return out
		}
		require.Equal(rt, of(all), of(rapid.Permutation(all).Draw(rt, "order")))
	})
}

// TestPlacesAreNotShownToOthers: who may not see the private place of a problem sees
// the other alone.
func TestPlacesAreNotShownToOthers(t *testing.T) {
	s := chatWorld(t)
	hidden, open := rootIn("G1", 1, monday, "UANN", keyAsk), rootIn("C2", 2, monday.Add(time.Minute), "UANN", keyAsk)
	hidden.Audience = signals.MembersOf("slack/s/G1")
	take(t, s.w, hidden)
	c := take(t, s.w, open)
	p := s.w.Problem(c)
	require.Len(t, p.Cases, 2)
	seen := p.For(signals.Viewer{})
	require.Len(t, seen.Cases, 1)
	require.Equal(t, open.Case, seen.ID)
	require.Len(t, p.For(s.w.Org.Viewer("slack/s/UANN")).Cases, 2)
	s.later(c, monday.Add(20*time.Hour))
	require.Len(t, s.w.Book.Records, 1)
	own, ok := s.w.Seen(s.w.Book.Records[0], signals.Viewer{})
	require.True(t, ok)
	require.Equal(t, open.Case, own.Problem, "the name of the problem tells nothing either")
}
