package main

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/signals/replay"
	"andon/store"
)

// crashState is what is left of a run: the database and Slack.
type crashState struct {
	*crashRun
	db       *store.DB
	org      *signals.Org
	records  []*signals.Record
	messages map[string]signals.Outgoing // by id
	stands   map[string][]fakeslack.Message
	told     map[string]map[string]signals.Told // by person and message
}

// check wants that nothing was lost, nothing doubled and the ledger consistent.
func (r *crashRun) check(acked []string) {
	r.t.Helper()
	db, err := store.Open(r.t.Context(), r.url, store.Options{Now: r.clock.now, Log: slog.New(slog.DiscardHandler)})
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, db.Close()) }()
	s := &crashState{crashRun: r, db: db}
	s.read()
	s.journal(acked)
	s.cases()
	s.outbox()
	s.ledgers()
	s.budgets()
	s.repeats()
	s.compare()
	sent := 0
	for _, m := range s.messages {
		if m.State == signals.Sent {
			sent++
		}
	}
	r.t.Logf("%d kills, %d of them between a post and its answer, %d alerts acknowledged, %d signals, %d messages sent, %d of them with doubt or repeated; Jira was asked %d times, Slack %d times",
		r.kills, r.hangs, len(acked), len(s.records), sent, s.repeated(), r.requests(r.jira)["total"], r.requests(r.slack)["total"])
}

func (s *crashState) repeated() (n int) {
	for _, m := range s.messages {
		if m.Attempt > 1 {
			n++
		}
	}
	return n
}

// strings runs a query for a column of texts.
func (s *crashState) strings(query string, args ...any) (out []string) {
	rows, err := s.crashRun.db().Query(query, args...)
	require.NoError(s.t, err)
	defer rows.Close()
	for rows.Next() {
		var v string
		require.NoError(s.t, rows.Scan(&v))
		out = append(out, v)
	}
	require.NoError(s.t, rows.Err())
	return out
}

func (s *crashState) read() {
	ctx := s.t.Context()
	s.org = signals.NewOrg(s.h.config.Policy)
	events, err := s.h.config.OrgEvents()
	require.NoError(s.t, err)
	for _, e := range events {
		require.NoError(s.t, s.org.Apply(e))
	}
	var keys []signals.Key
	require.NoError(s.t, s.db.Standings(ctx, "", func(st signals.Standing) error {
		keys = append(keys, st.Case)
		return nil
	}))
	for part := range slices.Chunk(keys, 200) {
		records, err := s.db.Records(ctx, part...)
		require.NoError(s.t, err)
		s.records = append(s.records, records...)
	}
	s.messages = make(map[string]signals.Outgoing)
	for _, id := range s.strings("SELECT id FROM messages") {
		m, ok, err := s.db.Message(ctx, id)
		require.NoError(s.t, err)
		require.True(s.t, ok)
		s.messages[id] = m
	}
	s.told = make(map[string]map[string]signals.Told)
	for _, to := range s.strings("SELECT DISTINCT target FROM told") {
		list, _, err := s.db.Told(ctx, to, 10_000)
		require.NoError(s.t, err)
		s.told[to] = make(map[string]signals.Told)
		for _, t := range list {
			s.told[to][t.ID] = t
		}
	}
	s.stands = make(map[string][]fakeslack.Message)
	for _, m := range s.said() {
		if !m.Deleted {
			s.stands[m.Key] = append(s.stands[m.Key], m)
		}
	}
}

