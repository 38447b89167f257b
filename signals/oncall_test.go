package signals

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func duty(t *testing.T, at, person, team, text string) *Event {
	t.Helper()
	when, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	return &Event{ID: "duty/" + person + at, Kind: RosterSet, Field: "oncall", To: person, Ref: team, Text: text, At: when}
}

// TestOnCall asks who is on call as of each moment: what is known later does not
// change what was known then.
func TestOnCall(t *testing.T) {
	events := []*Event{
		{ID: "team", Kind: RosterSet, Field: "team", To: "Pay", Text: `{"aliases":["Payments"]}`},
		duty(t, "2026-03-01T00:00:00Z", "ann", "Pay", `{"rank":1,"shifts":[{"from":"2026-03-02T08:00:00Z","until":"2026-03-03T08:00:00Z"}]}`),
		duty(t, "2026-03-01T00:00:00Z", "ben", "Payments", `{"shifts":[{"from":"2026-03-02T20:00:00Z","until":"2026-03-04T08:00:00Z"},{"from":"2026-03-09T20:00:00Z","until":"2026-03-10T08:00:00Z"}]}`),
		duty(t, "2026-03-03T00:00:00Z", "ben", "Payments", ""),
	}
	for _, x := range []struct {
		asOf, at string
		want     []string
	}{
		{"2026-03-02T00:00:00Z", "2026-03-02T07:59:59Z", nil},
		{"2026-03-02T00:00:00Z", "2026-03-02T08:00:00Z", []string{"ann"}},
		{"2026-03-02T00:00:00Z", "2026-03-02T20:00:00Z", []string{"ben", "ann"}},
		{"2026-03-02T00:00:00Z", "2026-03-03T08:00:00Z", []string{"ben"}},
		{"2026-03-02T00:00:00Z", "2026-03-09T21:00:00Z", []string{"ben"}},
		{"2026-03-03T00:00:00Z", "2026-03-03T08:00:00Z", nil},
		{"2026-02-01T00:00:00Z", "2026-03-02T08:00:00Z", nil},
	} {
		asOf, _ := time.Parse(time.RFC3339, x.asOf)
		at, _ := time.Parse(time.RFC3339, x.at)
		org, err := FoldOrg(DefaultPolicy(), events, asOf)
		require.NoError(t, err)
		require.Equal(t, x.want, org.OnCall("payments", at), "%v", x)
		var saved []byte
		org.Save(func(b []byte) { saved = b })
		again, err := LoadOrg(DefaultPolicy(), func() []byte { return saved })
		require.NoError(t, err)
		require.Equal(t, org.OnCall("Pay", at), again.OnCall("Pay", at))
		require.Empty(t, org.OnCall("Web", at))
	}
	_, err := FoldOrg(DefaultPolicy(), []*Event{duty(t, "2026-03-01T00:00:00Z", "ann", "Pay", "{")}, time.Now())
	require.ErrorContains(t, err, "read who is on call")
}
