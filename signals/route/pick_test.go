package route_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/route"
)

// company has two teams that own something, and a past in which each solved its own.
func company(t testing.TB) (*world, *signals.Org) {
	w := newWorld()
	for range 20 {
		w.solved("Checkout", "ada", "Desk", "Payments")
		w.solved("Login", "ben", "Desk", "Identity")
	}
	o := signals.NewOrg(signals.DefaultPolicy())
	person(t, o, signals.Person{ID: "ada", Name: "Ada Example", Team: "Payments", Backup: "cleo"})
	person(t, o, signals.Person{ID: "ben", Name: "Ben Example", Team: "Identity"})
	person(t, o, signals.Person{ID: "cleo", Name: "Cleo Example", Team: "Payments"})
	person(t, o, signals.Person{ID: "lea", Name: "Lea Example", Team: "Payments"})
	person(t, o, signals.Person{ID: "rita", Name: "Rita Example", Team: "Desk"})
	team(t, o, signals.Team{ID: "Payments", Lead: "lea", Channel: "slack/T1/C7"})
	team(t, o, signals.Team{ID: "Identity", Lead: "ben"})
	return w, o
}

func resolver(c *signals.Case) *signals.Signal {
	return &signals.Signal{Detector: "cord", Case: c.Key, Need: signals.NeedResolver}
}

func TestPick(t *testing.T) {
	tests := map[string]struct {
		need   signals.Need
		change func(w *world, o *signals.Org, c *signals.Case)
		to     string
		why    string
		backup bool
	}{
		"history when nobody owns it": {
			need: signals.NeedResolver, to: "ada", why: "has lately resolved cases with component Checkout",
		},
		"owner before history": {
			need: signals.NeedResolver, to: "cleo", why: "is the contact of Payments, which owns component Checkout",
			change: func(_ *world, o *signals.Org, _ *signals.Case) {
				team(t, o, signals.Team{ID: "Payments", Lead: "lea", Owns: []signals.Owned{{Component: "checkout", Person: "cleo"}}})
			},
		},
		"history when it contradicts the owner strongly": {
			need: signals.NeedResolver, to: "ada", why: "has lately resolved cases with component Checkout",
			change: func(_ *world, o *signals.Org, _ *signals.Case) {
				team(t, o, signals.Team{ID: "Identity", Lead: "ben", Owns: []signals.Owned{{Component: "Checkout"}}})
			},
		},
		"backup of who is away": {
			need: signals.NeedResolver, to: "cleo", backup: true, why: "stands in for Ada Example, who is away until 2 May and has lately resolved cases with component Checkout",
			change: func(_ *world, o *signals.Org, _ *signals.Case) {
				away(t, o, "ada", start, time.Date(2025, 5, 2, 0, 0, 0, 0, time.UTC), "")
			},
		},
		"opting out stays private": {
			need: signals.NeedResolver, to: "cleo", backup: true, why: "stands in for Ada Example and has lately resolved cases with component Checkout",
			change: func(_ *world, o *signals.Org, _ *signals.Case) {
				person(t, o, signals.Person{ID: "ada", Name: "Ada Example", Team: "Payments", Backup: "cleo", OptedOut: true})
			},
		},
		"holder": {
			need: signals.NeedHolder, to: "ben", why: "holds it now",
			change: func(w *world, _ *signals.Org, c *signals.Case) { w.assign(c, "ben") },
		},
		"lead of the holding team": {
			need: signals.NeedLead, to: "lea", why: "leads Payments, which holds it",
			change: func(w *world, _ *signals.Org, c *signals.Case) { w.team(c, "Payments") },
		},
		"channel of the owning team": {
			need: signals.NeedChannel, to: "slack/T1/C7", why: "is the channel of Payments, which holds it; Ada Example has lately resolved cases with component Checkout",
			change: func(w *world, _ *signals.Org, c *signals.Case) { w.team(c, "Payments") },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, o := company(t)
			c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
			if tt.change != nil {
				tt.change(w, o, c)
			}
			s := resolver(c)
			s.Need = tt.need
			got := route.Pick(w.m, o, c, s, w.now)[0]
			require.Equal(t, tt.to, got.To)
			require.Equal(t, tt.why, got.Why)
			require.Equal(t, tt.backup, got.Backup)
		})
	}
}

func TestPickSaysWhyNobody(t *testing.T) {
	w, o := newWorld(), signals.NewOrg(signals.DefaultPolicy())
	c := w.open("rita", "it broke")
	got := route.Pick(w.m, o, c, resolver(c), w.now)
	require.Equal(t, []route.Choice{{Why: "nobody who could help can be asked now", Refused: []route.Refusal{{Who: "rita", Why: "raised it"}}}}, got)
}

func TestTeamsUnderTheirPresentNames(t *testing.T) {
	w, o := company(t)
	team(t, o, signals.Team{ID: "Money", Aliases: []string{"Payments"}, Lead: "lea"})
	c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
	w.team(c, "Desk")
	require.Equal(t, "Money", w.m.Teams(c, o, w.now, 3)[0].Who)
	require.Equal(t, []string{"Desk", "Money"}, w.m.Direct(c, o, w.now).Teams)
}

func TestSilentPeopleAreNotProposed(t *testing.T) {
	w, o := company(t)
	w.now = w.now.AddDate(1, 0, 0)
	for range 3 {
		w.solved("Other", "cleo", "Desk")
	}
	c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
	for _, ch := range route.Pick(w.m, o, c, resolver(c), w.now) {
		require.NotEqual(t, "ada", ch.To)
	}
}

