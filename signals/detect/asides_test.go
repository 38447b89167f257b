package detect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAsides(t *testing.T) {
	for said, want := range map[string]struct{ form, corrects bool }{
		"please do not crosspost":                                   {form: true},
		"you posted the same in two channels, please keep to one":   {form: true},
		"please put your log in a code block":                       {form: true},
		"the job posts to two queues":                               {},
		"ignore the previous one, the right log is below":           {corrects: true},
		"never mind, solved it":                                     {},
		"never mind, it was the old certificate, see the fix below": {},
	} {
		r := NewReading(talkLexicon, said)
		require.Equal(t, want.form, r.ofForm(), said)
		require.Equal(t, want.corrects, r.corrects(), said)
	}
}
