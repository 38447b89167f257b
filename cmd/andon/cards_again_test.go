package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEverybodysClickIsSeen: the second one who says that they are on it is named
// too, though nothing else comes of it.
func TestEverybodysClickIsSeen(t *testing.T) {
	f := newFloor(t, nil)
	key := f.alert()
	f.press("slack/T1/U2", "claim", key)
	require.Contains(t, f.shows(key), "Carl is on it.")
	f.press("slack/T1/U3", "claim", key)
	require.Contains(t, f.shows(key), "Carl is on it.")
	require.Contains(t, f.shows(key), "Ann is on it.")
}

// TestWhatNobodyApprovedSaysSo: what waited for approval too long has no buttons
// any more.
func TestWhatNobodyApprovedSaysSo(t *testing.T) {
	f := newFloor(t, asking)
	key := f.proposal()
	require.Contains(t, f.shows(key), "[*Approve*]")
	f.until(f.clock.now().Add(f.conf.Policy.HeldFor+48*time.Hour), true)
	f.drain()
	require.NotContains(t, f.shows(key), "Approve")
	require.Contains(t, f.shows(key), "nobody approved it")
}
