package fakeslack

import (
	"fmt"
	"slices"

	"github.com/tidwall/gjson"
)

// elements says in which blocks an element may stand.
var elements = map[string][]string{
	"button": {"section", "actions"}, "overflow": {"section", "actions"}, "image": {"section"}, "workflow_button": {"section", "actions"},
	"static_select": {"section", "actions", "input"}, "external_select": {"section", "actions", "input"}, "users_select": {"section", "actions", "input"},
	"conversations_select": {"section", "actions", "input"}, "channels_select": {"section", "actions", "input"},
	"multi_static_select": {"section", "input"}, "multi_external_select": {"section", "input"}, "multi_users_select": {"section", "input"},
	"multi_conversations_select": {"section", "input"}, "multi_channels_select": {"section", "input"},
	"checkboxes": {"section", "actions", "input"}, "radio_buttons": {"section", "actions", "input"}, "datepicker": {"section", "actions", "input"},
	"timepicker": {"section", "actions", "input"}, "datetimepicker": {"actions", "input"}, "plain_text_input": {"input"}, "email_text_input": {"input"},
	"url_text_input": {"input"}, "number_input": {"input"}, "rich_text_input": {"actions", "input"}, "file_input": {"input"},
}

func (c *checker) element(at string, e gjson.Result, block string) {
	kind := e.Get("type").Str
	if !slices.Contains(elements[kind], block) {
		c.say("unsupported type: %s [json-pointer:%s/type]", kind, at)
		return
	}
	c.atMost(at+"/action_id", e.Get("action_id"), maxID)
	c.textIf(at+"/placeholder", e.Get("placeholder"), 150, true)
	c.confirm(at+"/confirm", e.Get("confirm"))
	switch kind {
	case "button":
		c.button(at, e)
	case "image":
		c.image(at, e)
	case "overflow":
		c.options(at, e, 1, 5)
	case "checkboxes", "radio_buttons":
		c.options(at, e, 1, 10)
	case "static_select", "multi_static_select":
		if groups := e.Get("option_groups").Array(); len(groups) > 0 {
			c.count(at+"/option_groups", len(groups), 100)
			for i, g := range groups {
				here := fmt.Sprintf("%s/option_groups/%d", at, i)
				c.text(here+"/label", g.Get("label"), maxLabel, true)
				c.options(here, g, 1, 100)
			}
			return
		}
		c.options(at, e, 1, 100)
	case "number_input":
		if !e.Get("is_decimal_allowed").Exists() {
			c.say("missing required field: is_decimal_allowed [json-pointer:%s]", at)
		}
	case "plain_text_input":
		if n := e.Get("max_length").Int(); n > maxSection || e.Get("max_length").Exists() && n < 1 {
			c.say("must be between 1 and 3000 [json-pointer:%s/max_length]", at)
		}
		c.atMost(at+"/initial_value", e.Get("initial_value"), maxSection)
	}
}

func (c *checker) options(at string, e gjson.Result, least, most int) {
	options := e.Get("options").Array()
	if len(options) < least || len(options) > most {
		c.say("%d to %d items allowed [json-pointer:%s/options]", least, most, at)
	}
	for i, o := range options {
		here := fmt.Sprintf("%s/options/%d", at, i)
		kind := e.Get("type").Str
		c.text(here+"/text", o.Get("text"), maxLabel, kind != "checkboxes" && kind != "radio_buttons")
		c.length(here+"/value", o.Get("value"), 150)
		c.textIf(here+"/description", o.Get("description"), maxLabel, false)
	}
	if v := e.Get("initial_option.value"); v.Exists() {
		if _, err := option(e, v.Str); err != nil {
			c.say("initial_option is none of the options [json-pointer:%s/initial_option]", at)
		}
	}
}

func (c *checker) button(at string, e gjson.Result) {
	c.text(at+"/text", e.Get("text"), maxLabel, true)
	c.atMost(at+"/value", e.Get("value"), maxValue)
	c.atMost(at+"/url", e.Get("url"), maxLinkText)
	c.atMost(at+"/accessibility_label", e.Get("accessibility_label"), maxLabel)
	if v := e.Get("style"); v.Exists() && v.Str != "primary" && v.Str != "danger" {
		c.say("unsupported style [json-pointer:%s/style]", at)
	}
}

func (c *checker) confirm(at string, v gjson.Result) {
	if !v.IsObject() {
		return
	}
	c.text(at+"/title", v.Get("title"), 100, true)
	c.text(at+"/text", v.Get("text"), 300, false)
	c.textIf(at+"/confirm", v.Get("confirm"), 30, true)
	c.textIf(at+"/deny", v.Get("deny"), 30, true)
}

