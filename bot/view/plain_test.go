package view

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"two\nlines\tand a tab":             "two\nlines\tand a tab",
		"\x1b[31mred\x1b[0m\x07\r":          "[31mred[0m",
		"a\x7f\u009b31mb":                   "a31mb",
		"\u202egnp.exe\u202c \u2066x\u2069": "gnp.exe x",
		"فريق الدفع 😀":                      "فريق الدفع 😀",
		"bad \xff byte":                     "bad \xff byte",
	} {
		require.Equal(t, want, Plain(in), "%q", in)
	}
}

func TestLine(t *testing.T) {
	require.Equal(t, "a b c", Line("a\nb\tc", 9))
	require.Equal(t, "فري…", Line("فريق الدفع", 4))
}
