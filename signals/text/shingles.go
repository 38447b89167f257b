package text

import (
	"cmp"
	"slices"
)

// Shingles are the runs of so many words of a text, as a sorted set of hashes:
// what is nearly the same text has nearly the same ones, whatever it is about
// (Broder, On the resemblance and containment of documents, 1997).
type Shingles []uint64

// ShingleWords is how many words a shingle has: two may meet by chance in any
// two sentences, four are broken by every small edit.
const ShingleWords = 3

// ShinglesOf makes the shingles of words, in the order in which they stand. Of
// fewer words than one shingle has, there are none.
func ShinglesOf(words []string) Shingles {
	if len(words) < ShingleWords {
		return nil
	}
	out := make(Shingles, 0, len(words)-ShingleWords+1)
	for i := 0; i+ShingleWords <= len(words); i++ {
		h := NoWords
		for _, w := range words[i : i+ShingleWords] {
			h = AddWord(h, w)
		}
		out = append(out, h)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NearDuplicate is the resemblance from which two texts are taken for one and
// the same: of 24 pairs of messages that one person posted in two channels within
// three days of a community's chat, drawn from the 88 above it, one was not.
const NearDuplicate = 0.5

// Resemblance is how much of two texts together is in both, 0 to 1; 0 where
// either has no shingle.
func (a Shingles) Resemblance(b Shingles) float64 {
	both := Common(a, b)
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// Containment is how much of the smaller of two texts is in the other, 0 to 1; 0
// where either has no shingle.
func (a Shingles) Containment(b Shingles) float64 {
	least := min(len(a), len(b))
	if least == 0 {
		return 0
	}
	return float64(Common(a, b)) / float64(least)
}

// Common counts what two ascending slices without repeats both hold.
func Common[T cmp.Ordered](a, b []T) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
