package detect

import (
	"regexp"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// shared is how many words of content two posts have in common.
func (t *Talk) shared(a, b *signals.Post) int {
	return text.Common(t.Reading(a).in.content, t.Reading(b).in.content)
}

// plainWords are frequent English words that say nothing about a subject.
var plainWords = func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`about after again also always another anybody anyone anything around back been before being
		better came cant come could didn does doesn doing done dont down each else even ever every everyone everything find first
		from gets give going gone good great have hello help here idea into isnt just keep kind know last less like list little look
		looking made make many maybe mean might more most much must need never next nobody nothing okay once only other over people
		please pretty problem probably question really right said same seems should since some somebody someone something still
		such sure take tell than thank thanks that their them then there these they thing things think this those through time
		tried trying until using very want wants well were what when where which while will with without wont work working works
		would wrong yeah your youre`) {
		m[w] = true
	}
	return m
}()

// same reports whether two posts have most of their words of content in common.
func (t *Talk) same(a, b *signals.Post) bool {
	n := t.shared(a, b)
	return n >= 2 && float64(n) >= 0.6*float64(min(len(t.Reading(a).in.content), len(t.Reading(b).in.content)))
}

// leastShared is how many words of content two asks must have in common to be
// about one thing: three are met by chance.
const leastShared = 4

// SameWords says how much of the words of content of two short texts is in both,
// 0 to 1, and 0 where that is too few words to tell. Chat has no titles, which is
// what the similarity index goes by. The names of emoji say nothing about a subject
// and are left out.
func SameWords(a, b *Reading) float64 {
	mine, theirs := a.subject(), b.subject()
	n := text.Common(mine, theirs)
	if n < leastShared {
		return 0
	}
	return float64(n) / float64(len(mine)+len(theirs)-n)
}

// subject are the words of content of a post without the names of emoji.
func (r *Reading) subject() []uint32 {
	prose := r.Doc.Prose
	if bare := emojiNames.ReplaceAllString(prose, " "); bare != prose {
		return contentOf(bare)
	}
	return r.in.content
}

// emojiNames are emoji as Slack writes them. A letter or a digit beside the colon
// makes it something else, as in std::move::apply or 10:30:15.
var emojiNames = regexp.MustCompile(`(^|[^\pL\pN_:])(:[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*:)+`)
