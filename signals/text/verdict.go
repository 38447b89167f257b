package text

import (
	"slices"
	"strings"
	"unicode"
)

// Verdict is what words say to the question whether something is solved.
type Verdict string

// The verdicts. What is not said clearly is Unclear: a word that is taken for its
// opposite does more harm than one that is not understood.
const (
	Unclear    Verdict = ""
	SaysSolved Verdict = "solved"
	SaysStill  Verdict = "still"  // it still happens
	SaysPartly Verdict = "partly" // a part of it is left
)

// clause is a piece of an answer between two stops, or before and after a "but".
type clause struct {
	words  []string
	from   int  // bytes of the prose
	turned bool // it follows a "but"

	works, fails bool // what it says of the matter
	stays        bool // it says that it did not come again, which alone is no plain yes
	doubts       bool // it is a guess, or a condition comes first
	objects      bool // it has a condition, an objection or a negation: no plain yes
}

// Verdict reads a plain text as an answer to the question whether something is
// solved. left is what the text says is left, of what is solved in part; it may be
// empty. An answer is a yes or a no at its beginning ("yes, thanks"), or words that
// say so by themselves ("it works again").
func (l *Lexicon) Verdict(raw string) (v Verdict, left string) {
	raw = strings.NewReplacer("’", "'", ":+1:", " thumbsup ", ":-1:", " thumbsdown ").Replace(strings.TrimSpace(raw))
	d := Parse(raw)
	list := l.clauses(&d)
	r := l.replied(list)
	asks := strings.HasSuffix(strings.TrimSpace(d.Prose), "?")
	turn := slices.IndexFunc(list, func(c clause) bool { return c.turned })
	against := turn >= 0 && r.against // a "but", and after it something that is not well
	other := turn >= 0 && !r.against && !list[turn].works
	switch {
	case asks && !r.no:
		return Unclear, ""
	case r.part >= 0:
		return SaysPartly, l.rest(d.Prose, list[r.part:])
	case r.yes && r.no, r.no && (r.works || r.stays), r.works && r.fails && !against, r.yes && r.fails && !against:
		return Unclear, ""
	case (r.yes || r.works) && against:
		return SaysPartly, l.rest(d.Prose, list[turn:])
	case r.no:
		return SaysStill, ""
	case r.doubts:
		return Unclear, ""
	case (r.yes || r.works) && !other && !r.objects:
		return SaysSolved, ""
	case r.fails && !r.yes && !r.works:
		return SaysStill, ""
	}
	return Unclear, ""
}

// reply is what the clauses of an answer say together.
type reply struct {
	yes, no         bool
	part            int // the clause that says that it is so in part, -1 for none
	works, fails    bool
	stays           bool
	doubts, objects bool
	against         bool // a clause after a "but" speaks against it
}

// opening is how many clauses may begin an answer: "hi, yes".
const opening = 2

func (l *Lexicon) replied(list []clause) reply {
	r := reply{part: -1}
	for i, c := range list {
		switch {
		case i >= opening || c.turned:
		case r.part < 0 && l.holds(InPart, c.words[:min(len(c.words), fewLead)]):
			r.part = i
		case l.all(Assent, c.words), c.works && !c.fails && l.starts(Assent, c.words) > 0:
			r.yes = true
		case l.all(Dissent, c.words), c.fails && l.starts(Dissent, c.words) > 0:
			r.no = true
		}
		r.works = r.works || c.works && !c.fails
		r.fails = r.fails || c.fails
		r.stays = r.stays || c.stays
		r.doubts = r.doubts || c.doubts && !c.turned
		r.objects = r.objects || c.objects && !c.turned
		r.against = r.against || c.turned && !c.works && (c.fails || c.objects)
	}
	return r
}

// fewLead is within how many words of a clause "partly" speaks of the whole: "it
// is only partly solved".
const fewLead = 5

// clauses takes an answer apart. Thanks are left out: they say nothing of the
// matter.
func (l *Lexicon) clauses(d *Doc) (out []clause) {
	hits := l.Find(d)
	prose := []byte(d.Prose)
	for _, h := range hits {
		if h.Cue == Thanks {
			for i := h.Start; i < h.End; i++ {
				prose[i] = ' '
			}
			prose[h.Start] = '\n'
		}
	}
	words := split(string(prose))
	turned := false
	for i := 0; i < len(words); {
		n := l.turns(words[i:])
		turned = turned || n > 0
		i += n
		j := i
		for j < len(words) && (j == i || !words[j].stop && l.turns(words[j:]) == 0) {
			j++
		}
		if i < j {
			out = append(out, l.weighed(words[i:j], hits, turned))
		}
		i = j
	}
	return out
}

