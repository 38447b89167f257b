package store

import (
	"context"
	"strings"
)

// removeJobs deletes the jobs of what went, and cuts ids out of the others.
func (x *forgetter) removeJobs(ctx context.Context) error {
	arg, encoded := "CAST(args AS TEXT) ->> 'arg'", "CAST(? AS BLOB)"
	if x.t.db.dialect.postgres {
		arg, encoded = "args ->> 'arg'", "CAST(? AS jsonb)"
	}
	err := x.do(ctx, "river_job", "DELETE FROM river_job WHERE (kind = ? AND "+arg+" IN (SELECT key FROM forget_keys)) OR (kind = ? AND "+arg+" IN (SELECT id FROM forget_messages))",
		string(lookJob), string(sendJob))
	if err != nil || len(x.n.ids) == 0 {
		return err
	}
	type row struct {
		id                 int64
		kind, args, errors string
	}
	var found []row
	rows, err := x.t.query(ctx, "SELECT id, kind, CAST(args AS TEXT), COALESCE(CAST(errors AS TEXT), '') FROM river_job")
	if err != nil {
		return err
	}
	err = each(rows, func(scan func(...any) error) error {
		var r row
		err := scan(&r.id, &r.kind, &r.args, &r.errors)
		if x.n.within(r.args) || x.n.withinBody([]byte(r.args)) || x.n.within(strings.ReplaceAll(r.errors, `\`, "")) {
			found = append(found, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range found {
		args := x.n.cutValue(r.args, func(s string) string { return x.n.cut(s, true) })
		if args != r.args && jobKind(r.kind) == fetchJob {
			err = x.do(ctx, "river_job", "DELETE FROM river_job WHERE id = ?", r.id)
		} else {
			err = x.do(ctx, "river_job", "UPDATE river_job SET errors = NULL, args = "+encoded+" WHERE id = ?", args, r.id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
