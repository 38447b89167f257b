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

// quietStore is a store in which nothing happens but what a test puts there.
type quietStore struct {
	Store
	cursors map[string]string
	raised  []*signals.Record
	asked   int // how often somebody's signals were read
}

func (s *quietStore) Head(context.Context) (int64, error) { return 0, nil }
func (s *quietStore) Cursor(_ context.Context, name string) (string, error) {
	return s.cursors[name], nil
}
func (s *quietStore) SetCursor(_ context.Context, name, value string) error {
	s.cursors[name] = value
	return nil
}
func (s *quietStore) Toward(context.Context, []string, int) ([]*signals.Record, error) {
	s.asked++
	return nil, nil
}
func (s *quietStore) Raised(context.Context, []string, int) ([]*signals.Record, error) {
	return s.raised, nil
}
func (s *quietStore) CaseEvents(context.Context, int64, ...signals.Key) (map[signals.Key][]signals.Entry, error) {
	return nil, nil
}
func (s *quietStore) RoomCases(context.Context, string, int64, int) ([]signals.Key, string, int, error) {
	return nil, "", 0, nil
}

// doors are the Home tabs as they were published.
type doors struct {
	shown map[string]int
	fails error
}

func (d *doors) PublishHome(_ context.Context, person string, _ []*view.Card) error {
	if d.fails != nil {
		return d.fails
	}
	d.shown[person]++
	return nil
}

// TestHomesArePublishedOnChange: to people who opened theirs, at most once a
// minute, and only when it says something else.
func TestHomesArePublishedOnChange(t *testing.T) {
	now := digestMonday.Add(10 * time.Hour)
	store, homes := &quietStore{cursors: make(map[string]string)}, &doors{shown: make(map[string]int)}
	b, err := New(Config{Store: store, Homes: homes, Policy: signals.DefaultPolicy(), Now: func() time.Time { return now }})
	require.NoError(t, err)
	s := &signals.Signal{Detector: "cord", Case: signals.Key{Source: signals.Jira, Site: "j", ID: "1"}, At: now, Reason: "somebody pulled the cord", Audience: signals.Public}
	r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, now), Raiser: "slack/T1/U1", Nudges: []*signals.Nudge{{Signal: s, To: "slack/T1/U2"}}}
	store.raised = []*signals.Record{r}
	tell := func() {
		b.homesChanged(t.Context(), store.raised)
		require.NoError(t, b.Homes(t.Context()))
	}
	tell()
	require.Empty(t, homes.shown, "nobody has opened theirs")
	require.Zero(t, store.asked)

	reply, err := b.showHome(t.Context(), view.Asked{Kind: view.Home, User: "slack/T1/U1"})
	require.NoError(t, err)
	require.NotEmpty(t, reply.Home)
	tell()
	now = now.Add(2 * time.Minute)
	tell()
	require.Empty(t, homes.shown, "it stands there already")

	r.Ledger.Reach(signals.Transmitted, now, false)
	tell()
	require.Equal(t, map[string]int{"slack/T1/U1": 1}, homes.shown)
	r.Ledger.Reach(signals.ReceivedBy, now, true)
	tell()
	tell()
	require.Equal(t, 1, homes.shown["slack/T1/U1"], "once a minute")
	now = now.Add(time.Minute)
	require.NoError(t, b.Homes(t.Context()))
	require.Equal(t, 2, homes.shown["slack/T1/U1"], "and then it comes")

	r.Ledger.Reach(signals.ReactedTo, now, false)
	b.homeActed("slack/T1/U1")
	tell()
	require.Equal(t, 3, homes.shown["slack/T1/U1"], "what they did themselves is shown at once")

	homes.fails = errors.New("Slack is away")
	r.Ledger.Reach(signals.Corrected, now, false)
	now = now.Add(2 * time.Minute)
	b.homesChanged(t.Context(), store.raised)
	require.ErrorContains(t, b.Homes(t.Context()), "Slack is away")
	homes.fails = nil
	now = now.Add(2 * time.Minute)
	require.NoError(t, b.Homes(t.Context()))
	require.Equal(t, 4, homes.shown["slack/T1/U1"], "what was not taken is tried again")

	b.c.Homes = nil
	tell()
}

func TestTheStagesOnOneLine(t *testing.T) {
	l := signals.NewLedger(&signals.Signal{}, digestMonday.Add(8*time.Hour))
	l.Reach(signals.ReceivedBy, digestMonday.Add(9*time.Hour), true)
	zone := zoneOf(t, "Europe/Berlin")
	require.Equal(t, "● generated 16 Nov 09:00 → ○ transmitted → ● received 16 Nov 10:00 (proxy) → ○ reacted → ○ corrected → ○ confirmed", stageLine(l, clock{zone: zone, own: true}))
}

func TestWhatIsOnlyNotedIsNotShown(t *testing.T) {
	r := func(detector string, states ...signals.State) *signals.Record {
		r := &signals.Record{Signal: &signals.Signal{Detector: detector}}
		for _, s := range states {
			r.Nudges = append(r.Nudges, &signals.Nudge{State: s})
		}
		return r
	}
	require.True(t, onlyNoted(r("hedged", signals.Shadowed)))
	require.False(t, onlyNoted(r("hedged", signals.Shadowed, signals.Sent)))
	require.False(t, onlyNoted(r("hedged")))
	require.False(t, onlyNoted(r("cord", signals.Shadowed)), "who pulls the cord is told what became of it")
}