// turns is how many words of a "but" some words begin with; "only partly" is none.
func (l *Lexicon) turns(list []placed) int {
	words := texts(list)
	if l.starts(InPart, words) > 0 {
		return 0
	}
	return l.starts(Contrast, words)
}

// weighed reads the cues of a clause.
func (l *Lexicon) weighed(list []placed, hits []Hit, turned bool) clause {
	c := clause{words: texts(list), from: list[0].from, turned: turned}
	end := list[len(list)-1].to
	first := end // where it begins to speak of the matter
	for _, h := range hits {
		if h.Start < c.from || h.Start >= end || h.Weight < 0.5 {
			continue
		}
		if l.notAgain(list, h) {
			c.stays = true
			continue
		}
		switch h.Cue {
		case Solved, NeverMind:
			c.works, first = true, min(first, h.Start)
		case Again, Problem:
			c.fails, first = true, min(first, h.Start)
		case Hedge:
			c.doubts = true
		}
	}
	for i, w := range list {
		not := contains(l.lists[negationList], w.text)
		n := l.starts(NotOver, c.words[i:])
		switch {
		case n > 0 && not && l.starts(Over, c.words[i+n:]) > 0: // "not yet resolved"
			c.fails = true
		case n > 0 && !not && w.from < first: // "when it works again"
			c.doubts = true
		}
		c.objects = c.objects || not && !c.works && !c.stays || n > 0 && !not || l.starts(Objection, c.words[i:]) > 0
	}
	switch {
	case l.all(Assent, c.words):
		c.works, c.doubts, c.objects = !c.fails, false, false
	case l.all(Dissent, c.words):
		c.works, c.fails, c.doubts = false, true, false
	}
	return c
}

// rest is what is left by the words of an answer: what follows the few words that
// say that something is, else all of it from there on.
func (l *Lexicon) rest(prose string, list []clause) string {
	from := list[0].from
	if !list[0].turned && len(list[0].words) <= fewLead {
		if len(list) == 1 {
			return ""
		}
		from = list[1].from
	}
	return strings.TrimSpace(prose[from:])
}

// starts is how many words the longest phrase of a plain list has with which some
// words begin, 0 for none.
func (l *Lexicon) starts(list string, words []string) (n int) {
	if len(words) == 0 {
		return 0
	}
	for _, p := range l.plain[list][words[0]] {
		if len(p) > n && len(p) <= len(words) && slices.Equal(words[:len(p)], p) {
			n = len(p)
		}
	}
	return n
}

// all reports whether some words are phrases of a plain list, one after the other.
func (l *Lexicon) all(list string, words []string) bool {
	for len(words) > 0 {
		n := l.starts(list, words)
		if n == 0 {
			return false
		}
		if words = words[n:]; len(words) == 0 {
			return true
		}
	}
	return false
}

// holds reports whether a phrase of a plain list stands among some words.
func (l *Lexicon) holds(list string, words []string) bool {
	for i := range words {
		if l.starts(list, words[i:]) > 0 {
			return true
		}
	}
	return false
}

// placed is a word in lower case, where it stands, and whether a clause begins
// with it.
type placed struct {
	text     string
	from, to int
	stop     bool
}

func texts(list []placed) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.text
	}
	return out
}

// split gives the words of a text as Plain does.
func split(s string) (words []placed) {
	start, stop := -1, true
	word := func(end int) {
		if start < 0 {
			return
		}
		w := strings.TrimLeft(s[start:end], "-")
		from := end - len(w)
		w = strings.TrimRight(w, "-")
		if w != "" {
			words = append(words, placed{strings.ToLower(w), from, from + len(w), stop})
		}
		stop, start = from+len(w) < end || w == "", -1 // a dash after a word, or of its own
	}
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '-' {
			if start < 0 {
				start = i
			}
			continue
		}
		word(i)
		stop = stop || stops(s[i:])
	}
	word(len(s))
	return words
}

// stops reports whether a clause ends at the sign with which a text begins: what
// stands within a number or an address ends none.
func stops(s string) bool {
	switch {
	case s[0] == '\n', strings.HasPrefix(s, "–"), strings.HasPrefix(s, "—"), strings.HasPrefix(s, "…"):
		return true
	}
	return strings.IndexByte(".,;:!?()", s[0]) >= 0 && (len(s) == 1 || s[1] == ' ' || s[1] == '\n')
}
