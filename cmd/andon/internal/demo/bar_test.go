package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBar(t *testing.T) {
	clock, wall := clockAt("Mon 09:01", 720)
	var w *World
	b := Bar(clock, func() *World { return w })
	do := func(i int, value string) error { return b.Controls[i].Do(t.Context(), value) }
	require.Equal(t, "Mon 9 March 09:01, paused", b.Status())
	require.Equal(t, "Go on", b.Controls[0].Name())
	require.NoError(t, do(0, ""))
	require.Equal(t, "Pause", b.Controls[0].Name())
	require.ErrorContains(t, do(1, ""), "over", "there is no story yet")

	var err error
	w, err = New(Options{Clock: clock, Bar: b})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	require.Empty(t, b.Look())
	require.NoError(t, w.Turn(t.Context(), nil))
	require.NoError(t, do(0, ""))
	require.NoError(t, do(1, ""))
	wall.pass(time.Hour)
	require.Equal(t, on("Mon 09:12"), clock.Now(), "the next beat that is told of")
	require.NoError(t, w.Turn(t.Context(), nil))
	require.Equal(t, "/browse/SUP-131", b.Look())
	w.line(Told, "Look here.", "")
	require.Empty(t, b.Look())
	require.Equal(t, "Mon 9 March 09:12, paused · Look here.", b.Status())

	require.Equal(t, "12 minutes a second", b.Controls[2].Current())
	require.NoError(t, do(2, "real time"))
	require.Equal(t, "real time", b.Controls[2].Current())
	clock.SetSpeed(100)
	require.Equal(t, "1 minute a second", b.Controls[2].Current())
}

func TestLink(t *testing.T) {
	for from, want := range map[string]string{
		"https://slack.com/archives/C1/p1773221400000000":           "http://x/archives/C1/p1773221400000000",
		"https://fake.slack.com/archives/C1/p1?thread_ts=1.0&cid=C": "http://x/archives/C1/p1?thread_ts=1.0&cid=C",
		"http://x/browse/SUP-1":                                     "http://x/browse/SUP-1",
		"https://notslack.example":                                  "https://notslack.example",
		"":                                                          "",
		"://":                                                       "://",
	} {
		require.Equal(t, want, Link("http://x", from))
	}
}

func TestLine(t *testing.T) {
	require.Equal(t, "Tue 10:05 * Look.", Line{on("Tue 10:05"), Told, "Look.", ""}.String())
	require.Equal(t, "Tue 10:05 > Bea did.", Line{on("Tue 10:05"), Did, "Bea did.", ""}.String())
}

func TestLinesAreAsPeopleReadThem(t *testing.T) {
	clock, _ := clockAt("Mon 09:01", 720)
	w, err := New(Options{Clock: clock})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	w.line(Told, "Bea wrote &lt;!channel&gt; &amp; more.", "")
	require.Equal(t, "Bea wrote <!channel> & more.", w.Last().Text)
}
