package fakeslack

import (
	"fmt"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// The limits of Slack on blocks in a message, in characters.
const (
	maxBlocks   = 50
	maxHeader   = 150
	maxSection  = 3000
	maxField    = 2000
	maxFields   = 10
	maxButtons  = 25
	maxContext  = 10
	maxLabel    = 75
	maxValue    = 2000
	maxID       = 255
	maxMessage  = 13200 // of the whole list, as JSON; Slack does not document it
	maxLinkText = 3000
)

// checkBlocks answers as Slack would when it does not take the blocks, and nil
// when it does.
func checkBlocks(blocks string) answer {
	if blocks == "" {
		return nil
	}
	list := gjson.Parse(blocks)
	if !gjson.Valid(blocks) || !list.IsArray() {
		return refuse("invalid_blocks_format")
	}
	if utf8.RuneCountInString(blocks) > maxMessage {
		return refuse("msg_blocks_too_long")
	}
	c := &checker{ids: map[string]bool{}}
	for i, b := range list.Array() {
		c.block(fmt.Sprintf("/blocks/%d", i), b)
	}
	if n := len(list.Array()); n > maxBlocks {
		c.say("no more than %d items allowed [json-pointer:/blocks]", maxBlocks)
	}
	if c.wrong == nil {
		return nil
	}
	return answer{"ok": false, "error": "invalid_blocks", "response_metadata": answer{"messages": c.wrong}}
}

type checker struct {
	wrong []string
	ids   map[string]bool // action ids, which must differ within a message
}

func (c *checker) say(format string, args ...any) {
	c.wrong = append(c.wrong, "[ERROR] "+fmt.Sprintf(format, args...))
}

// length demands between 1 and most characters.
func (c *checker) length(at string, v gjson.Result, most int) {
	n := utf8.RuneCountInString(v.Str)
	switch {
	case v.Type != gjson.String || n == 0:
		c.say("must be more than 0 characters [json-pointer:%s]", at)
	case n > most:
		c.say("must be less than %d characters [json-pointer:%s]", most+1, at)
	}
}

func (c *checker) text(at string, v gjson.Result, most int, plainOnly bool) {
	if kind := v.Get("type").Str; kind != "plain_text" && (kind != "mrkdwn" || plainOnly) {
		c.say("unsupported type: %s [json-pointer:%s/type]", kind, at)
	}
	c.length(at+"/text", v.Get("text"), most)
}

func (c *checker) count(at string, n, most int) {
	if n == 0 || n > most {
		c.say("1 to %d items allowed [json-pointer:%s]", most, at)
	}
}

func (c *checker) block(at string, b gjson.Result) {
	elements := b.Get("elements").Array()
	switch kind := b.Get("type").Str; kind {
	case "divider":
	case "header":
		c.text(at+"/text", b.Get("text"), maxHeader, true)
	case "section":
		c.section(at, b)
	case "context":
		c.count(at+"/elements", len(elements), maxContext)
		for i, e := range elements {
			c.text(fmt.Sprintf("%s/elements/%d", at, i), e, maxSection, false)
		}
	case "actions":
		c.count(at+"/elements", len(elements), maxButtons)
		for i, e := range elements {
			c.button(fmt.Sprintf("%s/elements/%d", at, i), e)
		}
	case "rich_text":
		c.count(at+"/elements", len(elements), 1000)
		for i, e := range elements {
			c.rich(fmt.Sprintf("%s/elements/%d", at, i), e)
		}
	default:
		c.say("unsupported type: %s [json-pointer:%s/type]", kind, at)
	}
}

func (c *checker) section(at string, b gjson.Result) {
	fields := b.Get("fields").Array()
	if b.Get("text").Exists() || len(fields) == 0 {
		c.text(at+"/text", b.Get("text"), maxSection, false)
	}
	if len(fields) > maxFields {
		c.count(at+"/fields", len(fields), maxFields)
	}
	for i, f := range fields {
		c.text(fmt.Sprintf("%s/fields/%d", at, i), f, maxField, false)
	}
}

func (c *checker) button(at string, e gjson.Result) {
	if e.Get("type").Str != "button" {
		return // other elements are not looked into
	}
	c.text(at+"/text", e.Get("text"), maxLabel, true)
	c.length(at+"/action_id", e.Get("action_id"), maxID)
	if v := e.Get("value"); v.Exists() {
		c.length(at+"/value", v, maxValue)
	}
	if v := e.Get("style"); v.Exists() && v.Str != "primary" && v.Str != "danger" {
		c.say("unsupported style [json-pointer:%s/style]", at)
	}
	id := e.Get("action_id").Str
	if c.ids[id] {
		c.say("action_id %q already exists [json-pointer:%s/action_id]", id, at)
	}
	c.ids[id] = true
}

// rich looks into a rich text section: no part of it may be empty.
func (c *checker) rich(at string, section gjson.Result) {
	for i, e := range section.Get("elements").Array() {
		here := fmt.Sprintf("%s/elements/%d", at, i)
		switch e.Get("type").Str {
		case "text":
			c.length(here+"/text", e.Get("text"), maxMessage)
		case "link":
			c.length(here+"/url", e.Get("url"), maxLinkText)
		case "user":
			c.length(here+"/user_id", e.Get("user_id"), maxID)
		case "channel":
			c.length(here+"/channel_id", e.Get("channel_id"), maxID)
		}
	}
}
