package route

import (
	"fmt"
	"math"
	"strings"

	"andon/signals"
)

// holds stands for a source: the candidate holds the case now.
const holds = sources

// Why says what speaks most for a candidate, as the rest of a sentence that
// begins with who it is. A team comes with figures; a person never does, see
// Figures.
func (c Candidate) Why(m *Model) string { return c.words(m, c.why.track == teams) }

// Figures is Why with the counts in any case. A person's own figures are for
// that person alone.
func (c Candidate) Figures(m *Model) string { return c.words(m, true) }

func (c Candidate) words(m *Model, figures bool) string {
	e := &c.why
	what := m.what(e)
	from := "the present holder"
	if e.track == teams && e.from >= 0 && int(e.from) < len(m.tracks[teams].names.name) {
		from = m.tracks[teams].names.name[e.from]
	}
	switch int(e.source) {
	case holds:
		return "holds it now"
	case goal:
		if e.track == teams {
			return "is where " + what + " " + e.often() + " end after " + from
		}
		return e.often() + " resolves " + what + " after " + from
	case pass:
		return "is whom " + from + " " + e.often() + " hands " + what + " to"
	case held:
		return "is lately given " + what
	}
	n, of := e.recent()
	switch {
	case e.f == fAll: // nothing of this case speaks for them more than for others
		return "has lately had cases here"
	case !figures || e.f == fWord || e.f == fOther || e.f == fOpener || of < 3:
		return "has lately resolved " + what
	}
	return fmt.Sprintf("resolved %d of the last %d %s", n, of, what)
}

// often says "mostly" of more than half alone: what weighs most for a candidate
// may be a small part of the cases.
func (e *evidence) often() string {
	if 2*e.n > e.of {
		return "mostly"
	}
	return "often"
}

// recent turns the decayed counts into whole ones, out of ten at most.
func (e *evidence) recent() (n, of int) {
	of = min(10, int(math.Round(float64(e.of))))
	if e.of > 0 {
		n = int(math.Round(float64(e.n / e.of * float32(of))))
	}
	return max(n, min(of, 1)), of
}

// what names the cases that the evidence is about.
func (m *Model) what(e *evidence) string {
	switch e.f {
	case fAll:
		return "cases"
	case fWord:
		return "cases with like words in the title"
	case fOpener:
		return "cases that the same person raised"
	case fOther:
		if e.track == teams {
			return "cases of the present holder"
		}
		return "cases of the team " + e.value
	case fPrev, fFirst:
		return "cases that came the same way"
	}
	if int(e.f) < len(m.fields.names) {
		return "cases with " + strings.ToLower(m.fields.names[e.f]) + " " + signals.Bare(e.value)
	}
	return "cases like it"
}
