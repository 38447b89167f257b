package eventlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

// desk maps every kind of column.
var desk = Mapping{
	Site: "desk", Case: "Ticket", Time: "When", Activity: "What", Person: "Holder", Team: "Group", Level: "Line", Priority: "Prio",
	Status: "State", Title: "Title", Component: "Product", Opener: "Caller", Fields: []string{"Site"}, Closed: []string{"resolved"},
	Missing: []string{"?"}, Audience: signals.Public,
}

const head = "Ticket,When,What,Holder,Group,Line,Prio,State,Title,Product,Caller,Site\n"

func readText(text string, m Mapping) ([]*signals.Event, Report, error) {
	var out []*signals.Event
	report, err := readLog(context.Background(), strings.NewReader(text), "log.csv", m, func(events []*signals.Event) error {
		out = append(out, events...)
		return nil
	})
	return out, report, err
}

// brief writes an event in one line.
func brief(e *signals.Event) string {
	s := fmt.Sprintf("%d.%d %s by %q %s %q>%q", e.Seq.Entry, e.Seq.Item, e.Kind, signals.Bare(e.Actor), e.Field, signals.Bare(e.From), signals.Bare(e.To))
	if e.Text != "" {
		s += " " + e.Text
	}
	return s
}

func briefs(events []*signals.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, brief(e))
	}
	return out
}

func TestReadLog(t *testing.T) {
	events, report, err := readText(head+`1,2024-03-01 09:00:00,Open,ada,Desk,L1,3 - Low,New,"Printer, again",printer,cleo,Oslo
2,2024-03-01 09:30:00,Open,?,Desk,L1,,New,Slow,net,dan,Rome
1,2024-03-01 10:00:00,Assign,ben,Net,L2,1 - High,Active,"Printer, again",printer,cleo,Oslo
1,2024-03-01 11:00:00,Wait,ben,Net,L2,1 - High,Active,"Printer ""again""",mail,x,Rome
1,2024-03-01 11:00:00,Wait,ben,Net,L2,1 - High,Active,"Printer ""again""",mail,x,Rome
1,2024-03-02 11:00:00,Solve,?,Net,L2,1 - High,Resolved,"Printer ""again""",mail,x,Rome
1,2024-03-03 11:00:00,Solve,?,Net,L2,1 - High,Active,"Printer ""again""",mail,x,Rome
`, desk)
	require.NoError(t, err)
	require.Equal(t, Report{Rows: 7, Cases: 2, Events: len(events)}, report)
	require.Equal(t, []string{
		`2.0 opened by "cleo"  "">"" Printer, again`,
		`4.0 assigned by "ben" assignee "ada">"ben"`,
		`4.1 team by "ben" team "Desk">"Net"`,
		`4.2 level by "ben" level "L1">"L2"`,
		`4.3 status by "ben" status "New">"Active"`,
		`4.4 priority by "ben" priority "3 - Low">"1 - High"`,
		`4.5 edited by "ben" activity "Open">"Assign"`,
		`5.0 edited by "ben" summary "Printer, again">"Printer \"again\"" Printer "again"`,
		`5.1 edited by "ben" component "printer">"mail"`,
		`5.2 edited by "ben" Site "Oslo">"Rome"`,
		`5.3 edited by "ben" activity "Assign">"Wait"`,
		`6.0 edited by "ben" activity "Wait">"Wait"`,
		`7.0 assigned by "" assignee "ben">""`,
		`7.1 status by "" status "Active">"Resolved"`,
		`7.2 edited by "" activity "Wait">"Solve"`,
		`7.3 closed by ""  "">"Resolved"`,
		`8.0 status by "" status "Resolved">"Active"`,
		`8.1 reopened by ""  "">""`,
		`3.0 opened by "dan"  "">"" Slow`,
	}, briefs(events))
	first := events[0]
	require.Equal(t, "log/desk/1/2/0", first.ID)
	require.Equal(t, signals.Key{Source: signals.Log, Site: "desk", ID: "1"}, first.Case)
	require.Equal(t, time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC), first.At)
	require.Equal(t, signals.Public, first.Audience)

	c := signals.Fold(events[:len(events)-1])
	require.Equal(t, 6, c.Entries)
	require.Equal(t, "log/desk/cleo", c.Opener)
	require.Equal(t, "Printer \"again\"", c.Title)
	require.Equal(t, []string{"mail"}, c.Components)
	require.Equal(t, map[string]string{"Site": "Rome", "activity": "Solve"}, c.Fields)
	require.Equal(t, 1, c.Path.Teams().Handoffs())
	require.Equal(t, []int{1, 1}, []int{c.Closes, c.Reopens})
}

