package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"andon/store"
	"andon/store/storetest"
)

func TestSameMigrations(t *testing.T) {
	require.Equal(t, store.Migrations(t, "sqlite"), store.Migrations(t, "postgres"))
	require.NotEmpty(t, store.Migrations(t, "sqlite"))
}

// Both schemas have the same tables and columns; River's own are not ours.
func TestSameSchema(t *testing.T) {
	lite := columns(t, open(t, storetest.SQLite(t)), "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'")
	post := columns(t, open(t, storetest.Postgres(t)), "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()")
	require.Equal(t, lite, post)
	require.Contains(t, lite, "events.pos")
}

func columns(t *testing.T, db *store.DB, query string) map[string]bool {
	var all []string
	require.NoError(t, db.Writer().Select(&all, query))
	out := make(map[string]bool)
	for _, c := range all {
		if !strings.HasPrefix(c, "river_") && !strings.HasPrefix(c, "goose_") && !strings.HasPrefix(c, "sqlite_") {
			out[c] = true
		}
	}
	return out
}

func TestMigrate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		o := options()
		o.Migrate = false
		_, err := store.Open(t.Context(), url, o)
		require.ErrorIs(t, err, store.ErrSchema)
		require.Contains(t, err.Error(), "andon migrate")

		db := open(t, url)
		from, to, err := db.Migrate(t.Context())
		require.NoError(t, err)
		require.Equal(t, from, to, "it can be repeated")
		require.Positive(t, to)
		appendAll(t, db, delivery("1", event(issue(1), 1, "opened")))
		again, err := store.Open(t.Context(), url, o)
		require.NoError(t, err)
		require.Len(t, follow(t, again, 0), 1)
		require.NoError(t, again.Close())

		_, err = db.Writer().Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, " + map[bool]string{true: "true", false: "1"}[strings.HasPrefix(url, "postgres")] + ")")
		require.NoError(t, err)
		for _, o.Migrate = range []bool{true, false} {
			_, err = store.Open(t.Context(), url, o)
			require.ErrorIs(t, err, store.ErrNewer)
			require.Contains(t, err.Error(), "99999")
		}
	})
}

// Replicas that start at once bring the schema up to date once.
func TestMigrateAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var wg sync.WaitGroup
		dbs, errs := make([]*store.DB, 3), make([]error, 3)
		for i := range dbs {
			wg.Go(func() { dbs[i], errs[i] = store.Open(context.Background(), url, options()) })
		}
		wg.Wait()
		require.NoError(t, errors.Join(errs...))
		for i, db := range dbs {
			appendAll(t, db, delivery("1", event(issue(1), i, "opened")))
			require.Len(t, follow(t, db, 0), i+1)
		}
		var steps, versions int
		require.NoError(t, dbs[0].Writer().Get(&steps, "SELECT COUNT(*) FROM goose_db_version"))
		require.NoError(t, dbs[0].Writer().Get(&versions, "SELECT COUNT(DISTINCT version_id) FROM goose_db_version"))
		require.Equal(t, versions, steps, "no step was taken twice")
		for _, db := range dbs {
			require.NoError(t, db.Close())
		}
	})
}

func TestCloseLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		before := goleak.IgnoreCurrent()
		db, err := store.Open(t.Context(), url, options())
		require.NoError(t, err)
		appendAll(t, db, delivery("1", event(issue(1), 1, "opened")))
		follow(t, db, 0)
		require.NoError(t, db.Close())
		goleak.VerifyNone(t, before)
	})
}
