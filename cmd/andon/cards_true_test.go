package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestCardsPromiseWhatComes: who took it on, or turned it down, is not told
// again, and what was promised for a time that is past is no promise.
func TestCardsPromiseWhatComes(t *testing.T) {
	const promise = "You are told again on"
	for name, then := range map[string]func(f *floor, key string){
		"claimed": func(f *floor, key string) { f.press("slack/T1/U1", "claim", key) },
		"refused": func(f *floor, key string) {
			f.send("slack/T1/U1", f.press("slack/T1/U1", "refuse", key).Modal, "whom", "slack/T1/U2")
		},
		"solved": func(f *floor, key string) { f.press("slack/T1/U1", "solved", key) },
		"past": func(f *floor, key string) {
			f.clock.set(f.clock.now().Add(48 * time.Hour))
			f.press("slack/T1/U2", "claim", key) // does nothing
			f.send("slack/T1/U1", f.press("slack/T1/U1", "more", "useless:"+key).Modal, "why", "late")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, nil)
			key := f.ask("C1", 100, signals.Public)
			f.press("slack/T1/U1", "snooze", "tomorrow:"+key)
			require.Contains(t, f.shows(key), promise)
			then(f, key)
			require.NotContains(t, f.shows(key), promise)
		})
	}
}

// TestCardsOfWhatIsSolvedInWords: nobody pressed anything, and the message says
// so all the same, and offers nothing that cannot be done any more.
func TestCardsOfWhatIsSolvedInWords(t *testing.T) {
	f := newFloor(t, nil)
	key := f.ask("C1", 100, signals.Public)
	require.Contains(t, f.shows(key), "I'm on it")
	thanks := wondered("C1", 101, f.clock.now(), "U3", "it is fixed now, thanks everybody")
	thanks.Case, thanks.ID = threadAt("C1", 100), "slack/T1/C1/"+threadAt("C1", 101).ID[3:]
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{thanks}}))
	f.drain()
	require.True(t, f.records("C1", 100)[0].Ledger.Reached(signals.Corrected))
	got := f.shows(key)
	require.Contains(t, got, "It counts as solved since 4 March 10:00.")
	require.NotContains(t, got, "[")
	require.Contains(t, f.press("slack/T1/U1", "together", key).Card.Text(), "It is solved already")
	require.Empty(t, f.lobby.groups)
}

// TestCardsOfSeveralThingsSayWhich: a button or a link that is for one of several
// bears its number, and a menu for all of them says what is so for each.
func TestCardsOfSeveralThingsSayWhich(t *testing.T) {
	two := func(t *testing.T) (f *floor, key string, which func(nth int) string) {
		f = newFloor(t, nil)
		for i, who := range []string{"U3", "U2"} {
			e := wondered([]string{"C1", "C2"}[i], 100+i, tuesday, who, askWords)
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
		}
		f.drain()
		f.until(tuesday.Add(23*time.Hour), true)
		f.drain()
		require.Len(t, f.said.cards, 1)
		for k := range f.said.cards {
			key = k
		}
		require.Contains(t, f.shows(key), "2 things that may need you")
		choices := f.press("slack/T1/U1", "refuse", key).Modal.Inputs[0].Options
		return f, key, func(nth int) string { return choices[nth].Value }
	}
	f, key, which := two(t)
	for _, want := range []string{"1. The thread (", "2. The thread ("} {
		require.Contains(t, f.shows(key), want)
	}
	f.press("slack/T1/U1", "claim", key+"|"+which(0))
	got := f.shows(key)
	for _, want := range []string{"[*1. Solved*]", "[*2. I'm on it*]", "{2. Solved}", "[Not me ...]"} {
		require.Contains(t, got, want)
	}
	f.press("slack/T1/U1", "more", "solved:"+key+"|"+which(1))
	require.Contains(t, f.happened("C2", 101), "closed slack/T1/U1 solved")

	f, key, which = two(t)
	f.send("slack/T1/U1", f.press("slack/T1/U1", "refuse", key).Modal, "which", which(0))
	require.Contains(t, f.shows(key), "[I'm on it] {1. ")
	require.NotContains(t, f.shows(key), "after all")
}

// TestCardsBringTheWordsOfWhoHandedItOn to whom they are for, and to nobody else.
func TestCardsBringTheWordsOfWhoHandedItOn(t *testing.T) {
	const words = "ask the vault team <!channel> first"
	for name, c := range map[string]struct{ whom, want string }{
		"named":   {"slack/T1/U2", "Bea wrote: “ask the vault team"},
		"unnamed": {"", "Who was asked before wrote: “ask the vault team"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, nil)
			carl := &signals.Event{ID: "andon/test/owner/2", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Web", Text: `{"id":"Web","lead":"carl","owns":[{"channel":"slack/T1/C1"}]}`, At: time.Unix(2, 0).UTC()}
			require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{carl}}))
			key := f.ask("C1", 100, signals.Public)
			first, second, other := f.said.posts[key], "", map[string]string{"slack/T1/U1": "slack/T1/U2", "slack/T1/U2": "slack/T1/U1"}
			whom := c.whom
			if whom != "" {
				whom = other[first]
			}
			f.send(first, f.press(first, "refuse", key).Modal, "whom", whom, "reason", words)
			for k, to := range f.said.posts {
				if to == other[first] {
					second = k
				}
			}
			require.NotEmpty(t, second)
			want := c.want
			if first == "slack/T1/U2" {
				want = strings.Replace(want, "Bea", "Carl", 1)
			}
			require.Contains(t, f.shows(second), want)
			require.NotContains(t, f.shows(key), "vault", "they know what they wrote")
			require.NotContains(t, blocksOf(f, second), "<!channel>")
		})
	}
}

// TestCardsTellTheWordsOfACordOnce, be they long or short.
func TestCardsTellTheWordsOfACordOnce(t *testing.T) {
	for _, words := range []string{"refunds are paid twice", "refunds are paid twice since the deploy of this morning and nobody of billing has looked at it yet"} {
		f := newFloor(t, nil)
		said := wondered("C1", 100, tuesday, "U2", words)
		pulled := &signals.Event{ID: "andon/pulled/1", Case: said.Case, Ref: said.ID, Kind: signals.Pulled, Actor: "slack/T1/U3", At: tuesday.Add(time.Minute), Text: words, Audience: signals.Public}
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{said, pulled}}))
		f.clock.set(tuesday.Add(2 * time.Minute))
		f.drain()
		require.Len(t, f.said.cards, 1)
		for k := range f.said.cards {
			require.Equal(t, 1, strings.Count(f.shows(k), "refunds are paid"), f.shows(k))
			require.Contains(t, f.shows(k), words)
		}
	}
}
