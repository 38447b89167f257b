package detect

import (
	"slices"
	"strings"

	"andon/signals/text"
)

// traits are what the conversation asks of a post again and again.
type traits struct {
	words   int
	asks    float64  // how strongly it asks for something
	mark    bool     // it holds a question mark
	all     bool     // it speaks to nobody in particular
	mine    bool     // it speaks of its author
	goesOn  bool     // it begins with a word that takes up what was said before
	content []uint32 // its words of content, hashed, each once, in order
}

func traitsOf(r *Reading) traits {
	prose := r.Doc.Prose
	return traits{
		words: len(strings.Fields(prose)), asks: r.asks(), mark: strings.Contains(prose, "?"), all: addressesAll(prose),
		mine: hasWord(prose, "i", "my", "im", "i'm", "we", "our"), goesOn: goesOn(prose) && !r.bareTrace(), content: contentOf(prose),
	}
}

// contentOf are the words of four letters and more, common words left out.
func contentOf(prose string) []uint32 {
	var out []uint32
	for _, w := range text.Tokens(prose, nil) {
		if len(w) >= 4 && !plainWords[w] {
			out = append(out, uint32(text.AddWord(text.NoWords, w)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
