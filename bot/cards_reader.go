package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// reader is whom a card is for.
type reader struct {
	id     string // person or channel
	viewer signals.Viewer
	zone   *time.Location
	shared bool // more than one person reads it
}

func readerOf(w *decide.World, to string) reader {
	if isPlace(w, to) {
		return reader{id: to, viewer: w.Org.ChannelViewer(to), zone: time.UTC, shared: true}
	}
	return reader{id: to, viewer: w.Org.Viewer(to), zone: zoneIn(w.Org.Calendar(to))}
}

// readerOf is who reads a message to a person or a channel. In a channel of
// several companies everybody reads like a guest.
func (b *Bot) readerOf(w *decide.World, to string) reader {
	r := readerOf(w, to)
	r.viewer.Guest = r.viewer.Guest || r.shared && b.sharedOut(to)
	return r
}

// sharedOut reports whether people of another company read a channel.
func (b *Bot) sharedOut(channel string) bool { return b.c.Shared != nil && b.c.Shared(channel) }

// of is as whom the reader sees things of a case: what was said in a channel
// those may see who read it there.
func (r *reader) of(k signals.Key) signals.Viewer {
	v := r.viewer
	if r.shared && r.id != "" && k.Channel() == r.id {
		v.Guest = false
	}
	return v
}

// part is what the reader sees of a case.
func (r *reader) part(c *signals.Case) *signals.Case { return c.For(r.of(c.Key)) }

// maySee reports whether the reader may see all that a signal rests on.
func (r *reader) maySee(w *decide.World, s *signals.Signal) bool {
	if !r.shared || !r.viewer.Guest {
		return maySee(w, s, r.viewer)
	}
	return len(s.Evidence) > 0 && !slices.ContainsFunc(s.Evidence, func(id string) bool {
		e := eventOf(w, s.Case, id)
		return e == nil || !r.of(e.Case).Sees(e.Audience)
	})
}

// isPlace reports whether a target is a channel and not a person.
func isPlace(w *decide.World, to string) bool {
	if w.Room(to) != nil {
		return true
	}
	k, ok := signals.ParseKey(to)
	return ok && k.Source == signals.Slack && w.Org.Person(to) == nil && (strings.HasPrefix(k.ID, "C") || strings.HasPrefix(k.ID, "G"))
}

// clock writes a time for the reader: in their own zone where it is one person.
func (r *reader) clock(t time.Time) string {
	s := t.In(r.zone).Format("2 January 15:04")
	if r.shared {
		s += " (UTC)"
	}
	return s
}

// reason is what happened, in front of it the one named owner where a channel
// is told.
func (c *composer) reason(it item) view.Paragraph {
	line := view.Paragraph{Text: sentence(c.unquoted(it.n.Signal) + c.asOf(it))}
	if it.n.Owner == "" {
		return line
	}
	if at := c.account(it.n.Owner); strings.HasPrefix(at, signals.Slack+"/") {
		line.Mention = at
	} else {
		line.Text = c.name(it.n.Owner) + ": " + line.Text
	}
	return line
}

// outdated is how long after it was found a reason that counts the time until then
// is not told as it stands; chosen.
const outdated = time.Hour

// counting are the words by which a reason counts the time until it was found.
var counting = []string{" ago", " for more than ", " moved for ", " update for "}

// asOf says until when a reason counts the time, to whoever is told later: the next
// one after somebody did not answer, or in the morning.
func (c *composer) asOf(it item) string {
	s := it.n.Signal
	counts := slices.ContainsFunc(counting, func(words string) bool { return strings.Contains(s.Reason, words) })
	if !counts || it.n.At.Sub(s.At) < outdated {
		return ""
	}
	return ", as of " + c.reader.clock(s.At)
}

// unquoted is the reason of a signal without its full stop, and without the first
// words of a cord where all of them stand below it.
func (c *composer) unquoted(s *signals.Signal) string {
	reason := strings.TrimSuffix(c.w.Reason(s), ".")
	head, quote, ok := strings.Cut(reason, ": “")
	quote, part := strings.CutSuffix(quote, " …”")
	if f, said := c.words(s); ok && part && said && s.Detector == "cord" && strings.Contains(f.Value, quote) {
		return head
	}
	return reason
}

