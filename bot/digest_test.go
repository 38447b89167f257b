package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// TestWhenDigestsAreDue: nine on Monday by the clock on the wall, also in the
// weeks in which the clocks change, which are an hour longer or shorter.
func TestWhenDigestsAreDue(t *testing.T) {
	for _, c := range []struct {
		zone, now, due string // local
		hours          int    // of the week that it speaks of
		week           string
	}{
		{"Europe/Berlin", "2026-03-30 09:00", "2026-03-30 09:00 CEST", 167, "2026-W14"}, // forward on Sunday the 29th
		{"Europe/Berlin", "2026-03-30 08:59", "2026-03-23 09:00 CET", 168, "2026-W13"},
		{"Europe/Berlin", "2026-10-26 09:00", "2026-10-26 09:00 CET", 169, "2026-W44"}, // back on Sunday the 25th
		{"Europe/Berlin", "2026-11-01 23:00", "2026-10-26 09:00 CET", 169, "2026-W44"},
		{"America/New_York", "2026-03-09 09:00", "2026-03-09 09:00 EDT", 167, "2026-W11"}, // forward on Sunday the 8th
		{"America/New_York", "2026-11-02 09:30", "2026-11-02 09:00 EST", 169, "2026-W45"}, // back on Sunday the 1st
		{"Asia/Kolkata", "2026-03-30 12:00", "2026-03-30 09:00 IST", 168, "2026-W14"},
		{"Africa/Cairo", "2026-04-27 09:00", "2026-04-27 09:00 EEST", 167, "2026-W18"}, // forward at midnight of Friday the 24th
		{"UTC", "2027-01-04 10:00", "2027-01-04 09:00 UTC", 168, "2027-W01"},
		{"UTC", "2026-12-31 10:00", "2026-12-28 09:00 UTC", 168, "2026-W53"},
	} {
		t.Run(c.zone+" "+c.now, func(t *testing.T) {
			zone := zoneOf(t, c.zone)
			now, err := time.ParseInLocation("2006-01-02 15:04", c.now, zone)
			require.NoError(t, err)
			due := dueAt(now.UTC(), zone, time.Monday, 9)
			require.Equal(t, c.due, due.Format("2006-01-02 15:04 MST"))
			week := weekOf(due, zone)
			require.Equal(t, time.Duration(c.hours)*time.Hour, week.until.Sub(week.from))
			require.Equal(t, "Mon 00:00 Mon 00:00", week.from.In(zone).Format("Mon 15:04 ")+week.until.In(zone).Format("Mon 15:04"))
			require.Equal(t, c.week, weekName(due, zone))
		})
	}
}

// TestDatesWithoutMidnight: where a date begins at one, the week does too.
func TestDatesWithoutMidnight(t *testing.T) {
	zone := zoneOf(t, "Africa/Cairo")
	got := dayBegins(2026, time.April, 24, zone)
	require.Equal(t, "2026-04-24 01:00 EEST", got.Format("2006-01-02 15:04 MST"))
	require.Equal(t, got, dayBegins(2026, time.March, 55, zone), "dates beyond a month's end")
	require.Equal(t, "2026-03-01 00:00", dayBegins(2026, time.February, 29, zone).Format("2006-01-02 15:04"))
}

func TestNamesInARow(t *testing.T) {
	require.Equal(t, "nobody", digestNames(nil, 3))
	require.Equal(t, "Ann", digestNames([]string{"Ann"}, 3))
	require.Equal(t, "Ann and Bea", digestNames([]string{"Ann", "Bea"}, 3))
	require.Equal(t, "Ann, Bea and 2 more", digestNames([]string{"Ann", "Bea", "Cem", "Dee"}, 2))
}

