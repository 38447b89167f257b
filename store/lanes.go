package store

import (
	"context"
	"fmt"
	"strings"

	"andon/signals"
)

// lane says who goes first where jobs of a kind wait: lower ones do. It is the
// priority of River's jobs.
type lane int

// The lanes.
const (
	awaitedLane lane = 1 // somebody clicked or asked, and waits for it
	usualLane   lane = 2
	idleLane    lane = 4 // notices and digests, but those that answer a click
)

// laneOf is the lane of a look or of what it says.
func laneOf(awaited bool) lane {
	if awaited {
		return awaitedLane
	}
	return usualLane
}

// awaited reports whether somebody waits for what comes of an event: they
// pressed or asked something of andon itself.
func awaited(e *accepted) bool {
	switch e.Kind {
	case signals.Claimed, signals.Refused, signals.Snoozed, signals.Useless, signals.Helped, signals.Approved, signals.Confirmed, signals.Denied, signals.Closed, signals.Pulled, signals.Drilled:
		return strings.HasPrefix(e.id, signals.Own+"/")
	}
	return false
}

// lane is that of the messages of an outcome: whether it is the first to have
// judged an event that somebody waits for. The case's row must be locked.
func (c *commit) lane() lane {
	r := c.cases[keyText(c.o.Case)]
	return laneOf(r != nil && r.awaited > r.looked && r.awaited <= c.o.Looked)
}

// renew makes a message be sent, or edited, once more, and stores it. A message
// that is just being sent needs no job: who sends it sees, when it is done, that
// there is a newer revision.
func (m *messageRow) renew(ctx context.Context, t *txn, l lane) error {
	if m.State != signals.Sending {
		m.lane = l
	}
	m.Rev++
	m.State, m.Why = signals.Sending, ""
	if m.queued || m.claimed {
		later := m.lane
		m.lane = min(m.lane, l)
		if err := m.save(ctx, t); err != nil || !m.queued || m.lane == later {
			return err
		}
		return hasten(ctx, t, sendJob, m.ID)
	}
	m.queued, m.lane = true, l
	if err := m.save(ctx, t); err != nil {
		return err
	}
	return push(ctx, t.db, t.Tx, job{Kind: sendJob, Arg: m.ID, Lane: m.lane})
}

// hurry brings what is to be sent forward where somebody waits for it now.
func (m *messageRow) hurry(ctx context.Context, t *txn, l lane) error {
	if l >= m.lane {
		return nil
	}
	m.lane = l
	if err := m.save(ctx, t); err != nil || !m.queued {
		return err
	}
	return hasten(ctx, t, sendJob, m.ID)
}

// hasten brings jobs that wait into the first lane. What runs already is left
// alone: who ends it queues what came meanwhile.
func hasten(ctx context.Context, t *txn, kind jobKind, list ...string) error {
	is := "args = CAST(? AS BLOB)"
	if t.db.postgres {
		is = "args @> CAST(? AS jsonb)"
	}
	query := "UPDATE river_job SET priority = ? WHERE state IN ('available', 'retryable', 'scheduled') AND queue = ? AND priority > ? AND " + is
	for _, arg := range list {
		body, err := encode(args{Arg: storable(arg)})
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, query, awaitedLane, string(kind), awaitedLane, body); err != nil {
			return fmt.Errorf("bring forward the job to %s %s: %w", kind, arg, err)
		}
		t.db.pushed[awaitedLane].Add(1)
	}
	if len(list) == 0 {
		return nil
	}
	return notify(ctx, t.db, t.Tx, []job{{Kind: kind}})
}
