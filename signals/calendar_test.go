package signals_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func TestCalendar(t *testing.T) {
	berlin, saoPaulo := zone(t, "Europe/Berlin"), zone(t, "America/Sao_Paulo")
	every := [7]bool{true, true, true, true, true, true, true}
	office := &signals.Calendar{Zone: berlin, From: 9 * time.Hour, To: 17*time.Hour + 30*time.Minute, Holidays: map[string]bool{"2026-04-03": true, "2026-04-06": true}}
	night := &signals.Calendar{Zone: berlin, To: 6 * time.Hour, Days: every}
	for _, tt := range []struct {
		name  string
		cal   *signals.Calendar
		from  string // local time of the calendar
		add   time.Duration
		until string
	}{
		{"within a day", office, "2026-03-02 10:00", 3 * time.Hour, "2026-03-02 13:00"},
		{"to the end of a day", office, "2026-03-02 16:30", time.Hour, "2026-03-02 17:30"},
		{"over night", office, "2026-03-02 17:00", time.Hour, "2026-03-03 09:30"},
		{"from before work", office, "2026-03-02 03:00", time.Hour, "2026-03-02 10:00"},
		{"over a weekend", office, "2026-03-06 17:00", time.Hour, "2026-03-09 09:30"},
		{"from a Sunday", office, "2026-03-08 12:00", time.Hour, "2026-03-09 10:00"},
		{"over holidays", office, "2026-04-02 17:00", time.Hour, "2026-04-07 09:30"},
		{"two days", office, "2026-03-02 09:00", 17 * time.Hour, "2026-03-03 17:30"},
		{"over the start of summer time", office, "2026-03-27 17:00", time.Hour, "2026-03-30 09:30"},
		{"over its end", office, "2026-10-23 17:00", time.Hour, "2026-10-26 09:30"},
		{"a night that loses an hour", night, "2026-03-29 00:00", 5 * time.Hour, "2026-03-29 06:00"},
		{"a night that gains one", night, "2026-10-25 00:00", 7 * time.Hour, "2026-10-25 06:00"},
		{"a day without midnight", &signals.Calendar{Zone: saoPaulo, Days: every}, "2018-11-03 17:00", 2 * time.Hour, "2018-11-04 10:00"},
		{"the zero calendar", &signals.Calendar{}, "2026-03-06 17:00", 2 * time.Hour, "2026-03-09 10:00"},
		{"no calendar", nil, "2026-03-06 17:00", 2 * time.Hour, "2026-03-09 10:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := time.UTC
			if tt.cal != nil && tt.cal.Zone != nil {
				z = tt.cal.Zone
			}
			from, err := time.ParseInLocation("2006-01-02 15:04", tt.from, z)
			require.NoError(t, err)
			until, err := time.ParseInLocation("2006-01-02 15:04", tt.until, z)
			require.NoError(t, err)
			require.Equal(t, until, tt.cal.Add(from, tt.add).In(z))
			require.Equal(t, tt.add, tt.cal.Between(from, until))
			require.Equal(t, tt.add, tt.cal.Between(from, until.Add(0).UTC()), "the zone of the times does not matter")
		})
	}
}

func TestCalendarWorking(t *testing.T) {
	office := &signals.Calendar{Zone: zone(t, "America/New_York"), Holidays: map[string]bool{"2026-07-03": true}}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, office.Zone)
		require.NoError(t, err)
		return v
	}
	require.True(t, office.Working(at("2026-07-02 09:00")))
	require.False(t, office.Working(at("2026-07-02 18:00")), "the end is outside")
	require.False(t, office.Working(at("2026-07-03 12:00")), "a holiday")
	require.False(t, office.Working(at("2026-07-04 12:00")), "a Saturday")
	require.Equal(t, at("2026-07-06 09:00"), office.Next(at("2026-07-02 18:00")))
	require.Equal(t, at("2026-07-02 11:11"), office.Next(at("2026-07-02 11:11")))
	require.Zero(t, office.Between(at("2026-07-06 12:00"), at("2026-07-02 12:00")), "backwards")
}

// A calendar without working time must end, too.
func TestCalendarNever(t *testing.T) {
	never := &signals.Calendar{From: 10 * time.Hour, To: 10 * time.Hour}
	require.Equal(t, monday, never.Next(monday))
	require.Equal(t, monday.Add(time.Hour), never.Add(monday, time.Hour))
	require.Zero(t, never.Between(monday, monday.AddDate(50, 0, 0)))
	var office *signals.Calendar
	require.Equal(t, monday.Add(99_999*time.Hour), office.Add(monday, 99_999*time.Hour), "beyond the horizon: wall clock")
	require.Less(t, office.Between(monday, monday.AddDate(50, 0, 0)), 2*366*9*time.Hour)
}

func drawCalendar(t *rapid.T) *signals.Calendar {
	c := &signals.Calendar{Zone: zone(t, rapid.SampledFrom([]string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo",
	}).Draw(t, "zone"))}
	from := rapid.IntRange(0, 20*60).Draw(t, "from")
	c.From, c.To = time.Duration(from)*time.Minute, time.Duration(rapid.IntRange(from+60, 24*60).Draw(t, "to"))*time.Minute
	for i := range c.Days {
		c.Days[i] = rapid.Bool().Draw(t, "day")
	}
	c.Holidays = map[string]bool{"2011-12-29": true, "2018-11-05": true, "2026-03-30": true}
	return c
}

func drawTime(t *rapid.T) time.Time {
	near := rapid.SampledFrom([]time.Time{
		time.Date(2018, 11, 3, 0, 0, 0, 0, time.UTC), time.Date(2011, 12, 28, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC), time.Date(2023, 4, 26, 0, 0, 0, 0, time.UTC),
	}).Draw(t, "near")
	return near.Add(time.Duration(rapid.IntRange(0, 8*24*3600).Draw(t, "seconds")) * time.Second)
}

// Add, Between, Next and Working tell the same story, in every zone and over
// every change of the clock.
func TestCalendarAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := drawCalendar(t), drawTime(t)
		d := time.Duration(rapid.IntRange(1, 60*3600).Draw(t, "work")) * time.Second
		end := c.Add(at, d)
		require.Equal(t, d, c.Between(at, end))
		require.GreaterOrEqual(t, end.Sub(at), d, "working time never runs faster than the clock")
		mid := at.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(at))).Draw(t, "mid")))
		require.Equal(t, d, c.Between(at, mid)+c.Between(mid, end))
		next := c.Next(at)
		require.True(t, c.Working(next))
		require.False(t, next.Before(at))
		require.Zero(t, c.Between(at, next))
		if c.Working(at) {
			require.True(t, next.Equal(at))
		}
	})
}
