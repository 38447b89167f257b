package main

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/cmd/andon/internal/company"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/signals/decide"
	"andon/store"
	"andon/store/storetest"
)

type handlersOf func() store.Handlers

// TestMonth lets a company live through weeks, and where all scenarios are asked
// for through a month, with andon beside it, over the
// real protocols on a virtual clock. Its people answer nudges in every way, or
// not at all. No budget is exceeded, no quiet hour broken, nobody is nudged twice
// for one occasion unless they asked to be, nothing is lost or stands twice, and
// every signal is alive or has died with a reason.
func TestMonth(t *testing.T) {
	if testing.Short() {
		t.Skip("a company's weeks: run without -short")
	}
	t.Parallel()
	run := func(t *testing.T, url string) {
		weeks := 2 // the first is the past
		if os.Getenv(allTroubles) != "" {
			weeks = 5
		}
		w := newTown(t, url, company.Options{Seed: 4, Weeks: weeks, Issues: 110, Messages: 300 * max(weeks, 4)})
		m := &month{town: w, r: rand.New(rand.NewPCG(4, 4)), pressed: make(map[string]bool)}
		h := func() store.Handlers { return w.svc.handlers() }
		for end := w.c.End; w.clock.now().Before(end); w.clock.set(m.next()) {
			w.post()
			w.turn(h)
			if m.answer() > 0 {
				w.turn(h)
			}
		}
		m.check(weeks)
	}
	if os.Getenv(allTroubles) != "" {
		storetest.Each(t, run)
		return
	}
	run(t, storetest.SQLite(t))
}

// month is a company whose people answer.
type month struct {
	*town
	r       *rand.Rand
	pressed map[string]bool // messages that somebody has thought about
	clicks  int
}

// next is the next moment at which something happens: a message, or the next
// half hour.
func (m *month) next() time.Time {
	now := m.clock.now()
	next := now.Truncate(30 * time.Minute).Add(30 * time.Minute)
	if len(m.posts) > 0 && m.posts[0].at.After(now) && m.posts[0].at.Before(next) {
		return m.posts[0].at
	}
	return next
}

// ways are what people do with a nudge; "" is nothing.
var ways = []string{"claim", "claim", "claim", "refuse", "snooze", "solved", "useless", "", "", ""}

// answer lets people press what they find in their direct messages.
func (m *month) answer() (n int) {
	for _, msg := range m.slack.Messages() {
		id := msg.Channel + msg.TS
		if msg.User != "UANDON" || !strings.HasPrefix(msg.Channel, "D") || m.pressed[id] || msg.Deleted {
			continue
		}
		at, err := slack.ParseTS(msg.TS)
		require.NoError(m.t, err)
		if m.clock.now().Sub(at) < 20*time.Minute {
			continue
		}
		m.pressed[id] = true
		how := ways[m.r.IntN(len(ways))]
		if how != "" && strings.Contains(string(msg.Blocks), `"action_id":"`+how+`"`) && m.press(msg, how) {
			n++
		}
	}
	m.clicks += n
	return n
}

