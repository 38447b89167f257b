package company

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// style is how a person writes in chat and in comments.
type style struct {
	proper bool    // capital letters and full stops
	short  bool    // pls, thx, u
	typos  float64 // share of longer words with a slip
	emoji  float64 // share of messages with an emoji at the end
	opener float64 // share of messages that begin with "hmm," and the like
}

func makeStyle(r *rand.Rand) style {
	s := style{proper: chance(r, 0.45), short: chance(r, 0.2)}
	if chance(r, 0.6) {
		s.typos = 0.02 * r.Float64()
	}
	if chance(r, 0.4) {
		s.emoji = 0.15 * r.Float64()
	}
	if chance(r, 0.4) {
		s.opener = 0.1 * r.Float64()
	}
	return s
}

var shorts = map[string]string{"please": "pls", "thanks": "thx", "you": "u", "because": "bc", "about": "abt", "your": "ur", "tomorrow": "tmrw", "message": "msg", "people": "ppl", "right": "rite"}

// write passes a text through the person's habits. Code, mentions, links, keys and figures stay as they are.
func (s style) write(r *rand.Rand, g *grammar, text string) string {
	parts := strings.Split(text, "```")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = s.words(r, parts[i])
	}
	text = strings.Join(parts, "```")
	if chance(r, s.opener) && !strings.HasPrefix(text, "<") {
		text = pick(r, g.list("opener")) + " " + text
	}
	if s.proper {
		text = sentence(text)
	}
	if chance(r, s.emoji) {
		text += " " + pick(r, g.list("emoji"))
	}
	return text
}

func (s style) words(r *rand.Rand, text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		if word == "i" && s.proper {
			words[i] = "I"
		}
		if !plain(word) {
			continue
		}
		if short, ok := shorts[word]; ok && s.short {
			words[i] = short
		} else if len(word) >= 5 && chance(r, s.typos) {
			words[i] = slip(r, word)
		}
	}
	return strings.Join(words, " ")
}

// plain says that a word is made of small letters only.
func plain(word string) bool {
	return word != "" && strings.IndexFunc(word, func(c rune) bool { return c < 'a' || c > 'z' }) < 0
}

// slip makes one typing error: two letters swapped, one lost or one doubled.
func slip(r *rand.Rand, word string) string {
	i := 1 + r.IntN(len(word)-2)
	switch r.IntN(3) {
	case 0:
		return word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:]
	case 1:
		return word[:i] + word[i+1:]
	default:
		return word[:i] + word[i-1:i] + word[i:]
	}
}

// sentence gives a text its capitals and its full stop.
func sentence(text string) string {
	rs := []rune(text)
	start, code := true, false
	for i, c := range rs {
		switch {
		case c == '`':
			code, start = !code, false
		case code:
		case unicode.IsLetter(c):
			if start && standsAlone(rs, i) {
				rs[i] = unicode.ToUpper(c)
			}
			start = false
		case c == '\n' || (c == ' ' && i > 0 && strings.ContainsRune(".!?", rs[i-1])):
			start = true
		case c != ' ':
			start = false
		}
	}
	if last := rs[len(rs)-1]; unicode.IsLetter(last) || unicode.IsDigit(last) {
		rs = append(rs, '.')
	}
	return string(rs)
}

// standsAlone says that the word at i holds letters only: names of services and hosts keep their small letters.
func standsAlone(rs []rune, i int) bool {
	for ; i < len(rs) && rs[i] != ' ' && rs[i] != '\n'; i++ {
		if strings.ContainsRune("-_/:@<>", rs[i]) || unicode.IsDigit(rs[i]) {
			return false
		}
	}
	return true
}
