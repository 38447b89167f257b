package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/company"
	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/signals"
	"andon/signals/decide"
	"andon/signals/replay"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/store"
	"andon/store/storetest"
)

// clock is a virtual clock that tests set.
type testClock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *testClock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// mouth takes every message and remembers it.
type mouth struct {
	mu   sync.Mutex
	said map[string]int // by key
	n    int
}

func (m *mouth) Post(_ context.Context, target string, card *view.Card) (signals.Copy, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.said == nil {
		m.said = make(map[string]int)
	}
	m.said[card.Key]++
	m.n++
	return signals.Copy{Channel: target, TS: fmt.Sprint(m.n)}, nil
}

func (m *mouth) Update(context.Context, signals.Copy, *view.Card) error { return nil }
func (m *mouth) Find(context.Context, string, string, time.Time) ([]signals.Copy, error) {
	return nil, nil
}
func (m *mouth) Delete(context.Context, signals.Copy) error { return nil }

// stepper is a whole service on a virtual clock.
type stepper struct {
	t     testing.TB
	url   string // of the database
	clock *testClock
	db    *store.DB
	bot   *bot.Bot
	mouth *mouth
	h     store.Handlers
	conf  bot.Config
}

func newStepper(t testing.TB, url string, at time.Time, policy signals.Policy, more func(*bot.Config)) *stepper {
	s := &stepper{t: t, url: url, clock: &testClock{t: at}, mouth: &mouth{}}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	db, err := store.Open(t.Context(), url, store.Options{Now: s.clock.now, Log: log, Migrate: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s.db = db
	c := bot.Config{Store: port{db}, Poster: s.mouth, Policy: policy, Now: s.clock.now, AsLive: true, Forgotten: store.ForgottenCursor, Admin: "admin", Log: log, Sources: map[string]bot.Source{}}
	if more != nil {
		more(&c)
	}
	s.conf = c
	s.start()
	return s
}

// start begins the loop, as a new process would.
func (s *stepper) start() {
	var err error
	s.bot, err = bot.New(s.conf)
	require.NoError(s.t, err)
	s.h = store.Handlers{Look: s.bot.Look, Send: s.bot.Send, Fetch: s.bot.Fetch}
	require.NoError(s.t, s.bot.Start(s.t.Context()))
}

// until lets the time pass up to t, and serves what comes due on the way:
// before t only, or at t too.
func (s *stepper) until(t time.Time, inclusive bool) {
	for {
		next, err := s.db.NextLook(s.t.Context())
		require.NoError(s.t, err)
		if next.IsZero() || next.After(t) || !inclusive && !next.Before(t) {
			break
		}
		if next.After(s.clock.now()) {
			s.clock.set(next)
		}
		_, err = s.db.Wake(s.t.Context(), s.clock.now(), 1000)
		require.NoError(s.t, err)
		s.drain()
	}
	s.clock.set(t)
}

func (s *stepper) drain() {
	_, err := s.db.Drain(s.t.Context(), s.h)
	require.NoError(s.t, err)
}

// learn puts history into the journal that is never judged.
func (s *stepper) learn(events []*signals.Event) {
	for part := range slices.Chunk(events, 1000) {
		require.NoError(s.t, s.bot.Accept(s.t.Context(), signals.Delivery{Events: part, Learn: true}))
	}
}

// book is everything that was found and decided, one line each, sorted.
func (s *stepper) book() []string {
	var keys []signals.Key
	require.NoError(s.t, s.db.Standings(s.t.Context(), signals.Jira, func(st signals.Standing) error {
		keys = append(keys, st.Case)
		return nil
	}))
	var out []string
	for part := range slices.Chunk(keys, 500) {
		records, err := s.db.Records(s.t.Context(), part...)
		require.NoError(s.t, err)
		for _, r := range records {
			out = append(out, recordLines(r)...)
		}
	}
	slices.Sort(out)
	return out
}

func recordLines(r *signals.Record) []string {
	s := r.Signal
	stamp := func(t time.Time) string { return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) }
	out := []string{fmt.Sprintf("signal %s at %s score %.4f problem %s about %s need %s audience %q evidence %v: %s", s.Key(), stamp(s.At), s.Score, s.Problem, s.About, s.Need, s.Audience, s.Evidence, s.Reason)}
	for _, n := range r.Nudges {
		out = append(out, fmt.Sprintf("nudge %s to %q owner %q %s (%s) at %s because %s: %s", n.Key(), n.To, n.Owner, n.State, n.Why, stamp(n.At), n.Route, n.Signal.Reason))
	}
	for _, a := range r.Asks {
		out = append(out, fmt.Sprintf("ask %s of %s at %s %s (%s) %s", s.Key(), stamp(a.Of), stamp(a.At), a.State, a.Why, a.Message))
	}
	var b strings.Builder
	for _, st := range signals.Stages {
		if r.Ledger.Reached(st) {
			fmt.Fprintf(&b, " %s %s", st, stamp(r.Ledger.Times[st]))
		}
	}
	return append(out, fmt.Sprintf("ledger %s%s died %q (%s) quiet %v", s.Key(), b.String(), r.Ledger.Died, r.Ledger.Why, !r.Ledger.Quiet.IsZero()))
}

// nowhere is a sink for a replay whose world is what is asked for.
type nowhere struct{}

func (nowhere) Signal(*signals.Case, *signals.Signal) error                         { return nil }
func (nowhere) Risk(*signals.Case, time.Time, risk.Prediction) error                { return nil }
func (nowhere) Route(*signals.Case, time.Time, route.Kind, []route.Candidate) error { return nil }
func (nowhere) Match(*signals.Case, time.Time, []replay.Match) error                { return nil }

// replayed is the book of a replay of the same history.
func replayed(t testing.TB, learn, play []*signals.Event, policy signals.Policy, after time.Duration) []string {
	var in replay.Input
	require.NoError(t, in.Learn.Add(slices.Clone(learn)))
	require.NoError(t, in.Play.Add(slices.Clone(play)))
	res, err := replay.Run(&in, replay.Options{Policy: policy, Nudges: true, AsLive: true, After: after}, nowhere{})
	require.NoError(t, err)
	return bookOf(res.World)
}

func bookOf(w *decide.World) []string {
	var out []string
	for _, r := range w.Book.Records {
		out = append(out, recordLines(r)...)
	}
	slices.Sort(out)
	return out
}

// history is issues split at a moment.
type splitHistory struct {
	learn, play []*signals.Event
	at, end     time.Time
}

func splitAt(t testing.TB, raw []byte, o jira.Options, from float64) splitHistory {
	var all replay.Log
	path := filepath.Join(t.TempDir(), "issues.jsonl")
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	_, err := jira.ReadFile(t.Context(), path, o, all.Add)
	require.NoError(t, err)
	events := all.Ordered()
	require.NotEmpty(t, events)
	s := splitHistory{at: events[int(float64(len(events))*from)].At, end: events[len(events)-1].At}
	for _, e := range events {
		if e.At.Before(s.at) {
			s.learn = append(s.learn, e)
		} else {
			s.play = append(s.play, e)
		}
	}
	return s
}

func exampleIssues(t testing.TB, issues int) []byte {
	c, err := company.Generate(company.Options{Seed: 1, Weeks: 6, Issues: issues, Messages: 1000})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, c.WriteJira(&b))
	return b.Bytes()
}

