package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/detect"
)

func TestSnoozeEnd(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	cal := &signals.Calendar{Zone: berlin}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		require.NoError(t, err)
		return x
	}
	for name, c := range map[string]struct {
		id, now, want string
		cal           *signals.Calendar
	}{
		"an hour":                             {"1h", "2026-03-03 16:20", "2026-03-03 17:20", cal},
		"tomorrow":                            {"tomorrow", "2026-03-03 16:20", "2026-03-04 09:00", cal},
		"after midnight":                      {"tomorrow", "2026-03-03 00:20", "2026-03-04 09:00", cal},
		"tomorrow is a day off":               {"tomorrow", "2026-03-06 16:20", "2026-03-09 09:00", cal},
		"over a change of the clocks":         {"week", "2026-03-27 16:20", "2026-03-30 09:00", cal},
		"on a Monday":                         {"week", "2026-03-02 08:00", "2026-03-09 09:00", cal},
		"on a Sunday":                         {"week", "2026-03-08 08:00", "2026-03-09 09:00", cal},
		"whose day begins later":              {"tomorrow", "2026-03-03 16:20", "2026-03-04 10:30", &signals.Calendar{Zone: berlin, From: 10*time.Hour + 30*time.Minute, To: 18 * time.Hour}},
		"who works from Sunday to Thursday":   {"week", "2026-03-03 16:20", "2026-03-09 09:00", &signals.Calendar{Zone: berlin, Days: [7]bool{true, true, true, true, true}}},
		"a Monday on which nobody works here": {"week", "2026-03-03 16:20", "2026-03-10 09:00", &signals.Calendar{Zone: berlin, Holidays: map[string]bool{"2026-03-09": true}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := snoozeEnd(c.id, c.cal, at(c.now))
			require.True(t, ok)
			require.Equal(t, at(c.want).String(), got.In(berlin).String())
		})
	}
	_, ok := snoozeEnd("year", cal, at("2026-03-03 16:20"))
	require.False(t, ok)
}

func TestSnoozeEndIsAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"}).Draw(t, "zone"))
		require.NoError(t, err)
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		cal := &signals.Calendar{Zone: zone}
		for _, s := range snoozes {
			got, ok := snoozeEnd(s.id, cal, now)
			require.True(t, ok)
			require.True(t, got.After(now))
			require.True(t, s.id == "1h" || cal.Working(got))
			require.Less(t, got.Sub(now), 9*24*time.Hour)
		}
	})
}

func TestValues(t *testing.T) {
	for _, v := range []value{{message: "m1"}, {message: "m1", which: "abc234"}, {verb: "solved", message: "m1"}, {verb: "1h", message: "m1", which: "abc234"}} {
		require.Equal(t, v, parseValue(v.String()))
		require.Less(t, len(v.String()), 150, "of an option in Slack")
	}
	require.Equal(t, value{}, parseValue(""))
}

func TestEveryDetectorSaysWhyItMatters(t *testing.T) {
	for _, d := range detect.All() {
		require.NotEmpty(t, matters[d.Name], d.Name)
	}
}

func TestMaySeeNothingOfWhatIsUnknown(t *testing.T) {
	b, c := signals.Viewer{Groups: map[string]bool{"x": true, "y": true}}, signals.Viewer{Groups: map[string]bool{"y": true, "z": true}}
	require.Equal(t, map[string]bool{"y": true}, both(b, c).Groups)
	require.False(t, both(b, signals.Viewer{}).Sees(signals.MembersOf("x")))
	require.True(t, both(b, signals.Viewer{}).Sees(signals.Public))
	require.False(t, both(signals.Everything, signals.Everything).All, "andon itself reads nothing")
}
