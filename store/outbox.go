package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"andon/signals"
)

// messageRow is a message as it is stored.
type messageRow struct {
	signals.Outgoing
	claimed bool           // an attempt is under way
	queued  bool           // a send job waits
	lane    lane           // of what is to be sent
	added   []signals.Copy // places that came while it was being sent, or before it was
}

const messageColumns = "id, target, state, why, rev, sent_rev, attempt, begun, claimed, doubt, queued, lane, nudges, copies, added"

func scanMessage(scan func(...any) error) (m messageRow, err error) {
	var begun int64
	var nudges, copies, added string
	err = scan(&m.ID, &m.Target, &m.State, &m.Why, &m.Rev, &m.SentRev, &m.Attempt, &begun, &m.claimed, &m.Doubt, &m.queued, &m.lane, &nudges, &copies, &added)
	if err != nil {
		return m, err
	}
	m.Begun = timeOf(begun)
	if err = json.Unmarshal([]byte(nudges), &m.Nudges); err == nil {
		if m.Copies, err = decodeCopies(copies); err == nil {
			m.added, err = decodeCopies(added)
		}
	}
	if err != nil {
		return m, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return m, nil
}

// lockMessage reads and holds a message; false when there is none.
func lockMessage(ctx context.Context, t *txn, id string) (m messageRow, ok bool, err error) {
	rows, err := t.query(ctx, "SELECT "+messageColumns+" FROM messages WHERE id = ?"+t.db.dialect.lock(), storable(id))
	if err != nil {
		return m, false, err
	}
	err = each(rows, func(scan func(...any) error) error {
		ok = true
		m, err = scanMessage(scan)
		return err
	})
	return m, ok, err
}

// save stores a message that is held, or a new one.
func (m *messageRow) save(ctx context.Context, t *txn) error {
	if m.Nudges == nil {
		m.Nudges = []string{}
	}
	nudges, err := encode(m.Nudges)
	if err != nil {
		return err
	}
	copies, err := encodeCopies(m.Copies)
	if err != nil {
		return err
	}
	added, err := encodeCopies(m.added)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO messages ("+messageColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, why = excluded.why, rev = excluded.rev, sent_rev = excluded.sent_rev, attempt = excluded.attempt,
		begun = excluded.begun, claimed = excluded.claimed, doubt = excluded.doubt, queued = excluded.queued, lane = excluded.lane, nudges = excluded.nudges,
		copies = excluded.copies, added = excluded.added`,
		storable(m.ID), storable(m.Target), storable(string(m.State)), storable(m.Why), m.Rev, m.SentRev, m.Attempt, micros(m.Begun), bit(m.claimed), bit(m.Doubt), bit(m.queued), cmp.Or(m.lane, usualLane), nudges, copies, added)
	return err
}

// messages puts the nudges that are to be said into their messages, and queues
// the sending of each message that changed.
func (c *commit) messages(ctx context.Context) error {
	joins := make(map[string][]*signals.Nudge)
	own := make(map[*signals.Nudge]string)
	for _, r := range c.o.Records {
		for _, n := range r.Nudges {
			if n.State == signals.Sending && n.Message != "" {
				id := storable(n.Message)
				joins[id] = append(joins[id], n)
				own[n] = nudgeKey(n, r.Signal)
			}
		}
	}
	if len(joins) == 0 {
		return nil
	}
	targets := make(map[string]string)
	for to, list := range c.o.Told {
		for _, told := range list {
			targets[storable(told.ID)] = to
		}
	}
	for _, id := range slices.Sorted(maps.Keys(joins)) {
		keys := make([]string, len(joins[id]))
		for i, n := range joins[id] {
			keys[i] = own[n]
		}
		target, ok := targets[id]
		if !ok {
			target = joins[id][0].To
		}
		if err := c.join(ctx, id, target, keys); err != nil {
			return err
		}
	}
	return nil
}

// join adds nudges to a message. A message that is just being sent needs no
// job: who sends it sees, when it is done, that there is a newer revision.
func (c *commit) join(ctx context.Context, id, target string, nudges []string) error {
	m, ok, err := lockMessage(ctx, c.t, id)
	if err != nil {
		return err
	}
	if !ok {
		m.ID, m.Target = id, target
	}
	n := len(m.Nudges)
	for _, key := range nudges {
		if !slices.Contains(m.Nudges, key) {
			m.Nudges = append(m.Nudges, key)
		}
	}
	if len(m.Nudges) == n && m.State == signals.Sending {
		return m.hurry(ctx, c.t, c.lane()) // what is to be sent says it already
	}
	return m.renew(ctx, c.t, c.lane())
}

// Claim takes a message to be sent: whoever has it posts what its nudges say
// and then calls Settle. It returns the message, with the records that hold its
// nudges, and true; the claim is stored before it returns. It returns false
// when nothing is to be sent, or when somebody else's claim is younger than the
// lease; then the message is tried again when the lease ends. Doubt is set when
// an earlier attempt ended without an answer: look before posting.
func (db *DB) Claim(ctx context.Context, message string, now time.Time) (out signals.Outgoing, records []*signals.Record, ok bool, err error) {
	defer explain(&err, "claim the message "+message)
	err = db.inTx(ctx, func(t *txn) error {
		ok = false
		m, found, err := lockMessage(ctx, t, message)
		if err != nil || !found {
			return err
		}
		if m.claimed && now.Sub(m.Begun) < db.o.Lease {
			m.queued = true
			if err := m.save(ctx, t); err != nil {
				return err
			}
			return push(ctx, db, t.Tx, job{Kind: sendJob, Arg: m.ID, Lane: m.lane, At: time.Now().Add(m.Begun.Add(db.o.Lease).Sub(now))})
		}
		m.queued = false
		if ok = m.State == signals.Sending && m.SentRev < m.Rev; ok {
			m.Doubt = m.Doubt || m.claimed
			m.gather()
			m.Attempt++
			m.Begun, m.claimed = now, true
			if records, err = recordsOf(ctx, t.query, db.dialect, m.Nudges); err != nil {
				return err
			}
		}
		out = m.Outgoing
		return m.save(ctx, t)
	})
	if err != nil || !ok {
		return signals.Outgoing{}, nil, false, err
	}
	out.Begun = timeOf(micros(now))
	return out, records, true, nil
}

// Settle stores how the sending of a claimed message ended, with the records
// that changed by it, and completes the job that ctx carries. When the message
// has a newer revision by now, or is to be tried again at a time (a real one, as
// that of Claim: Slack does not follow the domain's clock), it is queued once more. It returns ErrStale, and stores nothing, when somebody else has
// taken the message over or a record has moved. Where it failed for good, or
// nudges did, their cases want to be looked at at once: somebody else may be told.
func (db *DB) Settle(ctx context.Context, out signals.Outgoing, records []*signals.Record, again time.Time) (err error) {
	defer explain(&err, "settle the message "+out.ID)
	err = db.inTx(ctx, func(t *txn) error {
		c := &commit{o: &signals.Outcome{Records: records}, t: t, cases: make(map[string]*lookRow)}
		if c.others, err = failing(ctx, t, &out, records, again); err != nil {
			return err
		}
		if err := c.lockCases(ctx); err != nil {
			return err
		}
		m, ok, err := lockMessage(ctx, t, out.ID)
		if err != nil {
			return err
		}
		if !ok || !m.claimed || m.Attempt != out.Attempt {
			return fmt.Errorf("attempt %d is not the one under way: %w", out.Attempt, ErrStale)
		}
		if err := storeRecords(ctx, t, records, db.now()); err != nil {
			return err
		}
		for _, k := range c.others {
			if err := c.wish(ctx, k, micros(db.now())); err != nil {
				return err
			}
		}
		if err := db.settle(ctx, t, m, out, again); err != nil {
			return err
		}
		return finish(ctx, db, t.Tx)
	})
	if err != nil {
		return err
	}
	for _, r := range records {
		r.Rev++
	}
	return nil
}

func (db *DB) settle(ctx context.Context, t *txn, m messageRow, out signals.Outgoing, again time.Time) error {
	m.State, m.Why, m.Copies, m.SentRev, m.Doubt, m.claimed = out.State, out.Why, out.Copies, out.SentRev, out.Doubt, false
	m.gather()
	newer := m.Rev > out.Rev
	if !newer && again.IsZero() {
		return m.save(ctx, t)
	}
	m.State, m.queued = signals.Sending, true // it is still to be sent
	if err := m.save(ctx, t); err != nil {
		return err
	}
	j := job{Kind: sendJob, Arg: m.ID, Lane: m.lane}
	if !again.IsZero() {
		j.At = again
	}
	return push(ctx, db, t.Tx, j)
}

// Message returns a message; false when there is none.
func (db *DB) Message(ctx context.Context, id string) (out signals.Outgoing, ok bool, err error) {
	defer explain(&err, "read the message "+id)
	rows, err := db.read(ctx, "SELECT "+messageColumns+" FROM messages WHERE id = ?", storable(id))
	if err != nil {
		return out, false, err
	}
	err = each(rows, func(scan func(...any) error) error {
		m, err := scanMessage(scan)
		out, ok = m.Outgoing, err == nil
		return err
	})
	return out, ok, err
}

// Unsettled lists the messages whose latest attempt began before a time and has
// no outcome: the sender died, or is still at it. One for which a job waits is
// not listed: two of them would not keep to the pauses that Slack asks for.
func (db *DB) Unsettled(ctx context.Context, before time.Time) (ids []string, err error) {
	defer explain(&err, "read the unsettled messages")
	rows, err := db.read(ctx, "SELECT id FROM messages WHERE claimed = 1 AND queued = 0 AND begun < ? ORDER BY id", micros(before))
	if err != nil {
		return nil, err
	}
	return texts(rows)
}
