package detect_test

import (
	"cmp"
	"slices"
	"sync"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/text"
)

var lexicon = sync.OnceValue(text.DefaultLexicon)

// models is what a script has taught so far. Likeness is the share of words
// that two cases have in common, so that a script's verdict hangs on the words
// in it and not on the weights of the index.
type models struct {
	world    *world
	readings map[readKey]*detect.Reading
}

type readKey struct{ id, text string }

func (m *models) Read(p *signals.Post) *detect.Reading {
	k := readKey{p.Event.ID, p.Text}
	r := m.readings[k]
	if r == nil {
		r = detect.NewReading(lexicon(), p.Text)
		m.readings[k] = r
	}
	return r
}

func (m *models) Alike(c *signals.Case, k int) []detect.Like {
	mine := vocabulary(c)
	var out []detect.Like
	for _, o := range m.world.cases {
		if o == c || !o.Opened.Before(c.Opened) {
			continue
		}
		theirs := vocabulary(o)
		var shared []string
		for _, w := range mine {
			if slices.Contains(theirs, w) {
				shared = append(shared, w)
			}
		}
		if len(shared) > 0 {
			out = append(out, detect.Like{Case: o, Score: 2 * float64(len(shared)) / float64(len(mine)+len(theirs)), Words: shared})
		}
	}
	slices.SortFunc(out, func(a, b detect.Like) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), signals.CompareKeys(a.Case.Key, b.Case.Key))
	})
	return out[:min(k, len(out))]
}

func vocabulary(c *signals.Case) []string {
	words := text.Tokens(c.Title+" "+c.Body, nil)
	if c.Key.Source == signals.Slack {
		for _, p := range c.Posts {
			words = text.Tokens(text.Parse(p.Text).Prose, words)
		}
	}
	words = slices.DeleteFunc(words, func(s string) bool { return len(s) < 3 })
	slices.Sort(words)
	return slices.Compact(words)
}

func (m *models) Handoffs(project string, q float64) (handoffs, cases int) {
	var counts []int
	for _, c := range m.world.cases {
		if c.Project == project && !c.Open() {
			counts = append(counts, c.Path.Teams().Handoffs())
		}
	}
	if len(counts) == 0 {
		return 0, 0
	}
	slices.Sort(counts)
	return counts[min(len(counts)-1, int(q*float64(len(counts))))], len(counts)
}

func (m *models) ProblemWeights() detect.ProblemWeights { return nil }

// Habit knows the share of held cases and leaves the usual times unknown.
func (m *models) Habit(project, _ string) (h detect.Habit) {
	for _, c := range m.world.cases {
		if c.Project != project || c.Open() {
			continue
		}
		h.Closed++
		if p := c.Path.Persons(); len(p) > 0 && p[0].Since.Before(c.ClosedAt) {
			h.Held++
		}
	}
	return h
}
