package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddressed(t *testing.T) {
	for route, want := range map[string]string{
		"leads Checkout, which owns this channel":                                                  "You lead Checkout, which owns this channel.",
		"is the contact of Identity, which owns component vault":                                   "You are the contact of Identity, which owns component vault.",
		"was named by Ben for this on 3 March":                                                     "You were named by Ben for this on 3 March.",
		"has lately resolved cases like it":                                                        "You have lately resolved cases like it.",
		"resolved 3 of the last 4 cases":                                                           "You resolved 3 of the last 4 cases.",
		"asked to be told again":                                                                   "You asked to be told again.",
		"stands in for Ben, who is away until 4 March and leads Checkout":                          "You stand in for Ben, who is away until 4 March, and you lead Checkout.",
		"stands in for Ann and Ben, who has left, and is the contact of Search, which owns search": "You stand in for Ann and Ben, who has left, and you are the contact of Search, which owns search.",
		"holds it now": "You hold it now.",
		"":             "You.",
	} {
		require.Equal(t, want, sentence(addressed(route)))
	}
}

func TestSentence(t *testing.T) {
	for s, want := range map[string]string{"it is late": "It is late.", "Is it late?": "Is it late?", "It is.": "It is.", "": "", "ändern wir": "Ändern wir.", "\xff": "\xff"} {
		require.Equal(t, want, sentence(s))
	}
}