// press presses a button as whoever the direct message is with; a menu's first
// choice, and a form as it stands.
func (m *month) press(msg fakeslack.Message, how string) bool {
	user := "U" + msg.Channel[1:]
	ctx, cancel := context.WithTimeout(m.t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(m.t, m.slack.Click(ctx, fakeslack.Click{User: user, Channel: msg.Channel, TS: msg.TS, Action: how, Values: firstChoice(msg, how)}), how)
	m.svc.ears.inbox.Wait() // a form is opened after the click is acknowledged
	for _, v := range m.slack.Modals(user) {
		problems, err := m.slack.Submit(ctx, user, v.ID, m.filled(v))
		require.NoError(m.t, err)
		require.Empty(m.t, problems, how)
	}
	return true
}

// filled are the first choices of a form's menus.
func (m *month) filled(v fakeslack.View) map[string][]string {
	values := make(map[string][]string)
	for _, b := range gjson.GetBytes(v.Body, "blocks").Array() {
		if o := b.Get("element.options.0.value"); o.Exists() {
			values[b.Get("block_id").Str] = []string{o.Str}
		}
	}
	return values
}

func (m *month) check(weeks int) {
	ctx := m.t.Context()
	var records []*signals.Record
	require.NoError(m.t, m.svc.db.Since(ctx, time.Time{}, func(r *signals.Record) error { records = append(records, r); return nil }))
	require.Greater(m.t, len(records), 10*(weeks-1), "it found something")
	org := m.org()
	perDay := make(map[string]map[string]bool) // person and day -> unsolicited messages
	said := 0
	for _, r := range records {
		m.ledger(r)
		told := make(map[string]bool)
		for _, n := range r.Nudges {
			out, ok, err := m.svc.db.Message(ctx, n.Message)
			require.NoError(m.t, err)
			if !ok || len(out.Copies) == 0 || n.Message == "" {
				continue
			}
			said++
			again := n.Route == "asked to be told again"
			asked := r.Signal.Detector == "cord" || again
			require.True(m.t, !told[n.To] || again || decide.StillOnIt(n), "%s: %s was told twice of %s", n.To, n.Why, r.Signal.Key())
			told[n.To] = true
			if asked || org.Person(n.To) == nil {
				continue
			}
			at, err := slack.ParseTS(out.Copies[0].TS)
			require.NoError(m.t, err)
			cal := org.Calendar(n.To)
			require.True(m.t, cal.Working(at), "%s at %s: %s", n.To, at.In(cal.Zone), n.Signal.Key())
			day := n.To + at.In(cal.Zone).Format(" 2006-01-02")
			if perDay[day] == nil {
				perDay[day] = make(map[string]bool)
			}
			perDay[day][n.Message] = true
		}
	}
	for day, messages := range perDay {
		require.LessOrEqual(m.t, len(messages), org.Policy.Budget, day)
	}
	require.Greater(m.t, said, 5*(weeks-1), "and said something")
	require.Greater(m.t, m.clicks, 2*(weeks-1), "and people answered")
	m.once()
	m.t.Logf("%d signals, %d nudges said, %d of them answered by hand", len(records), said, m.clicks)
}

// ledger checks one ledger: its stages follow each other, and it is alive or has
// died with a reason.
func (m *month) ledger(r *signals.Record) {
	l := r.Ledger
	require.False(m.t, l.Times[signals.Generated].IsZero(), r.Signal.Key())
	require.True(m.t, (l.Died == "") == (l.Why == ""), "%s died %q: %q", r.Signal.Key(), l.Died, l.Why)
	if l.Reached(signals.Transmitted) {
		require.False(m.t, l.Times[signals.Transmitted].Before(l.Times[signals.Generated]), r.Signal.Key())
	}
	if l.Died != "" {
		require.False(m.t, l.Reached(l.Died), "%s died before %s, which it reached", r.Signal.Key(), l.Died)
	}
}

// once checks that no message stands twice and none that was promised is missing.
func (m *month) once() {
	keys := make(map[string]int)
	for _, msg := range m.slack.Messages() {
		if msg.User == "UANDON" && !msg.Deleted && msg.Key != "" && msg.To == "" {
			keys[msg.Key]++
		}
	}
	for key, n := range keys {
		require.Equal(m.t, 1, n, key)
	}
	left, err := m.svc.db.Unsettled(m.t.Context(), m.clock.now().Add(-time.Hour))
	require.NoError(m.t, err)
	require.Empty(m.t, left)
}

// org is the organisation as the configuration tells it.
func (m *month) org() *signals.Org {
	events, err := m.conf.OrgEvents()
	require.NoError(m.t, err)
	org, err := signals.FoldOrg(m.conf.Policy, events, m.clock.now())
	require.NoError(m.t, err)
	return org
}

// firstChoice is the first option of a menu of a message, nothing for a button.
func firstChoice(msg fakeslack.Message, action string) (choice []string) {
	gjson.GetBytes(msg.Blocks, `#.elements|@flatten`).ForEach(func(_, e gjson.Result) bool {
		if e.Get("action_id").Str == action && e.Get("options.0.value").Exists() {
			choice = []string{e.Get("options.0.value").Str}
		}
		return choice == nil
	})
	return choice
}