// lesser is how much a test takes: less in a hurry.
func lesser(n, inAHurry int) int {
	if testing.Short() {
		return inAHurry
	}
	return n
}

const afterwards = 3 * 24 * time.Hour

// TestStepByStepIsReplay drives the service step by step on a virtual clock,
// over HTTP, and wants from it exactly what a replay of the same history gives.
func TestStepByStepIsReplay(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, for minutes under the race detector: run without -short")
	}
	t.Parallel()
	raw := exampleIssues(t, 100)
	for _, dialect := range []fakejira.Dialect{fakejira.Cloud, fakejira.DataCenter} {
		t.Run(string(dialect), func(t *testing.T) {
			run := func(t *testing.T, url string) {
				o := jira.Options{Site: "jira", Team: "Team", Audience: signals.Public}
				stepIsReplay(t, url, raw, dialect, splitAt(t, raw, o, .3), o, nil)
			}
			if dialect == fakejira.Cloud || os.Getenv(allTroubles) != "" {
				storetest.Each(t, run)
				return
			}
			run(t, storetest.SQLite(t))
		})
	}
}

// TestStepByStepRealHistory does so with histories of real companies: the end
// of each, or so much of it as ANDON_STEP_SHARE says, 1 for all; then on both
// databases.
func TestStepByStepRealHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("the example company is enough in a hurry: run without -short")
	}
	t.Parallel()
	share := 0.
	if s := os.Getenv("ANDON_STEP_SHARE"); s != "" {
		var err error
		share, err = strconv.ParseFloat(s, 64)
		require.NoError(t, err)
	}
	for _, set := range []struct {
		name  string
		share float64 // by default
		o     jira.Options
	}{
		{"storm", .1, jira.Options{Site: "jira", Audience: signals.Public}},
		{"bpi2013_test", .0015, jira.Options{Site: "jira", Team: "Team", Level: "Support Level", Audience: signals.Public}},
	} {
		t.Run(set.name, func(t *testing.T) {
			name, o := set.name, set.o
			path := filepath.Join(moduleRoot(t), "..", "shared", "data", name+".jsonl.gz")
			f, err := os.Open(path)
			if err != nil {
				t.Skipf("the real history is not here: put the development data at ../shared/data beside the repository: %v", err)
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			require.NoError(t, err)
			raw, err := io.ReadAll(z)
			require.NoError(t, err)
			h := splitAt(t, raw, o, 1-cmp.Or(share, set.share))
			run := func(t *testing.T, url string) { stepIsReplay(t, url, raw, fakejira.DataCenter, h, o, nil) }
			if share > 0 {
				storetest.Each(t, run)
				return
			}
			run(t, storetest.SQLite(t))
		})
	}
}

