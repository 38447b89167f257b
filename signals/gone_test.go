package signals

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAHiddenIssueComesBack(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	k := Key{Source: Jira, Site: "j", ID: "1"}
	events := []*Event{
		{ID: "1", Case: k, Kind: Opened, At: at},
		{ID: "2", Case: k, Kind: Deleted, At: at.Add(time.Hour)},
		{ID: "3", Case: k, Kind: Status, To: "Open", At: at.Add(2 * time.Hour)},
	}
	require.True(t, Fold(slices.Clone(events[:2])).Gone)
	require.False(t, Fold(slices.Clone(events)).Gone)
	require.True(t, Fold([]*Event{events[0], {ID: "4", Case: k, Kind: Status, At: at.Add(time.Minute)}, events[1]}).Gone, "what was heard late does not bring it back")
}
