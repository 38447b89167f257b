package console

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/replay"
)

func sampleReport() *replay.Report {
	day := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return &replay.Report{
		From: day, To: day.Add(240 * time.Hour), Cases: 3, Threads: 2, Channels: 1, Events: 40, AsLive: true, Group: 5,
		Detectors: []replay.DetectorRow{{Name: "long_path", Signals: 3, Sent: 2, Held: 1}, {Name: "cord", Signals: 1, Sent: 1}},
		Teams:     []replay.TeamRow{{Team: "Payments", Nudges: 2, People: 7}},
		Early:     []replay.EarlyRow{{Outcome: "escalated", Cases: 4, Before: 3, Missed: 1, MedianHours: 30}},
		Deaths:    []replay.DeathRow{{Stage: signals.Transmitted, Count: 1, Why: []replay.WhyRow{{Why: "in shadow", Count: 1}}}, {Alive: 2}},
		Pairs:     []replay.PairRow{{From: "Service Desk", To: "Payments", Handoffs: 9, Back: 2, MedianHours: 5}},
		Longest: []replay.LongRow{
			{Case: "PAY-1", Title: `<script>alert("x")</script> & more`, Handoffs: 2, Direct: []string{"Desk", "Payments"}, Stays: []replay.Stay{{Team: "Desk", Hours: 1}, {Team: "A very long name of a team", Hours: 70}, {Team: "Payments", Hours: 2}}},
			{Case: "PAY-2", Handoffs: 2, Direct: []string{"Desk"}, Stays: []replay.Stay{{Team: "Desk"}, {Team: "B"}, {Team: "Desk"}}},
		},
		Sample: []replay.SampleRow{{ID: "a", Case: "PAY-1", At: day, Detector: "long_path", Reason: "it changed teams 3 times", Excerpt: "<b>bold</b>"}},
	}
}

func TestReportIsWhole(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteReport(&b, Page{Report: sampleReport(), Title: "What andon would have said", Inputs: []string{"issues.jsonl"}, Known: []Known{{Detector: "long_path", Planted: 3, Found: 2, RecallText: "0.67"}}}))
	page := b.String()
	for _, want := range []string{"PAY-1", "Payments", "long_path", "0.67", "issues.jsonl", "30.0 h", "75 %", "direct: Desk to Payments", "it ended where it began: Desk"} {
		require.True(t, strings.Contains(page, want), want)
	}
	for _, not := range []string{"<script", "<b>bold", "fill:#-"} {
		require.False(t, strings.Contains(page, not), "%q: words of others are escaped, colours are colours", not)
	}
	for _, from := range []string{`src="`, `href="http`, "@import", "url("} {
		require.False(t, strings.Contains(page, from), "%q: the page needs nothing from elsewhere", from)
	}
	for _, drawing := range strings.Split(page, "<svg")[1:] {
		whole, _, ok := strings.Cut("<svg"+drawing, "</svg>")
		require.True(t, ok)
		wellFormed(t, whole+"</svg>")
	}
}

// wellFormed reads a drawing as XML.
func wellFormed(t *testing.T, doc string) {
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err, doc)
	}
}

func TestEmptyReport(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteReport(&b, Page{Report: &replay.Report{Early: []replay.EarlyRow{{Outcome: "escalated"}}}, Title: "x"}))
	require.Contains(t, b.String(), "No signal at all.")
	b.Reset()
	require.NoError(t, WriteText(&b, Page{Report: &replay.Report{}, Title: "x"}))
	require.Contains(t, b.String(), "0 signals")
}

func TestTextSaysTheSame(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, Page{Report: sampleReport(), Title: "x"}))
	for _, want := range []string{"4 signals, 3 nudges", "escalated", "3 (75 %)", "30.0 h", "Service Desk", "A very long name of a team 2.9 days"} {
		require.Contains(t, b.String(), want)
	}
}

func TestHours(t *testing.T) {
	for h, want := range map[float64]string{0: "0 min", 0.5: "30 min", 1: "1.0 h", 47: "47.0 h", 48: "2.0 days"} {
		require.Equal(t, want, hours(h))
	}
}
