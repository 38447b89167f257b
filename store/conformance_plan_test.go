package store_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/store"
	"andon/store/storetest"
)

// The statements that run for every event and every look must find their rows
// by an index however much the journal holds.
func TestPlans(t *testing.T) {
	db := open(t, storetest.SQLite(t))
	for name, q := range store.HotQueries(db) {
		var plan []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		args := make([]any, strings.Count(q, "?"))
		for i := range args {
			args[i] = "[1]"
		}
		require.NoError(t, db.Writer().Select(&plan, "EXPLAIN QUERY PLAN "+q, args...), name)
		require.NotEmpty(t, plan, name)
		for _, p := range plan {
			// json_each is the list in the argument, p the few posts that a subquery found.
			if whole, ok := strings.CutPrefix(p.Detail, "SCAN "); ok && !strings.HasPrefix(whole, "json_each") && whole != "p" {
				t.Errorf("%s reads a whole table: %s", name, p.Detail)
			}
		}
		t.Log(name, plan)
	}
}
