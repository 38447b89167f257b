package detect_test

import (
	"fmt"
	"strconv"

	"andon/signals"
)

// event makes the event of a line about a case.
func (w *world) event(st step, key signals.Key) (*signals.Event, error) {
	c := w.cases[key]
	if c == nil {
		c = &signals.Case{}
	}
	e := &signals.Event{
		ID:   key.String() + "/" + strconv.FormatInt(w.entry, 10) + "." + strconv.Itoa(int(w.item)),
		Case: key, At: st.at, Seq: signals.Seq{Entry: w.entry, Item: w.item}, Audience: signals.Public,
	}
	if w.private[channelOf(key)] {
		e.Audience = signals.MembersOf(key.Channel())
	}
	if group := st.opt("audience"); group != "" {
		e.Audience = signals.MembersOf(group)
	}
	if make := fieldVerbs[st.verb]; make != nil {
		return e, w.change(st, e, c, make)
	}
	make := actVerbs[st.verb]
	if make.kind == "" {
		return nil, fmt.Errorf("verb %q is unknown", st.verb)
	}
	return e, w.act(st, e, c, make)
}

func channelOf(k signals.Key) string { return signals.Bare(k.Channel()) }

// fieldVerbs are the lines KEY VERB VALUE [by=NAME]; they tell the kind and the
// value before.
var fieldVerbs = map[string]func(*signals.Case, *signals.Event){
	"assignee": func(c *signals.Case, e *signals.Event) { e.Kind, e.From = signals.Assigned, c.Holder },
	"team":     func(c *signals.Case, e *signals.Event) { e.Kind, e.From = signals.TeamMoved, c.Team },
	"level":    func(c *signals.Case, e *signals.Event) { e.Kind, e.From = signals.LevelMoved, c.Level },
	"status":   func(c *signals.Case, e *signals.Event) { e.Kind, e.From = signals.Status, c.Status },
	"priority": func(c *signals.Case, e *signals.Event) { e.Kind, e.From = signals.Priority, c.Priority },
	"title": func(c *signals.Case, e *signals.Event) {
		e.Kind, e.Field, e.Text = signals.Edited, signals.FieldTitle, e.To
	},
	"component": func(c *signals.Case, e *signals.Event) { e.Kind, e.Field = signals.Edited, signals.FieldComponent },
}

// change completes the event of a field that changed. Who did it is by=NAME,
// else the holder, else the originator.
func (w *world) change(st step, e *signals.Event, c *signals.Case, make func(*signals.Case, *signals.Event)) error {
	to, err := st.arg(0)
	if err != nil {
		return err
	}
	if to == "-" {
		to = ""
	}
	e.To = to
	if st.verb == "assignee" {
		e.To = who(e.Case, to)
	}
	make(c, e)
	switch by := st.opt("by"); {
	case by != "":
		e.Actor = who(e.Case, by)
	case c.Holder != "":
		e.Actor = c.Holder
	default:
		e.Actor = c.Opener
	}
	return nil
}

// actVerbs are the lines CASE VERB NAME [VALUE]: somebody does something.
var actVerbs = map[string]struct {
	kind  signals.Kind
	value func(w *world, st step, e *signals.Event, c *signals.Case, value string) error // nil: the value is Text
	need  bool                                                                           // the value may not be missing
}{
	"opened":    {kind: signals.Opened, value: (*world).opened, need: true},
	"said":      {kind: signals.Said, value: (*world).said, need: true},
	"edited":    {kind: signals.Edited, value: (*world).onPost, need: true},
	"deleted":   {kind: signals.Deleted, value: (*world).onPost},
	"react":     {kind: signals.Reacted, value: (*world).onPost, need: true},
	"unreact":   {kind: signals.Reacted, value: (*world).onPost, need: true},
	"joined":    {kind: signals.Joined, value: (*world).joined},
	"left":      {kind: signals.Joined, value: (*world).joined},
	"link":      {kind: signals.Linked, value: (*world).linked},
	"unlink":    {kind: signals.Unlinked, value: (*world).linked},
	"closed":    {kind: signals.Closed, value: (*world).to},
	"reopened":  {kind: signals.Reopened},
	"claimed":   {kind: signals.Claimed},
	"refused":   {kind: signals.Refused, value: (*world).to},
	"confirmed": {kind: signals.Confirmed},
	"denied":    {kind: signals.Denied},
	"partly":    {kind: signals.Denied, value: (*world).partly},
	"firing":    {kind: signals.Firing},
	"recovered": {kind: signals.Recovered},
	"pulled":    {kind: signals.Pulled, value: (*world).onPost},
}

