package detect

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// sameForSure reports whether a "same here" names what is the same: "I get the
// same error", not "same here".
func (s *Snapshot) sameForSure(p *signals.Post) bool {
	prose := strings.ToLower(s.Models.Read(p).Doc.Prose)
	for _, noun := range []string{"error", "message", "exception", "crash", "problem", "issue", "symptom", "symptoms", "behaviour", "behavior", "failure", "warning", "timeout", "bug"} {
		if strings.Contains(prose, "the same "+noun) || strings.Contains(prose, "the exact same "+noun) || strings.Contains(prose, "exactly the same "+noun) {
			return true
		}
	}
	return false
}

// symptoms are what a report names exactly: hosts and the like (host-97, db03),
// and the templates of the errors that it shows.
func (s *Snapshot) symptoms(c *signals.Case) []string {
	title, code := c.Title, c.Body
	if c.Key.Source == signals.Slack && len(c.Posts) > 0 {
		d := s.Models.Read(c.Posts[0]).Doc
		title, code = d.Prose, d.Code
	}
	var out []string
	for _, w := range text.Plain(title) {
		if hostName(w) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return append(out, text.Templates(code, symptomTemplates)...)
}

// hostName reports whether a word in lower case looks like the name of one of
// many alike: letters, then a number at the end.
func hostName(w string) bool {
	n := strings.TrimRight(w, "0123456789")
	return len(w) >= 5 && len(n) < len(w) && len(n) >= 3 && strings.IndexFunc(n, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r == '-') }) < 0
}

// symptomTemplates is how many error lines of a report are compared.
const symptomTemplates = 4

// statementWords is how many words of content in one run make two statements
// the same; three in a row are a phrase that anybody might use.
const statementWords = 4

// sameStatement reports whether another thread begins in the same words, in a
// channel of its own: in one channel that is a quotation, and titles of issues
// are often made from one pattern.
func (s *Snapshot) sameStatement(c *signals.Case) bool {
	here, there := s.Case.Key.Channel(), c.Key.Channel()
	if here == "" || there == "" || here == there || len(s.Case.Posts) == 0 || len(c.Posts) == 0 {
		return false
	}
	a, b := contentWords(s.Models.Read(s.Case.Posts[0]).Doc.Prose), contentWords(s.Models.Read(c.Posts[0]).Doc.Prose)
	for i := 0; i+statementWords <= len(a); i++ {
		for j := 0; j+statementWords <= len(b); j++ {
			if slices.Equal(a[i:i+statementWords], b[j:j+statementWords]) {
				return true
			}
		}
	}
	return false
}
