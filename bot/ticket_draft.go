package bot

import (
	"html"
	"regexp"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The bounds of what an issue is prefilled with, in letters.
const (
	draftTitle = 120
	draftText  = 2500
)

// draft is the title and the text that an issue is prefilled with. An issue is
// read by more people than a chat may be, so only words that everybody may see
// are put there; of others there is the link alone.
func (f *ticketForm) draft(w *decide.World) (title, text string) {
	k := f.it.n.Signal.Case
	m := w.Case(k)
	if m == nil {
		return "", ""
	}
	var lines []string
	for _, p := range m.For(signals.Viewer{}).Posts { // what everybody may see
		author := w.Org.Person(p.Event.Actor)
		if signals.IsBot(p.Event.Actor) || author != nil && (author.Bot || author.OptedOut) {
			continue
		}
		said := readable(w, k.Site, p.Text)
		if title == "" {
			title = view.Line(said, draftTitle)
		}
		lines = append(lines, nameOf(w.Org, p.Event.Actor)+": "+said)
	}
	text = strings.Join(lines, "\n")
	if r := []rune(text); len(r) > draftText {
		text = string(r[:draftText]) + "…"
	}
	if url := f.url(k, ""); url != "" {
		text = strings.TrimSpace(text + "\n\nFound in chat: " + url)
	}
	return title, text
}

// marked is what Slack writes for mentions, channels and links.
var marked = regexp.MustCompile(`<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>`)

// readable writes a message of Slack as a person would read it elsewhere.
func readable(w *decide.World, site, s string) string {
	s = marked.ReplaceAllStringFunc(s, func(found string) string {
		m := marked.FindStringSubmatch(found)
		kind, id, label := m[1], m[2], m[3]
		switch {
		case kind == "@" && label != "":
			return "@" + strings.TrimPrefix(label, "@")
		case kind == "@":
			return "@" + nameOf(w.Org, signals.ID(signals.Slack, site, id))
		case kind == "#" && label != "":
			return "#" + label
		case kind == "" && label != "" && label != id:
			return label + " (" + id + ")"
		case kind == "!":
			return "@" + strings.TrimPrefix(label+id[len(id):], "@")
		}
		return id
	})
	return strings.TrimSpace(html.UnescapeString(view.Plain(s)))
}
