package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

const askWords = "Can anybody help me? How do I get access to the billing database? I get permission denied."

// posted is message n of a thread.
func posted(channel string, thread, n int, at time.Time, who, words string) *signals.Event {
	k := signals.SlackThread("T1", channel, fmt.Sprintf("%d.000000", thread))
	return &signals.Event{
		ID: fmt.Sprintf("%s/%d", k, n), Case: k, Kind: signals.Said, Actor: "slack/T1/" + who, At: at, Text: words,
		Audience: signals.Public, Seq: signals.Seq{Entry: int64(thread*100 + n)},
	}
}

// chatter is n messages beside each other, a second apart.
func chatter(channel string, thread, n int, at time.Time, words string) (out []*signals.Event) {
	for i := range n {
		out = append(out, posted(channel, thread+i, 0, at.Add(time.Duration(i)*time.Second), fmt.Sprintf("U%d", i%3), words))
	}
	return out
}

// drainWithin works until nothing is left, which takes at most so many looks.
func (s *stepper) drainWithin(looks int) {
	h, n := s.h, 0
	h.Look = func(ctx context.Context, k signals.Key) error {
		if n++; n > looks {
			return errors.New("the looks do not end")
		}
		return s.h.Look(ctx, k)
	}
	_, err := s.db.Drain(s.t.Context(), h)
	require.NoError(s.t, err)
}

// askWaits is for how many messages behind it an ask waits.
const askWaits = 99

// TestARoomCountsAsTheJournalDoes lets an ask wait for what else is said in its
// room: it wants to be looked at when the journal has so many messages, and no
// look asks for the next one at once.
func TestARoomCountsAsTheJournalDoes(t *testing.T) {
	const green = "the build is green again"
	thread := func(n int, at time.Time) (out []*signals.Event) {
		for i := range n {
			out = append(out, posted("C1", 4000, i, at.Add(time.Duration(i)*time.Second), fmt.Sprintf("U%d", i%3), "thanks, more words here"))
		}
		return out
	}
	early := tuesday.Add(-2 * time.Hour)
	long := thread(30, early)
	for _, c := range []struct {
		name   string
		learnt []*signals.Event // before the service starts
		parts  [][]*signals.Event
		after  bool   // the parts come after the ask
		fail   string // when the room cannot be read for once
	}{
		{name: "posts with words", parts: [][]*signals.Event{chatter("C1", 6000, 20, early, green)}},
		{name: "posts without words", parts: [][]*signals.Event{chatter("C1", 6000, 20, early, "")}},
		{name: "as many as it waits for, some without words", parts: [][]*signals.Event{append(chatter("C1", 6000, 97, tuesday, green), chatter("C1", 7000, 4, tuesday.Add(2*time.Minute), "")...)}, after: true},
		{name: "posts that come late", parts: [][]*signals.Event{long[10:], long[:10]}},
		{name: "posts that are older than what the room remembers", learnt: chatter("C1", 1000, 900, early.Add(time.Minute), green), parts: [][]*signals.Event{long[10:], long[:10]}},
		{name: "posts that come twice", parts: [][]*signals.Event{long, long}},
		{name: "a thread that is judged step by step", parts: [][]*signals.Event{long}},
		{name: "the first of the journal", learnt: chatter("C1", 1000, 50, early, green)},
		{name: "the room cannot be read when the ask is taken", learnt: chatter("C1", 1000, 300, early, green), fail: "taken"},
		{name: "the room cannot be read when the ask is looked at", learnt: chatter("C1", 1000, 300, early, green), fail: "looked at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, f := newFlaky(t, storetest.SQLite(t))
			s.learn(c.learnt)
			s.start()
			e := posted("C1", 5000, 0, tuesday.Add(-time.Hour), "U9", askWords)
			parts := c.parts
			if c.after {
				parts = append([][]*signals.Event{{e}}, parts...)
			} else {
				parts = append(parts[:len(parts):len(parts)], []*signals.Event{e})
			}
			for _, part := range parts {
				if c.fail == "taken" {
					s.reload()
					f.fail = "RoomCases"
				}
				s.accept(part...)
				err := s.bot.Follow(t.Context()) // the models are ahead of what is judged
				require.Equal(t, c.fail == "taken", err != nil, "%v", err)
				if c.fail == "looked at" {
					s.reload()
					f.fail = "RoomCases"
				}
				s.drainWithin(500)
				require.Empty(t, f.fail)
			}
			_, _, count, err := s.db.RoomCases(t.Context(), e.Case.Channel(), 0, 1)
			require.NoError(t, err)
			st, _, err := s.db.Standing(t.Context(), e.Case)
			require.NoError(t, err)
			if c.after {
				require.Greater(t, st.Posts, count)
				require.Less(t, st.Posts, count+askWaits)
			} else {
				require.Equal(t, count+askWaits, st.Posts)
			}
		})
	}
}

// reload stores the models and begins anew from there.
func (s *stepper) reload() {
	require.NoError(s.t, s.bot.Follow(s.t.Context()))
	require.NoError(s.t, s.bot.Save(s.t.Context()))
	s.start()
}

// snapshot is what the models of the service hold, as it is stored.
func (s *stepper) snapshot(b *bot.Bot) []byte {
	require.NoError(s.t, b.Follow(s.t.Context()))
	require.NoError(s.t, b.Save(s.t.Context()))
	_, body, ok, err := s.db.Snapshot(s.t.Context(), "world", "4")
	require.NoError(s.t, err)
	require.True(s.t, ok)
	raw, err := io.ReadAll(body)
	require.NoError(s.t, err)
	return raw
}

