package bot

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
)

// slowDoors is a Slack at which something happens while it takes a Home tab.
type slowDoors struct {
	doors
	meanwhile func()
}

func (d *slowDoors) PublishHome(ctx context.Context, person string, cards []*view.Card) error {
	if d.meanwhile != nil {
		d.meanwhile()
	}
	return d.doors.PublishHome(ctx, person, cards)
}

// shakyStore is a store that cannot be read for a while.
type shakyStore struct {
	quietStore
	fails error
}

func (s *shakyStore) Raised(ctx context.Context, ids []string, n int) ([]*signals.Record, error) {
	if s.fails != nil {
		return nil, s.fails
	}
	return s.quietStore.Raised(ctx, ids, n)
}

// TestHomesLoseNoChange: what changes while a Home tab is published, or while
// the store cannot be read, is shown later.
func TestHomesLoseNoChange(t *testing.T) {
	now := digestMonday.Add(10 * time.Hour)
	store, homes := &shakyStore{quietStore: quietStore{cursors: make(map[string]string)}}, &slowDoors{doors: doors{shown: make(map[string]int)}}
	b, err := New(Config{Store: store, Homes: homes, Policy: signals.DefaultPolicy(), Now: func() time.Time { return now }})
	require.NoError(t, err)
	s := &signals.Signal{Detector: "cord", Case: signals.Key{Source: signals.Jira, Site: "j", ID: "1"}, At: now, Reason: "somebody pulled the cord", Audience: signals.Public}
	r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, now), Raiser: "slack/T1/U1"}
	store.raised = []*signals.Record{r}
	_, err = b.showHome(t.Context(), view.Asked{Kind: view.Home, User: "slack/T1/U1"})
	require.NoError(t, err)

	homes.meanwhile = func() {
		homes.meanwhile = nil
		r.Ledger.Reach(signals.ReceivedBy, now, true)
		b.homesChanged(t.Context(), store.raised)
	}
	r.Ledger.Reach(signals.Transmitted, now, false)
	b.homesChanged(t.Context(), store.raised)
	for range 3 {
		now = now.Add(2 * time.Minute)
		require.NoError(t, b.Homes(t.Context()))
	}
	require.Equal(t, 2, homes.shown["slack/T1/U1"], "what changed while the first was on its way, and no more")

	store.fails = errors.New("the database is away")
	r.Ledger.Reach(signals.ReactedTo, now, false)
	b.homesChanged(t.Context(), store.raised)
	now = now.Add(2 * time.Minute)
	require.ErrorContains(t, b.Homes(t.Context()), "the database is away")
	store.fails = nil
	require.NoError(t, b.Homes(t.Context()))
	require.Equal(t, 3, homes.shown["slack/T1/U1"], "it is there again")
}