// journal: every event of Jira's final state is there, once, and every alert
// that was acknowledged.
func (s *crashState) journal(acked []string) {
	have := make(map[string]signals.Entry)
	for after := int64(0); ; {
		entries, err := s.db.Follow(s.t.Context(), after, 2000)
		require.NoError(s.t, err)
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			assert.NotContains(s.t, have, e.ID, "an event is there twice")
			have[e.ID] = e
		}
		after = entries[len(entries)-1].Pos
	}
	lost, wrong := []string{}, []string{}
	known := make(map[string]bool)
	for learn, list := range map[bool][]*signals.Event{true: s.h.learn, false: s.h.play} {
		for _, e := range list {
			known[e.ID] = true
			got, ok := have[e.ID]
			switch {
			case !ok:
				lost = append(lost, e.ID)
			case got.Learn != learn || !got.At.Equal(e.At.Truncate(time.Microsecond)) || got.Kind != e.Kind:
				wrong = append(wrong, e.ID)
			}
		}
	}
	assert.Empty(s.t, lost, "events of Jira that are not in the journal")
	assert.Empty(s.t, wrong, "events that are otherwise in the journal: learnt or not, at another time, or of another kind")
	for id, e := range have {
		assert.True(s.t, e.Case.Source != signals.Jira || known[id], "event %s is in the journal and not in Jira", id)
	}
	for _, fingerprint := range acked {
		assert.Contains(s.t, have, "alerts/metrics/"+fingerprint+"/opened", "an alert was acknowledged and is lost")
	}
}

// cases: everything that was heard was judged.
func (s *crashState) cases() {
	for _, q := range busy {
		assert.Zero(s.t, s.count(q), q)
	}
	assert.Zero(s.t, s.count("SELECT COUNT(*) FROM river_job WHERE state IN ('cancelled', 'discarded')"), "jobs that were given up")
}

// outbox: what Slack has and what the store says of it are the same.
func (s *crashState) outbox() {
	for key, list := range s.stands {
		if len(list) > 1 {
			assert.Fail(s.t, "a message stands twice", "%s: %s", key, places(list))
		}
		m, ok := s.messages[key]
		if !assert.True(s.t, ok, "message %q stands in Slack, and the store does not know it", key) {
			continue
		}
		assert.Equal(s.t, signals.Sent, m.State, "message %s stands in Slack, and the store says: %s", key, m.Why)
	}
	for id, m := range s.messages {
		assert.NotEqual(s.t, signals.Sending, m.State, "message %s has no outcome", id)
		if m.State != signals.Sent {
			continue
		}
		assert.Equal(s.t, m.Rev, m.SentRev, "message %s is not in its latest revision", id)
		if !assert.Len(s.t, m.Copies, 1, "message %s", id) || !assert.NotEmpty(s.t, s.stands[id], "message %s was sent and does not stand in Slack", id) {
			continue
		}
		at := s.stands[id][0]
		assert.Equal(s.t, signals.ID(signals.Slack, crashTeam, at.Channel)+" "+at.TS, m.Copies[0].Channel+" "+m.Copies[0].TS, "message %s stands elsewhere", id)
	}
}

// places says where messages stand.
func places(list []fakeslack.Message) string {
	var out []string
	for _, m := range list {
		out = append(out, m.Channel+" "+m.TS)
	}
	return strings.Join(out, ", ")
}

// ledgers: transmitted exactly when a message of the signal was said.
func (s *crashState) ledgers() {
	for _, r := range s.records {
		key := r.Signal.Key()
		said := false
		for _, n := range r.Nudges {
			assert.NotEqual(s.t, signals.Sending, n.State, "nudge %s", n.Key())
			if n.Message == "" {
				continue
			}
			m, ok := s.messages[n.Message]
			if !assert.True(s.t, ok, "the message %s of nudge %s is not there", n.Message, n.Key()) {
				continue
			}
			assert.Contains(s.t, m.Nudges, n.Key(), "message %s does not carry its nudge", m.ID)
			assert.Contains(s.t, s.told[n.To], m.ID, "message %s is not counted for %s", m.ID, n.To)
			if n.State == signals.Sent {
				assert.NotEmpty(s.t, s.stands[m.ID], "nudge %s was sent and stands nowhere", n.Key())
			}
			said = said || len(s.stands[m.ID]) > 0 && n.State != signals.Superseded && n.State != signals.Failed
		}
		assert.Equal(s.t, said, r.Ledger.Reached(signals.Transmitted), "transmitted, of %s: %s", key, strings.Join(recordLines(r), "\n"))
		for _, st := range signals.Stages {
			if r.Ledger.Reached(st) {
				assert.False(s.t, r.Ledger.Times[st].Before(r.Ledger.Times[signals.Generated]), "%s was %s before it was there", key, st)
			}
		}
		if r.Ledger.Reached(signals.ReceivedBy) {
			assert.True(s.t, r.Ledger.Reached(signals.Transmitted), "%s was received and never transmitted", key)
		}
	}
}

