package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

const cordToken = "QZTOKEN7MARK"

// cord stores a record whose raiser is the token of somebody who pulled the cord.
func cord(t testing.TB, db *store.DB, k signals.Key, raiser string) *signals.Record {
	t.Helper()
	r := record(k, "pulled/"+k.ID)
	r.Signal.Detector, r.Raiser = "cord", raiser
	commit(t, db, signals.Outcome{Case: k, Records: []*signals.Record{r}})
	return r
}

// The signal's key is known only after the look: until then, and afterwards, the
// raiser leads to the person.
func TestTokenByRaiser(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		require.NoError(t, db.PutToken(ctx, store.Anonymous(cordToken), "", bob, monday))
		require.Equal(t, "andon/anonymous/"+cordToken, store.Anonymous(cordToken))
		r := cord(t, db, issue(1), store.Anonymous(cordToken))
		other := cord(t, db, issue(2), "jira/main/ann")
		nobody := cord(t, db, issue(3), "")
		knows := func(ok bool) {
			for _, id := range []string{cordToken, store.Anonymous(cordToken), "own/anonymous/" + cordToken} {
				who, has, err := db.PersonOf(ctx, id)
				require.NoError(t, err)
				require.Equal(t, ok, has, id)
				require.Equal(t, ok, who == bob, id)
			}
			who, has, err := db.TakeToken(ctx, r.Signal.Key())
			require.NoError(t, err)
			require.Equal(t, ok, has)
			require.Equal(t, ok, who == bob)
		}
		knows(true)
		require.NoError(t, db.PutToken(ctx, cordToken, "", bob, monday))
		knows(true)
		for _, s := range []string{other.Signal.Key(), nobody.Signal.Key(), "unknown", ""} {
			_, ok, err := db.TakeToken(ctx, s)
			require.NoError(t, err)
			require.False(t, ok, s)
			require.NoError(t, db.DropToken(ctx, s))
		}
		knows(true)
		require.NoError(t, db.DropToken(ctx, r.Signal.Key()))
		knows(false)
	})
}

// After 90 days nobody is known, and no record bears the token.
func TestTokensExpire(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		require.NoError(t, db.PutToken(ctx, cordToken, "", bob, monday.AddDate(0, 0, -90).Add(-time.Minute)))
		require.NoError(t, db.PutToken(ctx, "young", "", bob, monday.AddDate(0, 0, -90)))
		old, young, named := cord(t, db, issue(1), store.Anonymous(cordToken)), cord(t, db, issue(2), store.Anonymous("young")), cord(t, db, issue(3), bob)
		out, err := db.Expire(ctx, time.Time{})
		require.NoError(t, err)
		require.Equal(t, store.Expired{Tokens: 1}, out)
		_, ok, err := db.PersonOf(ctx, cordToken)
		require.NoError(t, err)
		require.False(t, ok)
		_, ok, err = db.PersonOf(ctx, "young")
		require.NoError(t, err)
		require.True(t, ok)
		got := records(t, db, issue(1), issue(2), issue(3))
		require.Equal(t, []string{"", young.Raiser, bob}, []string{got[0].Raiser, got[1].Raiser, got[2].Raiser})
		require.Equal(t, 2, got[0].Rev, "who read it before must look again")
		require.ErrorIs(t, db.Commit(ctx, signals.Outcome{Case: issue(1), Records: []*signals.Record{old}}), store.ErrStale)
		commit(t, db, signals.Outcome{Case: issue(3), Records: []*signals.Record{named}})
		out, err = db.Expire(ctx, time.Time{})
		require.NoError(t, err)
		require.Zero(t, out)
	})
}

// What somebody raised goes with them, under their name and without it.
func TestForgetRaiser(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		ctx := t.Context()
		pulled := event(issue(1), 1, signals.Pulled)
		pulled.ID, pulled.Actor, pulled.Text = "andon/raised/1", store.Anonymous(cordToken), secret
		appendAll(t, db, delivery("1", pulled))
		require.NoError(t, db.PutToken(ctx, cordToken, "", ginaSlack, monday))
		require.NoError(t, db.PutToken(ctx, "another", "", bob, monday))
		anonymous, own, others := cord(t, db, issue(1), store.Anonymous(cordToken)), cord(t, db, issue(2), ginaSlack), cord(t, db, issue(3), store.Anonymous("another"))
		text := readable(t, db, url)
		for _, m := range []string{secret, cordToken, "UQZ7MARK"} {
			require.Contains(t, text, m, "the test would prove nothing")
		}
		_, err := db.Forget(ctx, store.Forgetting{Persons: []string{ginaSlack}})
		require.NoError(t, err)
		requireGone(t, readable(t, db, url), secret, cordToken, "UQZ7MARK")
		got := records(t, db, issue(1), issue(2), issue(3))
		require.Equal(t, []string{"", "", others.Raiser}, []string{got[0].Raiser, got[1].Raiser, got[2].Raiser})
		for _, r := range []*signals.Record{anonymous, own} {
			require.ErrorIs(t, db.Commit(ctx, signals.Outcome{Case: r.Signal.Case, Records: []*signals.Record{r}}), store.ErrStale, "what was read before does not come back")
		}
		who, ok, err := db.PersonOf(ctx, "another")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, bob, who)
		by, err := db.CaseEvents(ctx, 0, issue(1))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(by[issue(1)][0].Actor, "andon/anonymous/gone:"))
	})
}
