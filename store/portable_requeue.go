package store

import (
	"context"
	"time"

	"andon/signals"
)

// number goes on numbering rows where the copied database was.
func (m *importer) number(ctx context.Context, t copyTable) error {
	of := m.own[t.Name]
	if !of.numbered() {
		return nil
	}
	var most int64
	if err := m.t.GetContext(ctx, &most, "SELECT COALESCE(MAX("+of.key[0].name+"), 0) FROM "+of.name); err != nil {
		return err
	}
	return setLastNumber(ctx, m.t, of, max(most, t.Last))
}

// searchSchema is the migration that brought what is mended here.
const searchSchema = 30

// loosen lets a copy of an older schema in, in which somebody may have said
// several things of one nudge.
func (m *importer) loosen(ctx context.Context) error {
	if m.head.Schema >= searchSchema {
		return nil
	}
	_, err := m.t.ExecContext(ctx, "DROP INDEX feedback_once")
	return err
}

// mend does with the rows of an older copy what the migration does with rows
// that are there. The times that a record and its nudges bear stand for that of
// its storing.
func (m *importer) mend(ctx context.Context) error {
	if m.head.Schema >= searchSchema {
		return nil
	}
	for _, q := range []string{
		"UPDATE records SET stored = at",
		"UPDATE records SET stored = n.at FROM (SELECT record, MAX(at) AS at FROM nudges GROUP BY record) n WHERE n.record = records.id AND n.at > records.stored",
		`DELETE FROM feedback WHERE EXISTS (SELECT 1 FROM feedback f WHERE f.nudge = feedback.nudge AND f.person = feedback.person
			AND (f.at > feedback.at OR (f.at = feedback.at AND f.id > feedback.id)))`,
		"CREATE UNIQUE INDEX feedback_once ON feedback (nudge, person)",
		"UPDATE messages SET lane = 4 WHERE id IN (SELECT message FROM notices)",
	} {
		if _, err := m.t.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// requeue pushes the jobs that the rows say are waiting.
func (m *importer) requeue(ctx context.Context) error {
	later := time.Now().Add(m.t.db.o.Lease)
	for _, q := range []struct {
		kind  jobKind
		query string
	}{
		{lookJob, "SELECT key, 0, CASE WHEN awaited > looked THEN 1 ELSE 2 END FROM cases WHERE queued = 1 ORDER BY key"},
		{sendJob, "SELECT id, attempt, lane FROM messages WHERE queued = 1 OR (claimed = 1 AND state = '" + string(signals.Sending) + "') ORDER BY id"},
		{fetchJob, "SELECT source || '|' || ref, 0, 2 FROM hints ORDER BY 1"},
		{taskJob, "SELECT name, 0, 2 FROM tasks WHERE queued <> 0 ORDER BY name"},
	} {
		var jobs []job
		rows, err := m.t.query(ctx, q.query)
		if err != nil {
			return err
		}
		err = each(rows, func(scan func(...any) error) error {
			j := job{Kind: q.kind}
			var tried int64
			if err := scan(&j.Arg, &tried, &j.Lane); err != nil {
				return err
			}
			if tried > 0 {
				j.At = later
			}
			jobs = append(jobs, j)
			return nil
		})
		if err != nil {
			return err
		}
		m.out.Jobs += len(jobs)
		for len(jobs) > 0 {
			n := min(len(jobs), 1000)
			if err := push(ctx, m.t.db, m.t.Tx, jobs[:n]...); err != nil {
				return err
			}
			jobs = jobs[n:]
		}
	}
	return nil
}
