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
