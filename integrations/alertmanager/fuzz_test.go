package alertmanager_test

import (
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"andon/integrations/alertmanager"
	"andon/signals"
)

// FuzzNormalize holds what must be true of whatever is sent: no panic, ids once
// each and of their case, in order, nothing later than its reception, nothing that a
// database or a reader would choke on, and the same ids when it is sent again.
func FuzzNormalize(f *testing.F) {
	f.Add(payload(f, firing(noon)))
	f.Add(payload(f, firing(noon), resolved(noon.Add(-time.Hour), noon), resolved(noon, noon.Add(-time.Hour))))
	f.Add([]byte(`{"version":"4","alerts":[{"status":"resolved","labels":{"alertname":"\u0000A\ud800","":"x"},"startsAt":"2026-03-02T09:00:00Z"},null,{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := alertmanager.Normalize(body, opts, noon)
		require.True(t, err != nil || len(events) > 0)
		seen := make(map[string]bool)
		for i, e := range events {
			require.False(t, seen[e.ID], "%s twice", e.ID)
			seen[e.ID] = true
			require.True(t, i == 0 || signals.CompareEvents(events[i-1], e) < 0)
			require.False(t, e.At.After(noon))
			require.Contains(t, e.ID, e.Case.String()+"/")
			checkText(t, e.Text)
			for _, v := range e.Set {
				checkText(t, v.Field)
				checkText(t, v.To)
			}
		}
		checkSpells(t, events)
		later, _ := alertmanager.Normalize(body, opts, noon.Add(time.Hour))
		require.Len(t, later, len(events))
		for _, e := range later {
			require.True(t, seen[e.ID], "%s is new", e.ID)
		}
	})
}

func checkText(t *testing.T, s string) {
	require.True(t, utf8.ValidString(s))
	for _, r := range s {
		require.True(t, r == '\n' || !unicode.IsControl(r), "%q", s)
	}
}

// checkSpells holds that every case is opened once and that no recovery stands
// before the firing that it ends.
func checkSpells(t *testing.T, events []*signals.Event) {
	opened, fired := make(map[signals.Key]int), make(map[signals.Key]bool)
	for _, e := range events {
		switch e.Kind {
		case signals.Opened:
			opened[e.Case]++
		case signals.Firing:
			fired[e.Case] = true
		case signals.Recovered:
			require.True(t, fired[e.Case], "%s before any firing", e.ID)
		default:
			t.Fatalf("kind %s", e.Kind)
		}
	}
	for k, n := range opened {
		require.Equal(t, 1, n, "%s", k)
	}
	for k := range fired {
		require.Equal(t, 1, opened[k], "%s", k)
	}
}
