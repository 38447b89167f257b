package signals

import "slices"

func (c *Case) edit(e *Event) {
	if e.Ref != "" {
		if p := c.Post(e.Ref); p != nil {
			p.Text, p.EditedAt = e.Text, e.At
		}
		return
	}
	switch e.Field {
	case FieldComponent:
		c.Components = slices.DeleteFunc(slices.Clone(c.Components), func(s string) bool { return s == e.From || s == e.To })
		if e.To != "" {
			c.Components = append(c.Components, e.To)
		}
	case FieldTitle, FieldBody:
		c.set(e.Field, e.Text)
	default:
		c.set(e.Field, e.To)
	}
}

func (c *Case) remove(e *Event) {
	if e.Ref == "" {
		c.Gone = true
		return
	}
	if c.Post(e.Ref) != nil {
		delete(c.byID, e.Ref)
		c.Posts = slices.DeleteFunc(c.Posts, func(p *Post) bool { return p.Event.ID == e.Ref })
	}
}

func (c *Case) react(e *Event) {
	p := c.Post(e.Ref)
	if p == nil {
		return
	}
	p.Reactions = slices.DeleteFunc(p.Reactions, func(r Reaction) bool { return r.Emoji == e.To && r.By == e.Actor })
	if e.Field != "removed" {
		p.Reactions = append(p.Reactions, Reaction{Emoji: e.To, By: e.Actor, At: e.At, Undated: e.Field == "undated"})
	}
}

func (c *Case) post(p *Post) {
	c.Posts = append(c.Posts, p)
	switch {
	case c.byID != nil:
		c.byID[p.Event.ID] = p
	case len(c.Posts) > fewPosts:
		c.byID = make(map[string]*Post, 2*fewPosts)
		for _, p := range c.Posts {
			c.byID[p.Event.ID] = p
		}
	}
}

// Post returns the post whose Said event has the id, or nil. Its cost does not
// grow with the number of posts.
func (c *Case) Post(id string) *Post {
	if c.byID != nil {
		return c.byID[id]
	}
	for i := len(c.Posts) - 1; i >= 0; i-- {
		if c.Posts[i].Event.ID == id {
			return c.Posts[i]
		}
	}
	return nil
}
