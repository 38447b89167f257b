package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
	"andon/store/storetest"
)

func date(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := config.Date(s)
	require.NoError(t, err)
	return at
}

// orgStep is a configuration that is in force from a day on, and what it must
// come to.
type orgStep struct {
	name, day, text string
	wrote           int               // events that it adds to the journal
	teams           map[string]string // of each person that is known, on that day
}

const (
	two     = "roster: {people: [{id: ann, team: Red}, {id: ben, team: Blue}], teams: [{id: Red}, {id: Blue}]}"
	moved   = "roster: {people: [{id: ann, team: Blue}, {id: ben, team: Blue}], teams: [{id: Red}, {id: Blue}]}"
	annOnly = "roster: {people: [{id: ann, team: Red}], teams: [{id: Red}, {id: Blue}]}"
	dated   = "roster: {people: [{id: ann, team: Red}, {id: ann, team: Blue, since: 2026-06-01}], teams: [{id: Red}, {id: Blue}]}"
	later   = "roster: {people: [{id: ann, team: Red}, {id: ann, team: Green, since: 2026-06-01}], teams: [{id: Red}, {id: Blue}, {id: Green}]}"
	nobody  = "roster: {teams: [{id: Red}, {id: Blue}]}"
)

func TestSyncOrg(t *testing.T) {
	both := map[string]string{"ann": "Red", "ben": "Blue"}
	for name, steps := range map[string][]orgStep{
		"what is unchanged writes nothing": {
			{"first", "2026-03-01", two, 5, both},
			{"again", "2026-03-02", two, 0, both},
			{"and again", "2026-03-03", two, 0, both},
		},
		"one changed person is one event": {
			{"first", "2026-03-01", two, 5, both},
			{"moved", "2026-03-02", moved, 1, map[string]string{"ann": "Blue", "ben": "Blue"}},
			{"again", "2026-03-03", moved, 0, map[string]string{"ann": "Blue", "ben": "Blue"}},
		},
		"there and back again": {
			{"first", "2026-03-01", two, 5, both},
			{"moved", "2026-03-02", moved, 1, map[string]string{"ann": "Blue", "ben": "Blue"}},
			{"back", "2026-03-03", two, 1, both},
			{"again", "2026-03-04", two, 0, both},
			{"and once more", "2026-03-05", moved, 1, map[string]string{"ann": "Blue", "ben": "Blue"}},
		},
		"who is taken out is removed, once": {
			{"first", "2026-03-01", two, 5, both},
			{"without ben", "2026-03-02", annOnly, 1, map[string]string{"ann": "Red"}},
			{"again", "2026-03-03", annOnly, 0, map[string]string{"ann": "Red"}},
			{"with ben", "2026-03-04", two, 1, both},
			{"again", "2026-03-05", two, 0, both},
		},
		"an entry with a date takes effect then": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"again", "2026-03-02", dated, 0, map[string]string{"ann": "Red"}},
			{"then", "2026-06-02", dated, 0, map[string]string{"ann": "Blue"}},
		},
		"a policy that changes is one event": {
			{"first", "2026-03-01", "policy: {budget: 3}", 1, map[string]string{}},
			{"again", "2026-03-02", "policy: {budget: 3}", 0, map[string]string{}},
			{"changed", "2026-03-03", "policy: {budget: 4}", 1, map[string]string{}},
			{"again", "2026-03-04", "policy: {budget: 4}", 0, map[string]string{}},
			{"back", "2026-03-05", "policy: {budget: 3}", 1, map[string]string{}},
		},
	} {
		t.Run(name, func(t *testing.T) { syncSteps(t, steps) })
	}
}

// TestSyncOrgWithDates changes entries that bear dates of their own.
func TestSyncOrgWithDates(t *testing.T) {
	for name, steps := range map[string][]orgStep{
		"an entry with a date to come can be changed": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"changed", "2026-03-02", later, 2, map[string]string{"ann": "Red"}},
			{"again", "2026-03-03", later, 0, map[string]string{"ann": "Red"}},
			{"then", "2026-06-02", later, 0, map[string]string{"ann": "Green"}},
		},
		"who had an entry with a date is removed, once": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"without ann", "2026-07-01", nobody, 1, map[string]string{}},
			{"again", "2026-07-02", nobody, 0, map[string]string{}},
		},
		"a date to come is taken back": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"taken back", "2026-03-02", annOnly, 1, map[string]string{"ann": "Red"}},
			{"again", "2026-03-03", annOnly, 0, map[string]string{"ann": "Red"}},
			{"then", "2026-06-02", annOnly, 0, map[string]string{"ann": "Red"}},
		},
		"a date that has passed is taken back": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"taken back", "2026-07-01", annOnly, 1, map[string]string{"ann": "Red"}},
			{"again", "2026-07-02", annOnly, 0, map[string]string{"ann": "Red"}},
		},
		"who is to come back is removed for good": {
			{"before", "2026-03-01", dated, 5, map[string]string{"ann": "Red"}},
			{"without ann", "2026-03-02", nobody, 2, map[string]string{}},
			{"again", "2026-03-03", nobody, 0, map[string]string{}},
			{"then", "2026-06-02", nobody, 0, map[string]string{}},
		},
	} {
		t.Run(name, func(t *testing.T) { syncSteps(t, steps) })
	}
}

func syncSteps(t *testing.T, steps []orgStep) {
	db, err := store.Open(t.Context(), storetest.SQLite(t), store.Options{Migrate: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, s := range steps {
		f, err := config.Parse(s.name, []byte(s.text), configOptions())
		require.NoError(t, err)
		before, err := db.Head(t.Context())
		require.NoError(t, err)
		wrote, err := syncOrg(t.Context(), port{db}, &f.Config, date(t, s.day).Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, s.wrote, wrote, s.name)
		news, err := db.Follow(t.Context(), before, 100)
		require.NoError(t, err)
		require.Len(t, news, s.wrote, "%s: what it says it wrote is what the journal holds", s.name)
		org := orgOn(t, db, date(t, s.day).Add(2*time.Hour))
		teams := map[string]string{}
		for id, p := range org.People {
			teams[id] = p.Team
		}
		require.Equal(t, s.teams, teams, s.name)
		want, err := json.Marshal(f.Config.Policy)
		require.NoError(t, err)
		got, err := json.Marshal(org.Policy)
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(got), s.name)
	}
}

// orgOn is the organisation as the journal knows it.
func orgOn(t *testing.T, db *store.DB, at time.Time) *signals.Org {
	had, err := db.CaseEvents(t.Context(), 0, orgKey)
	require.NoError(t, err)
	var events []*signals.Event
	for _, e := range had[orgKey] {
		events = append(events, e.Event)
	}
	org, err := signals.FoldOrg(signals.DefaultPolicy(), events, at)
	require.NoError(t, err)
	return org
}
