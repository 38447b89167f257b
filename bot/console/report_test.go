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
	for _, drawing := range strings.Split(page, `<svg class="`)[1:] {
		end := strings.LastIndex(drawing, "</svg>")
		require.Positive(t, end)
		wellFormed(t, `<svg class="`+drawing[:end]+"</svg>")
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

// hostile is a report with what others may have written into their systems.
func hostile() *replay.Report {
	r := sampleReport()
	bad := "Desk\x1b[31m\u202e\t\n" + strings.Repeat("W", 400) + `<script>alert("x")</script>`
	r.Teams = append(r.Teams, replay.TeamRow{Team: bad, Nudges: 1, People: 9})
	r.Pairs = append(r.Pairs, replay.PairRow{From: bad, To: bad, Handoffs: 2})
	r.Longest[0].Case, r.Longest[0].Title = "PAY-1\x1b[2J", bad
	r.Longest[0].Stays[0].Team, r.Longest[0].Direct[0] = bad, bad
	r.Longest[1].Direct[0] = bad
	r.Sample[0].Excerpt, r.Sample[0].Reason = bad, bad
	r.Deaths[0].Why[0].Why = bad
	return r
}

func TestWordsOfOthersDoNotReachTheTerminal(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, Page{Report: hostile(), Title: "x\x07"}))
	require.NotRegexp(t, `[\x00-\x08\x0b-\x1f\x7f\x{202a}-\x{202e}]`, b.String())
	for line := range strings.Lines(b.String()) {
		require.Less(t, len(line), 400, "names are cut")
	}
}

func TestWordsOfOthersDoNotBreakThePage(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteReport(&b, Page{Report: hostile(), Title: "x\x07", Inputs: []string{"\x1b.json"}}))
	require.NotRegexp(t, `[\x00-\x08\x0b-\x1f\x7f\x{202a}-\x{202e}]|<script`, b.String())
	for _, drawing := range strings.Split(b.String(), `<svg class="`)[1:] {
		wellFormed(t, `<svg class="`+drawing[:strings.LastIndex(drawing, "</svg>")]+"</svg>")
	}
}

func TestManyTeamsAreCutInTheTerminal(t *testing.T) {
	r := sampleReport()
	for range 10_000 {
		r.Teams = append(r.Teams, replay.TeamRow{Team: "T", Nudges: 1, People: 9})
	}
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, Page{Report: r}))
	require.Contains(t, b.String(), "and 9971 more")
	require.Less(t, strings.Count(b.String(), "\n"), 100)
}

func TestTextCountsOneAsOne(t *testing.T) {
	r := sampleReport()
	r.Cases, r.Threads, r.Channels, r.Events, r.PerPerson.Peak = 1, 0, 0, 1, 1
	var b bytes.Buffer
	require.NoError(t, WriteText(&b, Page{Report: r}))
	require.Contains(t, b.String(), "1 issue, 0 threads in 0 channels, 1 event\n")
	require.Contains(t, b.String(), "busiest day 1 message (")
	require.NotContains(t, b.String(), "Per channel", "there is none")
}

func TestLegendNamesWhatIsDrawn(t *testing.T) {
	drawn, err := svg(detectorChart(sampleReport()))
	require.NoError(t, err)
	require.Contains(t, string(drawn), "would be said</span>")
	require.Contains(t, string(drawn), "held or overtaken</span>")
	require.NotContains(t, string(drawn), "nobody to tell")
}

func TestNoBadEndIsExplained(t *testing.T) {
	r := sampleReport()
	var seen, none, page bytes.Buffer
	require.NoError(t, WriteText(&seen, Page{Report: r}))
	require.NotContains(t, seen.String(), "team_field")
	r.Early[0].Cases = 0
	require.NoError(t, WriteText(&none, Page{Report: r}))
	require.Contains(t, none.String(), "team_field")
	require.NoError(t, WriteReport(&page, Page{Report: r}))
	require.Contains(t, page.String(), "<code>team_field</code>")
}
