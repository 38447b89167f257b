package bot

import (
	"context"
	"io"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// Store is where everything durable lives.
type Store interface {
	Journal
	Desk
	Shelf
	Outbox
	Notes
}

// Journal holds what happened, in the order in which it was accepted.
type Journal interface {
	Accept(ctx context.Context, ds ...signals.Delivery) (fresh int, err error)
	Head(ctx context.Context) (int64, error)
	Follow(ctx context.Context, after int64, limit int) ([]signals.Entry, error)
	CaseEvents(ctx context.Context, upTo int64, keys ...signals.Key) (map[signals.Key][]signals.Entry, error)
}

// Desk is where cases wait to be looked at.
type Desk interface {
	Standing(ctx context.Context, k signals.Key) (signals.Standing, bool, error)
	News(ctx context.Context, k signals.Key, after int64) ([]signals.Entry, error)
	Commit(ctx context.Context, o signals.Outcome) error
	RoomCases(ctx context.Context, channel string, upTo int64, posts int) (keys []signals.Key, name string, count int, err error)
	Rooms(ctx context.Context) (map[string]string, error)
}

// Shelf holds the book: signals with their ledgers and nudges, and what was said
// to whom. The numbers beside messages and counts are their versions.
type Shelf interface {
	Records(ctx context.Context, keys ...signals.Key) ([]*signals.Record, error)
	Lately(ctx context.Context, channel string, n int) ([]*signals.Record, error)
	Told(ctx context.Context, to string, n int) ([]signals.Told, int64, error)
	Spent(ctx context.Context, channelDay string) (int, int64, error)
}

// Outbox holds the messages on their way out.
type Outbox interface {
	Doubts
	Claim(ctx context.Context, message string, now time.Time) (signals.Outgoing, []*signals.Record, bool, error)
	Settle(ctx context.Context, out signals.Outgoing, records []*signals.Record, again time.Time) error
	RecordsOf(ctx context.Context, nudges ...string) ([]*signals.Record, error)
	Unsettled(ctx context.Context, before time.Time) ([]string, error)
	Notice(ctx context.Context, id, target string, card []byte, at time.Time) error
}

// Doubts are the messages that were said after an attempt without a clear answer.
type Doubts interface {
	Message(ctx context.Context, id string) (signals.Outgoing, bool, error)
	Doubtful(ctx context.Context, before time.Time) ([]string, error)
	AddVerdict(ctx context.Context, nudge, by, verdict string, at time.Time) error
	Certain(ctx context.Context, message string) error
}

// Notes holds the loop's own memory.
type Notes interface {
	Cursor(ctx context.Context, name string) (string, error)
	SetCursor(ctx context.Context, name, value string) error
	SaveSnapshot(ctx context.Context, name, version string, pos int64, body []byte) error
	Snapshot(ctx context.Context, name, version string) (pos int64, body io.ReadCloser, ok bool, err error)
}

// Poster says things to people. Its errors may have the methods of the
// interfaces below.
type Poster interface {
	Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error)
	Update(ctx context.Context, at signals.Copy, card *view.Card) error
	Find(ctx context.Context, target, key string, since time.Time) ([]signals.Copy, error)
	Delete(ctx context.Context, at signals.Copy) error
}

// What the error of a Poster may tell.
type (
	ambiguous interface{ IsAmbiguous() bool }      // it may have happened
	terminal  interface{ TerminalReason() string } // it will never succeed; "" where it may
	waiting   interface{ RetryAfter() time.Duration }
	mendable  interface{ IsAuth() bool } // our own credentials: it will succeed when they are mended
)

// partial is what the error of a Poll may tell: the rest was read to its end.
type partial interface{ IsPartial() bool }

// lasting is what the error of a Store may tell: it is not about what was given
// to it, and the same will be taken later.
type lasting interface{ IsUnavailable() bool }

// Source is something that is watched by asking it.
type Source interface {
	// Poll gives what changed since a cursor to emit, with the cursor to keep when
	// that is stored. "" is the first contact.
	Poll(ctx context.Context, cursor string, emit func(ctx context.Context, d signals.Delivery, cursor string) error) (string, error)
	// Fetch gives one thing as it is now.
	Fetch(ctx context.Context, ref string) (signals.Delivery, error)
}

// Meter counts and measures what the loop does. Labels are name, value, name, value.
type Meter interface {
	Add(name string, n float64, labels ...string)
	Set(name string, v float64, labels ...string)
	Observe(name string, seconds float64, labels ...string)
}

// noMeter measures nothing.
type noMeter struct{}

func (noMeter) Add(string, float64, ...string)     {}
func (noMeter) Set(string, float64, ...string)     {}
func (noMeter) Observe(string, float64, ...string) {}
