package detect

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"andon/signals"
)

// The helpers below put figures into the plain words of a reason.

// lasted tells a span of wall-clock time, rounded to what a reader needs.
func lasted(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return signals.Counted(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return signals.Counted(int(d/time.Hour), "hour")
	case d < 120*24*time.Hour:
		return signals.Counted(int(d/(24*time.Hour)), "day")
	}
	return signals.Counted(int(d/(30*24*time.Hour)), "month")
}

// times is "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// handoffs is "3 hand-offs between teams".
func handoffs(n int, kind string) string {
	return fmt.Sprintf("%s %s", signals.Counted(n, "hand-off"), kind)
}

// on is a date as people write it.
func on(t time.Time) string { return t.Format("2 January") }

// hollow are words that tell nobody what a case is about, however rare they are.
var hollow = map[string]bool{
	"am": true, "an": true, "and": true, "are": true, "as": true, "at": true, "be": true, "but": true, "by": true, "can": true, "did": true, "do": true, "for": true,
	"from": true, "had": true, "if": true, "in": true, "is": true, "it": true, "its": true, "me": true, "my": true, "no": true, "not": true, "of": true, "on": true,
	"or": true, "our": true, "so": true, "the": true, "their": true, "to": true, "up": true, "us": true, "we": true, "you": true, "your": true,
	"about": true, "after": true, "again": true, "all": true, "also": true, "another": true, "any": true, "anybody": true, "because": true, "before": true,
	"between": true, "both": true, "cannot": true, "could": true, "does": true, "doesn't": true, "don't": true, "during": true, "each": true, "every": true,
	"get": true, "gets": true, "getting": true, "got": true, "has": true, "have": true, "here": true, "how": true, "into": true, "just": true, "like": true,
	"many": true, "more": true, "much": true, "need": true, "needs": true, "now": true, "only": true, "onto": true, "other": true, "out": true, "over": true,
	"please": true, "same": true, "seems": true, "should": true, "some": true, "somebody": true, "something": true, "still": true, "such": true, "than": true,
	"that": true, "them": true, "then": true, "there": true, "these": true, "they": true, "thing": true, "things": true, "this": true, "those": true,
	"through": true, "too": true, "under": true, "until": true, "use": true, "used": true, "uses": true, "using": true, "very": true, "want": true, "wants": true,
	"was": true, "were": true, "what": true, "when": true, "where": true, "which": true, "while": true, "why": true, "will": true, "with": true, "without": true, "would": true,
}

// Telling returns the first of some words that tell people what two cases have
// in common, at most so many: without those that only join others, and small
// where only the beginning of a sentence made them large.
func Telling(words []string, most int) (out []string) {
	for _, w := range words {
		lower := strings.ToLower(w)
		if len(out) == most || len([]rune(w)) < 2 || hollow[strings.ReplaceAll(lower, "\u2019", "'")] {
			continue
		}
		if _, rest, ok := firstOf(w); ok && strings.IndexFunc(rest, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) }) < 0 {
			w = lower
		}
		out = append(out, w)
	}
	return out
}

// firstOf cuts the first letter off a word that has more.
func firstOf(w string) (first rune, rest string, ok bool) {
	for i, r := range w {
		if i > 0 {
			return first, w[i:], true
		}
		first = r
	}
	return first, "", false
}
