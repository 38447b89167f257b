package signals_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestFoldFields(t *testing.T) {
	h := newHistory()
	h.add(signals.Event{Kind: signals.Opened, Actor: "ann", Text: "Payments fail", Set: []signals.Value{
		{Field: signals.FieldProject, To: "PAY"}, {Field: signals.FieldLabel, To: "PAY-1"}, {Field: signals.FieldComponent, To: "checkout"},
		{Field: signals.FieldHolder, To: "bob"}, {Field: signals.FieldTeam, To: "Payments"}, {Field: "Site", To: "east"},
	}})
	h.add(signals.Event{Kind: signals.Status, To: "In Progress"})
	h.also(signals.Event{Kind: signals.Assigned, From: "bob", To: "cat"})
	said := h.add(signals.Event{Kind: signals.Said, Actor: "cat", Text: "lookng"})
	h.add(signals.Event{Kind: signals.Edited, Actor: "cat", Ref: said.ID, Text: "looking"})
	h.add(signals.Event{Kind: signals.Reacted, Actor: "ann", Ref: said.ID, To: "eyes"})
	h.add(signals.Event{Kind: signals.Edited, Field: signals.FieldLabel, From: "PAY-1", To: "PLAT-9"})
	h.also(signals.Event{Kind: signals.Edited, Field: signals.FieldComponent, From: "checkout", To: "gateway"})
	h.also(signals.Event{Kind: signals.Edited, Field: signals.FieldTitle, Text: "Card payments fail"})
	h.add(signals.Event{Kind: signals.Linked, Ref: "jira/main/7", Field: "Duplicate"})
	h.add(signals.Event{Kind: signals.Closed, Actor: "cat", To: "Fixed"})
	c := signals.Fold(h.events)
	require.Equal(t, "PLAT-9", c.Label)
	require.Equal(t, []string{"PAY-1"}, c.Aliases)
	require.Equal(t, "Card payments fail", c.Title)
	require.Equal(t, []string{"gateway"}, c.Components)
	require.Equal(t, "east", c.Fields["Site"])
	require.Equal(t, "cat", c.Holder)
	require.Len(t, c.Path, 2)
	require.Equal(t, "looking", c.Posts[0].Text)
	require.Equal(t, "eyes", c.Posts[0].Reactions[0].Emoji)
	require.Equal(t, []signals.Link{{To: signals.Key{Source: "jira", Site: "main", ID: "7"}, Type: "Duplicate", At: c.Links[0].At, Phrase: "Duplicate", Event: c.Links[0].Event}}, c.Links)
	require.False(t, c.Open())
	require.Equal(t, "Fixed", c.Resolution)
	require.Equal(t, 5, c.Entries, "creation, status+holder, label+component+title, link, closing; not talk")

	h.add(signals.Event{Kind: signals.Reopened, Actor: "ann"})
	h.add(signals.Event{Kind: signals.Deleted, Ref: said.ID})
	c = signals.Fold(h.events)
	require.True(t, c.Open())
	require.Equal(t, []int{1, 1}, []int{c.Closes, c.Reopens})
	require.Empty(t, c.Posts)
	h.add(signals.Event{Kind: signals.Deleted})
	require.False(t, signals.Fold(h.events).Open())
}

// The order of arrival and repetition cannot matter.
func TestFoldOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t, pay1, 1)
		require.Equal(t, signals.Fold(slices.Clone(events)), signals.Fold(shuffled(t, events)))
	})
}

// Applying one by one is folding, and a repeated latest event changes nothing.
func TestApplyIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := signals.Sort(drawHistory(t, pay1, 1))
		c := &signals.Case{}
		for i, e := range events {
			require.True(t, c.Apply(e))
			if rapid.Bool().Draw(t, "repeat") {
				again := *e
				require.True(t, c.Apply(&again))
			}
			if i > 0 {
				before := signals.Fold(slices.Clone(c.Events()))
				require.False(t, c.Apply(events[0]), "an earlier event is refused")
				require.Equal(t, before, c)
			}
		}
		require.Equal(t, signals.Fold(slices.Clone(events)), c)
	})
}

// Folding must not write into what it is given.
func TestFoldLeavesEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t, pay1, 1)
		var copies []signals.Event
		for _, e := range events {
			c := *e
			c.Set = slices.Clone(e.Set)
			copies = append(copies, c)
		}
		signals.Fold(slices.Clone(events))
		for i, e := range events {
			require.Equal(t, copies[i], *e)
		}
	})
}

// Consecutive hops differ, their times join, and the last one stands for now.
func TestPathInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := signals.Fold(drawHistory(t, pay1, 1))
		for i, h := range c.Path {
			if i == len(c.Path)-1 {
				require.True(t, h.Until.IsZero())
				require.Equal(t, [3]string{c.Holder, c.Team, c.Level}, [3]string{h.Person, h.Team, h.Level})
				continue
			}
			next := c.Path[i+1]
			require.Equal(t, h.Until, next.Since)
			require.NotEqual(t, [3]string{h.Person, h.Team, h.Level}, [3]string{next.Person, next.Team, next.Level})
		}
		require.Subset(t, c.Path.Teams().Revisits(signals.ByTeam), c.Path.Teams().Returns(signals.ByTeam))
	})
}

// FuzzFold reads bytes as a history and folds it in another order.
func FuzzFold(f *testing.F) {
	f.Add([]byte("opened by ann, moved, closed, reopened"), uint64(1))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 255, 254, 0, 0, 0}, uint64(7))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		var events []*signals.Event
		for i := 0; i+4 <= len(data) && i < 4*200; i += 4 {
			n := binary.LittleEndian.Uint32(data[i:])
			e := &signals.Event{
				ID: strconv.Itoa(i / 4), Case: pay1, At: monday.Add(time.Duration(n%7) * time.Hour), Kind: kinds[int(n>>3)%len(kinds)],
				Seq: signals.Seq{Entry: int64(n>>8) % 5, Item: int32(n>>11) % 3}, Actor: string('a' + rune(n>>13)%3), To: string('A' + rune(n>>15)%4), Text: strconv.Itoa(int(n>>17) % 4),
			}
			if n>>20%2 == 0 {
				e.Ref = strconv.Itoa(int(n>>21) % 64)
			}
			events = append(events, e)
		}
		want := signals.Fold(slices.Clone(events))
		r := rand.New(rand.NewPCG(seed, 1))
		for range len(events) / 3 {
			again := *events[r.IntN(len(events))]
			events = append(events, &again)
		}
		r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		require.Equal(t, want, signals.Fold(events))
	})
}

// BenchmarkFold states the cost per event, which must not grow with the case.
func BenchmarkFold(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		h := newHistory()
		h.add(signals.Event{Kind: signals.Opened, Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}}})
		for i := 1; i < n; i++ {
			h.add(signals.Event{Kind: []signals.Kind{signals.Said, signals.TeamMoved, signals.Status, signals.Assigned}[i%4], To: string('A' + rune(i%5)), Text: "text"})
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				signals.Fold(h.events)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/event")
		})
	}
}
