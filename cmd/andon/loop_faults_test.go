package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/signals"
	"andon/store/storetest"
)

// flaky is a store that loses its connection once, in the call that a test names.
type flaky struct {
	port
	fail   string      // name of the call
	of     signals.Key // of CaseEvents: the case that is asked for
	poison string      // a channel whose posts make the models panic
	blind  bool        // there is no snapshot
	last   signals.Outcome
}

func newFlaky(t testing.TB, url string) (*stepper, *flaky) {
	f := &flaky{}
	s := newStepper(t, url, tuesday, signals.DefaultPolicy(), func(c *bot.Config) {
		f.port = c.Store.(port)
		c.Store = f
	})
	return s, f
}

func (f *flaky) lost(call string) error {
	if f.fail != call {
		return nil
	}
	f.fail = ""
	return errors.New("connection reset")
}

func (f *flaky) Accept(ctx context.Context, ds ...signals.Delivery) (int, error) {
	if err := f.lost("Accept"); err != nil {
		return 0, unavailable{err}
	}
	return f.port.Accept(ctx, ds...)
}

func (f *flaky) RoomCases(ctx context.Context, channel string, upTo int64, n int) ([]signals.Key, string, int, error) {
	if f.poison != "" && channel == f.poison {
		panic("no model can take it")
	}
	if err := f.lost("RoomCases"); err != nil {
		return nil, "", 0, err
	}
	return f.port.RoomCases(ctx, channel, upTo, n)
}

func (f *flaky) CaseEvents(ctx context.Context, upTo int64, keys ...signals.Key) (map[signals.Key][]signals.Entry, error) {
	if len(keys) == 1 && keys[0] == f.of {
		if err := f.lost("CaseEvents"); err != nil {
			return nil, err
		}
	}
	return f.port.CaseEvents(ctx, upTo, keys...)
}

func (f *flaky) Notice(ctx context.Context, id, target string, card []byte, at time.Time) error {
	if err := f.lost("Notice"); err != nil {
		return err
	}
	return f.port.Notice(ctx, id, target, card, at)
}

func (f *flaky) Snapshot(ctx context.Context, name, version string) (int64, io.ReadCloser, bool, error) {
	if f.blind {
		return 0, nil, false, nil
	}
	return f.port.Snapshot(ctx, name, version)
}

func (f *flaky) Commit(ctx context.Context, o signals.Outcome) error {
	f.last = o
	return f.port.Commit(ctx, o)
}

// accept takes events in at once.
func (s *stepper) accept(events ...*signals.Event) {
	require.NoError(s.t, s.bot.Accept(s.t.Context(), signals.Delivery{Events: events}))
}

// TestAnEventThatWasTakenByHalfIsTakenAnew loses the connection while an event
// joins its case to another one: the problem is the joint one all the same.
func TestAnEventThatWasTakenByHalfIsTakenAnew(t *testing.T) {
	for _, fail := range []string{"", "CaseEvents"} {
		t.Run(fail, func(t *testing.T) {
			s, f := newFlaky(t, storetest.SQLite(t))
			s.accept(staff()...)
			thread := posted("C1", 1700000000, 0, tuesday.Add(-time.Hour), "U9", askWords)
			s.accept(thread)
			s.drain()
			s.reload()
			f.fail, f.of = fail, thread.Case
			events := pingpong("7", tuesday.Add(-10*time.Minute))
			link := happened("7", 50, signals.Said, tuesday.Add(-9*time.Minute-30*time.Second))
			link.Text = "see https://x.slack.com/archives/C1/p1700000000000000 for the rest"
			s.accept(append(events, link)...)
			if fail != "" {
				require.Error(t, s.bot.Look(t.Context(), link.Case))
			}
			require.NoError(t, s.bot.Look(t.Context(), link.Case))
			records, err := s.db.Records(t.Context(), link.Case)
			require.NoError(t, err)
			require.NotEmpty(t, records)
			for _, r := range records {
				require.Equal(t, thread.Case, r.Signal.Problem)
			}
		})
	}
}

// TestAnEventThatTheModelsCannotTakeIsPassedOver lets one event make the models
// panic: what comes behind it is judged, now and after a start.
func TestAnEventThatTheModelsCannotTakeIsPassedOver(t *testing.T) {
	s, f := newFlaky(t, storetest.SQLite(t))
	f.poison = signals.ID(signals.Slack, "T1", "C1")
	s.accept(staff()...)
	s.accept(posted("C1", 5000, 0, tuesday.Add(-time.Hour), "U9", askWords))
	events := pingpong("7", tuesday.Add(-10*time.Minute))
	s.accept(events...)
	require.NotPanics(t, func() { require.NoError(t, s.bot.Follow(t.Context())) })
	require.NotPanics(t, s.start)
	head, err := s.db.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head, s.bot.Position())
	require.NoError(t, s.bot.Look(t.Context(), events[0].Case))
	require.NotEmpty(t, s.nudges("7"))
}

