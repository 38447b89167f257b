package signals

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOpened: the cord alone opens nothing; a detector that somebody opened in one
// channel does, until it is taken back.
func TestOpened(t *testing.T) {
	o := NewOrg(DefaultPolicy())
	require.False(t, o.Opened())
	set := func(detector, scope string, m Mode) {
		o.setMode(&Event{Kind: ModeSet, Field: detector, Ref: scope, To: string(m)})
	}
	set("cord", "", Live)
	set("stall", "", Preview)
	require.False(t, o.Opened())
	set("stall", "slack/T1/C1", Ask)
	require.True(t, o.Opened())
	set("stall", "slack/T1/C1", "")
	require.False(t, o.Opened())

	p := DefaultPolicy()
	p.Modes = map[string]Mode{"stall": Live}
	require.True(t, NewOrg(p).Opened())
	p = DefaultPolicy()
	p.Mode = Live
	require.True(t, NewOrg(p).Opened())
}
