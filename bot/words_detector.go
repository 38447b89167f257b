package bot

import (
	"strings"
	"unicode"

	"andon/signals"
	"andon/signals/detect"
)

// detector reads the name of a detector, with or without underscores, in one or
// several words, from the beginning of words; "" with n of 1 for all of them.
func (g *grammar) detector(words []string) (name string, n int, err error) {
	if len(words) == 0 {
		return "", 0, unclearf("Tell me which detector, such as stall.")
	}
	if first := squash(words[0]); first == "all" || first == "everything" {
		return "", 1, nil
	}
	for n := min(3, len(words)); n > 0; n-- {
		joined := squash(strings.Join(words[:n], ""))
		for _, d := range detect.All() {
			if squash(d.Name) == joined {
				return d.Name, n, nil
			}
		}
	}
	word, best, least := squash(words[0]), "", 1<<30
	if len(word) > 40 {
		word = word[:40]
	}
	for _, d := range detect.All() {
		if away := signals.Distance(word, squash(d.Name)); away < least {
			best, least = d.Name, away
		}
	}
	return "", 0, unclearf("I know no detector %s. Did you mean %s?", brief(words[0]), best)
}

// squash is a name without what people write differently.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
