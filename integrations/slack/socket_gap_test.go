package slack

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack"
)

func TestDark(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	a, b := &wire{}, &wire{}
	var d dark
	_, gap := d.opens(a, at(0))
	require.False(t, gap, "before the first connection is no gap: a start sweeps anyway")
	d.hears(at(5))
	d.closes(b)
	_, gap = d.opens(b, at(10))
	require.False(t, gap)
	d.closes(a)
	d.hears(at(20))
	d.closes(b)
	d.closes(b)
	from, gap := d.opens(a, at(90))
	require.True(t, gap)
	require.Equal(t, at(20), from, "since something was heard last")
	_, gap = d.opens(b, at(91))
	require.False(t, gap)
}

// TestDarkIsSilent: what was said since is unknown until whoever reads it knows.
func TestDarkIsSilent(t *testing.T) {
	a, b := &wire{}, &wire{}
	var d dark
	for i, step := range []struct {
		do   func()
		want time.Time
	}{
		{func() {}, time.Time{}},
		{func() { d.opens(a, noon) }, time.Time{}},
		{func() { d.opens(b, noon) }, time.Time{}},
		{func() { d.closes(b) }, time.Time{}},
		{func() { d.hears(noon.Add(time.Minute)) }, time.Time{}},
		{func() { d.closes(a) }, noon.Add(time.Minute)},
		{func() { d.opens(b, noon.Add(time.Hour)) }, noon.Add(time.Minute)},
		{d.told, time.Time{}},
	} {
		step.do()
		since, is := d.silent()
		require.Equal(t, step.want, since, i)
		require.Equal(t, !step.want.IsZero(), is, i)
	}
}

// TestSocketTellsOfGaps: while one connection is open there is none.
func TestSocketTellsOfGaps(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	var mu sync.Mutex
	var gaps [][2]time.Time
	j := &journal{}
	run(t, &Socket{
		Inbox: &Inbox{Team: "T1", Accept: j.accept}, AppToken: "xapp-1", URL: p.w.URL, Gap: time.Millisecond, Connections: 1,
		OnGap: func(from, until time.Time) {
			mu.Lock()
			defer mu.Unlock()
			gaps = append(gaps, [2]time.Time{from, until})
		},
	}, func() bool { return fake.Deliveries().Sockets == 1 })
	fake.Disconnect("refresh_requested")
	require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(gaps) == 1 }, 10*time.Second, time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	require.False(t, gaps[0][0].After(gaps[0][1]))
}
