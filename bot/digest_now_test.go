package bot

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
)

func (s *quietStore) Since(_ context.Context, _ time.Time, emit func(*signals.Record) error) error {
	for _, r := range s.raised {
		if err := emit(r); err != nil {
			return err
		}
	}
	return nil
}
func (s *quietStore) Opinions(context.Context, time.Time) ([]signals.Opinion, error) { return nil, nil }
func (s *quietStore) Moved(context.Context, []signals.Kind, time.Time, time.Time) ([]signals.Key, error) {
	return nil, nil
}

// TestTheDigestSoFar is for admins, and compares with last week by then.
func TestTheDigestSoFar(t *testing.T) {
	now := digestMonday.AddDate(0, 0, 2).Add(10 * time.Hour) // Wednesday
	store := &quietStore{cursors: make(map[string]string)}
	for i, at := range []time.Time{now.Add(-time.Hour), now.AddDate(0, 0, -7).Add(-time.Hour), now.AddDate(0, 0, -7).Add(time.Hour), now.AddDate(0, 0, -40)} {
		s := &signals.Signal{Detector: "stall", Case: signals.Key{Source: signals.Jira, Site: "j", ID: string(rune('1' + i))}, At: at, Audience: signals.Public}
		store.raised = append(store.raised, &signals.Record{Signal: s, Ledger: signals.NewLedger(s, at)})
	}
	hidden := &signals.Signal{Detector: "echo", Case: signals.Key{Source: signals.Jira, Site: "j", ID: "9"}, At: now.Add(-time.Hour)}
	store.raised = append(store.raised, &signals.Record{Signal: hidden, Ledger: signals.NewLedger(hidden, now)})
	b, err := New(Config{Store: store, Policy: signals.DefaultPolicy(), Now: func() time.Time { return now }, Admins: []string{"slack/T1/U1"}})
	require.NoError(t, err)
	r, err := b.digestNow(t.Context(), view.Asked{ID: "q", User: "slack/T1/U1"})
	require.NoError(t, err)
	require.True(t, r.Ephemeral)
	require.Contains(t, r.Card.Text(), "The week so far, since Monday 16 November\n1 signal found (1 last week by then), 0 hand-offs between teams.")
	require.NotContains(t, r.Card.Text(), "echo")
	require.Empty(t, store.cursors, "nothing is due because of it")
	for _, other := range []string{"slack/T1/U2", ""} {
		r, err = b.digestNow(t.Context(), view.Asked{ID: "q", User: other})
		require.NoError(t, err)
		require.NotContains(t, r.Card.Text(), "signal found")
		require.True(t, r.Ephemeral)
	}
}
