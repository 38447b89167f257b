package detect

import (
	"strings"

	"andon/signals"
)

// shared is how many words of content two posts have in common.
func (t *Talk) shared(a, b *signals.Post) int {
	return common(t.Reading(a).in.content, t.Reading(b).in.content)
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
