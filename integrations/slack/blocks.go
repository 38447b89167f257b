package slack

import (
	"strings"

	"github.com/tidwall/gjson"
)

// Bounds of the text that is gathered from blocks and attachments. Slack itself
// allows 40,000 characters in a message; what is beyond is cut.
const (
	maxDepth  = 32
	maxGather = 1 << 16
)

// body returns the text of a message: its raw text, or where that is empty the
// text of its blocks and attachments, and a line for each file. NUL characters,
// which databases refuse, are dropped.
func (m *message) body() string {
	text := m.Text
	if text == "" {
		var b strings.Builder
		gatherBlocks(&b, m.Blocks, 0)
		gatherAttachments(&b, m.Attachments)
		text = strings.TrimSpace(b.String())
	}
	files := filesOf(m.Files)
	switch {
	case files != "" && text != "":
		text += "\n" + files
	case files != "":
		text = files
	default:
		text = strings.Clone(text) // the file it comes from shall not be kept for it
	}
	if strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(text, "\x00", "")
	}
	return text
}

func filesOf(files gjson.Result) string {
	if !files.IsArray() {
		return ""
	}
	var lines []string
	files.ForEach(func(_, f gjson.Result) bool {
		if !f.IsObject() {
			return true
		}
		switch name := first(f, "name", "title"); name {
		case "":
			lines = append(lines, "[file]")
		default:
			lines = append(lines, "[file: "+name+"]")
		}
		return true
	})
	return strings.Join(lines, "\n")
}

// gatherAttachments writes the heading and the text of each attachment, or its
// fallback where it has neither.
func gatherAttachments(b *strings.Builder, attachments gjson.Result) {
	if !attachments.IsArray() {
		return
	}
	attachments.ForEach(func(_, a gjson.Result) bool {
		endLine(b)
		before := b.Len()
		for _, field := range []string{"pretext", "title", "text"} {
			line(b, scalar(a.Get(field)))
		}
		if b.Len() == before {
			gatherBlocks(b, a.Get("blocks"), 0)
		}
		if b.Len() == before {
			line(b, scalar(a.Get("fallback")))
		}
		return b.Len() < maxGather
	})
}

// gatherBlocks writes what people read in blocks, in their order. Mentions and
// links take the form that they have in raw text.
func gatherBlocks(b *strings.Builder, v gjson.Result, depth int) {
	if depth > maxDepth || b.Len() > maxGather {
		return
	}
	if v.IsArray() {
		v.ForEach(func(_, e gjson.Result) bool { gatherBlocks(b, e, depth+1); return true })
		return
	}
	if !v.IsObject() {
		return
	}
	switch kind := scalar(v.Get("type")); kind {
	case "text", "plain_text", "mrkdwn", "markdown":
		b.WriteString(scalar(v.Get("text")))
	case "user":
		b.WriteString("<@" + scalar(v.Get("user_id")) + ">")
	case "channel":
		b.WriteString("<#" + scalar(v.Get("channel_id")) + ">")
	case "broadcast":
		b.WriteString("<!" + scalar(v.Get("range")) + ">")
	case "emoji":
		b.WriteString(":" + scalar(v.Get("name")) + ":")
	case "link":
		if text := scalar(v.Get("text")); text != "" {
			b.WriteString("<" + scalar(v.Get("url")) + "|" + text + ">")
		} else {
			b.WriteString("<" + scalar(v.Get("url")) + ">")
		}
	default:
		for _, inner := range []string{"text", "fields", "elements"} {
			gatherBlocks(b, v.Get(inner), depth+1)
		}
		if strings.HasPrefix(kind, "rich_text_") || kind == "section" || kind == "header" || kind == "context" {
			endLine(b)
		}
	}
}

// line writes s on a line of its own, unless it is blank.
func line(b *strings.Builder, s string) {
	if s = strings.TrimSpace(s); s != "" {
		endLine(b)
		b.WriteString(s)
	}
}

func endLine(b *strings.Builder) {
	if n := b.Len(); n > 0 && b.String()[n-1] != '\n' {
		b.WriteByte('\n')
	}
}

// first returns the first of the fields that is not empty.
func first(v gjson.Result, fields ...string) string {
	for _, f := range fields {
		if s := scalar(v.Get(f)); s != "" {
			return s
		}
	}
	return ""
}
