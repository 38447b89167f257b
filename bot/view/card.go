package view

import (
	"cmp"
	"strings"
)

// Card is one message to people, free of any markup. Whoever has something to
// say makes it; Slack renders it to blocks, the web pages to HTML. All texts are
// plain: what looks like markup in them is shown as it stands.
type Card struct {
	Key      string // idempotency key, put where others can read it: no secrets
	Kind     string // what it is, such as "nudge" or "digest"
	Title    string // one line
	Lines    []Paragraph
	Stops    []Stop // a path, first stop first
	Facts    []Fact
	Tables   []Table
	Charts   []Chart
	Links    []Link
	Actions  []Action
	Footer   string // one line in small print
	Fallback string // what notifications and screen readers say; made from the rest when empty
}

// Paragraph is one line of a card; it may hold line breaks.
type Paragraph struct {
	Text    string // plain text, never markup
	Mention string // id of the person or channel that is mentioned in front, SOURCE/SITE/LOCAL; "" for none
}

// Fact is a name with its value, such as Team: payments.
type Fact struct{ Name, Value string }

// Link is an address with what is shown for it. Only http and https are made
// into links; of others the text is shown.
type Link struct{ Text, URL string }

// Stop is one stop of a path: who held it, in words, and for how long.
type Stop struct {
	Name string // of a team, or of what stands for it
	Stay string // how long, in words; "" where that is not to be shown
	Mark string // a word beside it, such as "back again"; "" for none
	Here bool   // it is there now
}

// Table is figures or words in rows and columns. Every row is as long as Columns.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]string
}

// Action is a button, or with Options a menu. ID says what it does and Value to
// what; Value is opaque to people and holds no more than an id. What is chosen
// in a menu comes back as Option.Value alone, so that it says to what as well.
type Action struct {
	ID, Text, Value string
	Options         []Option // makes a menu under Text
	Primary         bool     // what most people want; one of a card at most
	Danger          bool     // cannot be undone, and looks like it
	Confirm         string   // is asked before it is done, "" for nothing
}

// Text returns the card as plain text, one line per part, without its buttons.
// A mention is written as an at sign and the local part of its id.
func (c *Card) Text() string {
	return c.TextWith(func(id string) string { return "@" + local(id) })
}

// TextWith is Text with the mentions as name gives them, by id; where name
// returns "" the line stands without a mention.
func (c *Card) TextWith(name func(id string) string) string {
	var out []string
	add := func(parts ...string) {
		if s := join(parts...); s != "" {
			out = append(out, s)
		}
	}
	add(c.Title)
	for _, l := range c.Lines {
		mention := ""
		if l.Mention != "" {
			mention = name(l.Mention)
		}
		add(mention, l.Text)
	}
	for _, s := range c.Stops {
		add(s.Line())
	}
	for _, f := range c.Facts {
		add(f.Line())
	}
	for _, t := range c.Tables {
		add(t.Title)
		add(strings.Join(t.Columns, " | "))
		for _, r := range t.Rows {
			add(strings.Join(r, " | "))
		}
	}
	for _, ch := range c.Charts {
		for _, line := range ch.Lines() {
			add(line)
		}
	}
	for _, l := range c.Links {
		add(l.Line())
	}
	add(c.Footer)
	return Plain(strings.Join(out, "\n"))
}

// Line returns the stop on one line.
func (s Stop) Line() string {
	var more []string
	for _, w := range []string{s.Stay, s.Mark} {
		if w = strings.TrimSpace(w); w != "" {
			more = append(more, w)
		}
	}
	if s.Here {
		more = append(more, "now")
	}
	if len(more) == 0 {
		return strings.TrimSpace(s.Name)
	}
	return join(s.Name, "("+strings.Join(more, ", ")+")")
}

// Line returns the fact on one line, and whichever half there is when the other
// is empty.
func (f Fact) Line() string {
	if strings.TrimSpace(f.Name) == "" || strings.TrimSpace(f.Value) == "" {
		return join(f.Name, f.Value)
	}
	return strings.TrimSpace(f.Name) + ": " + strings.TrimSpace(f.Value)
}

// Line returns the link on one line: its text and its address in brackets.
func (l Link) Line() string {
	text, url := strings.TrimSpace(l.Text), strings.TrimSpace(l.URL)
	if text != "" && url != "" && text != url {
		return text + " (" + url + ")"
	}
	return cmp.Or(text, url)
}

// join writes the parts that are not blank with a space between them.
func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}

// local is what the source itself calls an id SOURCE/SITE/LOCAL.
func local(id string) string {
	if parts := strings.SplitN(id, "/", 3); len(parts) == 3 {
		return parts[2]
	}
	return id
}
