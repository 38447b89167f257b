package company

import (
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
)

//go:embed data/*.txt
var data embed.FS

// A grammar holds named lists of phrases, read from data/*.txt:
//
//	[name]            a list; every further line is one phrase
//	{name}            a fresh phrase of that list
//	{$name}           the same, but chosen once per conversation
//	{one|two|}        one of these, possibly nothing
//	# ...             a comment
//
// A script is a phrase of several turns: "A first words // B an answer // A thanks". The letter is the speaker, "?" before
// it makes the turn optional, "~list" stands for two or four turns from that list, "@fix" after it waits for the end.
type grammar struct{ lists map[string][]string }

// loadGrammar reads the embedded phrases once; they never change.
var loadGrammar = sync.OnceValue(func() *grammar {
	g := &grammar{lists: map[string][]string{}}
	names, err := fs.Glob(data, "data/*.txt")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		b, err := data.ReadFile(name)
		if err != nil {
			panic(err)
		}
		g.read(name, string(b))
	}
	return g
})

func (g *grammar) read(file, text string) {
	list := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' && line[len(line)-1] == ']':
			list = line[1 : len(line)-1]
			if g.lists[list] != nil {
				panic(fmt.Sprintf("%s: list %q is given twice", file, list))
			}
			g.lists[list] = []string{}
		default:
			g.lists[list] = append(g.lists[list], line)
		}
	}
}

func (g *grammar) list(name string) []string {
	l := g.lists[name]
	if len(l) == 0 {
		panic(fmt.Sprintf("company: no phrases %q", name))
	}
	return l
}

// vars are the words that stay the same through one conversation.
type vars map[string]string

// say makes one text from a list.
func (g *grammar) say(r *rand.Rand, list string, v vars) string {
	return g.expand(r, pick(r, g.list(list)), v)
}

// expand fills the slots of a phrase. "\n" in a phrase is a line break.
func (g *grammar) expand(r *rand.Rand, phrase string, v vars) string {
	var b strings.Builder
	for i := 0; i < len(phrase); i++ {
		if phrase[i] == '\\' && i+1 < len(phrase) && phrase[i+1] == 'n' {
			b.WriteByte('\n')
			i++
			continue
		}
		if phrase[i] != '{' {
			b.WriteByte(phrase[i])
			continue
		}
		body, next := slot(phrase, i)
		b.WriteString(g.fill(r, body, v))
		i = next
	}
	return b.String()
}

func (g *grammar) fill(r *rand.Rand, body string, v vars) string {
	if alts := splitTop(body); len(alts) > 1 {
		return g.expand(r, pick(r, alts), v)
	}
	name, sticky := strings.CutPrefix(body, "$")
	if !sticky {
		return g.say(r, name, v)
	}
	if s, ok := v[name]; ok {
		return s
	}
	s := g.say(r, name, v)
	if v != nil {
		v[name] = s
	}
	return s
}

// slot returns what stands between the brace at i and its partner, and the partner's place.
func slot(s string, i int) (body string, end int) {
	depth := 0
	for j := i; j < len(s); j++ {
		switch s[j] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[i+1 : j], j
			}
		}
	}
	panic(fmt.Sprintf("company: brace is not closed in %q", s))
}

func splitTop(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case '|':
			if depth == 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}
