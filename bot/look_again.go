package bot

import (
	"slices"

	"andon/signals"
)

// reworded reports whether an event takes words back that messages may repeat.
func reworded(e *signals.Event) bool {
	return e.Kind == signals.Deleted || e.Kind == signals.Edited && e.Ref != ""
}

// again lists the messages that have to say something else: after an answer,
// because it counts as solved or came back, or because nobody approved them in
// time.
func (l *look) again() (out []string) {
	for _, r := range l.stirred() {
		told := l.answered || over(r) || !r.Again.IsZero()
		if told {
			out = append(out, companions(r)...)
		}
		for _, n := range r.Nudges {
			switch {
			case told && n.Message != "" && n.State != signals.Sending && !slices.Contains(out, n.Message):
				out = append(out, n.Message)
			case !told && n.To != "" && n.State == signals.Superseded && n.At.Equal(l.now):
				out = append(out, besideID(proposalID, n.Key()))
			}
		}
	}
	return out
}

// stirred are the records whose messages may have to say something else: those
// that changed, and after a click all of the problem, for a message tells what
// everybody did, also where the book was not moved by it.
func (l *look) stirred() []*signals.Record {
	w := l.brain.w
	c := w.Case(l.st.Case)
	if !l.pressed || c == nil {
		return l.out.Records
	}
	p := w.Problem(c)
	out := slices.Clone(l.out.Records)
	for _, r := range w.Book.Records {
		if p.Case(r.Signal.Case) != nil && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}