// fullDigest says everything that a digest can say.
func fullDigest() *digest {
	week := weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7)}
	signal := func(detector string, stages int, died signals.Stage, why string) *signals.Record {
		s := &signals.Signal{Detector: detector, Case: signals.Key{Source: signals.Jira, Site: "j", ID: detector}, At: digestMonday.Add(10 * time.Hour), Reason: "it was reopened 3 days after it was closed"}
		r := &signals.Record{Signal: s, Ledger: signals.NewLedger(s, s.At)}
		for _, st := range signals.Stages[1:stages] {
			r.Ledger.Reach(st, s.At.Add(time.Hour), false)
		}
		if died != "" {
			r.Ledger.Die(died, why, s.At.Add(2*time.Hour))
		}
		return r
	}
	records := []*signals.Record{
		signal("stall", 6, "", ""), signal("stall", 2, signals.ReceivedBy, "no answer within 8 hours of working time"),
		signal("came_back", 5, "", ""), signal("cord", 4, "", ""), signal("hedged", 1, signals.Transmitted, "hedged is in shadow mode"),
		signal("hedged", 1, signals.Transmitted, "hedged is in shadow mode"),
	}
	large := func(team string) bool { return team != "Legal" }
	d := &digest{
		Week: week, Zone: time.UTC, Due: week.until.Add(9 * time.Hour), Group: 5, large: large,
		Now: sumWeek(records, map[string]usefulness{"stall": {7, 9, 6}, "cord": {1, 1, 1}}, week), Last: sumWeek(nil, nil, week),
		Paths: sumPaths([]pathWalk{
			pathed("PAY-1 Invoices arrive twice", digestMonday, 10*time.Hour, 2, []string{"Web", "Data"}, "Web", "Ops", "Legal", "Data"),
			pathed("PAY-2 Slow search", digestMonday, time.Hour, 2, []string{"Web"}, "Web", "Ops", "Web", "Ops", "Web"),
		}, week, large),
		Hours: []float64{0, 0, 0, 0, 0, 3.4, 0, 12}, Returned: []string{"PAY-9 Login <!channel> fails"}, Thanks: []string{"Bea", "Carl"},
	}
	return d
}

const fullDigestText = `The week of 16 to 22 November
6 signals found (0 the week before), 2 solved, 7 hand-offs between teams. Where they stand: 1 confirmed by who raised it, 0 quiet, 3 stopped, 2 under way.
Of all signals, earlier ones too: 1 confirmed by who raised it.
Thank you for pulling the cord: Bea and Carl.
Signals by stage
Stage | This week | Week before
generated | 6 | 0
transmitted | 4 | 0
received | 3 | 0
reacted | 3 | 0
corrected | 2 | 0
confirmed | 1 | 0
Where signals stopped
Stage not reached | Why | Signals
transmitted | not switched on to speak | 2
received | no answer | 1
Longest paths
Issue | Way | Direct | Saved
PAY-2 Slow search | Web → Ops → Web → Ops → Web | Web | 2 hand-offs
PAY-1 Invoices arrive twice | Web → Ops → a small team → Data | Web → Data | 2 hand-offs
Hours spent off the direct route
Team | Hours | Issues
Ops | 12 | 2
Teams that hand much to each other
Teams | There | Back
Ops ↔ Web | 2 | 3
Came back
What | How
PAY-9 Login <!channel> fails | It was reopened 3 days after it was closed.
Detectors
Detector | Found | Told | Useful, 30 days
hedged | 2 | 0 | too few answers
stall | 2 | 2 | 7 of 9
came_back | 1 | 1 | too few answers
cord | 1 | 1 | too few answers
Signals by stage
generated: This week 6 Week before 0 signals
transmitted: This week 4 Week before 0 signals
received: This week 3 Week before 0 signals
reacted: This week 3 Week before 0 signals
corrected: This week 2 Week before 0 signals
confirmed: This week 1 Week before 0 signals
Hours off the direct route, by week
28 Sep: 0 hours
5 Oct: 0 hours
12 Oct: 0 hours
19 Oct: 0 hours
26 Oct: 0 hours
2 Nov: 3 hours
9 Nov: 0 hours
16 Nov: 12 hours
Each stage as it stood at the end of its week; received is a proxy. Teams of fewer than 5 people are left out.`

func TestDigestInWords(t *testing.T) {
	d := fullDigest()
	c := d.card()
	require.Equal(t, fullDigestText, c.Text())
	require.LessOrEqual(t, len(c.Charts), 2)
	for _, ch := range c.Charts {
		require.LessOrEqual(t, len(ch.Title), 50)
		for _, l := range append([]string{ch.Series[0].Name, ch.Series[len(ch.Series)-1].Name}, ch.Labels...) {
			require.LessOrEqual(t, len(l), 20)
		}
	}
	d.Late = true
	require.Contains(t, d.card().Text(), "This is Monday's digest, late.")
	d.SoFar, d.Late = true, false
	text := d.card().Text()
	require.Contains(t, text, "The week so far, since Monday 16 November")
	require.Contains(t, text, "Last week by then")
}

