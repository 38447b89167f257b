package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store"
)

func TestHeard(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		e := event(thread("C1", 1), 1, signals.Reacted)
		e.ID = "slack/T1/C1/1.0001/reaction/eyes/U1/removed/2.0"
		appendAll(t, db, delivery("1", e))
		for begins, want := range map[string]bool{
			"slack/T1/C1/1.0001/reaction/eyes/U1/removed/": true,
			"slack/T1/C1/1.0001/reaction/eyes/U1/":         true,
			"slack/T1/C1/1.0001/reaction/eyes/U/":          false,
			"slack/T1/C1/1.0001/reaction/eyes/U1/remove/":  false,
			"slack/T1/C1/1.0001/reaction/eyes/U2/removed/": false,
		} {
			is, err := db.Heard(t.Context(), begins)
			require.NoError(t, err)
			require.Equal(t, want, is, begins)
		}
		_, err := db.Heard(t.Context(), "slack")
		require.ErrorContains(t, err, "slash")
	})
}