func TestOrderOfRows(t *testing.T) {
	m := Mapping{Case: "c", Time: "t", Team: "team"}
	events, report, err := readText("c,t,team\n1,2024-03-02,B\n1,2024-03-01,A\n1,2024-03-02,C\n", m)
	require.NoError(t, err)
	require.Equal(t, 1, report.Unordered)
	require.Len(t, report.Warnings, 1)
	require.Equal(t, []string{`3.0 opened by ""  "">""`, `2.0 team by "" team "A">"B"`, `4.0 team by "" team "B">"C"`}, briefs(events))
	require.True(t, slices.IsSortedFunc(events, signals.CompareEvents))
}

func TestSparse(t *testing.T) {
	m := Mapping{Case: "c", Time: "t", Team: "team", Activity: "a", Closed: []string{"done"}}
	log := "c,t,a,team\n1,2024-03-01,begin,A\n1,2024-03-02,note,\n1,2024-03-03,done,A\n"
	events, _, err := readText(log, m)
	require.NoError(t, err)
	require.Equal(t, []string{
		`2.0 opened by ""  "">""`, `3.0 team by "" team "A">""`, `3.1 edited by "" activity "begin">"note"`,
		`4.0 team by "" team "">"A"`, `4.1 edited by "" activity "note">"done"`, `4.2 closed by ""  "">"done"`,
	}, briefs(events))
	m.Sparse = true
	events, _, err = readText(log, m)
	require.NoError(t, err)
	require.Equal(t, []string{
		`2.0 opened by ""  "">""`, `3.0 edited by "" activity "begin">"note"`,
		`4.0 edited by "" activity "note">"done"`, `4.1 closed by ""  "">"done"`,
	}, briefs(events))
}

func TestForms(t *testing.T) {
	m := Mapping{Case: "Case", Time: "Time", Team: "Team", Zone: "Europe/Oslo"}
	want := []string{`2.0 opened by ""  "">""`, `3.0 team by "" team "A">"B"`}
	for name, text := range map[string]string{
		"semicolons":    "Case;Team;Time\n1;A;2024-03-01 10:00\n1;B;2024-03-01 11:00\n",
		"tabs":          "Case\tTeam\tTime\n1\tA\t2024-03-01 10:00\n1\tB\t2024-03-01 11:00\n",
		"windows":       "\xef\xbb\xbfCase,Team,Time\r\n1,A,2024-03-01T10:00:00\r\n1,B,2024-03-01T11:00:00",
		"letter case":   " case ,TEAM,time\n1,A,2024-03-01 10:00:00\n1,B,2024-03-01 11:00:00.000\n",
		"zones":         "Case,Team,Time\n1,A,2024-03-01T09:00:00Z\n1,B,2024-03-01T12:00:00+0200\n",
		"epoch":         "Case,Team,Time\n1,A,1709283600\n1,B,1709287200000\n",
		"points":        "Case,Team,Time\n1,A,01.03.2024 10:00\n1,B,01.03.2024 11:00:00\n",
		"trailing ends": "Case,Team,Time\n1,A,2024-03-01 10:00,,\n1,B,2024-03-01 11:00,\n",
		"quoted head":   "\"Case\",\"Team\",\"Time, local\",\"Time\"\n1,A,x,2024-03-01 10:00\n1,B,x,2024-03-01 11:00\n",
	} {
		t.Run(name, func(t *testing.T) {
			events, report, err := readText(text, m)
			require.NoError(t, err)
			require.Empty(t, report.Rejects)
			require.Equal(t, want, briefs(events))
			require.Equal(t, time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC), events[0].At)
		})
	}
	m.TimeLayouts = []string{"01/02/2006 15:04"}
	events, _, err := readText("Case,Team,Time\n1,A,03/01/2024 10:00\n", m)
	require.NoError(t, err)
	require.Equal(t, time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC), events[0].At)
}

