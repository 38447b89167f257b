package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// orgEvents makes events of the organisation a day apart from monday on.
func orgEvents(events ...signals.Event) []*signals.Event {
	var out []*signals.Event
	for i, e := range events {
		e.ID, e.At = "org/"+string('a'+rune(i)), monday.AddDate(0, 0, i)
		out = append(out, &e)
	}
	return out
}

func orgAt(t *testing.T, day int, events []*signals.Event) *signals.Org {
	t.Helper()
	o, err := signals.FoldOrg(signals.DefaultPolicy(), events, monday.AddDate(0, 0, day))
	require.NoError(t, err)
	return o
}

func TestOrgAsOf(t *testing.T) {
	events := orgEvents(
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"team":"Payments","accounts":["jira/main/bob","slack/T1/U1"],"manager":"dan"}`},
		signals.Event{Kind: signals.RosterSet, Field: "team", To: "Payments", Text: `{"aliases":["Billing"],"lead":"dan"}`},
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"team":"Platform","accounts":["jira/main/bob"],"left":true}`},
		signals.Event{Kind: signals.RosterSet, Field: "team", To: "Payments", Text: `{"aliases":["Pay"]}`},
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob"},
		signals.Event{Kind: signals.RosterSet, Field: "team", To: "Payments"},
	)
	o := orgAt(t, -1, events)
	require.Nil(t, o.Person("jira/main/bob"))
	o = orgAt(t, 1, events)
	require.Equal(t, "Payments", o.Person("slack/T1/U1").Team)
	require.Equal(t, "Payments", o.TeamName("BILLING"))
	o = orgAt(t, 2, events)
	require.Equal(t, "Platform", o.Person("jira/main/bob").Team)
	require.Equal(t, "slack/T1/U1", o.Who("slack/T1/U1"), "the account is no longer bob's")
	o = orgAt(t, 3, events)
	require.Equal(t, "Payments", o.TeamName("pay"))
	require.Nil(t, o.Team("Billing"), "a former list of aliases is gone")
	o = orgAt(t, 4, events)
	require.Equal(t, "jira/main/bob", o.Who("jira/main/bob"), "nobody has the accounts of somebody removed")
	require.NotNil(t, o.Team("Payments"))
	require.Nil(t, orgAt(t, 5, events).Team("Payments"))
}

func TestOrgFaults(t *testing.T) {
	for _, e := range []signals.Event{
		{Kind: signals.RosterSet, Field: "person", To: "bob", Text: "{"},
		{Kind: signals.RosterSet, Field: "desk", To: "bob", Text: "{}"},
		{Kind: signals.PolicySet, Text: "["},
		{Kind: signals.AwaySet, To: "bob", Text: "soon"},
		{Kind: signals.AwaySet, To: "bob", From: "soon", Text: "2026-03-02T00:00:00Z"},
		{Kind: signals.Muted, To: "soon"},
	} {
		good := signals.Event{Kind: signals.ModeSet, Field: "stall", To: string(signals.Live)}
		o, err := signals.FoldOrg(signals.DefaultPolicy(), orgEvents(e, good), monday.AddDate(1, 0, 0))
		require.Error(t, err, e)
		require.Equal(t, signals.Live, o.Mode("stall", ""), "the rest is applied")
	}
}

