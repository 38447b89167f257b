package decide

import (
	"slices"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// Likeness is a case that is like another, or like some words, as a viewer may
// know it, and how it ended.
type Likeness struct {
	Key        signals.Key
	Label      string // readable name of an issue, such as PAY-17
	Title      string // of a thread its first words
	Score      float64
	Words      []string // what they have in common, the weightiest first
	Closed     bool
	ClosedAt   time.Time
	Resolution string // how it was closed, as the source calls it; "" while open or where it is not said
	Team       string // the last that held it, by its present name
}

// Similar lists up to n cases opened before now that are like a case, the likest
// first, of which the viewer may see something. It knows of what was said in
// public and is nil where no similarity is kept, see Options.Index.
func (w *World) Similar(c *signals.Case, v signals.Viewer, n int, now time.Time) []Likeness {
	c = c.For(v)
	f, ok := fields(c)
	if !ok || w.Memory.Index == nil || w.Memory.unread(c.Opener) {
		return nil
	}
	var skip func(int32) bool
	if self, known := w.Memory.number[c.Key]; known {
		skip = func(id int32) bool { return id == self }
	}
	return w.similar(f, skip, v, n, now)
}

// SimilarWords is Similar for a description in free words.
func (w *World) SimilarWords(words string, v signals.Viewer, n int, now time.Time) []Likeness {
	if w.Memory.Index == nil || words == "" {
		return nil
	}
	return w.similar(text.Fields{Title: words}, nil, v, n, now)
}

func (w *World) similar(f text.Fields, skip func(int32) bool, v signals.Viewer, n int, now time.Time) []Likeness {
	var out []Likeness
	for _, h := range w.Memory.Index.Query(f, now.Unix(), 2*n, skip) { // some may be gone, or hidden since
		c := w.Case(w.Memory.ids[h.ID])
		if c == nil || c.Gone || len(out) == n {
			continue
		}
		c = c.For(v)
		if _, ok := fields(c); !ok || w.Memory.unread(c.Opener) {
			continue
		}
		out = append(out, w.likeness(c, h))
	}
	return out
}

// likeWords is how many words a likeness without a title shows of a thread.
const likeWords = 14

func (w *World) likeness(c *signals.Case, h text.Match) Likeness {
	l := Likeness{Key: c.Key, Label: c.Label, Title: c.Title, Score: h.Score, Words: h.Shared, Closed: !c.ClosedAt.IsZero(), ClosedAt: c.ClosedAt, Resolution: c.Resolution}
	if l.Title == "" && len(c.Posts) > 0 {
		words := strings.Fields(c.Posts[0].Text)
		l.Title = strings.Join(words[:min(len(words), likeWords)], " ")
		if len(words) > likeWords {
			l.Title += " …"
		}
	}
	team := c.Team
	for _, hop := range slices.Backward(c.Path) {
		if team != "" {
			break
		}
		team = hop.Team
	}
	if l.Team = w.Org.TeamName(team); team == "" {
		if p := w.Org.Person(c.Closer); p != nil {
			l.Team = w.Org.TeamName(p.Team)
		}
	}
	return l
}
