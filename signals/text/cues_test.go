package text

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestCues reads testdata/cues.txt. It fails on a wrong verdict without a mark
// and on a mark that is no longer true.
func TestCues(t *testing.T) {
	raw, err := os.ReadFile("testdata/cues.txt")
	require.NoError(t, err)
	l := DefaultLexicon()
	cue, wrong, all := Cue(""), 0, 0
	for _, line := range strings.Split(string(raw), "\n") {
		if name, ok := strings.CutPrefix(line, "== "); ok {
			cue = Cue(name)
			require.Contains(t, l.Lists(), name)
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		rest, known := strings.CutPrefix(line, "!")
		want := rest[0] == '+'
		d := Parse(strings.TrimSpace(rest[1:]))
		score, phrase := l.Score(&d, cue)
		all++
		if (score >= 0.5) != want {
			wrong++
			if !known {
				t.Errorf("%s: %q scores %.2f (%q)", cue, d.Prose, score, phrase)
			}
		} else if known {
			t.Errorf("%s: %q is right now; take its mark away", cue, d.Prose)
		}
	}
	t.Logf("%d sentences, %d known to be judged wrong", all, wrong)
}

// Phrases in quotes and code are not the author's words.
func TestFindReadsProseOnly(t *testing.T) {
	l := DefaultLexicon()
	d := Parse("> the login page is broken\n```\nFATAL: it crashed\n```\n`git restart it`")
	require.Empty(t, l.Find(&d))
}

func TestFindPlaces(t *testing.T) {
	l := DefaultLexicon()
	d := Parse("So: **please open a ticket**, thanks!")
	hits := l.Find(&d)
	require.Len(t, hits, 2)
	require.Equal(t, Hit{Deflect, hits[0].Weight, 6, 26, "please open a ticket"}, hits[0])
	require.Equal(t, Thanks, hits[1].Cue)
}

func TestExtend(t *testing.T) {
	l := DefaultLexicon()
	score := func(l *Lexicon, c Cue, s string) float64 {
		d := Parse(s)
		n, _ := l.Score(&d, c)
		return n
	}
	more, err := l.Extend("workaround", []string{"# our own", "feed the (mule|donkey) = 0.9", "wiggle~ the cable"})
	require.NoError(t, err)
	require.InDelta(t, 0.9, score(more, Workaround, "I went to feed the mule"), 1e-9)
	require.Positive(t, score(more, Workaround, "wiggling the cable helps"))
	require.Zero(t, score(l, Workaround, "I went to feed the mule"), "the first lexicon is as it was")
	less, err := more.Extend("workaround", []string{"-feed the (mule|donkey)"})
	require.NoError(t, err)
	require.Zero(t, score(less, Workaround, "I went to feed the mule"))
	german, err := l.Extend("deflect", []string{"-*", "bitte [ein] ticket (öffnen|aufmachen)"})
	require.NoError(t, err)
	require.Positive(t, score(german, Deflect, "Bitte Ticket öffnen"))
	require.Zero(t, score(german, Deflect, "please open a ticket"))
}

func TestExtendNamesTheBadLine(t *testing.T) {
	l := DefaultLexicon()
	for _, c := range []struct{ list, line, want string }{
		{"nonsense", "x", `"nonsense" is unknown`},
		{"ask", "a (b", "lacks its"},
		{"ask", "a b)", "closes nothing"},
		{"ask", "(a|b]", "ends with"},
		{"ask", "a = 1.5", "weight"},
		{"ask", "a = x", "weight"},
		{"ask", "... a", "at an end"},
		{"ask", "* a", "wildcard"},
		{"ask", "[a] [b]", "may be empty"},
		{"ask", "a || b", "closes nothing"},
		{"ask", "(a||b)", "empty choice"},
		{"ask", "ask <nobody>", "unknown"},
		{"ask", "a/b", "not one word"},
		{"ask", "%sure", "directive"},
		{"ask", "-there is no such phrase", "no such phrase"},
		{"ask", strings.Repeat("(a ", 9) + strings.Repeat(")", 9), "too deep"},
	} {
		_, err := l.Extend(c.list, []string{"good words", c.line})
		require.ErrorContains(t, err, c.want, c.line)
		if c.list == "ask" {
			require.ErrorContains(t, err, c.line)
		}
	}
}

func TestPhraseSyntax(t *testing.T) {
	for _, c := range []struct {
		phrase, text string
		want         bool
	}{
		{"don't panic", "Don’t panic", true},
		{"don't panic", "dont PANIC", true},
		{"a ... d", "a b c d", true},
		{"a ... d", "a d", true},
		{"a ... d", "a b c x d", true},
		{"a ... d", "a b c x y d", false},
		{"a ... d", "a b. c d", false},
		{"a * d", "a b d", true},
		{"a * d", "a d", false},
		{"^ stop", "well. Stop", true},
		{"^ stop", "well stop", false},
		{"stop $", "well stop.", true},
		{"stop $", "stop here", false},
		{"here ?", "is it here or there?", true},
		{"here ?", "it is here. Right?", false},
		{"see <key>", "see PAY-12", true},
		{"see <key>", "see UTF-8", false},
		{"see <link>", "see https://x.example/1", true},
		{"ask <person>", "ask @ann", true},
		{"in <channel>", "in #ops", true},
		{"<number> times", "3 times", true},
		{"run <code>", "run `make`", true},
		{"retry~ it", "retries it", true},
		{":tada: done", ":tada: done", true},
		{"stop it", "stop, it", true},
		{"stop it", "stop\nit", false},
	} {
		l := DefaultLexicon()
		l, err := l.Extend("joke", []string{"-*", c.phrase})
		require.NoError(t, err, c.phrase)
		d := Parse(c.text)
		score, _ := l.Score(&d, Joke)
		require.Equal(t, c.want, score > 0, "%s in %q", c.phrase, c.text)
	}
}

// A Finder that is used again answers as a new one does.
func TestFinderForgets(t *testing.T) {
	l := DefaultLexicon()
	f := l.NewFinder()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom(strings.Fields("does anyone know why the build is broken again ? . just restart it not thanks @ann #ops PAY-1 please open a ticket")), 0, 40).Draw(t, "words")
		d := Parse(strings.Join(words, " "))
		require.Equal(t, append([]Hit{}, l.Find(&d)...), append([]Hit{}, f.Find(&d)...))
	})
}
