package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals/text"
)

// TestEmojiSayNothingOfASubject: what two asks share counts without the names of
// their emoji, and only those are left out.
func TestEmojiSayNothingOfASubject(t *testing.T) {
	lexicon := text.DefaultLexicon()
	alike := func(a, b string) float64 {
		return SameWords(NewReading(lexicon, a), NewReading(lexicon, b))
	}
	const nice = " :thumbsup: :slightly_smiling_face::raised_hands::skin-tone-3: :rocket:"
	require.Zero(t, alike("Where do invoices live?"+nice, "Which printer takes labels?"+nice))
	const ask = "cannot export invoices for march, permission denied"
	require.InDelta(t, 1, alike(ask, ask+nice), 1e-9)
	require.InDelta(t, 1, alike(ask, ask), 1e-9)
	for prose, want := range map[string]string{
		":thumbsup: fine :+1:, see :tada:": " fine  see ", // only the emoji
		"std::vector::push at 10:30:15":    "std::vector::push at 10:30:15",
		"a :warning::fire: b (:eyes:)":     "a  b ()",
	} {
		require.Equal(t, contentOf(want), NewReading(lexicon, prose).subject(), prose)
	}
}
