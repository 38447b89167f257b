package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFirstDigest comes when a whole week was watched, also to who asks for one
// later.
func TestFirstDigest(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for name, c := range map[string]struct{ from, first string }{
		"Monday before nine": {"2026-03-02T08:00", "Mon 2026-03-09 09:00"},
		"Monday after nine":  {"2026-03-02T10:00", "Mon 2026-03-16 09:00"},
		"Wednesday":          {"2026-03-04T12:00", "Mon 2026-03-16 09:00"},
		"Sunday":             {"2026-03-08T23:30", "Mon 2026-03-16 09:00"},
		"over the change":    {"2026-03-23T08:00", "Mon 2026-03-30 09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "over the change" {
				t.Skip("one first digest is enough in a hurry: run without -short")
			}
			at, err := time.ParseInLocation("2006-01-02T15:04", c.from, berlin)
			require.NoError(t, err)
			s, p := digester(t, at.UTC(), nil)
			require.NoError(t, s.db.SetCursor(t.Context(), "digests since", ""))
			s.digestsUntil(t, at.AddDate(0, 0, 15))
			told := p.digests(berlin)
			require.NotEmpty(t, told[digestChannel])
			require.Equal(t, c.first, told[digestChannel][0])
			require.Equal(t, c.first, told["bea"][0])
		})
	}
}
