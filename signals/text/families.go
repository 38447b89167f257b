package text

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is the list of the families of words that the talk of a fault is made
// of, and that of other talk: "family: phrase" a line. It is no cue.
const Fault = "fault"

// FaultFamilies are the families that lines of the list Fault may name.
var FaultFamilies = []string{
	"error", "bug", "issue", "trouble", "breaks", "not-work", "cannot", "negated", "version-word", "upgrade",
	"when", "works-else", "happens", "weird", "anyone-else", "repro", "shows", "platform", "still", "slow",
	"how", "want", "possible", "which", "thanks", "newcomer", "feature", "announce", "laugh", "opinion", "same",
	"you-can", "file", "fixed", "use-it", "yes",
}

// MaxFamilyWords is how many words a phrase of a family has at most.
const MaxFamilyWords = 3

// NoWords is the hash of a phrase without words; see AddWord.
const NoWords uint64 = 14695981039346656037

const fnvPrime = 1099511628211

// AddWord adds a word, ASCII letters in lower case, to the hash of a phrase.
func AddWord(h uint64, w string) uint64 {
	for i := 0; i < len(w); i++ {
		c := w[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * fnvPrime
	}
	return (h ^ ' ') * fnvPrime
}

// Families finds the families of a phrase by its hash: bit i stands for
// FaultFamilies[i]. A phrase may belong to several.
func (l *Lexicon) Families() map[uint64]uint64 { return l.families }

// familiesOf reads the list Fault.
func familiesOf(lines []string) (map[uint64]uint64, error) {
	m := make(map[uint64]uint64, len(lines))
	for i, line := range lines {
		s := stripComment(line)
		if s == "" {
			continue
		}
		family, phrase, err := familyLine(s)
		if err != nil {
			return nil, lineError(Fault, i, line, err)
		}
		h := NoWords
		for _, w := range phrase {
			h = AddWord(h, w)
		}
		m[h] |= 1 << family
	}
	return m, nil
}

// familyLine reads "family: phrase" into the number of the family and its words.
func familyLine(line string) (family int, phrase []string, err error) {
	name, rest, ok := strings.Cut(line, ":")
	if !ok {
		return 0, nil, fmt.Errorf("no family; write %q", "family: phrase")
	}
	family = slices.Index(FaultFamilies, name)
	phrase = strings.Fields(strings.ToLower(strings.ReplaceAll(rest, "’", "'")))
	switch {
	case family < 0:
		return 0, nil, fmt.Errorf("family %q is unknown; known: %s", name, strings.Join(FaultFamilies, ", "))
	case len(phrase) == 0 || len(phrase) > MaxFamilyWords:
		return 0, nil, fmt.Errorf("a phrase has 1 to %d words", MaxFamilyWords)
	}
	return family, phrase, nil
}
