package text

import (
	"errors"
	"fmt"
	"strings"
)

// The symbols of a phrase that are no words. Word ids begin at firstWord.
const (
	symNone uint32 = iota
	symBegin
	symEnd
	symPerson
	symChannel
	symKey
	symLink
	symNumber
	symCode
	symAny // one word
	symGap // up to three words
	firstWord
)

var classes = map[string]uint32{
	"<person>": symPerson, "<channel>": symChannel, "<key>": symKey, "<link>": symLink, "<number>": symNumber, "<code>": symCode,
	"*": symAny, "...": symGap, "^": symBegin, "$": symEnd,
}

// phrase is a parsed line.
type phrase struct {
	body     part
	question bool // the sentence must end in a question mark
	veto     bool
}

// part is a word (one of its forms), a sequence, or a choice of sequences.
type part struct {
	words  []string
	seq    []part
	choice []part
	opt    bool // may be absent
}

// parsePhrase reads one line of a list without its weight.
func parsePhrase(line string) (phrase, error) {
	line = strings.ToLower(strings.ReplaceAll(line, "’", "'"))
	var p phrase
	if rest, ok := strings.CutPrefix(line, "!"); ok {
		p.veto, line = true, strings.TrimSpace(rest)
	}
	if rest, ok := strings.CutSuffix(line, " ?"); ok {
		p.question, line = true, strings.TrimSpace(rest)
	}
	body, rest, err := sequence(line, 0)
	switch {
	case err != nil:
		return p, err
	case rest != "":
		return p, fmt.Errorf("%q closes nothing", rest[:1])
	case len(body.seq) == 0:
		return p, errors.New("the phrase is empty")
	}
	p.body = body
	return p, checkEnds(body)
}

// checkEnds refuses a gap at an end, where it would mean nothing.
func checkEnds(body part) error {
	for _, end := range []part{body.seq[0], body.seq[len(body.seq)-1]} {
		if len(end.words) > 0 && end.words[0] == "..." {
			return errors.New("... stands at an end")
		}
	}
	return nil
}

// sequence reads words and groups up to the end, '|', ')' or ']'.
func sequence(s string, depth int) (part, string, error) {
	var out part
	if depth > 6 {
		return out, "", errors.New("groups stand too deep")
	}
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == '|' || s[0] == ')' || s[0] == ']' {
			return out, s, nil
		}
		var p part
		var err error
		switch s[0] {
		case '(':
			p, s, err = group(s[1:], ')', depth)
		case '[':
			p, s, err = group(s[1:], ']', depth)
			p.opt = true
		default:
			n := strings.IndexAny(s, " \t()[]|")
			if n < 0 {
				n = len(s)
			}
			p.words, err = wordForms(s[:n])
			s = s[n:]
		}
		if err != nil {
			return out, "", err
		}
		out.seq = append(out.seq, p)
	}
}

func group(s string, closing byte, depth int) (p part, rest string, err error) {
	for {
		branch, rest, err := sequence(s, depth+1)
		switch {
		case err != nil:
			return p, "", err
		case rest == "":
			return p, "", fmt.Errorf("a group lacks its %q", string(closing))
		case len(branch.seq) == 0:
			return p, "", errors.New("a group has an empty choice; write [word] for a word that may be absent")
		}
		p.choice = append(p.choice, branch)
		switch rest[0] {
		case '|':
			s = rest[1:]
		case closing:
			return p, rest[1:], nil
		default:
			return p, "", fmt.Errorf("a group ends with %q instead of %q", rest[:1], string(closing))
		}
	}
}

// wordForms gives the forms of one word: "fail~" is inflected, "don't" may lack
// its apostrophe.
func wordForms(w string) ([]string, error) {
	if _, ok := classes[w]; ok {
		return []string{w}, nil
	}
	if strings.HasPrefix(w, "<") {
		return nil, fmt.Errorf("class %s is unknown", w)
	}
	stem, inflect := strings.CutSuffix(w, "~")
	toks, _ := scan(nil, stem, nil)
	if len(toks) != 3 || toks[1].kind != kindWord || int(toks[1].end-toks[1].start) != len(stem) {
		return nil, fmt.Errorf("%q is not one word", w)
	}
	if inflect {
		return inflections(stem), nil
	}
	if strings.Contains(stem, "'") && !clash[stem] {
		return []string{stem, strings.ReplaceAll(stem, "'", "")}, nil
	}
	return []string{stem}, nil
}

// clash are short forms that become another word without their apostrophe.
var clash = map[string]bool{"we're": true, "we'll": true, "i'll": true, "he'll": true, "she'll": true, "we'd": true, "she'd": true, "i'd": true}

// inflections gives the English forms of a verb: -s, -ed, -ing.
func inflections(w string) []string {
	base, last := w, w[len(w)-1]
	s, ed := w+"s", w+"ed"
	switch {
	case last == 'e':
		base, ed = w[:len(w)-1], w+"d"
	case strings.HasSuffix(w, "sh"), strings.HasSuffix(w, "ch"), last == 's', last == 'x', last == 'z':
		s = w + "es"
	case last == 'y' && len(w) > 1 && !vowel(w[len(w)-2]):
		s, ed = w[:len(w)-1]+"ies", w[:len(w)-1]+"ied"
	case (len(w) == 3 || len(w) == 4) && strings.IndexByte("pbgtdmn", last) >= 0 && vowel(w[len(w)-2]) && !vowel(w[len(w)-3]):
		base, ed = w+string(last), w+string(last)+"ed"
	}
	return []string{w, s, ed, base + "ing"}
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
