package jira

import (
	"strings"

	"github.com/tidwall/gjson"
)

// maxDepth is the deepest node of an Atlassian document that is read.
const maxDepth = 100

// prose returns the plain text of a description or a comment: wiki text as it
// is, or the words of an Atlassian document (ADF). The result shares no memory
// with v.
func prose(v gjson.Result) string {
	switch {
	case v.Type == gjson.String:
		if len(v.Raw) == len(v.Str)+2 { // no escapes: Str is a part of the input
			return strings.Clone(v.Str)
		}
		return v.Str
	case v.IsObject():
		var b strings.Builder
		words(&b, v, 0)
		return strings.TrimSpace(b.String())
	case v.Type == gjson.Number:
		return strings.Clone(v.Raw)
	}
	return ""
}

// words writes the text of one ADF node and what it contains.
func words(b *strings.Builder, node gjson.Result, depth int) {
	if depth > maxDepth {
		return
	}
	var kind, text, attrs, content gjson.Result
	each(node, func(k, v gjson.Result) bool {
		switch k.Str {
		case "type":
			kind = v
		case "text":
			text = v
		case "attrs":
			attrs = v
		case "content":
			content = v
		}
		return true
	})
	switch kind.Str {
	case "text":
		b.WriteString(text.String())
	case "hardBreak":
		b.WriteByte('\n')
	case "mention", "status":
		b.WriteString(attrs.Get("text").String())
	case "emoji":
		b.WriteString(attrs.Get("shortName").String())
	case "inlineCard", "blockCard", "embedCard":
		b.WriteString(attrs.Get("url").String())
	}
	if content.IsArray() {
		each(content, func(_, v gjson.Result) bool {
			words(b, v, depth+1)
			return true
		})
	}
	if isBlock(kind.Str) && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
		b.WriteByte('\n')
	}
}

func isBlock(kind string) bool {
	switch kind {
	case "paragraph", "heading", "codeBlock", "blockquote", "listItem", "tableRow", "rule", "panel", "blockCard", "taskItem", "decisionItem":
		return true
	}
	return false
}