func TestAQuietWeekIsOneLine(t *testing.T) {
	d := &digest{Week: weekSpan{digestMonday.AddDate(0, 0, 14), digestMonday.AddDate(0, 0, 21)}, Zone: time.UTC, large: everyTeam, Last: weekSums{Found: 3}}
	require.Equal(t, "The week of 30 November to 6 December\nA quiet week: no signals were found, and no issue changed teams.", d.card().Text())
}

// TestADigestFitsIntoOneMessage, however long people name things.
func TestADigestFitsIntoOneMessage(t *testing.T) {
	d := fullDigest()
	long := strings.Repeat("語 long & <b>", 400)
	var walks []pathWalk
	for range 40 {
		teams := make([]string, 60)
		for i := range teams {
			teams[i] = string(rune('A'+i%7)) + long
		}
		walks = append(walks, pathed(long, digestMonday, time.Hour, 50, teams[:2], teams...))
	}
	d.Paths = sumPaths(walks, d.Week, everyTeam)
	d.large = everyTeam
	for range 30 {
		d.Thanks = append(d.Thanks, long)
		d.Now.Deaths = append(d.Now.Deaths, deathSum{signals.Corrected, long, 1})
	}
	c := d.card()
	require.LessOrEqual(t, len([]rune(c.Text())), digestMost)
	require.Equal(t, "Signals by stage", c.Tables[0].Title, "what matters most stays")
	for _, table := range c.Tables {
		require.LessOrEqual(t, len(table.Rows), len(signals.Stages))
		for _, r := range table.Rows {
			require.Len(t, r, len(table.Columns))
		}
	}
}

// TestDigestLeavesNobodyOut: what has no line of its own is in the last one, so
// that the lines of a table add up to the week.
func TestDigestLeavesNobodyOut(t *testing.T) {
	d := &digest{Zone: time.UTC}
	for i := range 8 {
		d.Now.Deaths = append(d.Now.Deaths, deathSum{signals.ReceivedBy, strings.Repeat("x", i+1), 2})
		d.Now.Detectors = append(d.Now.Detectors, detectorSum{Name: strings.Repeat("d", i+1), Found: 3, Told: 1})
	}
	rows := d.deaths().Rows
	require.Equal(t, []string{"", "all other reasons", "6"}, rows[len(rows)-1])
	rows = d.detectors().Rows
	require.Equal(t, []string{"all others", "9", "3", ""}, rows[len(rows)-1])
	d.Now.Found, d.Now.Stands = 9, fates{Confirmed: 2, Quiet: 3, Stopped: 3, UnderWay: 1}
	require.Contains(t, d.summary(), "2 confirmed by who raised it, 3 quiet, 3 stopped, 1 under way.")
}

// TestWhatWasPutAsideAndCameBack: of each case one line, with when it was put
// aside and by which weakness it showed again.
func TestWhatWasPutAsideAndCameBack(t *testing.T) {
	week := weekSpan{digestMonday, digestMonday.AddDate(0, 0, 7)}
	record := func(detector, id, before string, hour int) *signals.Record {
		s := &signals.Signal{Detector: detector, Case: signals.Key{Source: signals.Jira, Site: "j", ID: id}, At: digestMonday.Add(time.Duration(hour) * time.Hour), Reason: "nobody moved it for 3 days", Before: before}
		return &signals.Record{Signal: s, Ledger: signals.NewLedger(s, s.At)}
	}
	aside := "It was put aside before: snoozed on 3 March, closed without an answer on 10 March."
	d := &digest{Week: week, Zone: time.UTC, Returned: []string{"PAY-1 Invoices arrive twice"}, large: func(string) bool { return true }}
	d.Now = sumWeek([]*signals.Record{record("stall", "1", aside, 10), record("ping_pong", "1", aside, 12), record("stall", "2", "", 13)}, nil, week)
	require.Len(t, d.Now.Returned, 1)
	require.Equal(t, [][]string{{"PAY-1 Invoices arrive twice", aside + " It is there again: stall."}}, d.returned().Rows)
}
