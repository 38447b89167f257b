package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// check holds an ordeal against a town in which nothing went wrong.
func (o *ordeal) check(want *outcomeOf) {
	got := o.outcome()
	require.Greater(o.t, len(want.said), 10, "the reference says something")
	lost, odd := o.journal()
	require.Empty(o.t, lost, "written, and not in the journal")
	require.Empty(o.t, odd, "in the journal twice, or written by nobody")
	for key := range want.found {
		require.Contains(o.t, got.found, key, "not found")
	}
	for key := range got.found {
		require.Contains(o.t, want.found, key, "found besides")
	}
	for key, r := range got.found {
		o.compare(r, want.found[key], got.said, want.said)
	}
	m := &month{town: o.town}
	for _, r := range got.found {
		m.ledger(r)
		o.kept(r)
	}
	m.once()
	require.Empty(o.t, o.errs.but(o.trouble.asks), "nobody has to act")
	if o.trouble.shows != nil {
		o.trouble.shows(o)
	}
	o.t.Logf("%d signals, %d nudges said", len(got.found), len(got.said))
}

// compare holds the nudges of a signal against those where nothing went wrong:
// whoever was told there is told here, unless it was overtaken while nobody could
// be told. What follows a nudge that has no answer counts from when that was
// said, so that it may still be held here.
func (o *ordeal) compare(got, want *signals.Record, said, wanted map[string]bool) {
	here := make(map[string]*signals.Nudge)
	for _, n := range got.Nudges {
		here[n.Key()] = n
		require.True(o.t, !said[n.Key()] || wanted[n.Key()], "said besides: %s", n.Key())
	}
	for _, n := range want.Nudges {
		if key := n.Key(); wanted[key] && !said[key] {
			require.NotNil(o.t, here[key], key)
			late := n.Step > 0 && here[key].State == signals.Held
			moot := here[key].State == signals.Superseded || here[key].State == signals.Acted || here[key].State == signals.Received // they found it without being told
			require.True(o.t, late || moot, "%s: %s: %s", key, here[key].State, here[key].Why)
		}
	}
}

// journal compares the journal with what people wrote in channels: lost does not
// stand in it, odd stands in it more than once or was written by nobody.
func (o *ordeal) journal() (lost, odd []string) {
	wrote := make(map[string]bool)
	for _, m := range o.slack.Messages() {
		if !strings.HasPrefix(m.Channel, "D") && m.User != "UANDON" && m.Subtype == "" {
			wrote[signals.ID(signals.Slack, "T1", m.Channel)+"/"+m.TS] = true
		}
	}
	require.Greater(o.t, len(wrote), 100)
	for _, e := range o.heard() {
		if !wrote[e.ID] {
			odd = append(odd, e.ID)
		}
		delete(wrote, e.ID)
	}
	return slices.Sorted(maps.Keys(wrote)), odd
}

// heard is what was said in Slack, in the order of the journal.
func (o *ordeal) heard() []*signals.Event {
	return slices.DeleteFunc(o.entries(), func(e *signals.Event) bool { return e.Kind != signals.Said || e.Case.Source != signals.Slack })
}

// entries are all events of the journal, in its order.
func (o *ordeal) entries() (out []*signals.Event) {
	for after := int64(0); ; {
		entries, err := o.svc.db.Follow(o.t.Context(), after, 1000)
		require.NoError(o.t, err)
		if len(entries) == 0 {
			return out
		}
		for _, e := range entries {
			after = e.Pos
			out = append(out, e.Event)
		}
	}
}

// kept checks what was promised of one signal: every nudge that was decided was
// said, at a time when it may be said, or stands as one that was overtaken.
func (o *ordeal) kept(r *signals.Record) {
	org := (&month{town: o.town}).org()
	for _, n := range r.Nudges {
		require.NotEqual(o.t, signals.Failed, n.State, "%s: %s", n.Key(), n.Why)
		if n.Message == "" {
			continue
		}
		out, ok, err := o.svc.db.Message(o.t.Context(), n.Message)
		require.NoError(o.t, err)
		require.True(o.t, ok, n.Key())
		require.NotEqual(o.t, signals.Sending, out.State, "%s: %s: %s", n.Key(), n.State, out.Why)
		require.False(o.t, out.Doubt, "%s", n.Key())
		if len(out.Copies) == 0 {
			require.Equal(o.t, signals.Superseded, out.State, n.Key())
			continue
		}
		require.Equal(o.t, 1, o.standing(out.ID), n.Key())
		if org.Person(n.To) == nil || r.Signal.Detector == "cord" {
			continue
		}
		at, err := slack.ParseTS(out.Copies[0].TS)
		require.NoError(o.t, err)
		cal := org.Calendar(n.To)
		require.True(o.t, cal.Working(at), "%s at %s, decided at %s", n.Key(), at.In(cal.Zone), n.At)
	}
}

// standing counts the messages of a key that stand in Slack.
func (o *ordeal) standing(key string) (n int) {
	for _, m := range o.slack.Messages() {
		if m.Key == key && !m.Deleted && m.To == "" {
			n++
		}
	}
	return n
}

// posted counts what andon said, doubles among it, deleted those of it that are gone.
func (o *ordeal) posted() int { return o.mine(func(fakeslack.Message) bool { return true }) }
func (o *ordeal) deleted() int {
	return o.mine(func(m fakeslack.Message) bool { return m.Deleted })
}

func (o *ordeal) mine(is func(fakeslack.Message) bool) (n int) {
	for _, m := range o.slack.Messages() {
		if m.User == "UANDON" && m.Key != "" && m.To == "" && is(m) {
			n++
		}
	}
	return n
}