// budgets: nobody was told more than the policy allows, as the messages have it.
func (s *crashState) budgets() {
	policy := s.h.config.Policy
	for to, list := range s.told {
		days := make(map[string]int)
		for _, t := range list {
			if t.Asked || len(s.stands[t.ID]) == 0 {
				continue
			}
			at := t.At
			if cal := s.org.Calendar(to); cal != nil && cal.Zone != nil {
				at = at.In(cal.Zone)
			}
			days[at.Format(time.DateOnly)]++
		}
		for day, n := range days {
			assert.LessOrEqual(s.t, n, policy.Budget, "messages to %s on %s", to, day)
		}
	}
}

// repeats: nobody heard of the same case again too soon. What counts is when a
// message was decided: a kill may keep it from being said for hours of this clock.
// A nudge may have joined it until the time to merge was over.
func (s *crashState) repeats() {
	policy := s.h.config.Policy
	for _, r := range s.records {
		for _, n := range r.Nudges {
			own, said := s.told[n.To][n.Message]
			if !said || own.Asked || len(s.stands[own.ID]) == 0 {
				continue
			}
			at := own.At
			for id, before := range s.told[n.To] {
				gap := at.Sub(before.At)
				if id == own.ID || before.Asked || len(s.stands[id]) == 0 || gap >= policy.Repeat-policy.Merge || gap <= 2*policy.Merge {
					continue
				}
				assert.NotContains(s.t, before.Cases, r.Signal.Case, "%s heard of %s by %s and %s later by %s", n.To, r.Signal.Case, id, gap, own.ID)
			}
		}
	}
}

// pathDetectors find the same whatever was killed.
var pathDetectors = []string{"long_path", "ping_pong", "climb", "person_ping_pong"}

// compare wants of the path detectors exactly what a run of the same history
// gives in which nothing goes wrong.
func (s *crashState) compare() {
	var in replay.Input
	require.NoError(s.t, in.Learn.Add(slices.Clone(s.h.learn)))
	require.NoError(s.t, in.Play.Add(slices.Clone(s.h.play)))
	org, err := s.h.config.OrgEvents()
	require.NoError(s.t, err)
	require.NoError(s.t, in.Org.Add(org))
	res, err := replay.Run(&in, replay.Options{Policy: s.h.config.Policy, Nudges: true, AsLive: true, After: time.Hour}, nowhere{})
	require.NoError(s.t, err)
	want, got := signalKeys(res.World.Book.Records), signalKeys(s.records)
	paths := 0
	for _, d := range slices.Sorted(maps.Keys(want)) {
		if slices.Contains(pathDetectors, d) {
			assert.Equal(s.t, want[d], got[d], "signals of %s", d)
			paths += len(want[d])
			continue
		}
		both := 0
		for _, k := range got[d] {
			if slices.Contains(want[d], k) {
				both++
			}
		}
		s.t.Logf("%s: %d signals, %d in the run that nothing disturbed, %d in both", d, len(got[d]), len(want[d]), both)
	}
	for _, d := range pathDetectors {
		assert.Equal(s.t, want[d], got[d], "signals of %s", d)
	}
	assert.Positive(s.t, paths, "the history has nothing to compare")
}

// signalKeys lists the signals by detector, each with the time at which it was found.
func signalKeys(records []*signals.Record) map[string][]string {
	out := make(map[string][]string)
	for _, r := range records {
		s := r.Signal
		out[s.Detector] = append(out[s.Detector], fmt.Sprintf("%s at %s", s.Key(), s.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)))
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}
