package store

import (
	"context"
	"time"

	"andon/signals"
)

// Stats are counts for whoever looks after the service.
type Stats struct {
	Events    int64         // in the journal
	Envelopes int64         // in the journal
	Pos       int64         // place of the latest event
	Cases     int64         // with events of their own
	Queued    int           // cases that wait to be looked at
	Oldest    time.Duration // how long the oldest of those has been due, in real time
	Nudges    []NudgeCount  // by detector and state
	Signals   []SignalCount // by detector and latest stage
	Bytes     int64         // size of the whole database; on SQLite without the write-ahead log
}

// NudgeCount is how many nudges of a detector are in a state.
type NudgeCount struct {
	Detector string
	State    signals.State
	N        int
}

// SignalCount is how many signals of a detector have got to a stage and no
// further yet.
type SignalCount struct {
	Detector string
	Stage    signals.Stage
	Over     bool // nothing further can happen to them
	N        int
}

// Stats counts. It costs a pass over an index of the journal.
func (db *DB) Stats(ctx context.Context) (s Stats, err error) {
	defer explain(&err, "count what the database holds")
	size := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if db.dialect.postgres {
		size = "SELECT pg_database_size(current_database())"
	}
	for _, c := range []struct {
		q    string
		into any
	}{
		{"SELECT COUNT(*) FROM events", &s.Events},
		{"SELECT COUNT(*) FROM envelopes", &s.Envelopes},
		{headQuery, &s.Pos},
		{"SELECT COUNT(*) FROM cases WHERE last > 0", &s.Cases},
		{"SELECT COUNT(*) FROM cases WHERE queued = 1", &s.Queued},
		{size, &s.Bytes},
	} {
		if err := db.readOne(ctx, c.q, nil, c.into); err != nil {
			return Stats{}, err
		}
	}
	queues, err := db.Queue(ctx)
	if err != nil {
		return Stats{}, err
	}
	for _, q := range queues {
		if q.Name == string(lookJob) {
			s.Oldest = q.Age
		}
	}
	if err := db.countNudges(ctx, &s); err != nil {
		return Stats{}, err
	}
	return s, db.countSignals(ctx, &s)
}

func (db *DB) countNudges(ctx context.Context, s *Stats) error {
	rows, err := db.read(ctx, "SELECT detector, state, COUNT(*) FROM nudges GROUP BY detector, state ORDER BY detector, state")
	if err != nil {
		return err
	}
	return each(rows, func(scan func(...any) error) error {
		var c NudgeCount
		err := scan(&c.Detector, &c.State, &c.N)
		s.Nudges = append(s.Nudges, c)
		return err
	})
}

func (db *DB) countSignals(ctx context.Context, s *Stats) error {
	rows, err := db.read(ctx, "SELECT detector, state, over, COUNT(*) FROM records GROUP BY detector, state, over ORDER BY detector, state, over")
	if err != nil {
		return err
	}
	return each(rows, func(scan func(...any) error) error {
		var c SignalCount
		err := scan(&c.Detector, &c.Stage, &c.Over, &c.N)
		s.Signals = append(s.Signals, c)
		return err
	})
}
