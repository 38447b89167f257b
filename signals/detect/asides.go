package detect

import (
	"strings"

	"andon/signals/text"
)

// formWords is how long a word about the form of a post is at most: in a longer
// one there is help, too.
const formWords = 45

// ofForm reports whether a reply speaks of where and how to ask, and no more:
// "please do not post the same in several channels" answers nothing.
func (r *Reading) ofForm() bool {
	if r.in.words > formWords || len(r.Doc.Code) > 0 {
		return false
	}
	prose := strings.ToLower(r.Doc.Prose)
	if hasWord(prose, "crosspost", "crossposting", "cross-post", "cross-posting") || strings.Contains(prose, "cross post") {
		return true
	}
	if hasWord(prose, "post", "posted", "posting", "ask", "asked", "asking", "spam") && (hasWord(prose, "same", "multiple", "several", "two", "both", "every")) && hasWord(prose, "channels", "rooms") {
		return true
	}
	return !r.Has(text.Answer, 0.5) && hasWord(prose, "format", "wrap", "put", "quote") && hasWord(prose, "your", "the") && (hasWord(prose, "backticks", "backtick") || strings.Contains(prose, "code block"))
}

// corrects reports whether a post takes back only what it puts right itself:
// "ignore the previous one, the right log is below".
func (r *Reading) corrects() bool {
	return r.Has(text.NeverMind, 0.6) && !r.Has(text.Solved, 0.5) && hasWord(r.Phrase[text.NeverMind], "ignore", "disregard") && hasWord(r.Doc.Prose, "below", "corrected", "attached")
}
