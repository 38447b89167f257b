package detect

import (
	"math/bits"
	"strings"

	"andon/signals/text"
)

// wordClass is a family of words that count alike in the problem model: a
// number in text.FaultFamilies plus one.
type wordClass uint8

// The families, in the order of text.FaultFamilies. Their words are a list of
// signals/text: words of software talk in general; no name of a product, a
// library or a room is among them.
const (
	wcNone wordClass = iota
	wcError
	wcBug
	wcIssue
	wcTrouble
	wcBreaks
	wcNotWork
	wcCannot
	wcNegated
	wcVersionWord
	wcUpgrade
	wcWhen
	wcWorksElse
	wcHappens
	wcWeird
	wcAnyoneElse
	wcRepro
	wcShows
	wcPlatform
	wcStill
	wcSlow
	wcHow
	wcWant
	wcPossible
	wcWhich
	wcThanks
	wcNewcomer
	wcFeature
	wcAnnounce
	wcLaugh
	wcOpinion
	wcSame
	wcYouCan
	wcFile
	wcFixed
	wcUseIt
	wcYes
	wordClasses
)

// wordCount says how often the families, words and versions occur in a text.
type wordCount struct {
	of       [wordClasses]int
	words    int
	versions int
}

// count adds the words of prose, whose families the lexicon knows; a nil one knows none.
func (n *wordCount) count(lex *text.Lexicon, prose string) {
	var families map[uint64]uint64
	if lex != nil {
		families = lex.Families()
	}
	var last [text.MaxFamilyWords]string // the latest words of the sentence, the newest at the end
	for i := 0; i < len(prose); {
		j := wordEnd(prose, i)
		if j == i {
			if prose[i] == '.' || prose[i] == '?' || prose[i] == '!' || prose[i] == '\n' {
				last = [text.MaxFamilyWords]string{}
			}
			i++
			continue
		}
		w := prose[i:j]
		i = j
		n.words++
		if isVersion(w) {
			n.versions++
		}
		last = [text.MaxFamilyWords]string{last[1], last[2], w}
		n.phrases(families, &last)
	}
}

// phrases counts the families of the phrases that end with the newest word.
func (n *wordCount) phrases(families map[uint64]uint64, last *[text.MaxFamilyWords]string) {
	for k := text.MaxFamilyWords - 1; k >= 0 && last[k] != ""; k-- {
		h := text.NoWords
		for _, w := range last[k:] {
			h = text.AddWord(h, w)
		}
		for set := families[h]; set != 0; set &= set - 1 {
			n.of[bits.TrailingZeros64(set)+1]++
		}
	}
}

// wordEnd returns where the word that begins at s[i] ends; i where none begins.
// A dot or an apostrophe belongs to a word when a letter or a digit follows.
func wordEnd(s string, i int) int {
	j := i
	for j < len(s) {
		c := s[j]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80:
			j++
		case (c == '\'' || c == '.') && j > i && j+1 < len(s) && wordByte(s[j+1]) && (c == '\'' || digit(s[j+1])):
			j++
		default:
			return j
		}
	}
	return j
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// isVersion tells that a word is a version: "1.6", "v2.10.3", "3.x" not.
func isVersion(w string) bool {
	if w[0] == 'v' || w[0] == 'V' {
		w = w[1:]
	}
	return len(w) > 2 && digit(w[0]) && strings.IndexByte(w, '.') > 0 && len(w) < 16
}