// TestRestartsChangeNothing does so with a service that is started anew again
// and again, from a snapshot of its models or from the journal alone.
func TestRestartsChangeNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("one step after the other, for minutes under the race detector: run without -short")
	}
	t.Parallel()
	raw := exampleIssues(t, 100)
	o := jira.Options{Site: "jira", Team: "Team", Audience: signals.Public}
	for name, save := range map[string]bool{"from a snapshot": true, "from the journal": false} {
		t.Run(name, func(t *testing.T) {
			stepIsReplay(t, storetest.SQLite(t), raw, fakejira.Cloud, splitAt(t, raw, o, .3), o, func(s *stepper, step int) {
				if step%40 != 0 {
					return
				}
				if save {
					require.NoError(t, s.bot.Save(t.Context()))
				}
				s.start()
			})
		})
	}
}

func stepIsReplay(t *testing.T, url string, raw []byte, dialect fakejira.Dialect, h splitHistory, o jira.Options, between func(*stepper, int)) {
	policy := signals.DefaultPolicy()
	s := newStepper(t, url, h.at.Add(-time.Millisecond), policy, nil)
	fake := fakejira.New(fakejira.Options{Dialect: dialect, Now: s.clock.now, Token: "secret"})
	_, err := fake.Load(bytes.NewReader(raw))
	require.NoError(t, err)
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	s.learn(h.learn)
	s.watch(srv.URL, o)

	for i := 0; i < len(h.play); {
		at := h.play[i].At
		s.until(at, false)
		require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
		s.drain()
		for i < len(h.play) && h.play[i].At.Equal(at) {
			i++
		}
		if between != nil {
			between(s, i)
		}
	}
	s.until(h.end.Add(afterwards), true)
	want := replayed(t, h.learn, h.play, policy, afterwards)
	require.NotEmpty(t, want)
	got := s.book()
	require.Equal(t, want, got)
	for key, n := range s.mouth.said {
		require.Equal(t, 1, n, "%s was said more than once", key)
	}
}

// watch begins to poll a Jira as if the first contact were over.
func (s *stepper) watch(url string, o jira.Options) {
	src, err := jira.Dial(s.t.Context(), jira.Site{URL: url, User: "andon", Token: "secret", Read: o, Now: s.clock.now})
	require.NoError(s.t, err)
	s.t.Cleanup(src.Close)
	require.NoError(s.t, s.bot.Watch(s.t.Context(), "jira/jira", src))
	require.NoError(s.t, s.bot.PollOnce(s.t.Context(), "jira/jira")) // the first contact learns what was there
	s.drain()
}
