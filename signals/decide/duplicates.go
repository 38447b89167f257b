package decide

import (
	"strings"

	"andon/signals"
)

// learnDuplicates tells the similarity index what event e, which everybody may
// see, says of duplicates: that its case was closed as one, or is none any more,
// or is gone, after which its words lead nowhere.
// What was heard before its original was is learnt with the original.
func (w *World) learnDuplicates(c *signals.Case, e *signals.Event) {
	if w.Memory.Index == nil || e.Audience != signals.Public {
		return
	}
	switch e.Kind {
	case signals.Linked, signals.Unlinked, signals.Closed, signals.Reopened, signals.Deleted:
		w.learnDuplicate(c)
	case signals.Opened:
		for _, other := range w.Kin(public).Linking(c.Key) {
			w.learnDuplicate(other)
		}
	}
}

func (w *World) learnDuplicate(c *signals.Case) {
	id, ok := w.Memory.number[c.Key]
	if !ok {
		return
	}
	w.Memory.Index.UnmarkDuplicate(id) // a mark that cannot be made leaves no older one
	if of, ok := w.originalOf(c.For(public), id); ok {
		w.Memory.Index.MarkDuplicate(id, of)
	}
}

// originalOf is the number of the case of which a closed one, whose number is id,
// is a duplicate by its links. A link that does not tell which of the two is the
// duplicate counts from the later to the earlier.
func (w *World) originalOf(c *signals.Case, id int32) (number int32, ok bool) {
	if c.ClosedAt.IsZero() || c.Gone {
		return 0, false
	}
	for i := range c.Links {
		l := &c.Links[i]
		phrase := strings.ToLower(l.Phrase)
		if !strings.Contains(strings.ToLower(l.Type), "duplicate") || strings.HasSuffix(phrase, " by") {
			continue
		}
		k, found := w.resolve(l.To.String())
		number, known := w.Memory.number[k]
		if found && known && number != id && (phrase == "duplicates" || w.Memory.Index.Before(number, id)) {
			return number, true
		}
	}
	return 0, false
}