func TestQuarantine(t *testing.T) {
	m := Mapping{Case: "c", Time: "t", Team: "team"}
	good := "1,2024-03-01,A\n"
	tests := map[string]struct {
		rows  string
		where string
		err   string
		read  int
	}{
		"time":          {good + "1,soon,B\n", "log.csv:3", `time "soon"`, 1},
		"no time":       {"1,,B\n" + good, "log.csv:2", "time is empty", 1},
		"absurd time":   {"1,0001-01-01,B\n" + good, "log.csv:2", "absurd", 1},
		"no case":       {" ,2024-03-01,B\n" + good, "log.csv:2", "case is empty", 1},
		"few columns":   {good + "1,2024-03-01\n", "log.csv:3", "2 columns; the first row names 3", 1},
		"many columns":  {good + "1,2024-03-01,A,B\n", "log.csv:3", "4 columns", 1},
		"stray quote":   {"1,2024-03-01,\"A\n" + good + good, "log.csv:2", "never closed", 2},
		"behind quote":  {"1,2024-03-01,\"A\"b\n" + good, "log.csv:2", "closing quote", 1},
		"long line":     {"1,2024-03-01," + strings.Repeat("x", 3*maxRecord) + "\n" + good, "log.csv:2", "more than", 1},
		"long record":   {"1,2024-03-01,\"" + strings.Repeat("x\n", maxLines+5) + good, "log.csv:2", "never closed", 1},
		"behind a text": {"1,2024-03-01,\"a\nb\"\n1,soon,B\n", "log.csv:4", "soon", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, report, err := readText("c,t,team\n"+test.rows, m)
			require.NoError(t, err)
			require.Equal(t, test.read, report.Rows)
			require.NotEmpty(t, report.Rejects)
			require.Equal(t, test.where, report.Rejects[0].Where)
			require.ErrorContains(t, report.Rejects[0], test.err)
		})
	}
}

func TestErrors(t *testing.T) {
	m := Mapping{Case: "Ticket", Time: "When"}
	tests := map[string]struct {
		text string
		m    Mapping
		err  []string
	}{
		"empty":        {" \n", m, []string{"empty"}},
		"twice":        {"Ticket,When,TICKET,when,When\n", m, []string{`column "When" stands there 2 times`}},
		"columns":      {"Tickets,Wen\n", m, []string{`no column "Ticket"; the nearest is "Tickets"`, `no column "When"; the nearest is "Wen"`}},
		"utf-16":       {"\xff\xfeT\x00", m, []string{"UTF-16"}},
		"binary":       {"Ticket\x00,When\n", m, []string{"binary"}},
		"spreadsheet":  {"PK\x03\x04....", m, []string{"spreadsheet"}},
		"gzip":         {"\x1f\x8b\x08broken", m, []string{".gz"}},
		"no mapping":   {"a,b\n", Mapping{}, []string{"names no column"}},
		"zone, site":   {"Ticket,When\n", Mapping{Case: "Ticket", Time: "When", Zone: "Mars/Base", Site: "a/b"}, []string{"Mars/Base", "a/b"}},
		"local":        {"Ticket,When\n", Mapping{Case: "Ticket", Time: "When", Zone: "Local"}, []string{"Local"}},
		"nothing good": {"Ticket,When\n1,soon\n2,later\n", m, []string{"none of the 2 rows", "soon"}},
		"rows":         {"Ticket,When\n1,2024-03-01\n1,2024-03-01\n", Mapping{Case: "Ticket", Time: "When", MaxRows: 1}, []string{"bound of 1"}},
		"bytes":        {"Ticket,When\n" + strings.Repeat("1,2024-03-01\n", 1000), Mapping{Case: "Ticket", Time: "When", MaxBytes: 9000}, []string{"bound on its bytes"}},
		"quote":        {"\"Ticket,When\n1,2024-03-01\n", m, []string{"first row"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			events, _, err := readText(test.text, test.m)
			require.Empty(t, events)
			for _, want := range test.err {
				require.ErrorContains(t, err, want)
			}
		})
	}
	_, err := ReadFile(context.Background(), filepath.Join(t.TempDir(), "none.csv"), m, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestReadFile(t *testing.T) {
	m := Mapping{Case: "c", Time: "t", Team: "team"}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte("c,t,team\n" + strings.Repeat("1,2024-03-01,A\n", 2000)))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	path := filepath.Join(t.TempDir(), "log.csv.gz")
	require.NoError(t, os.WriteFile(path, packed.Bytes(), 0o600))
	n := 0
	report, err := ReadFile(context.Background(), path, m, func(events []*signals.Event) error { n += len(events); return nil })
	require.NoError(t, err)
	require.Equal(t, Report{Rows: 2000, Cases: 1, Events: 2000}, report)
	require.Equal(t, 2000, n)

	// What stands before the break of a cut file is read.
	require.NoError(t, os.WriteFile(path, packed.Bytes()[:packed.Len()-9], 0o600))
	report, err = ReadFile(context.Background(), path, m, func([]*signals.Event) error { return nil })
	require.NoError(t, err)
	require.Positive(t, report.Rows)
	require.Equal(t, 1, report.Rejected)
	require.ErrorContains(t, report.Rejects[0], "breaks off")

	stop := errors.New("stop")
	_, err = ReadFile(context.Background(), path, m, func([]*signals.Event) error { return stop })
	require.ErrorIs(t, err, stop)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = ReadFile(ctx, path, m, func([]*signals.Event) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}

func TestEncodings(t *testing.T) {
	events, report, err := readText("c,t,team\n1,2024-03-01,Gr\xfcn\n1,2024-03-02,"+strings.Repeat("x", 5000)+"\n1,2024-03-03,a\x00b\n", Mapping{Case: "c", Time: "t", Team: "team"})
	require.NoError(t, err)
	require.Len(t, report.Warnings, 1)
	require.Equal(t, "Gr\uFFFDn", events[0].Set[0].To)
	require.Equal(t, "ab", events[2].To)
}

// TestRowsCount: every row that is read is one entry of its case, whatever the
// order of the cases in the file, and no row knows of a later one.
func TestRowsCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Mapping{Case: "c", Time: "t", Team: "team", Person: "p", Status: "s", Closed: []string{"x"}}
		var log strings.Builder
		log.WriteString("c,t,team,p,s\n")
		n := rapid.IntRange(1, 30).Draw(t, "rows")
		for i := range n {
			pick := func(s string) string { return string(s[rapid.IntRange(0, len(s)-1).Draw(t, "pick")]) }
			fmt.Fprintf(&log, "%s,2024-03-%02d,%s,%s,%s\n", pick("123"), i/2+1, pick("AB?"), pick("uv"), pick("xyz"))
		}
		all, report, err := readText(log.String(), m)
		require.NoError(t, err)
		require.Equal(t, n, report.Rows)
		cases := make(map[signals.Key][]*signals.Event)
		for _, e := range all {
			cases[e.Case] = append(cases[e.Case], e)
		}
		entries := 0
		for _, events := range cases {
			require.True(t, slices.IsSortedFunc(events, signals.CompareEvents))
			entries += signals.Fold(slices.Clone(events)).Entries
		}
		require.Equal(t, n, entries)

		lines := strings.SplitAfter(log.String(), "\n")
		cut := rapid.IntRange(1, n).Draw(t, "cut")
		part, _, err := readText(strings.Join(lines[:cut+1], ""), m)
		require.NoError(t, err)
		var before []*signals.Event
		for _, e := range all {
			if e.Seq.Entry <= int64(cut+1) {
				before = append(before, e)
			}
		}
		require.Equal(t, signals.Sort(before), signals.Sort(part))
	})
}

