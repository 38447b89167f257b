package slack

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack/slackutilsx"

	"andon/bot/view"
	"andon/signals"
)

// fallback is the text for notifications: the card's own, or the whole of it,
// with its mentions. It is escaped, and not longer than maxText then.
func fallback(team string, c *view.Card) string {
	if s := strings.TrimSpace(c.Fallback); s != "" {
		return cutEscaped(escape(s), maxText)
	}
	e := escaped(c)
	return cutEscaped(e.TextWith(func(id string) string {
		user, channel := mentioned(team, id)
		switch {
		case user != "":
			return "<@" + user + ">"
		case channel != "":
			return "<#" + channel + ">"
		}
		return ""
	}), maxText)
}

// escaped is a card whose texts are shown as they are where Slack reads markup.
func escaped(c *view.Card) *view.Card {
	e := &view.Card{Title: escape(c.Title), Footer: escape(c.Footer)}
	for _, l := range c.Lines {
		e.Lines = append(e.Lines, view.Paragraph{Text: escape(l.Text), Mention: l.Mention})
	}
	for _, f := range c.Facts {
		e.Facts = append(e.Facts, view.Fact{Name: escape(f.Name), Value: escape(f.Value)})
	}
	for _, l := range c.Links {
		e.Links = append(e.Links, view.Link{Text: escape(l.Text), URL: escape(l.URL)})
	}
	for _, s := range c.Stops {
		e.Stops = append(e.Stops, view.Stop{Name: escape(s.Name), Stay: escape(s.Stay), Mark: escape(s.Mark), Here: s.Here})
	}
	for _, t := range c.Tables {
		x := view.Table{Title: escape(t.Title), Columns: escapedAll(t.Columns)}
		for _, r := range t.Rows {
			x.Rows = append(x.Rows, escapedAll(r))
		}
		e.Tables = append(e.Tables, x)
	}
	for _, ch := range c.Charts {
		if slices.ContainsFunc(c.Tables, func(t view.Table) bool { return t.Title == ch.Title }) {
			continue // the table has said it
		}
		x := view.Chart{Kind: ch.Kind, Title: escape(ch.Title), Unit: escape(ch.Unit), Labels: escapedAll(ch.Labels)}
		for _, s := range ch.Series {
			x.Series = append(x.Series, view.Series{Name: escape(s.Name), Values: s.Values})
		}
		e.Charts = append(e.Charts, x)
	}
	return e
}

func escapedAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = escape(s)
	}
	return out
}

// mentioned returns the bare id of the person or of the channel that is to be
// mentioned; both are empty when it is none of this workspace.
func mentioned(team, id string) (user, channel string) {
	k, ok := signals.ParseKey(id)
	switch {
	case !ok || k.Source != signals.Slack || k.Site != team:
	case isID(k.ID, "UW"):
		return k.ID, ""
	case isID(k.ID, "CG"):
		return "", k.ID
	}
	return "", ""
}

// isWeb reports whether an address may be a link.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxURL && !strings.ContainsAny(s, "<>| ")
}

// cut makes a text fit to be shown, at most so many characters long.
func cut(s string, most int) string {
	s = strings.TrimSpace(view.Plain(strings.ToValidUTF8(s, "\uFFFD")))
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:most-1]), " \n\t") + "…"
}

func oneLine(s string, most int) string {
	return cut(strings.Join(strings.Fields(view.Plain(s)), " "), most)
}

func escape(s string) string {
	return slackutilsx.EscapeMessage(view.Plain(strings.ToValidUTF8(s, "\uFFFD")))
}

// cutEscaped shortens an escaped text. It cuts neither inside of what an escaped
// character became nor inside of a mention: those begin with the only & and <
// that there are.
func cutEscaped(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	length, end := 0, 0
	for end < len(s) {
		_, n := utf8.DecodeRuneInString(s[end:])
		if closing := map[byte]string{'&': ";", '<': ">"}[s[end]]; closing != "" {
			n = max(strings.Index(s[end:], closing)+1, 1)
		}
		if length += utf8.RuneCountInString(s[end : end+n]); length > most-1 {
			break
		}
		end += n
	}
	return s[:end] + "…"
}
