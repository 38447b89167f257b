package jira

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// raw is an issue as encoding/json sees it, read apart from the code under test.
type raw struct {
	ID     string
	Names  map[string]string
	Fields map[string]any

	Changelog struct {
		Histories []struct {
			Items []struct {
				Field, From, FromString *string
			}
		}
	}
}

func readRaw(t *testing.T, path string, visit func(raw)) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var r raw
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		visit(r)
	}
	require.NoError(t, lines.Err())
}

// finalOf is the final value of a field, nil where there is none.
func (r raw) finalOf(name string) *string {
	id := name
	for k, v := range r.Names {
		if v == name {
			id = k
		}
	}
	v := r.Fields[id]
	if m, ok := v.(map[string]any); ok {
		switch {
		case name == "assignee":
			v = m["accountId"]
		case m["name"] != nil:
			v = m["name"]
		default:
			v = m["value"]
		}
	}
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}

// runs rewinds a field and returns its runs of equal values, unset ones skipped.
func (r raw) runs(name string) (out []string) {
	v := r.finalOf(name)
	track := []*string{}
	for i := len(r.Changelog.Histories) - 1; i >= 0; i-- {
		track = append(track, v)
		for _, it := range r.Changelog.Histories[i].Items {
			if *it.Field == name && name == "assignee" {
				v = it.From
			} else if *it.Field == name {
				v = it.FromString
			}
		}
	}
	track = append(track, v)
	for i := len(track) - 1; i >= 0; i-- {
		if s := track[i]; s != nil && (len(out) == 0 || out[len(out)-1] != *s) {
			out = append(out, *s)
		}
	}
	return out
}

// Real histories: as many issues and entries as the file has, the final values
// at the end of the fold, and the same runs of teams and persons as a rewinding
// by hand.
func TestRealHistory(t *testing.T) {
	for _, file := range []string{"bpi2013_learn", "bpi2013_test", "uci_test", "storm"} {
		t.Run(file, func(t *testing.T) {
			path := dataFile(t, file+".jsonl.gz")
			cases := map[string]*signals.Case{}
			rep, err := ReadFile(context.Background(), path, Options{Team: "Team", Level: "Support Level"}, func(events []*signals.Event) error {
				c := signals.Fold(events)
				cases[c.Key.ID] = c
				return nil
			})
			require.NoError(t, err)
			require.Zero(t, rep.Rejected)
			n := 0
			readRaw(t, path, func(r raw) {
				n++
				same(t, r, cases[r.ID])
			})
			require.Equal(t, n, rep.Issues)
		})
	}
}

func same(t *testing.T, r raw, c *signals.Case) {
	t.Helper()
	require.NotNil(t, c, r.ID)
	require.Equal(t, 1+len(r.Changelog.Histories), c.Entries, r.ID)
	for _, f := range []struct{ name, got string }{
		{"Team", c.Team}, {"Support Level", c.Level}, {"assignee", signals.Bare(c.Holder)}, {"status", c.Status}, {"priority", c.Priority},
	} {
		want := r.finalOf(f.name)
		if want == nil {
			want = new(string)
		}
		require.Equal(t, *want, f.got, "%s of %s", f.name, r.ID)
	}
	require.Equal(t, r.Fields["resolution"] == nil, c.Open(), r.ID)
	var teams, persons []string
	for _, h := range c.Path.Teams() {
		teams = append(teams, h.Team)
	}
	for _, h := range c.Path.Persons() {
		persons = append(persons, signals.Bare(h.Person))
	}
	require.Equal(t, r.runs("Team"), teams, r.ID)
	require.Equal(t, r.runs("assignee"), persons, r.ID)
}