func FuzzReadLog(f *testing.F) {
	f.Add([]byte(head+"1,2024-03-01 09:00:00,Open,ada,Desk,L1,3,New,\"a\nb\",p,c,Oslo\n"), false)
	f.Add([]byte("Ticket;When\n1;2024-03-01\n\"2;\n"), true)
	f.Add([]byte("\x1f\x8b\x08"), true)
	f.Fuzz(func(t *testing.T, raw []byte, small bool) {
		m := desk
		if small {
			m = Mapping{Case: "Ticket", Time: "When", Fields: []string{"When"}}
		}
		m.MaxBytes = 1 << 20
		seen := make(map[string]bool)
		report, err := readLog(context.Background(), bytes.NewReader(raw), "log", m, func(events []*signals.Event) error {
			for _, e := range events {
				if seen[e.ID] {
					t.Fatalf("id %q twice", e.ID)
				}
				seen[e.ID] = true
			}
			if len(events) == 0 || events[0].Kind != signals.Opened || !slices.IsSortedFunc(events, signals.CompareEvents) {
				t.Fatalf("odd events %q", briefs(events))
			}
			return nil
		})
		if err == nil && len(seen) != report.Events {
			t.Fatalf("%d events, %d reported", len(seen), report.Events)
		}
	})
}

func BenchmarkReadLog(b *testing.B) {
	var log strings.Builder
	log.WriteString("c,t,team,p,s\n")
	for i := range 100_000 {
		fmt.Fprintf(&log, "%d,%s,T%d,P%d,S%d\n", i%20_000, time.Unix(1_700_000_000+int64(i)*60, 0).UTC().Format(time.DateTime), i%7, i%91, i%3)
	}
	m := Mapping{Case: "c", Time: "t", Team: "team", Person: "p", Status: "s"}
	b.ReportAllocs()
	for b.Loop() {
		_, err := readLog(context.Background(), strings.NewReader(log.String()), "log", m, func([]*signals.Event) error { return nil })
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/row")
}