func TestAvailable(t *testing.T) {
	person := func(id, text string) signals.Event {
		return signals.Event{Kind: signals.RosterSet, Field: "person", To: id, Text: text}
	}
	events := orgEvents(
		person("left", `{"left":true,"backup":"eve"}`), person("bot", `{"bot":true}`), person("guest", `{"external":true}`), person("quiet", `{"opted_out":true}`),
		person("bob", `{"backup":"eve","accounts":["jira/main/bob"]}`), person("cat", `{}`),
		signals.Event{Kind: signals.AwaySet, To: "jira/main/bob", From: "2026-03-20T00:00:00Z", Text: "2026-03-27T00:00:00Z"},
		signals.Event{Kind: signals.AwaySet, To: "cat", From: "2026-03-20T00:00:00Z", Text: "2026-03-27T00:00:00Z"},
		signals.Event{Kind: signals.AwaySet, To: "cat", From: "2026-03-24T00:00:00Z", Text: "2026-03-25T00:00:00Z", Ref: "bob"},
	)
	o := orgAt(t, 9, events)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		who    string
		at     time.Time
		ok     bool
		why    string
		backup string
	}{
		{"stranger", day(21), true, "", ""},
		{"left", day(21), false, "has left the company", "eve"},
		{"bot", day(21), false, "is not a person", ""},
		{"guest", day(21), false, "is external", ""},
		{"quiet", day(21), false, "has opted out", ""},
		{"jira/main/bob", day(19), true, "", ""},
		{"bob", day(20), false, "is away until 27 March", "eve"},
		{"bob", time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), true, "", ""},
		{"cat", day(21), false, "is away until 27 March", ""},
		{"cat", day(24), false, "is away until 25 March", "bob"},
	} {
		ok, why, backup := o.Available(tt.who, tt.at)
		require.Equal(t, []any{tt.ok, tt.why, tt.backup}, []any{ok, why, backup}, tt.who)
		away, standIn := o.Away(tt.who, tt.at)
		require.Equal(t, !tt.ok && len(why) > 7 && why[:7] == "is away", away, tt.who)
		if away {
			require.Equal(t, tt.backup, standIn)
		}
	}
}

func TestHeight(t *testing.T) {
	person := func(id, manager string) signals.Event {
		return signals.Event{Kind: signals.RosterSet, Field: "person", To: id, Text: `{"manager":"` + manager + `","accounts":["jira/main/` + id + `"]}`}
	}
	events := orgEvents(person("eve", ""), person("dan", "jira/main/eve"), person("bob", "dan"), person("solo", ""), person("x", "y"), person("y", "x"),
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "dan"})
	o := orgAt(t, 5, events)
	for who, want := range map[string]int{"eve": 0, "dan": -1, "jira/main/bob": -2} {
		h, ok := o.Height(who)
		require.True(t, ok, who)
		require.Equal(t, want, h, who)
	}
	for _, who := range []string{"solo", "stranger"} {
		_, ok := o.Height(who)
		require.False(t, ok, "%s has no place in the chart", who)
	}
	_, ok := o.Height("x")
	require.True(t, ok, "a circle ends")
	_, ok = orgAt(t, 6, events).Height("eve")
	require.False(t, ok, "eve manages nobody any more")
}

func TestOrgCalendar(t *testing.T) {
	events := orgEvents(
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"team":"Payments","accounts":["jira/main/bob"],"region":"BY","days":"sun-thu"}`},
		signals.Event{Kind: signals.RosterSet, Field: "team", To: "Payments", Text: `{"zone":"America/New_York"}`},
		signals.Event{Kind: signals.PolicySet, Text: `{"hours":"08:00-16:00","holidays":{"all":["2026-05-01"],"BY":["2026-06-04"]}}`},
		signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"team":"Payments","zone":"Europe/Berlin","hours":"10:00-12:00"}`},
	)
	c := orgAt(t, 0, events).Calendar("bob")
	require.Equal(t, "UTC", c.Zone.String())
	require.Equal(t, [7]bool{true, true, true, true, true, false, false}, c.Days)
	require.Equal(t, 9*time.Hour, c.From)
	o := orgAt(t, 2, events)
	c = o.Calendar("jira/main/bob")
	require.Equal(t, "America/New_York", c.Zone.String())
	require.Equal(t, []time.Duration{8 * time.Hour, 16 * time.Hour}, []time.Duration{c.From, c.To})
	require.True(t, c.Holidays["2026-05-01"] && c.Holidays["2026-06-04"])
	require.False(t, o.Calendar("stranger").Holidays["2026-06-04"])
	require.Same(t, c, o.Calendar("bob"), "made once")
	require.Equal(t, "Europe/Berlin", orgAt(t, 3, events).Calendar("bob").Zone.String())
}

