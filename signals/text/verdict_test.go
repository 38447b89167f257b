package text

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVerdict(t *testing.T) {
	l := DefaultLexicon()
	for _, c := range []struct {
		text string
		says Verdict
		left string
	}{
		{"yes, solved, thanks", SaysSolved, ""},
		{"Yes!", SaysSolved, ""},
		{"thanks, yes", SaysSolved, ""},
		{"hi, it works again", SaysSolved, ""},
		{"Works like a charm now :tada:", SaysSolved, ""},
		{"it is", SaysSolved, ""},
		{"All good, thank you all!", SaysSolved, ""},
		{"it took long, but it works now", SaysSolved, ""},
		{"yes, no problems any more", SaysSolved, ""},
		{"it’s fixed", SaysSolved, ""},
		{":+1:", SaysSolved, ""},
		{"you can close it", SaysSolved, ""},
		{"Yes. I tested it this morning.", SaysSolved, ""},
		{"never mind, it was my mistake", SaysSolved, ""},

		{"no, still happening", SaysStill, ""},
		{"No.", SaysStill, ""},
		{"nope, not yet", SaysStill, ""},
		{"not really", SaysStill, ""},
		{"It still happens when I log in", SaysStill, ""},
		{"I can't log in", SaysStill, ""},
		{"the same error again", SaysStill, ""},
		{"it worked and then it was broken again", SaysStill, ""},
		{"it is slow", SaysStill, ""},
		{"not yet resolved", SaysStill, ""},
		{"no, why was it closed?", SaysStill, ""},
		{"but it still fails", SaysStill, ""},
		{":-1:", SaysStill, ""},

		{"partly - the login works, the export not", SaysPartly, "the login works, the export not"},
		{"Partly: the export hangs.", SaysPartly, "the export hangs."},
		{"yes, partly", SaysPartly, ""},
		{"it's only partly solved, the export hangs", SaysPartly, "the export hangs"},
		{"partly, but the totals of March are wrong", SaysPartly, "the totals of March are wrong"},
		{"yes, but the export still fails", SaysPartly, "the export still fails"},
		{"it works now except for the export, which does not load", SaysPartly, "the export, which does not load"},
		{"Not everything. The v1.2 export is missing", SaysPartly, "The v1.2 export is missing"},
		{"it is mostly done because only the export of the second quarter hangs", SaysPartly, "the export of the second quarter hangs"},

		{"It does not happen any more", Unclear, ""},
		{"no, it hasn't happened again", Unclear, ""},
		{"it hasn't happened again", Unclear, ""},
		{"it has not come back", Unclear, ""},
		{"It didn't come back since", Unclear, ""},
		{"I haven't seen the error again", Unclear, ""},
		{"never happened again", Unclear, ""},
		{"it isn't happening anymore", Unclear, ""},
		{"it stopped failing", Unclear, ""},
		{"yes, it has not happened again", SaysSolved, ""},
		{"no it happened again", SaysStill, ""},
		{"it came back", SaysStill, ""},
		{"it does not work any more", SaysStill, ""},
		{"it stopped working again", SaysStill, ""},
		{"", Unclear, ""},
		{"thanks!", Unclear, ""},
		{"what do you mean?", Unclear, ""},
		{"is it still happening for you?", Unclear, ""},
		{"yes?", Unclear, ""},
		{"I will tell you tomorrow", Unclear, ""},
		{"I'll tell you once it is fixed", Unclear, ""},
		{"let me check whether it works now", Unclear, ""},
		{"should be fixed now", Unclear, ""},
		{"no, it's fixed", Unclear, ""},
		{"yes, still happening", Unclear, ""},
		{"no problem", Unclear, ""},
		{"if it still happens I call you", Unclear, ""},
		{"solved, the export not", Unclear, ""},
		{"why PAY-7", Unclear, ""},
		{"yes, the export takes its time", SaysSolved, ""}, // wrong: nothing tells that it is a complaint
		{"it is partly solved?", Unclear, ""},
	} {
		says, left := l.Verdict(c.text)
		assert.Equal(t, []any{c.says, c.left}, []any{says, left}, c.text)
	}
}

// FuzzVerdict: what is left is a part of what was said.
func FuzzVerdict(f *testing.F) {
	l := DefaultLexicon()
	for _, s := range []string{"partly - the login works, the export not", "yes, but – no", "--", "I’m afraid not…", "\xff partly \xff: x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		says, left := l.Verdict(s)
		require.True(t, left == "" || says == SaysPartly)
	})
}
