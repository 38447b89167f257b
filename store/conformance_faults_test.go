package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

// refused checks that nothing can be stored, that the error says why, and that
// nothing of it is there.
func refused(t *testing.T, db *store.DB, want error, before []signals.Entry) {
	t.Helper()
	big := delivery("big")
	for i := range 600 {
		big.Events = append(big.Events, said(issue(50+i), 1, strings.Repeat("no room for this ", 100)))
	}
	big.Cursor = signals.Cursor{Name: "c", Value: "moved"}
	_, err := db.Append(t.Context(), big)
	require.ErrorIs(t, err, want)
	require.Equal(t, before, follow(t, db, 0))
	_, ok, err := db.Standing(t.Context(), issue(50))
	require.NoError(t, err)
	require.False(t, ok)
	v, err := db.Cursor(t.Context(), "c")
	require.NoError(t, err)
	require.Empty(t, v)
}

// works checks that the store goes on, with the same handle.
func works(t *testing.T, db *store.DB) {
	t.Helper()
	require.NoError(t, db.Check(t.Context()))
	require.Equal(t, 1, appendAll(t, db, delivery("later", event(issue(1), 99, signals.Status))).New)
	require.NoError(t, db.Commit(t.Context(), signals.Outcome{Case: issue(1), Records: []*signals.Record{record(issue(1), "later")}}))
}

func TestReadOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		off, on := "PRAGMA query_only = 1", "PRAGMA query_only = 0"
		if strings.HasPrefix(url, "postgres") {
			url += "?pool_max_conns=1" // the setting is of a connection
			off, on = "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
		}
		db := open(t, url)
		appendAll(t, db, delivery("1", event(issue(1), 1, signals.Opened)))
		before := follow(t, db, 0)
		_, err := db.Writer().Exec(off)
		require.NoError(t, err)
		refused(t, db, store.ErrReadOnly, before)
		require.ErrorIs(t, db.Commit(t.Context(), signals.Outcome{Case: issue(1), Records: []*signals.Record{record(issue(1), "a")}}), store.ErrReadOnly)
		require.Empty(t, records(t, db, issue(1)))
		require.ErrorIs(t, db.Check(t.Context()), store.ErrReadOnly)
		_, err = db.Writer().Exec(on)
		require.NoError(t, err)
		works(t, db)
	})
}

// A file without the right to write. The superuser may always write: then there
// is nothing to see here, and TestReadOnly stands for it.
func TestReadOnlyFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write to any file: run as another user")
	}
	url := storetest.SQLite(t)
	db, err := store.Open(t.Context(), url, options())
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, os.Chmod(strings.TrimPrefix(url, "sqlite:"), 0o400))
	o := options()
	o.Migrate = false
	db, err = store.Open(t.Context(), url, o)
	if err == nil {
		_, err = db.Append(t.Context(), delivery("1", event(issue(1), 1, signals.Opened)))
		require.NoError(t, db.Close())
	}
	require.ErrorIs(t, err, store.ErrReadOnly)
}

func TestFull(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		appendAll(t, db, delivery("1", event(issue(1), 1, signals.Opened)))
		before := follow(t, db, 0)
		full, free := "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"+
			" CREATE TRIGGER full_disk AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION full_disk()", "DROP TRIGGER full_disk ON events"
		if !strings.HasPrefix(url, "postgres") {
			var pages int
			require.NoError(t, db.Writer().Get(&pages, "PRAGMA page_count"))
			full, free = fmt.Sprintf("PRAGMA max_page_count = %d", pages+20), "PRAGMA max_page_count = 1073741823"
		}
		_, err := db.Writer().Exec(full)
		require.NoError(t, err)
		refused(t, db, store.ErrFull, before)
		_, err = db.Writer().Exec(free)
		require.NoError(t, err)
		works(t, db)
	})
}

// A crash may tear the end of SQLite's write-ahead log: the file opens, and all
// whole transactions are there.
func TestTornLog(t *testing.T) {
	url := storetest.SQLite(t)
	db := open(t, url)
	for _, p := range []string{"PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		_, err := db.Writer().Exec(p)
		require.NoError(t, err)
	}
	path := strings.TrimPrefix(url, "sqlite:")
	var sizes []int64 // of the log after each transaction
	const transactions = 12
	for i := range transactions {
		var events []*signals.Event
		for j := range 5 {
			events = append(events, said(issue(i), j, strings.Repeat("x", 700)))
		}
		appendAll(t, db, delivery(fmt.Sprint(i), events...))
		s, err := os.Stat(path + "-wal")
		require.NoError(t, err)
		sizes = append(sizes, s.Size())
	}
	file, err := os.ReadFile(path)
	require.NoError(t, err)
	log, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(3, 4))
	for cut := range 16 {
		keep := r.Int64N(int64(len(log)))
		if cut < transactions {
			keep = sizes[cut] - int64(cut%3) // exactly at the end of a transaction, or a little before
		}
		whole := 0
		for _, s := range sizes {
			if s <= keep {
				whole++
			}
		}
		torn := append([]byte(nil), log[:keep]...)
		if cut%2 == 1 {
			torn = append(torn, make([]byte, 5_000)...) // a page that was allotted and not written
		}
		copied := filepath.Join(t.TempDir(), "andon.db")
		require.NoError(t, os.WriteFile(copied, file, 0o600))
		require.NoError(t, os.WriteFile(copied+"-wal", torn, 0o600))
		crashed := open(t, "sqlite:"+copied)
		got := follow(t, crashed, 0)
		require.Len(t, got, 5*whole, "cut at %d", keep)
		for i, e := range got {
			require.Equal(t, issue(i/5), e.Case)
		}
		require.Equal(t, whole, queued(t, crashed), "the looks too")
		require.Len(t, looks(t, crashed), whole)
		works(t, crashed)
		var sound string
		require.NoError(t, crashed.Writer().Get(&sound, "PRAGMA integrity_check"))
		require.Equal(t, "ok", sound)
	}
}
