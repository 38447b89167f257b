package company

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func generate(t *testing.T, o Options) *Company {
	t.Helper()
	c, err := Generate(o)
	require.NoError(t, err)
	return c
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{"weeks": {Weeks: 1}, "issues": {Issues: 5}, "messages": {Messages: 10}} {
		t.Run(name, func(t *testing.T) {
			_, err := Generate(o)
			require.ErrorIs(t, err, ErrOptions)
		})
	}
	wednesday := time.Date(2027, 6, 9, 15, 0, 0, 0, time.UTC)
	c := generate(t, Options{Start: wednesday, Weeks: 2, Issues: 100, Messages: 1000})
	require.Equal(t, "2027-06-07T00:00:00Z", c.Start.Format(time.RFC3339))
}

// files writes the company and reads all of it back.
func files(t *testing.T, o Options) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, generate(t, o).WriteTo(dir))
	out := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = b
		return err
	}))
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b, other := files(t, Options{Seed: 7}), files(t, Options{Seed: 7}), files(t, Options{Seed: 8})
	require.Equal(t, len(a), len(b))
	for path := range a {
		require.True(t, bytes.Equal(a[path], b[path]), path)
	}
	require.NotEqual(t, a["/jira.jsonl"], other["/jira.jsonl"])
}

func TestEveryFileIsJSON(t *testing.T) {
	for path, b := range files(t, Options{}) {
		if strings.HasSuffix(path, ".jsonl") {
			for line := range bytes.Lines(b) {
				require.True(t, json.Valid(line), "%s: %s", path, line)
			}
			continue
		}
		require.True(t, json.Valid(b), path)
	}
}

func TestNoWordsLeftOpen(t *testing.T) {
	for _, ch := range generate(t, Options{}).Channels {
		for _, m := range ch.Messages {
			require.NotEmpty(t, m.Text)
			for _, bad := range []string{"{", "}", " // ", "@fix", "<@A>", "<@B>", "<@C>", " => "} {
				require.NotContains(t, m.Text, bad)
			}
		}
	}
}

func TestSize(t *testing.T) {
	for seed := range int64(4) {
		c := generate(t, Options{Seed: seed + 1})
		require.InDelta(t, 400, len(c.Issues), 20)
		require.InDelta(t, 6000, c.Truth.Messages, 100)
		require.InDelta(t, 46, len(c.People), 4)
		share := float64(c.Truth.Ordinary) / float64(c.Truth.Messages)
		require.GreaterOrEqual(t, share, 0.95, "seed %d", seed+1)
		require.GreaterOrEqual(t, len(c.Truth.Negatives), 60)
	}
}

func TestLargerCompany(t *testing.T) {
	c := generate(t, Options{Seed: 5, Weeks: 20, Issues: 1500, Messages: 20000})
	require.InDelta(t, 1500, len(c.Issues), 75)
	require.GreaterOrEqual(t, float64(c.Truth.Ordinary)/float64(c.Truth.Messages), 0.95)
}

func TestMessagesInOrder(t *testing.T) {
	c := generate(t, Options{})
	for _, ch := range c.Channels {
		at := map[string]*Message{}
		last := time.Time{}
		for _, m := range ch.Messages {
			require.True(t, m.at.After(last), "%s %s", ch.Name, m.TS)
			require.True(t, m.at.Before(c.End))
			last = m.at
			at[m.TS] = m
			if m.by != nil {
				require.False(t, m.by.gone(m.at), "%s wrote after leaving", m.by.Name)
			}
			if m.ThreadTS == "" || m.ThreadTS == m.TS {
				continue
			}
			require.NotNil(t, at[m.ThreadTS], "the root comes before the reply")
		}
		for _, m := range ch.Messages {
			require.Len(t, m.Replies, m.ReplyCount)
			for _, reply := range m.Replies {
				require.Equal(t, m.TS, at[reply.TS].ThreadTS)
			}
		}
	}
}

func TestChangelogAgreesWithFinalValues(t *testing.T) {
	for _, is := range generate(t, Options{Issues: 800}).Issues {
		f := is.Fields
		id, _ := f.Priority.strings()
		now := map[string]*string{"status": &f.Status.ID, "priority": id}
		now["resolution"], _ = f.Resolution.strings()
		now["assignee"], _ = f.Assignee.strings()
		now["Team"], _ = f.Team.strings()
		now["Support Level"], _ = f.Level.strings()
		hs := is.Changelog.Histories
		require.Equal(t, len(hs), is.Changelog.Total)
		for i := len(hs) - 1; i >= 0; i-- {
			require.GreaterOrEqual(t, f.Updated, hs[i].Created)
			require.GreaterOrEqual(t, hs[i].Created, f.Created)
			if i > 0 {
				require.Greater(t, hs[i].ID, hs[i-1].ID)
				require.False(t, hs[i].at.Before(hs[i-1].at), is.Key)
			}
			for _, it := range hs[i].Items {
				if it.Field == "Link" {
					continue
				}
				require.Equal(t, now[it.Field], it.To, "%s %s", is.Key, it.Field)
				now[it.Field] = it.From
			}
		}
		require.Nil(t, now["resolution"], is.Key)
		require.Equal(t, f.Resolution == nil, f.Resolved == nil, is.Key)
		last := ""
		for _, c := range f.Comment.List {
			require.GreaterOrEqual(t, c.Created, last)
			last = c.Created
		}
		require.Equal(t, len(f.Comment.List), f.Comment.Total)
	}
}