// TestAForgettingIsHeeded forgets somebody while the service runs: its models do
// not hold them any longer, nor what it stores of them.
func TestAForgettingIsHeeded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newStepper(t, url, tuesday, signals.DefaultPolicy(), nil)
		s.accept(staff()...)
		s.accept(pingpong("7", tuesday.Add(-10*time.Minute))...)
		s.drain()
		require.True(t, bytes.Contains(s.snapshot(s.bot), []byte("jira/jira/bea")))
		_, err := s.db.Forget(t.Context(), store.Forgetting{Persons: []string{"bea", "jira/jira/bea", "slack/T1/U1"}})
		require.NoError(t, err)
		s.accept(pingpong("8", tuesday.Add(-10*time.Minute))...)
		s.drain()
		require.False(t, bytes.Contains(s.snapshot(s.bot), []byte("jira/jira/bea")))
	})
}

// TestReplicasAgree gives random histories, in a random order, to a replica
// that follows and judges them as they come. One that begins anew from the
// journal has the same models.
func TestReplicasAgree(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), func(c *bot.Config) { c.Held = 60 })
			s.accept(staff()...)
			all := anything(r, 300)
			for len(all) > 0 {
				n := min(len(all), 1+r.IntN(12))
				require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: all[:n], Learn: r.IntN(4) == 0}))
				all = all[n:]
				if r.IntN(3) > 0 {
					s.drainWithin(2000)
				}
			}
			first := s.snapshot(s.bot)
			c := s.conf
			c.Store = &flaky{port: port{s.db}, blind: true}
			b, err := bot.New(c)
			require.NoError(t, err)
			require.NoError(t, b.Start(t.Context()))
			require.Equal(t, first, s.snapshot(b))
		})
	}
}

// anything makes n events of few cases, in no order, with all that they may hold.
func anything(r *rand.Rand, n int) (out []*signals.Event) {
	kinds := []signals.Kind{
		signals.Opened, signals.Assigned, signals.TeamMoved, signals.LevelMoved, signals.Status, signals.Priority, signals.Said, signals.Said, signals.Said, signals.Said,
		signals.Edited, signals.Deleted, signals.Linked, signals.Unlinked, signals.Joined, signals.Reacted, signals.Claimed, signals.Refused, signals.Pulled,
		signals.Firing, signals.Recovered, signals.Closed, signals.Reopened, signals.Confirmed, signals.Denied,
	}
	for i := range n {
		k := anyCase(r)
		e := &signals.Event{
			ID: fmt.Sprintf("%s/%d", k, i), Case: k, Kind: one(r, kinds), At: tuesday.Add(-time.Duration(r.IntN(5000)) * time.Minute), Seq: signals.Seq{Entry: int64(r.IntN(1000))},
			Actor: signals.ID(k.Source, k.Site, fmt.Sprintf("U%d", r.IntN(5))), Audience: one(r, []signals.Audience{signals.Public, signals.Public, signals.Public, signals.Restricted, "x"}),
		}
		describe(r, e, out)
		out = append(out, e)
	}
	return out
}

func one[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func anyCase(r *rand.Rand) signals.Key {
	switch c := r.IntN(10); {
	case c < 5:
		return signals.SlackThread("T1", fmt.Sprintf("C%d", r.IntN(2)+1), fmt.Sprintf("%d.000000", 1000+r.IntN(12)))
	case c < 9:
		return jiraKey(fmt.Sprint(r.IntN(12)))
	}
	return signals.Key{Source: "alert", Site: "am", ID: fmt.Sprint(r.IntN(3))}
}

// describe gives an event what events of its kind have; it may speak of earlier ones.
func describe(r *rand.Rand, e *signals.Event, earlier []*signals.Event) {
	words := []string{
		askWords, "it is flaky again, just restart it", "please open a ticket", "", "see PAY-3 and https://x.slack.com/archives/C1/p1003000000", "solved, thanks",
		"<@U2> try again", "might be nothing, but the billing database is slow", "not us, try #other",
	}
	switch e.Kind {
	case signals.Said, signals.Pulled:
		e.Text = one(r, words)
	case signals.Edited, signals.Deleted, signals.Reacted:
		e.Text, e.To = one(r, words), one(r, words)
		if len(earlier) > 0 && r.IntN(5) > 0 {
			e.Ref = one(r, earlier).ID
		}
		for _, o := range earlier {
			if o.Case == e.Case && o.Kind == signals.Said && r.IntN(2) == 0 {
				e.Ref = o.ID
			}
		}
		if r.IntN(4) == 0 {
			e.Field, e.To, e.Ref = signals.FieldLabel, fmt.Sprintf("PAY-%d", r.IntN(9)), ""
		}
	case signals.Linked, signals.Unlinked:
		e.Field, e.Ref = "duplicates", jiraKey(fmt.Sprint(r.IntN(12))).String()
		if r.IntN(3) == 0 {
			e.Ref = fmt.Sprintf("jira/jira/label:PAY-%d", r.IntN(9))
		}
	case signals.Opened:
		e.Text = "Invoices arrive twice"
		e.Set = []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + e.Case.ID}, {Field: signals.FieldTeam, To: "Payments"}, {Field: signals.FieldProject, To: "PAY"}}
	default:
		e.From, e.To = one(r, []string{"", "Web", "Payments", "2"}), one(r, []string{"", "Web", "Payments", "jira/jira/U1", "3"})
	}
}