// TestARefusedDeliveryIsSetAside lets a source send what the store refuses, and
// what it cannot take at the moment: only the former is passed over.
func TestARefusedDeliveryIsSetAside(t *testing.T) {
	const name = "jira/jira"
	for away, want := range map[bool]bool{false: true, true: false} {
		t.Run(fmt.Sprintf("the database is away %v", away), func(t *testing.T) {
			s, f := newFlaky(t, storetest.SQLite(t))
			src := &scripted{}
			s.conf.Sources[name] = src
			s.start()
			require.NoError(t, s.bot.PollOnce(t.Context(), name))
			before, err := s.db.Cursor(t.Context(), name)
			require.NoError(t, err)
			bad := pingpong("8", tuesday.Add(-10*time.Minute))
			bad[2].ID = ""
			for id, events := range map[string][]*signals.Event{"a": pingpong("7", tuesday.Add(-10*time.Minute)), "b": bad, "c": pingpong("9", tuesday.Add(-10*time.Minute))} {
				src.next = append(src.next, signals.Delivery{Envelope: signals.Envelope{Source: name, ID: id, Received: tuesday, Body: []byte("body of " + id)}, Events: events})
			}
			if away {
				f.fail = "Accept"
			}
			err = s.bot.PollOnce(t.Context(), name)
			require.Equal(t, want, err == nil, "%v", err)
			after, err := s.db.Cursor(t.Context(), name)
			require.NoError(t, err)
			require.Equal(t, want, before != after, "what was not stored is read again")
			for id, known := range map[string]bool{"7": want, "8": false, "9": want} {
				_, ok, err := s.db.Standing(t.Context(), jiraKey(id))
				require.NoError(t, err)
				require.Equal(t, known, ok, id)
			}
			body, ok, err := s.db.LatestEnvelope(t.Context(), name, "b")
			require.NoError(t, err)
			require.Equal(t, want, ok)
			require.Equal(t, want, string(body) == "body of b")
		})
	}
}

// TestAGapIsToldAfterAnError loses the connection just when the gap is told.
func TestAGapIsToldAfterAnError(t *testing.T) {
	s, f := newFlaky(t, storetest.SQLite(t))
	s.conf.Sources["jira/jira"] = &scripted{}
	s.start()
	require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
	s.clock.set(tuesday.Add(74 * time.Hour))
	f.fail = "Notice"
	require.Error(t, s.bot.PollOnce(t.Context(), "jira/jira"))
	require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
	s.drain()
	require.Len(t, s.mouth.said, 1)
}

// halting is a source that fails while err is set, after it gave what it has.
type halting struct {
	scripted
	err error
}

func (h *halting) Poll(ctx context.Context, cursor string, emit func(context.Context, signals.Delivery, string) error) (string, error) {
	end, err := h.scripted.Poll(ctx, cursor, emit)
	return end, errors.Join(err, h.err)
}

// TestSilenceIsWhatNoReplicaHears lets one of two replicas poll a source, and
// the other one watch over it.
func TestSilenceIsWhatNoReplicaHears(t *testing.T) {
	away := errors.New("503")
	for _, c := range []struct {
		name         string
		first, later error // what the source answers in the beginning, and then
		mine         error // and in the end, to the replica that watches
		alarms       int
	}{
		{"the other one hears it", nil, nil, away, 0},
		{"nobody hears it any more", nil, away, away, 1},
		{"nobody ever heard it", away, away, away, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
			src := &halting{}
			s.conf.Sources["jira/jira"] = src
			s.start()
			watcher := s.bot
			s.start()
			poll := func(b *bot.Bot, answer error) {
				src.err = answer
				err := b.PollOnce(t.Context(), "jira/jira")
				require.Equal(t, answer == nil, err == nil, "%v", err)
			}
			poll(watcher, c.first)
			for i := range 60 {
				require.NoError(t, watcher.WatchSources(t.Context()))
				s.clock.set(tuesday.Add(time.Duration(i+1) * time.Minute))
				poll(s.bot, c.later)
			}
			poll(watcher, c.mine)
			require.NoError(t, watcher.WatchSources(t.Context()))
			s.drain()
			require.Len(t, s.mouth.said, c.alarms, "%v", s.mouth.said)
		})
	}
}

// partial is an error of a source that read everything else to its end.
type partial struct{ error }

func (partial) IsPartial() bool { return true }

// TestTheFirstContactEnds with what can be read, and what a source calls history
// later is history, too.
func TestTheFirstContactEnds(t *testing.T) {
	broken := errors.New("scope \"broken\": 400")
	for _, c := range []struct {
		name  string
		err   error // of each poll
		learn bool  // what the source says of what comes later
		heard bool
	}{
		{"everything is read", nil, false, true},
		{"one scope is refused", partial{broken}, false, true},
		{"the reading is broken off", broken, false, false},
		{"a scope is new", nil, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
			src := &halting{err: c.err}
			s.conf.Sources["jira/jira"] = src
			s.start()
			s.accept(staff()...)
			for day := range 3 {
				s.clock.set(tuesday.Add(time.Duration(day) * 24 * time.Hour))
				src.next = []signals.Delivery{{Events: pingpong(fmt.Sprint(day), s.clock.now().Add(-10*time.Minute)), Learn: c.learn}}
				err := s.bot.PollOnce(t.Context(), "jira/jira")
				require.Equal(t, c.err == nil, err == nil, "%v", err)
				s.drain()
			}
			require.Empty(t, s.said("0"), "what was there at the first contact")
			require.Equal(t, c.heard, len(s.mouth.said) > 0, "%v", s.mouth.said)
		})
	}
}
