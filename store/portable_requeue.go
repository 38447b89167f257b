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

// requeue pushes the jobs that the rows say are waiting.
func (m *importer) requeue(ctx context.Context) error {
	later := time.Now().Add(m.t.db.o.Lease)
	for _, q := range []struct {
		kind  jobKind
		query string
	}{
		{lookJob, "SELECT key, 0 FROM cases WHERE queued = 1 ORDER BY key"},
		{sendJob, "SELECT id, attempt FROM messages WHERE queued = 1 OR (claimed = 1 AND state = '" + string(signals.Sending) + "') ORDER BY id"},
		{fetchJob, "SELECT source || '|' || ref, 0 FROM hints ORDER BY 1"},
		{taskJob, "SELECT name, 0 FROM tasks WHERE queued <> 0 ORDER BY name"},
	} {
		var jobs []job
		rows, err := m.t.query(ctx, q.query)
		if err != nil {
			return err
		}
		err = each(rows, func(scan func(...any) error) error {
			j := job{Kind: q.kind}
			var tried int64
			if err := scan(&j.Arg, &tried); err != nil {
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