// partly: the originator says what is left of it.
func (w *world) partly(_ step, e *signals.Event, _ *signals.Case, left string) error {
	e.Field, e.Text = signals.Partly, left
	return nil
}

func (w *world) act(st step, e *signals.Event, c *signals.Case, make struct {
	kind  signals.Kind
	value func(w *world, st step, e *signals.Event, c *signals.Case, value string) error
	need  bool
}) error {
	name, err := st.arg(0)
	if err != nil {
		return err
	}
	value := ""
	if len(st.args) > 1 {
		value = st.args[1]
	} else if make.need {
		return fmt.Errorf("%s %s %s says nothing", st.what, st.verb, name)
	}
	e.Kind, e.Actor = make.kind, who(e.Case, name)
	if make.value == nil {
		e.Text = value
		return nil
	}
	return make.value(w, st, e, c, value)
}

// who makes the id of a person in the source of a case. Bots are written as
// they are, bot:NAME.
func who(k signals.Key, name string) string { return signals.ID(k.Source, k.Site, name) }

func (w *world) to(_ step, e *signals.Event, _ *signals.Case, value string) error {
	e.To = value
	return nil
}

func (w *world) opened(st step, e *signals.Event, _ *signals.Case, title string) error {
	e.Text = title
	e.Set = []signals.Value{{Field: signals.FieldTitle, To: title}, {Field: signals.FieldLabel, To: e.Case.ID}}
	if st.opt(signals.FieldProject) == "" {
		e.Set = append(e.Set, signals.Value{Field: signals.FieldProject, To: project(e.Case.ID)})
	}
	for _, o := range st.opts {
		if o.key == "audience" {
			continue
		}
		if o.key == signals.FieldHolder {
			o.value = who(e.Case, o.value)
		}
		e.Set = append(e.Set, signals.Value{Field: o.key, To: o.value})
	}
	return nil
}

func project(id string) string {
	for i := range id {
		if id[i] == '-' {
			return id[:i]
		}
	}
	return "log"
}

// said gives a chat message the id that its place in the thread makes: the root
// bears the thread's own name.
func (w *world) said(st step, e *signals.Event, c *signals.Case, value string) error {
	e.Text = value
	if e.Case.Source != signals.Slack {
		return nil
	}
	root := e.Case.String()
	e.ID = root
	if len(c.Events()) > 0 {
		e.ID, e.Ref = root+"."+strconv.FormatInt(w.entry, 10), root
	}
	if st.flag("broadcast") {
		e.Field = "broadcast"
	}
	return nil
}

// onPost completes what is done to a message: the latest, or number of=N of the
// case, from 1.
func (w *world) onPost(st step, e *signals.Event, c *signals.Case, value string) error {
	n := len(c.Posts)
	if of := st.opt("of"); of != "" {
		i, err := strconv.Atoi(of)
		if err != nil || i < 1 || i > n {
			return fmt.Errorf("of=%s names no message, there are %d", of, n)
		}
		n = i
	}
	if n == 0 {
		return fmt.Errorf("%s has no message to be %s", st.what, st.verb)
	}
	e.Ref = c.Posts[n-1].Event.ID
	switch st.verb {
	case "react":
		e.To = value
	case "unreact":
		e.To, e.Field = value, "removed"
	default:
		e.Text = value
	}
	return nil
}

func (w *world) joined(st step, e *signals.Event, _ *signals.Case, _ string) error {
	e.To = e.Actor
	if st.verb == "left" {
		e.Field = "left"
	}
	return nil
}

// linked completes CASE link OTHER [TYPE] [by=NAME].
func (w *world) linked(st step, e *signals.Event, c *signals.Case, kind string) error {
	to, ok := parseCase(st.args[0])
	if !ok {
		return fmt.Errorf("%q is no case to link to", st.args[0])
	}
	e.Ref, e.Field, e.Actor = to.String(), kind, c.Opener
	if by := st.opt("by"); by != "" {
		e.Actor = who(e.Case, by)
	}
	return nil
}
