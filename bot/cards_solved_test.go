package bot

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/decide"
)

// TestASmallTeamIsNotNamedToSeveral: where more than one person reads, a team of
// four would be as good as a name; to one person it is named.
func TestASmallTeamIsNotNamedToSeveral(t *testing.T) {
	for size, want := range map[int]string{4: "", 5: "Web"} {
		org := signals.NewOrg(signals.DefaultPolicy())
		for i := range size {
			id := fmt.Sprint("p", i)
			require.NoError(t, org.Apply(&signals.Event{ID: "roster/" + id, Kind: signals.RosterSet, Field: "person", To: id, Text: `{"id":"` + id + `","name":"Carl","team":"Web"}`}))
		}
		c := &composer{w: decide.NewWorld(org, decide.Options{}), reader: reader{shared: true}}
		require.Equal(t, want, c.solvingTeam("p0", &signals.Case{}), size)
		require.Empty(t, c.mayKnow("p0"), "nobody is named to several")
		c.reader = reader{id: "p1"}
		require.Equal(t, "Web", c.solvingTeam("p0", &signals.Case{}), size)
		require.Equal(t, "Carl", c.mayKnow("p0"))
	}
}