// sentence is a text with a large letter in front and a full stop at its end.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	s = string(unicode.ToUpper(r)) + s[n:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, "…") {
		s += "."
	}
	return s
}

// account is where somebody can be written to, or the id itself where nothing
// is known of that.
func (c *composer) account(id string) string {
	if c.c.Address != nil {
		if at, _ := c.c.Address(c.w.Org, id); at != "" {
			return at
		}
	}
	return id
}

// why is the route's reason, with what it is called.
func (c *composer) why(it item) (name, why string) {
	switch {
	case it.n.Route == "":
		return "", ""
	case c.reader.shared:
		return "Why here", sentence("this channel "+decide.WhyHere(it.n)) + c.stillClosed(it)
	case decide.StillOnIt(it.n):
		return "Still on it?", sentence(addressed(it.n.Route)) + " Say that you are, pass it on, or have me ask again later."
	case decide.BringsBack(it.n) && over(it.r):
		return "", ""
	case decide.BringsBack(it.n):
		return "Not solved", sentence(addressed(it.n.Route)) + c.stillClosed(it)
	case c.w.Org.Who(it.n.To) == c.w.Org.Who(c.reader.id):
		return "Why you", sentence(addressed(it.n.Route))
	}
	return "Why you", sentence(c.name(it.n.To) + " " + it.n.Route)
}

// stillClosed says of what came back by the word of who raised it that it is closed
// in Jira, and what to do; "" for all else.
func (c *composer) stillClosed(it item) string {
	if it.n.Signal.Case.Source != signals.Jira || !decide.BringsBack(it.n) || !c.disputed(it) {
		return ""
	}
	text := " It is closed in Jira: please open it there, so that everybody sees it."
	if who, not := c.w.WillAsk(it.r, c.now); who != "" && not == "" {
		text += " Once it is solved, close it again or press Solved here, and who raised it is asked once more."
	} else {
		text += " Once it is solved, close it again or press Solved here."
	}
	return text
}

// addressed turns the rest of a sentence that begins with a name into one that
// speaks to whom it is about: "leads Checkout" becomes "you lead Checkout".
func addressed(route string) string {
	route, tail, more := strings.Cut(route, "; ") // which speaks of others
	if more {
		return addressed(route) + "; " + tail
	}
	verb, rest, _ := strings.Cut(route, " ")
	switch verb {
	case "is":
		verb = "are"
	case "was":
		verb = "were"
	case "has":
		verb = "have"
	default:
		verb = strings.TrimSuffix(verb, "s")
	}
	if i := strings.LastIndex(rest, " and "); verb == "stand" && i >= 0 { // in for somebody, and for what
		rest = strings.TrimSuffix(rest[:i], ",") + ", and " + addressed(rest[i+len(" and "):])
	}
	return strings.TrimSpace("you " + verb + " " + rest)
}

// mostQuoted is how many letters of the first words of a thread are shown.
const mostQuoted = 240

// words are how a thread began, for one reader who sees it: they need not go
// there to know what it is about. What the reason quotes is not said twice.
func (c *composer) words(s *signals.Signal) (out view.Fact, ok bool) {
	k := s.Case
	m := c.w.Case(k)
	if m == nil || k.Channel() == "" || c.reader.shared {
		return out, false
	}
	if posts := c.reader.part(m).Posts; len(posts) > 0 {
		p := posts[0]
		who := c.w.Org.Person(p.Event.Actor)
		said := view.Line(readable(c.w, k.Site, p.Text), mostQuoted)
		if said == "" || strings.Contains(s.Reason, said) || signals.IsBot(p.Event.Actor) || who != nil && (who.Bot || who.OptedOut) {
			return out, false
		}
		return view.Fact{Name: c.name(p.Event.Actor) + " wrote", Value: "“" + said + "”"}, true
	}
	return out, false
}

// name is what somebody is called. Whoever wished not to be named is not.
func (c *composer) name(id string) string { return nameOf(c.w.Org, id) }