// Nobody who cannot be asked is ever chosen, whatever the roster looks like.
func TestPickNeverProposesWhoCannotBeAsked(t *testing.T) {
	w, _ := company(t)
	rapid.Check(t, func(r *rapid.T) {
		o := signals.NewOrg(signals.DefaultPolicy())
		ids := []string{"ada", "ben", "cleo", "lea", "rita", "max"}
		for _, id := range ids {
			if rapid.Bool().Draw(r, "known") {
				person(t, o, signals.Person{
					ID: id, Backup: rapid.SampledFrom(append(ids, "")).Draw(r, "backup"), Manager: rapid.SampledFrom(ids).Draw(r, "manager"),
					Left: rapid.Bool().Draw(r, "left"), OptedOut: rapid.Bool().Draw(r, "out"), External: rapid.Bool().Draw(r, "external"), Bot: rapid.Bool().Draw(r, "bot"),
				})
			}
			if rapid.Bool().Draw(r, "away") {
				away(t, o, id, start, start.AddDate(0, 1, 0), rapid.SampledFrom(append(ids, "")).Draw(r, "stand-in"))
			}
		}
		for _, id := range []string{"Payments", "Identity", "Desk"} {
			team(t, o, signals.Team{ID: id, Lead: rapid.SampledFrom(ids).Draw(r, "lead"), Owns: []signals.Owned{{Component: "Checkout", Person: rapid.SampledFrom(append(ids, "")).Draw(r, "contact")}}})
		}
		c := w.cases[rapid.IntRange(0, len(w.cases)-1).Draw(r, "case")]
		s := resolver(c)
		s.Need = rapid.SampledFrom([]signals.Need{signals.NeedResolver, signals.NeedHolder, signals.NeedLead, signals.NeedChannel}).Draw(r, "need")
		var told []string
		choices := route.Pick(w.m, o, c, s, w.now)
		require.NotEmpty(t, choices)
		for _, ch := range choices {
			for _, who := range []string{ch.To, ch.Owner} {
				if who == "" {
					continue
				}
				ok, why, _ := o.Available(who, w.now)
				require.True(t, ok, "%s %s", who, why)
				require.NotEqual(t, c.Opener, who)
			}
			require.NotEmpty(t, ch.Why)
			require.False(t, ch.To != "" && slices.Contains(told, ch.To), "twice: %s", ch.To)
			told = append(told, ch.To)
		}
	})
}

func TestOwnersByWordsChannelAndProject(t *testing.T) {
	w := newWorld()
	tests := map[string]struct {
		owns signals.Owned
		to   string
	}{
		"words":           {signals.Owned{Words: []string{"payment gateway"}}, "lea"},
		"part of a word":  {signals.Owned{Words: []string{"gate"}}, ""},
		"project":         {signals.Owned{Project: "pay"}, "lea"},
		"other project":   {signals.Owned{Project: "WEB"}, ""},
		"other component": {signals.Owned{Project: "PAY", Component: "Ledger"}, ""},
		"other channel":   {signals.Owned{Channel: "C9"}, ""},
		"everything":      {signals.Owned{}, "lea"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := signals.NewOrg(signals.DefaultPolicy())
			team(t, o, signals.Team{ID: "Payments", Lead: "lea", Owns: []signals.Owned{tt.owns}})
			c := w.open("rita", "The Payment Gateway times out", set(signals.FieldProject, "PAY"))
			require.Equal(t, tt.to, route.Pick(w.m, o, c, resolver(c), w.now)[0].To)
		})
	}
}

func TestDirect(t *testing.T) {
	w, o := company(t)
	c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
	for _, x := range []string{"Desk", "Identity", "Data", "Identity", "Payments"} {
		w.team(c, x)
		w.now = w.now.Add(10 * time.Hour)
	}
	r := w.m.Direct(c, o, w.now)
	require.Equal(t, []string{"Desk", "Payments"}, r.Teams)
	require.Equal(t, 3, r.Detour)
	require.Equal(t, "ada", r.Contact)
	require.Equal(t, "rita", r.Originator)
	facts := r.Facts()
	require.Equal(t, []string{
		"Payments resolved 10 of the last 10 cases with component Checkout.",
		"The direct route is Desk to Payments.",
		"It changed teams 4 times so far, 3 hand-offs more than the direct route takes.",
		"30 hours passed at teams beside that route.",
	}, facts)
	for _, f := range facts {
		for _, p := range []string{"ada", "rita", "Ada", "Rita"} {
			require.NotContains(t, f, p)
		}
	}
}

func TestDirectIsSilentWhenNothingIsKnown(t *testing.T) {
	w, o := newWorld(), signals.NewOrg(signals.DefaultPolicy())
	c := w.open("rita", "it broke")
	r := w.m.Direct(c, o, w.now)
	require.Empty(t, r.Teams)
	require.Empty(t, r.Facts())
}

func BenchmarkSuggest(b *testing.B) {
	for _, n := range []int{10_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := history(n)
			open := w.cases[len(w.cases)-1000:]
			buf := make([]route.Candidate, 0, 10)
			b.ResetTimer()
			b.ReportAllocs()
			for i := range b.N {
				buf = w.m.Suggest(open[i%len(open)], w.now, route.Kinds[i%4], 10, buf[:0])
			}
		})
	}
}

func BenchmarkObserve(b *testing.B) {
	all := events(history(10_000))
	b.ResetTimer()
	b.ReportAllocs()
	for i := 0; i < b.N; {
		m := route.New(route.Options{})
		cases := make(map[signals.Key]*signals.Case)
		for _, e := range all {
			if i++; i > b.N {
				break
			}
			c := cases[e.Case]
			if c == nil {
				c = &signals.Case{}
				cases[e.Case] = c
			}
			c.Apply(e)
			m.Observe(c, e)
		}
	}
}
