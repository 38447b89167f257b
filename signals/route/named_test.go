package route_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/route"
)

func hint(t testing.TB, o *signals.Org, h signals.Hint) {
	t.Helper()
	text, err := json.Marshal(h)
	require.NoError(t, err)
	require.NoError(t, o.Apply(&signals.Event{ID: "h" + h.ID(), At: h.At, Kind: signals.RosterSet, Field: "hint", To: h.ID(), Text: string(text)}))
}

func TestHintsCount(t *testing.T) {
	march := time.Date(2025, 3, 3, 9, 0, 0, 0, time.UTC)
	until := march.AddDate(1, 0, 0)
	tests := map[string]struct {
		need   signals.Need
		hint   signals.Hint
		change func(w *world, o *signals.Org, c *signals.Case)
		to     string
		why    string
	}{
		"somebody was named": {
			need: signals.NeedResolver, hint: signals.Hint{Not: "ada", Instead: "ben", By: "ada", Until: until}, to: "ben", why: "was named for this by Ada Example on 3 March",
		},
		"nobody was named": {
			need: signals.NeedResolver, hint: signals.Hint{Not: "ada", Until: until}, to: "",
		},
		"of the component": {
			need: signals.NeedResolver, hint: signals.Hint{Component: "checkout", Not: "ada", Instead: "ben", Until: until}, to: "ben", why: "was named for this on 3 March",
		},
		"of another component": {
			need: signals.NeedResolver, hint: signals.Hint{Component: "Login", Not: "ada", Instead: "ben", Until: until}, to: "ada", why: "has lately resolved cases with component Checkout",
		},
		"of another project": {
			need: signals.NeedResolver, hint: signals.Hint{Scope: "OPS", Not: "ada", Instead: "ben", Until: until}, to: "ada", why: "has lately resolved cases with component Checkout",
		},
		"run out": {
			need: signals.NeedResolver, hint: signals.Hint{Not: "ada", Instead: "ben", Until: march.Add(time.Minute)}, to: "ada", why: "has lately resolved cases with component Checkout",
		},
		"who holds it is asked all the same": {
			need: signals.NeedHolder, hint: signals.Hint{Not: "ada", Instead: "ben", Until: until}, to: "ada", why: "holds it now",
			change: func(w *world, _ *signals.Org, c *signals.Case) { w.assign(c, "ada") },
		},
		"a lead": {
			need: signals.NeedLead, hint: signals.Hint{Not: "lea", Instead: "cleo", Until: until}, to: "cleo", why: "was named for this on 3 March",
			change: func(w *world, _ *signals.Org, c *signals.Case) { w.team(c, "Payments") },
		},
		"who was named raised it": {
			need: signals.NeedResolver, hint: signals.Hint{Not: "ben", Instead: "rita", Until: until}, to: "ada", why: "has lately resolved cases with component Checkout",
		},
		"who was named is away": {
			need: signals.NeedResolver, hint: signals.Hint{Not: "ben", Instead: "ada", Until: until}, to: "cleo", why: "stands in for Ada Example, who is away until 2 May and was named for this on 3 March",
			change: func(w *world, o *signals.Org, _ *signals.Case) {
				away(t, o, "ada", start, time.Date(2025, 5, 2, 0, 0, 0, 0, time.UTC), "")
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, o := company(t)
			tt.hint.At = march
			hint(t, o, tt.hint)
			c := w.open("rita", "card is refused", set(signals.FieldComponent, "Checkout"))
			if tt.change != nil {
				tt.change(w, o, c)
			}
			s := resolver(c)
			s.Need = tt.need
			all := route.Pick(w.m, o, c, s, w.now)
			if tt.to == "" {
				require.False(t, slices.ContainsFunc(all, func(ch route.Choice) bool { return ch.To == tt.hint.Not }))
				return
			}
			require.Equal(t, tt.to, all[0].To)
			require.Equal(t, tt.why, all[0].Why)
		})
	}
}

func TestNamed(t *testing.T) {
	w, o := company(t)
	c := w.open("rita", "card is refused")
	s := resolver(c)
	s.About = "ben"
	away(t, o, "ada", start, time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC), "")
	got := route.Named(o, c, s, "ada", "was named by Ben Example", w.now)
	require.Len(t, got, 1)
	require.Equal(t, "cleo", got[0].To)
	require.Equal(t, "stands in for Ada Example, who is away until 2 May and was named by Ben Example", got[0].Why)
	require.Empty(t, route.Named(o, c, s, "rita", "", w.now), "who raised it")
	require.Empty(t, route.Named(o, c, s, "ben", "", w.now), "whom it is about")
	require.Empty(t, route.Named(o, c, s, "", "", w.now))
}

// TestWhoWasAsked: the question is theirs, be it who raised the case; never that of
// who asks, and of who holds it only where they do not ask.
func TestWhoWasAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		asked, by, to, why string
	}{
		"somebody else":      {"ben", "lea", "ben", route.WasAsked},
		"who raised it":      {"rita", "lea", "rita", route.WasAsked},
		"who holds it":       {"lea", "rita", "lea", "holds it now"},
		"by another":         {"ben", "cleo", "ben", route.WasAsked},
		"who is away":        {"ada", "lea", "cleo", "stands in for Ada Example, who is away until 2 May and " + route.WasAsked},
		"gone, by who holds": {"gus", "lea", "ada", ""},
		"gone, by another":   {"gus", "rita", "lea", "holds it now"},
		"as it was before":   {"", "lea", "lea", "holds it now"},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := company(t)
			person(t, o, signals.Person{ID: "gus", Name: "Gus Example", Left: true})
			if tt.asked == "ada" {
				away(t, o, "ada", start, time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC), "")
			}
			c := w.open("rita", "card is refused", signals.Value{Field: signals.FieldHolder, To: "lea"}, signals.Value{Field: signals.FieldComponent, To: "Checkout"})
			s := &signals.Signal{Detector: "unanswered_ask", Case: c.Key, Need: signals.NeedHolder, About: tt.by, Asked: tt.asked}
			got := route.Pick(w.m, o, c, s, w.now)
			require.Equal(t, tt.to, got[0].To)
			if tt.why != "" {
				require.Equal(t, tt.why, got[0].Why)
			}
			for _, ch := range got {
				require.False(t, tt.asked != "" && ch.To == tt.by, "who asks is not asked")
			}
			if tt.asked != "" && tt.why == route.WasAsked {
				require.Equal(t, route.AskedOne, route.RoleOf(got[0].Why))
			}
		})
	}
}

func TestPickWords(t *testing.T) {
	w, o := company(t)
	team(t, o, signals.Team{ID: "Payments", Lead: "lea", Owns: []signals.Owned{{Component: "Checkout", Person: "cleo"}, {Channel: "C7"}}})
	team(t, o, signals.Team{ID: "Identity", Lead: "ben", Owns: []signals.Owned{{Words: []string{"single sign-on", "sso"}}}})
	for words, want := range map[string]string{"the CHECKOUT is slow": "cleo", "sso loops": "ben"} {
		got := route.PickWords(w.m, o, words, "", w.now)
		require.Equal(t, want, got[0].To, words)
		require.NotEmpty(t, got[0].Why)
	}
	require.Equal(t, "lea", route.PickWords(w.m, o, "something hums", "slack/T1/C7", w.now)[0].To, "of the channel")
	empty := route.PickWords(nil, signals.NewOrg(signals.DefaultPolicy()), "", "nonsense", w.now)
	require.Equal(t, "", empty[0].To)
}
