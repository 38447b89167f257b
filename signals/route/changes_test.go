package route_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

// When the organisation changes, the answers follow: by the roster at once, and
// without one as cases come in.
func TestWhenTheOrganisationChanges(t *testing.T) {
	checkout := func(w *world) *signals.Case {
		c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
		w.team(c, "Desk")
		return c
	}
	tests := map[string]struct {
		change func(w *world, o *signals.Org)
		who    string // is picked
		team   string // is thought to resolve it
	}{
		"nothing changes": {who: "ada", team: "Payments"},
		"a person leaves and has a backup": {
			change: func(_ *world, o *signals.Org) {
				person(t, o, signals.Person{ID: "ada", Team: "Payments", Backup: "cleo", Left: true})
			}, who: "cleo", team: "Payments",
		},
		"a person leaves and somebody takes over, which no roster says": {
			change: func(w *world, _ *signals.Org) {
				for range 12 {
					w.solved("Checkout", "cleo", "Desk", "Payments")
					w.now = w.now.Add(48 * time.Hour)
				}
			}, who: "cleo", team: "Payments",
		},
		"a person has two accounts": {
			change: func(_ *world, o *signals.Org) {
				person(t, o, signals.Person{ID: "adele", Team: "Payments", Accounts: []string{"ada"}})
			}, who: "adele", team: "Payments",
		},
		"a team is renamed in the roster": {
			change: func(_ *world, o *signals.Org) {
				team(t, o, signals.Team{ID: "Money", Aliases: []string{"Payments"}, Lead: "lea"})
			}, who: "ada", team: "Money",
		},
		"a team is renamed in the tracker, which no roster says": {
			change: func(w *world, _ *signals.Org) {
				for range 12 {
					w.solved("Checkout", "ada", "Desk", "Money")
				}
			}, who: "ada", team: "Money",
		},
		"two teams merge": {
			change: func(_ *world, o *signals.Org) {
				team(t, o, signals.Team{ID: "Core", Aliases: []string{"Payments", "Identity"}, Lead: "lea"})
			}, who: "ada", team: "Core",
		},
		"a team is gone and another takes its work": {
			change: func(w *world, _ *signals.Org) {
				for range 12 {
					w.solved("Checkout", "ben", "Desk", "Identity")
				}
			}, who: "ben", team: "Identity",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, o := company(t)
			if tt.change != nil {
				tt.change(w, o)
			}
			c := checkout(w)
			require.Equal(t, tt.who, route.Pick(w.m, o, c, resolver(c), w.now)[0].To)
			require.Equal(t, tt.team, w.m.Teams(c, o, w.now, 3)[0].Who)
			r := w.m.Direct(c, o, w.now)
			require.Equal(t, []string{"Desk", tt.team}, r.Teams)
			require.Equal(t, tt.who, r.Contact)
		})
	}
}

// What two former teams did counts together, and once.
func TestMergedTeamsCountTogether(t *testing.T) {
	w, o := company(t)
	for range 6 {
		w.solved("Search", "ada", "Desk", "Payments")
		w.solved("Search", "ben", "Desk", "Identity")
	}
	c := w.open("rita", "no hits", set(signals.FieldComponent, "Search"))
	w.team(c, "Desk")
	score := func(list []route.Candidate, who string) float64 {
		for _, x := range list {
			if x.Who == who {
				return x.Score
			}
		}
		return 0
	}
	apart := w.m.Teams(c, o, w.now, 5)
	team(t, o, signals.Team{ID: "Core", Aliases: []string{"Payments", "Identity"}})
	together := w.m.Teams(c, o, w.now, 5)
	require.Equal(t, "Core", together[0].Who)
	require.InDelta(t, score(apart, "Payments")+score(apart, "Identity"), together[0].Score, 1e-9)
	require.NotContains(t, whos(together), "Payments")
	require.NotContains(t, whos(together), "Identity")
}

// Where the history has seen many people do such cases, each now and then, it
// knows nobody for the next one, and says so.
func TestPickDoesNotGuess(t *testing.T) {
	w, o := newWorld(), signals.NewOrg(signals.DefaultPolicy())
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		w.solved("Checkout", fmt.Sprintf("dev%d", random.IntN(60)))
	}
	c := w.open("rita", "it broke", set(signals.FieldComponent, "Checkout"))
	list := w.ask(c, route.Person)
	require.NotEmpty(t, list)
	require.Less(t, list[0].Score, 0.05)
	got := route.Pick(w.m, o, c, resolver(c), w.now)
	require.Empty(t, got[0].To)
	require.Equal(t, "nobody who could help can be asked now", got[0].Why)
}
