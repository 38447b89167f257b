package jira

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// FuzzNormalize: whatever comes in, what comes out is in order, of one case,
// with ids of their own, and the same each time.
func FuzzNormalize(f *testing.F) {
	f.Add([]byte(numbered(1)))
	f.Add([]byte(issueWith(`"components":[{"name":"a"}],"customfield_1":{"value":"Mail"},"comment":{"comments":[{"id":"4","created":1793613600000,"updated":"2026-11-04T11:00:00Z","body":{"type":"doc","content":[{"type":"text","text":"x"}]}}]},"issuelinks":[{"type":{"name":"Blocks"},"inwardIssue":{"key":"A-1"}}]`,
		`{"id":"5","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"Team","fieldId":"customfield_1","fromString":"a","toString":"b"},{"field":"resolution","toString":"Fixed"},{"field":"Link","to":"A-2","toString":"This issue eats A-2"},{"field":"Key","fromString":"B-1"},{"field":"Component","toString":"a"}]}`)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o := Options{Team: "Team", Level: "customfield_2"}
		events, err := Normalize(raw, &o)
		if err != nil {
			require.Empty(t, events)
			return
		}
		ids := map[string]bool{}
		for i, e := range events {
			require.False(t, ids[e.ID], e.ID)
			ids[e.ID] = true
			require.Equal(t, events[0].Case, e.Case)
			require.False(t, i > 0 && signals.CompareEvents(events[i-1], e) > 0)
		}
		require.Equal(t, signals.Opened, events[0].Kind)
		again, err := Normalize(raw, &o)
		require.NoError(t, err)
		require.Equal(t, events, again)
	})
}

// FuzzRead: nothing is lost silently, whatever comes in.
func FuzzRead(f *testing.F) {
	f.Add([]byte(issues(1, 3)))
	f.Add([]byte(`[{"issues":[` + numbered(1) + `]},` + "\n" + numbered(2) + `]`))
	f.Add([]byte("{\n\"issues\":[" + numbered(1) + "]}"))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		rep, err := Read(context.Background(), bytes.NewReader(data), "fuzz", Options{MaxLine: 1 << 16}, func(events []*signals.Event) error {
			n += len(events)
			return nil
		})
		require.Equal(t, n, rep.Events)
		require.True(t, err != nil || rep.Issues > 0)
	})
}
