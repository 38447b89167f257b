package detect

import (
	"andon/signals/text"
)

// Reading is what a post says: its parts and the cues in it. Scores is the
// strength of each cue, 0 to 1, absent where there is none.
type Reading struct {
	Doc    text.Doc
	Hits   []text.Hit // every cue phrase by its place in Doc.Prose
	Scores map[text.Cue]float64
	Phrase map[text.Cue]string // the words that gave the score

	lex *text.Lexicon
	in  traits
}

// phrases returns a plain list of the lexicon by the first word of each phrase.
func (r *Reading) phrases(list string) map[string][][]string {
	if r.lex == nil {
		return nil
	}
	return r.lex.Phrases(list)
}

// NewReading reads a post: its markup is taken apart once and every cue is
// looked for once. A nil lexicon finds no cues.
func NewReading(lex *text.Lexicon, raw string) *Reading {
	r := &Reading{Doc: text.Parse(raw)}
	defer func() { r.in = traitsOf(r) }()
	if lex == nil {
		return r
	}
	r.lex = lex
	r.Hits = lex.Find(&r.Doc)
	for _, h := range r.Hits {
		if _, done := r.Scores[h.Cue]; done {
			continue
		}
		if r.Scores == nil {
			r.Scores = make(map[text.Cue]float64, 4)
			r.Phrase = make(map[text.Cue]string, 4)
		}
		r.Scores[h.Cue], r.Phrase[h.Cue] = text.Score(r.Hits, h.Cue)
	}
	return r
}

// Has reports whether a cue was found with at least that strength.
func (r *Reading) Has(c text.Cue, least float64) bool { return r.Scores[c] >= least && r.Scores[c] > 0 }
