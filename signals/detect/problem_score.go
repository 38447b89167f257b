package detect

import (
	"math"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// problemTalk is a conversation as the problem model sees it: what the opener
// wrote before anybody answered, what the opener wrote after that, and what
// others wrote.
type problemTalk struct {
	first, more, others wordCount
	says                [len(problemCues)]float64 // the opener's cues before anybody answered
	posts, replies      int                       // of the opener, of others
	people              map[string]bool
	code, log, link     bool // shown by the opener before anybody answered
	asks                bool // and the opener asked
	thanks              bool // the opener's last post thanks
}

// problemCues are the cues that the model looks for in the opener's first words.
var problemCues = [...]text.Cue{text.Problem, text.Again, text.HowTo, text.Ask, text.Joke, text.Release, text.Answer, text.Thanks}

// add takes in one post, in time order.
func (t *problemTalk) add(actor string, opener bool, r *Reading) {
	if t.people == nil {
		t.people = make(map[string]bool, 4)
	}
	t.people[actor] = true
	switch {
	case !opener:
		t.replies++
		t.others.count(r.lex, r.Doc.Prose)
	case t.replies > 0:
		t.posts++
		before := t.more.of[wcThanks]
		t.more.count(r.lex, r.Doc.Prose)
		t.thanks = t.more.of[wcThanks] > before
	default:
		t.posts++
		t.first.count(r.lex, r.Doc.Prose)
		for i, c := range problemCues {
			t.says[i] = max(t.says[i], r.Scores[c])
		}
		t.asks = t.asks || strings.Contains(r.Doc.Prose, "?")
		t.link = t.link || len(r.Doc.URLs) > 0
		t.code = t.code || len(r.Doc.Code) > 20
		if len(text.Templates(r.Doc.Code, 1)) > 0 {
			t.log = true
			t.first.of[wcError]++
		}
	}
}

// features writes the talk as numbers.
func (t *problemTalk) features() []float64 {
	out := make([]float64, 0, 3*int(wordClasses)+16)
	for _, n := range []*wordCount{&t.first, &t.more, &t.others} {
		for c := wordClass(1); c < wordClasses; c++ {
			out = append(out, some(n.of[c]))
		}
		out = append(out, some(n.versions))
	}
	out = append(out, t.says[:]...)
	out = append(out, flag(t.says[0] < 0.4 && !t.log), flag(t.says[0] < 0.4 && !t.log && !t.asks))
	return append(out, math.Log1p(float64(t.first.words))/4, flag(t.first.words < 8), flag(t.first.words > 60),
		some(t.posts-1), some(t.replies), flag(t.replies == 0), some(len(t.people)-2),
		flag(t.code), flag(t.log), flag(t.link), flag(t.asks), flag(t.thanks), flag(t.core() == 0), some(t.core()-1), flag(t.core() == 0 && t.first.of[wcHow]+t.first.of[wcWant]+t.first.of[wcPossible] > 0))
}

// ProblemFacts are the names of the facts that the problem model weighs, in their
// order: the families of words in the opener's first words ("first:error"), in what
// the opener wrote later ("more:error"), in what others wrote ("others:error"); the
// cues in the first words ("says:problem"); and the shape of the talk.
func ProblemFacts() []string {
	var out []string
	for _, who := range []string{"first:", "more:", "others:"} {
		for _, family := range text.FaultFamilies {
			out = append(out, who+family)
		}
		out = append(out, who+"versions")
	}
	for _, c := range problemCues {
		out = append(out, "says:"+string(c))
	}
	return append(out, "no phrase of a fault", "no phrase of a fault, no question", "words", "short", "long",
		"posts", "replies", "alone", "people", "code", "log", "link", "asks", "thanked", "no word of a fault", "words of a fault", "asks how, no word of a fault")
}

// some is how much a count says: nothing, something, more with each.
func some(n int) float64 {
	switch {
	case n <= 0:
		return 0
	case n == 1:
		return 1
	}
	return 1 + min(1, math.Log2(float64(n))/3)
}

// core is how many families of words that say "this is a fault" the opener used.
func (t *problemTalk) core() int {
	n := 0
	for _, c := range []wordClass{wcError, wcBug, wcIssue, wcTrouble, wcBreaks, wcNotWork, wcCannot, wcNegated, wcWeird, wcSlow} {
		n += int(flag(t.first.of[c] > 0))
	}
	return n
}

// problemScore is how surely a conversation is about a fault, 0 to 1; nil are
// the shipped weights.
func problemScore(w ProblemWeights, t *Talk, posts []*signals.Post) float64 {
	if w == nil {
		w = problemWeights
	}
	return logistic(w, problemFacts(t, posts))
}

// problemFacts are the facts that the problem model weighs.
func problemFacts(t *Talk, posts []*signals.Post) []float64 {
	var n problemTalk
	for _, p := range t.Group {
		n.add(p.Event.Actor, true, t.Reading(p))
	}
	for _, p := range posts[:min(len(posts), maxProblemPosts)] {
		n.add(p.Event.Actor, p.Event.Actor == t.Author, t.Reading(p))
	}
	return n.features()
}

// maxProblemPosts bounds how far into a long thread the model reads.
const maxProblemPosts = 60

// faultWords are the words around the first word of a fault in the utterance,
// short enough to be quoted; "" where it shows the fault in code only.
func (t *Talk) faultWords() string {
	for _, p := range t.Group {
		r := t.Reading(p)
		if q := faultIn(r.lex, r.Doc.Prose); q != "" {
			return q
		}
	}
	return ""
}

// quoteWords is how many words of a post are quoted in a reason.
const quoteWords = 8

// faultIn quotes the sentence of a text that first speaks of a fault, cut short.
func faultIn(lex *text.Lexicon, prose string) string {
	for _, sentence := range strings.FieldsFunc(prose, func(r rune) bool { return r == '\n' || r == '?' || r == '!' }) {
		words := strings.Fields(sentence)
		for i := range words {
			var n problemTalk
			n.first.count(lex, strings.Join(words[max(0, i-1):i+1], " "))
			if n.core() == 0 {
				continue
			}
			from := max(0, i-quoteWords/2)
			to := min(len(words), from+quoteWords)
			return strings.Trim(strings.Join(words[from:to], " "), " .,:;`*_")
		}
	}
	return ""
}

// problemWeights are the weights in the order of features, the constant last.
var problemWeights = func() ProblemWeights {
	out := make(ProblemWeights, 0, 3*int(wordClasses)+len(shapeWeights))
	for who := range 3 {
		for c := wordClass(1); c < wordClasses; c++ {
			out = append(out, wordWeights[c][who])
		}
		out = append(out, versionWeights[who])
	}
	return append(out, shapeWeights[:]...)
}()
