package fakeslack

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// The limits of Slack on blocks, in characters and numbers of parts.
const (
	maxBlocks     = 50
	maxViewBlocks = 100
	maxView       = 250_000 // bytes
	maxHeader     = 150
	maxSection    = 3000
	maxField      = 2000
	maxFields     = 10
	maxButtons    = 25
	maxContext    = 10
	maxLabel      = 75
	maxValue      = 2000
	maxID         = 255
	maxAlt        = 2000
	maxMarkdown   = 12000
	maxMessage    = 13200 // of the whole list, as JSON; Slack does not document it
	maxLinkText   = 3000
	maxTitle      = 24
	maxPrivate    = 3000
	maxCharts     = 2 // in a message; Slack does not document it
)

// places says where a block may stand: in a message, a modal or a home tab.
var places = map[string][]string{
	"actions": {"message", "modal", "home"}, "alert": {"modal"}, "context": {"message", "modal", "home"}, "divider": {"message", "modal", "home"},
	"header": {"message", "modal", "home"}, "image": {"message", "modal", "home"}, "input": {"message", "modal", "home"}, "section": {"message", "modal", "home"},
	"rich_text": {"message", "modal", "home"}, "video": {"message", "modal", "home"}, "markdown": {"message"}, "table": {"message"}, "data_table": {"message"},
	"data_visualization": {"message"}, "context_actions": {"message"}, "card": {"message"}, "carousel": {"message", "home"}, "container": {"message"},
	"task_card": {"message"}, "plan": {"message"},
}

// checkMessage answers as Slack would when it does not take the blocks of a
// message, and nil when it does.
func (s *Server) checkMessage(blocks string) answer {
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
	c := s.newChecker("message")
	c.blocks("/blocks", list, maxBlocks)
	return c.answer("invalid_blocks")
}

// checkView answers as Slack would when it does not take a view.
func (s *Server) checkView(v gjson.Result, kind string) answer {
	c := s.newChecker(kind)
	if got := v.Get("type").Str; got != kind {
		c.say("must be %s, not %q [json-pointer:/view/type]", kind, got)
	}
	if len(v.Raw) > maxView {
		return refuse("view_too_large")
	}
	if kind == "modal" {
		c.text("/view/title", v.Get("title"), maxTitle, true)
		for _, name := range []string{"submit", "close"} {
			if x := v.Get(name); x.Exists() && x.Type != gjson.Null {
				c.text("/view/"+name, x, maxTitle, true)
			}
		}
	}
	for name, most := range map[string]int{"private_metadata": maxPrivate, "callback_id": maxID, "external_id": maxID} {
		c.atMost("/view/"+name, v.Get(name), most)
	}
	c.blocks("/view/blocks", v.Get("blocks"), maxViewBlocks)
	if c.inputs && kind == "modal" && !v.Get("submit").IsObject() {
		c.say("missing required field: submit [json-pointer:/view]")
	}
	return c.answer("invalid_arguments")
}

type checker struct {
	s      *Server
	where  string // message, modal or home
	wrong  []string
	ids    map[string]bool // block ids, which must differ
	charts int
	tables int
	inputs bool
}

func (s *Server) newChecker(where string) *checker {
	return &checker{s: s, where: where, ids: map[string]bool{}}
}

func (c *checker) answer(code string) answer {
	if c.wrong == nil {
		return nil
	}
	return answer{"ok": false, "error": code, "response_metadata": answer{"messages": c.wrong}}
}

func (c *checker) blocks(at string, list gjson.Result, most int) {
	if !list.IsArray() {
		c.say("must be an array [json-pointer:%s]", at)
	}
	all := list.Array()
	for i, b := range all {
		c.block(fmt.Sprintf("%s/%d", at, i), b)
	}
	if len(all) > most {
		c.say("no more than %d items allowed [json-pointer:%s]", most, at)
	}
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

// atMost is length for what may be missing or empty.
func (c *checker) atMost(at string, v gjson.Result, most int) {
	if v.Exists() && v.Type != gjson.Null && v.Str != "" {
		c.length(at, v, most)
	}
}

func (c *checker) text(at string, v gjson.Result, most int, plainOnly bool) {
	if kind := v.Get("type").Str; kind != "plain_text" && (kind != "mrkdwn" || plainOnly) {
		c.say("unsupported type: %s [json-pointer:%s/type]", kind, at)
	}
	c.length(at+"/text", v.Get("text"), most)
}

func (c *checker) textIf(at string, v gjson.Result, most int, plainOnly bool) {
	if v.Exists() && v.Type != gjson.Null {
		c.text(at, v, most, plainOnly)
	}
}

func (c *checker) count(at string, n, most int) {
	if n == 0 || n > most {
		c.say("1 to %d items allowed [json-pointer:%s]", most, at)
	}
}

func (c *checker) block(at string, b gjson.Result) {
	kind := b.Get("type").Str
	if !slices.Contains(places[kind], c.where) {
		c.say("unsupported type: %s [json-pointer:%s/type]", kind, at)
		return
	}
	c.atMost(at+"/block_id", b.Get("block_id"), maxID)
	if id := b.Get("block_id").Str; id != "" {
		if c.ids[id] {
			c.say("block_id %q already exists [json-pointer:%s/block_id]", id, at)
		}
		c.ids[id] = true
	}
	elements := b.Get("elements").Array()
	switch kind {
	case "header":
		c.text(at+"/text", b.Get("text"), maxHeader, true)
	case "section":
		c.section(at, b)
	case "context":
		c.context(at, elements)
	case "actions":
		c.actions(at, elements)
	case "rich_text":
		c.count(at+"/elements", len(elements), 1000)
		for i, e := range elements {
			c.rich(fmt.Sprintf("%s/elements/%d", at, i), e)
		}
	case "image":
		c.image(at, b)
		c.textIf(at+"/title", b.Get("title"), maxAlt, true)
	case "input":
		c.input(at, b)
	case "markdown":
		c.length(at+"/text", b.Get("text"), maxMarkdown)
	case "alert":
		c.text(at+"/text", b.Get("text"), maxSection, false)
	case "table", "data_table":
		c.table(at, b)
	case "data_visualization":
		c.chart(at, b)
	case "container":
		for i, inner := range b.Get("child_blocks").Array() {
			c.block(fmt.Sprintf("%s/child_blocks/%d", at, i), inner)
		}
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
	if e := b.Get("accessory"); e.Exists() && e.Type != gjson.Null {
		c.element(at+"/accessory", e, "section")
	}
}

func (c *checker) context(at string, elements []gjson.Result) {
	c.count(at+"/elements", len(elements), maxContext)
	for i, e := range elements {
		here := fmt.Sprintf("%s/elements/%d", at, i)
		if e.Get("type").Str == "image" {
			c.image(here, e)
			continue
		}
		c.text(here, e, maxSection, false)
	}
}

func (c *checker) actions(at string, elements []gjson.Result) {
	c.count(at+"/elements", len(elements), maxButtons)
	seen := map[string]bool{}
	for i, e := range elements {
		here := fmt.Sprintf("%s/elements/%d", at, i)
		c.element(here, e, "actions")
		id := e.Get("action_id").Str
		if id != "" && seen[id] {
			c.say("action_id %q already exists [json-pointer:%s/action_id]", id, here)
		}
		seen[id] = true
	}
}

// rich looks into a part of a rich text: no text in it may be empty.
func (c *checker) rich(at string, part gjson.Result) {
	for i, e := range part.Get("elements").Array() {
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
		case "rich_text_section":
			c.rich(here, e)
		}
	}
}
