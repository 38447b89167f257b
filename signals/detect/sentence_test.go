package detect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTelling(t *testing.T) {
	for name, c := range map[string]struct{ words, want []string }{
		"nothing":             {nil, nil},
		"only joining words":  {[]string{"same", "The", "again"}, nil},
		"a word of a title":   {[]string{"same", "Stored", "procedure"}, []string{"stored", "procedure"}},
		"names stay":          {[]string{"NullPointerException", "TLS", "502", "Utf8"}, []string{"NullPointerException", "TLS", "502", "Utf8"}},
		"at most four":        {[]string{"a1", "b1", "into", "c1", "d1", "e1"}, []string{"a1", "b1", "c1", "d1"}},
		"a letter is no word": {[]string{"x", "Don’t", "export"}, []string{"export"}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Telling(c.words, 4)) })
	}
}
