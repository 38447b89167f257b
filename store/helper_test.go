package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

// monday is 09:00 UTC on a working day.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// open opens and migrates a database that is closed with the test.
func open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, options())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func options() store.Options {
	return store.Options{Now: func() time.Time { return monday }, Migrate: true, Log: slog.New(slog.DiscardHandler)}
}

func issue(n int) signals.Key {
	return signals.Key{Source: signals.Jira, Site: "main", ID: strconv.Itoa(n)}
}

func thread(channel string, n int) signals.Key {
	return signals.SlackThread("T1", channel, strconv.Itoa(n)+".0001")
}

// event makes the nth event of a case, n minutes after monday.
func event(k signals.Key, n int, kind signals.Kind) *signals.Event {
	return &signals.Event{
		ID: fmt.Sprintf("%s/%d.0", k, n), Case: k, Seq: signals.Seq{Entry: int64(n)}, Kind: kind, Actor: signals.ID(k.Source, k.Site, "ann"),
		At: monday.Add(time.Duration(n) * time.Minute), Audience: signals.Public,
	}
}

func said(k signals.Key, n int, text string) *signals.Event {
	e := event(k, n, signals.Said)
	e.Text = text
	return e
}

// delivery brings events in an envelope of their own.
func delivery(id string, events ...*signals.Event) signals.Delivery {
	return signals.Delivery{Envelope: signals.Envelope{Source: "test", ID: id, Received: monday, Body: []byte(`{"id":"` + id + `"}`)}, Events: events}
}

func appendAll(t testing.TB, db *store.DB, ds ...signals.Delivery) store.Appended {
	t.Helper()
	out, err := db.Append(context.Background(), ds...)
	require.NoError(t, err)
	return out
}