// image looks at an image block or element. A file that is still being processed
// cannot be shown.
func (c *checker) image(at string, b gjson.Result) {
	c.length(at+"/alt_text", b.Get("alt_text"), maxAlt)
	of := b.Get("slack_file")
	if !of.Exists() {
		c.length(at+"/image_url", b.Get("image_url"), maxLinkText)
		return
	}
	for _, f := range c.s.files {
		if f.done && (f.id == of.Get("id").Str || of.Get("url").Str == c.s.base+"/files/"+f.id+"/"+f.name) {
			if c.s.ready(f) {
				return
			}
			break
		}
	}
	c.say("invalid slack file [json-pointer:%s/slack_file]", at)
}

func (c *checker) input(at string, b gjson.Result) {
	c.inputs = true
	c.text(at+"/label", b.Get("label"), 2000, true)
	c.textIf(at+"/hint", b.Get("hint"), 2000, true)
	c.element(at+"/element", b.Get("element"), "input")
}

// table looks at a table or data_table.
func (c *checker) table(at string, b gjson.Result) {
	rows := b.Get("rows").Array()
	c.count(at+"/rows", len(rows), 100)
	for i, r := range rows {
		here := fmt.Sprintf("%s/rows/%d", at, i)
		cells := r.Array()
		c.count(here, len(cells), 20)
		for j, cell := range cells {
			kind, cellAt := cell.Get("type").Str, fmt.Sprintf("%s/%d", here, j)
			switch {
			case cell.Type == gjson.Null:
			case kind == "raw_text":
				c.length(cellAt+"/text", cell.Get("text"), maxMessage)
			case kind == "raw_number" && cell.Get("value").Type == gjson.Number, kind == "rich_text", kind == "action_cell" && b.Get("type").Str == "data_table":
			default:
				c.say("unsupported type: %s [json-pointer:%s/type]", kind, cellAt)
			}
		}
	}
	if b.Get("type").Str == "data_table" {
		c.length(at+"/caption", b.Get("caption"), maxSection)
		return
	}
	if c.tables++; c.tables > 1 {
		c.say("only_one_table_allowed [json-pointer:%s]", at)
	}
}

// chart looks at a data_visualization.
func (c *checker) chart(at string, b gjson.Result) {
	if c.charts++; c.charts > maxCharts {
		c.say("no more than %d data_visualization blocks allowed [json-pointer:%s]", maxCharts, at)
	}
	c.length(at+"/title", b.Get("title"), 50)
	chart := b.Get("chart")
	switch kind := chart.Get("type").Str; kind {
	case "pie":
		segments := chart.Get("segments").Array()
		c.count(at+"/chart/segments", len(segments), 6)
		for i, g := range segments {
			here := fmt.Sprintf("%s/chart/segments/%d", at, i)
			c.length(here+"/label", g.Get("label"), 20)
			if !(g.Get("value").Num > 0) {
				c.say("must be greater than 0 [json-pointer:%s/value]", here)
			}
		}
	case "bar", "area", "line":
		c.series(at+"/chart", chart)
	default:
		c.say("unsupported type: %s [json-pointer:%s/chart/type]", kind, at)
	}
}

func (c *checker) series(at string, chart gjson.Result) {
	axis, known := chart.Get("axis_config"), map[string]bool{}
	categories := axis.Get("categories").Array()
	c.count(at+"/axis_config/categories", len(categories), 20)
	for i, v := range categories {
		here := fmt.Sprintf("%s/axis_config/categories/%d", at, i)
		c.length(here, v, 20)
		if known[v.Str] {
			c.say("must be unique [json-pointer:%s]", here)
		}
		known[v.Str] = true
	}
	c.atMost(at+"/axis_config/x_label", axis.Get("x_label"), 50)
	c.atMost(at+"/axis_config/y_label", axis.Get("y_label"), 50)
	series, names := chart.Get("series").Array(), map[string]bool{}
	c.count(at+"/series", len(series), 6)
	for i, one := range series {
		here := fmt.Sprintf("%s/series/%d", at, i)
		c.length(here+"/name", one.Get("name"), 20)
		if name := one.Get("name").Str; names[name] {
			c.say("must be unique [json-pointer:%s/name]", here)
		} else {
			names[name] = true
		}
		seen := map[string]bool{}
		for j, p := range one.Get("data").Array() {
			label := p.Get("label").Str
			if !known[label] || seen[label] || p.Get("value").Type != gjson.Number {
				c.say("exactly one number per category [json-pointer:%s/data/%d]", here, j)
			}
			seen[label] = true
		}
		if len(seen) != len(known) {
			c.say("exactly one point per category [json-pointer:%s/data]", here)
		}
	}
}
