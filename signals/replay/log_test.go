package replay

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// TestFewAreMergedAsIfReadTogether: events that are put in later stand where they
// would stand had they been there from the start, and none stands twice.
func TestFewAreMergedAsIfReadTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all, many, few Log
		for i, e := range week(t) {
			twice := rapid.IntRange(0, 9).Draw(t, "where")
			if i == 0 || twice > 2 {
				require.NoError(t, many.Add([]*signals.Event{e}))
			}
			if twice < 4 {
				require.NoError(t, few.Add([]*signals.Event{e}))
			}
			require.NoError(t, all.Add([]*signals.Event{e}))
		}
		require.Equal(t, all.ordered(), merge(many.ordered(), few.ordered()))
	})
}
