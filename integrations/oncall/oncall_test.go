package oncall

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func calendar(lines ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCALENDAR\r\n")
}

func vevent(lines ...string) []byte {
	return calendar("BEGIN:VEVENT\r\nUID:1\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT")
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

func shown(s Schedule) (out []string) {
	for _, x := range s.Shifts {
		out = append(out, x.From.UTC().Format("02 15:04")+"-"+x.Until.UTC().Format("02 15:04"))
	}
	return out
}

// TestRead reads one event each, in the week of the change of clocks in Berlin
// (29 March 2026, one hour on).
func TestRead(t *testing.T) {
	for name, x := range map[string]struct {
		lines []string
		want  []string
	}{
		"utc":                {[]string{"DTSTART:20260327T080000Z", "DTEND:20260327T200000Z"}, []string{"27 08:00-27 20:00"}},
		"with a zone":        {[]string{"DTSTART;TZID=America/New_York:20260327T080000", "DTEND;TZID=America/New_York:20260327T200000"}, []string{"27 12:00-28 00:00"}},
		"a quoted zone":      {[]string{`DTSTART;TZID="Asia/Tokyo":20260327T080000`, "DURATION:PT1H30M"}, []string{"26 23:00-27 00:30"}},
		"floating":           {[]string{"DTSTART:20260327T080000", "DTEND:20260327T200000"}, []string{"27 07:00-27 19:00"}},
		"a whole day":        {[]string{"DTSTART;VALUE=DATE:20260329"}, []string{"28 23:00-29 22:00"}},
		"whole days":         {[]string{"DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330"}, []string{"27 23:00-29 22:00"}},
		"folded":             {[]string{"DTST", " ART:2026", "\t0327T080000Z", "DTEND:20260327T200000Z"}, nil},
		"a week":             {[]string{"DTSTART:20260327T080000Z", "DURATION:P1W"}, []string{"27 08:00-03 08:00"}},
		"over before":        {[]string{"DTSTART:20260301T080000Z", "DTEND:20260302T080000Z"}, nil},
		"of no length":       {[]string{"DTSTART:20260327T080000Z"}, nil},
		"cancelled":          {[]string{"DTSTART:20260327T080000Z", "DTEND:20260327T200000Z", "STATUS:CANCELLED"}, nil},
		"daily":              {[]string{"DTSTART;TZID=Europe/Berlin:20260327T090000", "DTEND;TZID=Europe/Berlin:20260327T170000", "RRULE:FREQ=DAILY;COUNT=3"}, []string{"27 08:00-27 16:00", "28 08:00-28 16:00", "29 07:00-29 15:00"}},
		"every other day":    {[]string{"DTSTART:20260320T000000Z", "DURATION:P1D", "RRULE:FREQ=DAILY;INTERVAL=4"}, []string{"28 00:00-29 00:00", "01 00:00-02 00:00"}},
		"until":              {[]string{"DTSTART:20260327T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260328T000000Z"}, []string{"27 00:00-27 01:00", "28 00:00-28 01:00"}},
		"until a day":        {[]string{"DTSTART;VALUE=DATE:20260327", "RRULE:FREQ=DAILY;UNTIL=20260328"}, []string{"26 23:00-27 23:00", "27 23:00-28 23:00"}},
		"weekly":             {[]string{"DTSTART:20260306T080000Z", "DURATION:P7D", "RRULE:FREQ=WEEKLY;INTERVAL=2"}, []string{"20 08:00-27 08:00"}},
		"weekdays":           {[]string{"DTSTART:20260316T080000Z", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;BYDAY=MO,FR,SA"}, []string{"27 08:00-27 16:00", "28 08:00-28 16:00", "30 08:00-30 16:00"}},
		"weeks from Sunday":  {[]string{"DTSTART:20260315T080000Z", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,SA;WKST=SU"}, []string{"29 08:00-29 16:00"}},
		"weeks from Monday":  {[]string{"DTSTART:20260315T080000Z", "DURATION:PT8H", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,SA;WKST=MO"}, []string{"28 08:00-28 16:00", "29 08:00-29 16:00"}},
		"except":             {[]string{"DTSTART:20260327T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260328T000000Z,20260329T000000Z"}, []string{"27 00:00-27 01:00"}},
		"except in a zone":   {[]string{"DTSTART:20260327T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE;TZID=Asia/Tokyo:20260328T090000"}, []string{"27 00:00-27 01:00"}},
		"an alarm within":    {[]string{"DTSTART:20260327T080000Z", "DTEND:20260327T090000Z", "BEGIN:VALARM", "DURATION:PT5M", "RDATE:x", "END:VALARM"}, []string{"27 08:00-27 09:00"}},
		"lower case, spaces": {[]string{"dtstart : 20260327T080000Z", "dtend;value=date-time:20260327T090000Z"}, []string{"27 08:00-27 09:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Read(vevent(x.lines...), berlin, at("2026-03-26 12:00"), at("2026-04-02 00:00"))
			require.NoError(t, err)
			if name == "folded" {
				x.want = []string{"27 08:00-27 20:00"}
			}
			require.Equal(t, x.want, shown(s))
			require.Empty(t, s.Aside)
		})
	}
}

// TestReadMoved moves one instance of a series, and cancels another.
func TestReadMoved(t *testing.T) {
	s, err := Read(calendar(
		"X-WR-TIMEZONE:Europe/Berlin",
		"BEGIN:VEVENT", "UID:1", "SUMMARY:Ann\\, primary", "ATTENDEE;CN=Ann:MAILTO:Ann@North.example", "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@north.example", "DTSTART:20260327T090000", "DTEND:20260327T100000", "RRULE:FREQ=DAILY;COUNT=3", "END:VEVENT",
		"BEGIN:VEVENT", "UID:1", "SUMMARY:Ben", "RECURRENCE-ID:20260328T090000", "DTSTART:20260328T120000", "DTEND:20260328T130000", "END:VEVENT",
		"BEGIN:VEVENT", "UID:1", "RECURRENCE-ID:20260329T090000", "STATUS:CANCELLED", "END:VEVENT",
		"BEGIN:VEVENT", "UID:2", "SUMMARY:Cay", "DTSTART:20260327T090000", "DTEND:20260327T100000", "RRULE:FREQ=DAILY;COUNT=2", "END:VEVENT",
		"BEGIN:VEVENT", "UID:2", "SUMMARY:Dan", "RECURRENCE-ID:20260328T090000", "DTSTART;TZID=Mars:20260328T090000", "DTEND:20260328T100000", "END:VEVENT",
	), time.UTC, at("2026-03-01 00:00"), at("2026-05-01 00:00"))
	require.NoError(t, err)
	require.Equal(t, []string{"27 08:00-27 09:00", "27 08:00-27 09:00", "28 11:00-28 12:00"}, shown(s), "what is moved to nobody knows where is not told as if it were not")
	require.Equal(t, "Ann, primary", s.Shifts[0].Summary)
	require.Equal(t, []string{"ann@north.example"}, s.Shifts[0].Emails)
	require.Equal(t, "Ben", s.Shifts[2].Summary)
	require.Len(t, s.Aside, 1)
	require.Equal(t, `line 36: "Mars" is no IANA time zone`, s.Aside[0].Error())
}

// TestReadSetsAside what it does not understand, with its line.
func TestReadSetsAside(t *testing.T) {
	for text, want := range map[string]string{
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=MONTHLY":                                 "line 6: a rule with FREQ=MONTHLY is not understood",
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=1MO":                        "line 6: BYDAY=1MO is not understood",
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=WEEKLY;BYSETPOS=1":                       "line 6: BYSETPOS of a rule is not understood",
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=MO":                         "line 6: the event begins on a day that is none of its BYDAY",
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=DAILY;COUNT=2;UNTIL=20260401":            "line 6: a rule has COUNT or UNTIL, not both",
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=DAILY;INTERVAL=0":                        `line 6: "0" of a rule is no number`,
		"DTSTART:20260327T080000Z\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=DAILY":               "line 7: more than one rule",
		"DTSTART:20260327T080000Z\r\nRDATE:20260328T080000Z":                             "line 6: RDATE is not understood",
		"DTSTART:20260327T080000Z\r\nEXDATE:tomorrow":                                    `line 6: "tomorrow" is no time`,
		"DTSTART;TZID=W. Europe Standard Time:20260327T080000":                           `line 5: "W. Europe Standard Time" is no IANA time zone`,
		"DTSTART:20260327T080000Z\r\nDTEND:20260326T080000Z":                             "line 6: it ends before it begins",
		"DTSTART:20260327T080000Z\r\nDTEND;VALUE=DATE:20260328":                          "line 6: it begins with a time and ends with a day",
		"DTSTART:20260327T080000Z\r\nDURATION:-P1D":                                      `line 6: "-P1D" is no duration`,
		"DTSTART:00010101T080000Z":                                                       "is not of our time",
		"SUMMARY:x":                                                                      "line 3: it has no DTSTART",
		"RECURRENCE-ID;RANGE=THISANDFUTURE:20260327T080000Z\r\nDTSTART:20260327T080000Z": "line 5: a change of one and all later instances",
		"no colon":     "line 5: it is not of the form NAME:value",
		"SUMMARY:\xff": "line 5: it is not UTF-8",
	} {
		s, err := Read(vevent(strings.Split(text, "\r\n")...), berlin, at("2026-03-26 12:00"), at("2026-04-02 00:00"))
		require.NoError(t, err)
		require.Empty(t, s.Shifts, text)
		require.NotEmpty(t, s.Aside, text)
		require.Contains(t, s.Aside[0].Error(), want, text)
	}
	for text, want := range map[string]string{"": "does not begin with", "<html>": "does not begin with", "BEGIN:VCALENDAR\nBEGIN:VEVENT": "is cut off"} {
		_, err := Read([]byte(text), berlin, at("2026-03-26 12:00"), at("2026-04-02 00:00"))
		require.ErrorContains(t, err, want)
	}
}

func TestMatch(t *testing.T) {
	people := []Person{{"ann", "Ann Lee", "ann@north.example"}, {"ann2", "Ann", ""}, {"bo", "Bo Berg", "bo@north.example"}, {"bo2", "Bo Berg", ""}}
	for name, x := range map[string]struct {
		by, summary string
		emails      []string
		want        []string
		why         string
	}{
		"by address":     {ByEmail, "", []string{"ANN@north.example", "bo@north.example"}, []string{"ann", "bo"}, ""},
		"one unknown":    {ByEmail, "", []string{"x@y.example", "bo@north.example"}, []string{"bo"}, "knows no address x@y.example"},
		"no address":     {ByEmail, "Ann", nil, nil, "try person: summary"},
		"longest":        {BySummary, "On Call - ann LEE - Primary", nil, []string{"ann"}, ""},
		"shorter":        {BySummary, "[L1] Ann", nil, []string{"ann2"}, ""},
		"no part":        {BySummary, "Annika is on call", nil, nil, `nobody of the roster is named in "Annika is on call"`},
		"two alike":      {BySummary, "Bo Berg on call", nil, nil, `may be bo or bo2`},
		"address there":  {BySummary, "bo@north.example On-call: web", nil, []string{"bo"}, ""},
		"with full stop": {BySummary, "on call: Ann.", nil, []string{"ann2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ids, why := Match(people, &Shift{Summary: x.summary, Emails: x.emails}, x.by)
			require.Equal(t, x.want, ids)
			require.Contains(t, why, x.why)
			require.Equal(t, x.why == "", why == "")
		})
	}
}

// TestFetch asks a feed that changes, stays, and goes wrong.
func TestFetch(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer srv.Close()
	f := &Feed{URL: srv.URL + "/secret-token", MaxBody: 100}
	fails := func(want string) {
		t.Helper()
		_, err := f.Fetch(t.Context())
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "secret")
		require.NotContains(t, err.Error(), srv.URL)
	}
	fails("it answered 418 I'm a teapot")
	answer = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		fmt.Fprint(w, "one")
	}
	for range 2 {
		body, err := f.Fetch(t.Context())
		require.NoError(t, err)
		require.Equal(t, "one", string(body))
	}
	answer = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 101)) }
	fails("larger than 100 bytes")
	answer = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/secret-token", http.StatusFound) }
	fails("it leads on and on")
	srv.Close()
	fails("ask the feed: ")
	f.URL = "http://a b/secret"
	fails("its address is none")
	require.Equal(t, "https://x.example/y", address("webcal://x.example/y"))

	path := filepath.Join(t.TempDir(), "rota.ics")
	f = &Feed{File: path}
	_, err := f.Fetch(t.Context())
	require.ErrorContains(t, err, "read the calendar")
	require.NoError(t, os.WriteFile(path, []byte("two"), 0o600))
	body, err := f.Fetch(t.Context())
	require.NoError(t, err)
	require.Equal(t, "two", string(body))
}

// FuzzRead holds what must be true of whatever a feed says: no panic, an end,
// shifts in order that end after they begin and overlap what was asked for, the
// same each time.
func FuzzRead(f *testing.F) {
	f.Add(vevent("DTSTART;TZID=Europe/Berlin:20260327T090000", "DTEND;TZID=Europe/Berlin:20260327T170000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,MO;WKST=SU;UNTIL=20270101", "EXDATE:20260330T070000Z", "SUMMARY:Ann"))
	f.Add(vevent("DTSTART;VALUE=DATE:19700101", "DURATION:P999999W", "RRULE:FREQ=DAILY;INTERVAL=1000"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\n BEGIN\nEND:VEVENT\nEND:VCALENDAR"))
	from, until := at("2026-03-26 12:00"), at("2026-04-26 12:00")
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := Read(body, berlin, from, until)
		if err != nil {
			return
		}
		for i, x := range s.Shifts {
			require.True(t, x.Until.After(x.From) && x.Until.After(from) && x.From.Before(until), "%v", x)
			require.True(t, i == 0 || !x.From.Before(s.Shifts[i-1].From))
		}
		again, _ := Read(body, berlin, from, until)
		require.Equal(t, s, again)
	})
}