// places lists every case and, for each, the events that it has.
func places(c *Company) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, is := range c.Issues {
		m := map[string]bool{"created": true}
		for _, h := range is.Changelog.Histories {
			m[h.ID] = true
		}
		for _, x := range is.Fields.Comment.List {
			m[x.ID] = true
		}
		out[is.where()] = m
	}
	for _, ch := range c.Channels {
		for _, m := range ch.Messages {
			root := m
			if m.ThreadTS != "" {
				root = &Message{TS: m.ThreadTS}
			}
			where := ch.where(root)
			if out[where] == nil {
				out[where] = map[string]bool{}
			}
			out[where][m.TS] = true
		}
	}
	return out
}

func TestTruthPointsAtWhatExists(t *testing.T) {
	for seed := range int64(3) {
		c := generate(t, Options{Seed: seed + 1})
		have := places(c)
		kinds := map[string]int{}
		for _, p := range c.Truth.Planted {
			kinds[p.Kind]++
			found := have[p.Case][p.Event]
			require.NotNil(t, have[p.Case], p.Case)
			for _, x := range p.Cases {
				require.NotNil(t, have[x], x)
				found = found || have[x][p.Event]
			}
			require.True(t, found, "%+v", p)
			require.NotEmpty(t, p.Resolvers, "%+v", p)
			require.NotContains(t, p.Resolvers, p.Originator)
			require.True(t, p.Until == nil || p.Until.After(p.At), "%+v", p)
			if p.Outcome != nil {
				require.NotNil(t, have[p.Outcome.Case])
				require.True(t, p.Outcome.At.After(p.At))
			}
			if p.Of != "" {
				require.NotNil(t, have[p.Of])
			}
		}
		for _, n := range c.Truth.Negatives {
			require.NotNil(t, have[n.Case], n.Case)
		}
		for _, kind := range []string{"wander", "ping_pong", "climb", "stall", "orphan", "orphan_left", "orphan_away", "downgraded", "reopened", "duplicate", "unanswered",
			"unanswered_metoo", "unanswered_late", "deflected", "untracked", "echo", "workaround", "hedged", "cord", "chase", "quiet_incident"} {
			require.Positive(t, kinds[kind], "seed %d: %s", seed+1, kind)
		}
		t.Logf("seed %d: %v", seed+1, kinds)
	}
}

// TestOrdinaryIssuesFlow guards the truth itself: what is not planted has no long path and no silence of days.
func TestOrdinaryIssuesFlow(t *testing.T) {
	c := generate(t, Options{Issues: 800})
	ordinary, handed := 0, 0
	for _, is := range c.Issues {
		if is.planned || is.waiting {
			continue
		}
		ordinary++
		hops, last, open := 0, is.opened, true
		for _, h := range is.Changelog.Histories {
			for _, it := range h.Items {
				if it.Field == "Team" {
					hops++
				}
			}
		}
		require.LessOrEqual(t, hops, 2, is.Key)
		handed += hops
		for _, at := range moments(is) {
			require.Less(t, workdays(last, at), 3.1, "%s is silent after %s", is.Key, last)
			if last = at; !is.closedAt().IsZero() && !at.Before(is.closedAt()) {
				open = false
				break
			}
		}
		if open {
			require.Less(t, workdays(last, c.End), 3.1, "%s is silent at the end", is.Key)
		}
	}
	require.Greater(t, float64(ordinary)/float64(len(c.Issues)), 0.6)
	require.Positive(t, handed)
}

// moments lists when something happened to an issue, in order.
func moments(is *Issue) []time.Time {
	var out []time.Time
	i, j := 0, 0
	hs, cs := is.Changelog.Histories, is.Fields.Comment.List
	for i < len(hs) || j < len(cs) {
		if j == len(cs) || i < len(hs) && !hs[i].at.After(cs[j].at) {
			out = append(out, hs[i].at)
			i++
		} else {
			out = append(out, cs[j].at)
			j++
		}
	}
	return out
}

// TestImportsNothingOfAndon keeps the words of the generator apart from the words of the detectors.
func TestImportsNothingOfAndon(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, im := range f.Imports {
			name := strings.Trim(im.Path.Value, `"`)
			require.NotContains(t, strings.Split(name, "/")[0], ".", "%s imports %s", path, name)
			require.False(t, name == "andon" || strings.HasPrefix(name, "andon/"), "%s imports %s", path, name)
		}
	}
}

func TestSlip(t *testing.T) {
	r := newWorld(Options{Seed: 3, Weeks: 2}).rng("slip")
	for range 200 {
		got := slip(r, "parcel")
		require.InDelta(t, len("parcel"), len(got), 1)
		require.Equal(t, byte('p'), got[0])
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"it works. thanks":       "It works. Thanks.",
		"kn-4 is back":           "kn-4 is back.",
		"run `pf mute` now":      "Run `pf mute` now.",
		"why?\nbecause":          "Why?\nBecause.",
		"<@U0X> can you look":    "<@U0X> can you look.",
		"see https://x.example/": "See https://x.example/",
	} {
		require.Equal(t, want, sentence(in))
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if _, err := Generate(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