func TestModesAndMutes(t *testing.T) {
	events := orgEvents(
		signals.Event{Kind: signals.ModeSet, Field: "stall", To: "live"},
		signals.Event{Kind: signals.ModeSet, Field: "stall", Ref: "PAY", To: "ask"},
		signals.Event{Kind: signals.ModeSet, Ref: "OPS", To: "off"},
		signals.Event{Kind: signals.Muted, Actor: "jira/main/bob", Field: "stall", Ref: "PAY", To: "2026-04-01T00:00:00Z"},
	)
	o := orgAt(t, 3, events)
	for _, tt := range []struct {
		detector, scope string
		want            signals.Mode
	}{
		{"stall", "PAY", signals.Ask}, {"stall", "WEB", signals.Live}, {"orphan", "OPS", signals.Off}, {"orphan", "PAY", signals.Shadow},
		{"cord", "PAY", signals.Live}, {"person_ping_pong", "PAY", signals.Off},
	} {
		require.Equal(t, tt.want, o.Mode(tt.detector, tt.scope), tt)
	}
	require.Equal(t, signals.Shadow, orgAt(t, -1, events).Mode("stall", "PAY"))
	until, ok := o.Muted("jira/main/bob", "stall", "PAY", monday)
	require.True(t, ok)
	require.Equal(t, time.April, until.Month())
	_, ok = o.Muted("jira/main/bob", "stall", "WEB", monday)
	require.False(t, ok)
	_, ok = o.Muted("jira/main/bob", "stall", "PAY", until)
	require.False(t, ok, "over")
}

func TestRoomsAsOf(t *testing.T) {
	room := signals.Key{Source: signals.Slack, Site: "T1", ID: "C1"}
	events := orgEvents(
		signals.Event{Kind: signals.Joined, Case: room, To: "slack/T1/U1"},
		signals.Event{Kind: signals.Joined, Case: room, To: "slack/T1/U1", Field: "left"},
	)
	private := signals.MembersOf("slack/T1/C1")
	require.True(t, orgAt(t, 0, events).Viewer("slack/T1/U1").Sees(private))
	require.False(t, orgAt(t, 1, events).Viewer("slack/T1/U1").Sees(private))
	require.True(t, orgAt(t, 1, events).ChannelViewer("slack/T1/C1").Sees(private))
}

func TestParseHoursAndDays(t *testing.T) {
	from, to, err := signals.ParseHours("07:30-24:00")
	require.NoError(t, err)
	require.Equal(t, []time.Duration{7*time.Hour + 30*time.Minute, 24 * time.Hour}, []time.Duration{from, to})
	for _, s := range []string{"9-17", "09:00", "17:00-09:00", "09:60-17:00", "25:00-26:00", "x"} {
		_, _, err := signals.ParseHours(s)
		require.Error(t, err, s)
	}
	days, err := signals.ParseDays("Fri-Mon, wed")
	require.NoError(t, err)
	require.Equal(t, [7]bool{true, true, false, true, false, true, true}, days)
	for _, s := range []string{"mon-", "someday", "mon,,tue"} {
		_, err := signals.ParseDays(s)
		require.Error(t, err, s)
	}
}

// TestBackFromAbsence ends what is under way, by any account, and nothing else.
func TestBackFromAbsence(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	away := func(id string, from, until time.Time) *signals.Event {
		return &signals.Event{ID: id + from.String() + until.String(), Kind: signals.AwaySet, At: from, To: id, From: from.Format(time.RFC3339), Text: until.Format(time.RFC3339)}
	}
	back := func(id, by, site string, at time.Time) *signals.Event {
		return &signals.Event{ID: site, Case: signals.Key{Source: signals.Own, Site: site}, Actor: by, Kind: signals.AwaySet, At: at, To: id, Text: at.Format(time.RFC3339)}
	}
	o := signals.NewOrg(signals.DefaultPolicy())
	for _, e := range []*signals.Event{
		{ID: "p", Kind: signals.RosterSet, Field: "person", To: "ann", Text: `{"accounts":["slack/T1/U1"]}`},
		{ID: "q", Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{}`},
		away("ann", day(1), day(9)), away("slack/T1/U1", day(2), day(8)), away("ann", day(20), day(25)), away("bob", day(1), day(9)),
		back("slack/T1/U1", "", "profiles", day(3)), back("slack/T1/U1", "slack/T1/U1", "slack", day(4)),
	} {
		if err := o.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		id   string
		at   time.Time
		away bool
	}{{"ann", day(3), true}, {"ann", day(4), false}, {"ann", day(6), false}, {"ann", day(21), true}, {"bob", day(6), true}} {
		if got, _ := o.Away(c.id, c.at); got != c.away {
			t.Errorf("%s on %s is away: %v, want %v", c.id, c.at.Format(time.DateOnly), got, c.away)
		}
	}
}
