package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPeople checks the roster: who leads is there, everybody has a boss but one,
// and enough teams are large enough for figures to be shown.
func TestPeople(t *testing.T) {
	seen, large := map[string]bool{}, 0
	for i := range people {
		p := &people[i]
		require.False(t, seen[p.ID], "%s is there twice", p.ID)
		seen[p.ID] = true
		require.True(t, slices.ContainsFunc(teams, func(x team) bool { return x.ID == p.Team }), "%s is in no team", p.ID)
		_, err := time.LoadLocation(zoneOf(p))
		require.NoError(t, err)
		if boss := manager(p); boss == "" {
			require.Equal(t, "nora", p.ID)
		} else {
			require.NotNil(t, find(boss))
			require.NotEqual(t, p.ID, boss)
		}
	}
	for _, x := range teams {
		require.NotEmpty(t, leadOf(x.ID))
		if len(members(x.ID)) >= 5 {
			large++
		}
		if x.Channel != "" {
			require.True(t, slices.ContainsFunc(rooms, func(r room) bool { return r.Name == x.Channel }), "#%s of %s", x.Channel, x.ID)
		}
	}
	require.GreaterOrEqual(t, len(people), 40)
	require.GreaterOrEqual(t, large, 2)
	for _, r := range rooms {
		for _, m := range r.Members {
			require.NotNil(t, find(m), "#%s", r.Name)
		}
	}
}

// TestStory walks through the tables in the order of time: whatever a beat rests
// on has to be there by then.
func TestStory(t *testing.T) {
	w := walk{t: t, named: map[string]bool{}, tickets: map[string]bool{}, rooms: map[string]bool{"andon": true}}
	for _, r := range rooms {
		w.rooms[r.Name] = true
	}
	all := slices.Concat(before(), story())
	for i := range all {
		b := &all[i]
		if i > 0 {
			require.False(t, b.At.Before(all[i-1].At), "%v", b)
		}
		require.True(t, b.At.Before(End), "%v", b)
		w.beat(b)
	}
	w.reactions()
}

// walk is what is there as the story goes on.
type walk struct {
	t                     *testing.T
	named, tickets, rooms map[string]bool
}

func (w *walk) beat(b *beat) {
	t := w.t
	if b.Do != fires && b.Do != heals && b.Do != tells {
		require.NotNil(t, find(b.Who), "%v", b)
	}
	if b.Name != "" {
		require.False(t, w.named[b.Name], "two messages are called %q", b.Name)
		w.named[b.Name] = true
	}
	if b.Re != "" {
		require.True(t, w.named[b.Re], "%q is not said yet: %v", b.Re, b)
	}
	switch b.Do {
	case says, commands:
		require.True(t, b.Re != "" || w.rooms[b.Where], "no room for %v", b)
		require.NotEmpty(t, b.Text)
		require.Equal(t, b.Do == commands, strings.HasPrefix(b.Text, "/andon "), "%v", b)
	case reacts:
		require.NotEmpty(t, b.Re)
		require.NotEmpty(t, b.Text)
	case creates:
		w.rooms[b.Where] = true
	case files:
		require.False(t, w.tickets[b.Where], "%s is filed twice", b.Where)
		w.tickets[b.Where] = true
		require.NotEmpty(t, b.File.Title)
		require.True(t, b.File.Parent == "" || w.tickets[b.File.Parent], "%s is not filed yet", b.File.Parent)
		if b.File.Holder != "" {
			require.NotNil(t, find(b.File.Holder))
		}
	case changes, comments:
		require.True(t, w.tickets[b.Where], "%s is not filed yet", b.Where)
		w.fields(b)
	case links:
		require.True(t, w.tickets[b.Where] && w.tickets[b.Text], "%s or %s is not filed yet", b.Where, b.Text)
	case fires, heals:
		require.Contains(t, alerts, b.Where)
	case opens, tells:
	default:
		require.Fail(t, "nobody can", "%v", b)
	}
}

func (w *walk) fields(b *beat) {
	is := newIssue(1, "SUP-1", "june", Begin, ticket{Title: "x"})
	for _, f := range b.Set {
		_, err := is.set(f)
		require.NoError(w.t, err)
		if f.Name == "team" {
			require.NotEmpty(w.t, members(f.To), "there is no team %q", f.To)
		}
		if f.Name == "holder" && f.To != "" {
			require.NotNil(w.t, find(f.To), "%v", b)
		}
	}
}

// reactions checks what people answer: each rests on one before it, has a time at
// which the story goes on without it, and names people who are there.
func (w *walk) reactions() {
	t, seen := w.t, map[string]bool{}
	for _, r := range answers() {
		require.False(t, seen[r.Name], "two reactions are called %q", r.Name)
		require.True(t, r.On == "" || seen[r.On], "%s comes after %s", r.Name, r.On)
		seen[r.Name] = true
		require.NotEmpty(t, r.About)
		require.True(t, r.By.After(Begin) && r.By.Before(End), "%s", r.Name)
		require.True(t, r.Press != "" || len(r.Then) > 0, "%s does nothing", r.Name)
		if r.Who != "" {
			require.NotNil(t, find(r.Who))
		}
		for i := range r.Then {
			b := r.Then[i]
			require.False(t, b.At.Before(begin), "%s: %v happens before it", r.Name, b)
			if b.Who == recipient {
				require.NotNil(t, find(fallbackOf(&r)), "%s: nobody does it when nobody was told", r.Name)
				b.Who = fallbackOf(&r)
			}
			w.rooms[together] = true
			w.beat(&b)
		}
	}
}

func TestMomentsOfTheStory(t *testing.T) {
	require.Equal(t, time.Date(2026, time.March, 10, 10, 5, 0, 0, time.UTC), on("Tue 10:05"))
	require.Equal(t, time.Monday, on("Next 09:00").Weekday())
	require.Equal(t, time.Friday, on("Before 09:00").Weekday())
	require.Panics(t, func() { on("Someday 09:00") })
	require.Panics(t, func() { on("Tue late") })
}
