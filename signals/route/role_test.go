package route_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

// TestRoleOf asks for each role as the routes themselves word it.
func TestRoleOf(t *testing.T) {
	owns := func(o *signals.Org) {
		team(t, o, signals.Team{ID: "Payments", Lead: "lea", Channel: "slack/T1/C7", Owns: []signals.Owned{{Component: "checkout", Person: "cleo"}}})
	}
	for role, tt := range map[route.Role]struct {
		need   signals.Need
		change func(w *world, o *signals.Org, c *signals.Case)
	}{
		route.Resolver:    {signals.NeedResolver, func(*world, *signals.Org, *signals.Case) {}},
		route.Contact:     {signals.NeedResolver, func(_ *world, o *signals.Org, _ *signals.Case) { owns(o) }},
		route.Holder:      {signals.NeedHolder, func(w *world, _ *signals.Org, c *signals.Case) { w.assign(c, "ben") }},
		route.Lead:        {signals.NeedLead, func(w *world, _ *signals.Org, c *signals.Case) { w.team(c, "Payments") }},
		route.TeamChannel: {signals.NeedChannel, func(w *world, _ *signals.Org, c *signals.Case) { w.team(c, "Payments") }},
		route.StandsIn: {signals.NeedResolver, func(_ *world, o *signals.Org, _ *signals.Case) {
			person(t, o, signals.Person{ID: "ada", Name: "Ada Example", Team: "Payments", Backup: "cleo", Left: true})
		}},
		route.Manager: {signals.NeedLead, func(w *world, o *signals.Org, c *signals.Case) {
			person(t, o, signals.Person{ID: "ben", Manager: "lea"})
			w.assign(c, "ben")
		}},
	} {
		w, o := company(t)
		c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
		tt.change(w, o, c)
		s := resolver(c)
		s.Need = tt.need
		got := route.Pick(w.m, o, c, s, w.now)[0]
		require.Equal(t, role, route.RoleOf(got.Why), got.Why)
	}
	c := &signals.Case{Key: signals.SlackThread("T1", "C1", "1.0")}
	_, o := company(t)
	got := route.Pick(nil, o, c, &signals.Signal{Case: c.Key, Need: signals.NeedChannel}, start)[0]
	require.Equal(t, route.ItsChannel, route.RoleOf(got.Why), got.Why)
	named := route.Named(o, c, resolver(c), "ada", "was named by Ben Example", start)[0]
	require.Equal(t, route.NamedOne, route.RoleOf(named.Why))
	require.Equal(t, route.Again, route.RoleOf("asked to be told again"))
}
