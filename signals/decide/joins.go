package decide

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/detect"
)

// link follows everything that joins cases: labels, links, and what messages name.
func (w *World) link(c *signals.Case, e *signals.Event) {
	if c.Key.IsDrill() {
		return
	}
	w.refer(c, e)
	switch e.Kind {
	case signals.Opened:
		w.labels[labelKey(c.Key, c.Label)] = c.Key
		for _, was := range c.Aliases {
			w.labels[labelKey(c.Key, was)] = c.Key
		}
	case signals.Edited:
		if e.Field == signals.FieldLabel {
			w.labels[labelKey(c.Key, e.To)] = c.Key
		}
		if e.Ref != "" {
			w.forget(c, e.Ref)
			w.mention(c, e.Ref, c.Post(e.Ref))
			w.begins(c, e.Ref)
		}
	case signals.Said:
		w.mention(c, e.ID, c.Post(e.ID))
		w.begins(c, e.ID)
	case signals.Deleted:
		w.deleted(c, e)
	case signals.Linked, signals.Unlinked:
		w.linked(c, e)
	}
}

// begins follows the beginning of a thread, where a message is that.
func (w *World) begins(c *signals.Case, id string) {
	if p := c.Post(id); p != nil && detect.IsRoot(p) {
		w.post(c)
	}
}

// deleted takes a message out of its room, or a whole case out of all that finds it.
func (w *World) deleted(c *signals.Case, e *signals.Event) {
	ch := c.Key.Channel()
	switch {
	case e.Ref != "":
		w.forget(c, e.Ref)
		if ch != "" {
			w.room(ch).Remove(e.Ref)
			w.post(c)
		}
	case ch != "":
		w.room(ch).Renew(c.Key, nil)
		w.unpost(c.Key, c.Opener)
	default:
		for _, label := range append([]string{c.Label}, c.Aliases...) {
			if k := labelKey(c.Key, label); w.labels[k] == c.Key {
				delete(w.labels, k)
			}
		}
	}
}

func labelKey(k signals.Key, label string) string { return k.Source + "/" + k.Site + "/" + label }

// linked joins cases over a link that says that they are one problem. Other
// links, such as "relates to", are kept on the case but join nothing.
func (w *World) linked(c *signals.Case, e *signals.Event) {
	to, ok := w.resolve(e.Ref)
	if !ok || !strings.Contains(strings.ToLower(e.Field), "duplicate") {
		return
	}
	id, holds := c.Key.String()+"|"+e.Field+"|"+to.String(), e.Kind == signals.Linked
	if all := c.Events(); all[len(all)-1] != e { // heard late: what came after it decides
		holds = slices.ContainsFunc(c.Links, func(l signals.Link) bool {
			k, ok := w.resolve(l.To.String())
			return ok && k == to && l.Type == e.Field
		})
	}
	w.forget(c, id)
	if holds {
		w.joins.Join(c.Key, to)
		w.mentioned[id] = []signals.Key{to}
	}
}

// resolve finds the case of a reference: a Key.String, or one whose id is
// "label:" and the readable name.
func (w *World) resolve(ref string) (signals.Key, bool) {
	k, ok := signals.ParseKey(ref)
	if !ok {
		return k, false
	}
	if label, named := strings.CutPrefix(k.ID, labelled); named {
		k, ok = w.labels[labelKey(k, label)]
		return k, ok
	}
	return k, true
}

// most is how many issues a message may name and still join its thread to
// them. A message that names more is a list, such as release notes.
const most = 2

func (w *World) mention(c *signals.Case, id string, p *signals.Post) {
	if p == nil || !mayName(p.Text) {
		return
	}
	var to []signals.Key
	for _, k := range w.named(c, w.Memory.Read(p)) {
		if k != c.Key && !slices.Contains(to, k) {
			to = append(to, k)
		}
	}
	if len(to) == 0 || len(to) > most {
		return
	}
	w.forget(c, id)
	for _, k := range to {
		w.joins.Join(c.Key, k)
	}
	w.mentioned[id] = to
}

func (w *World) forget(c *signals.Case, id string) {
	for _, k := range w.mentioned[id] {
		w.joins.Part(c.Key, k)
	}
	delete(w.mentioned, id)
}

// mayName reports whether a text could hold an issue key or a permalink; it is
// a quick look before the text is parsed.
func mayName(s string) bool {
	if strings.Contains(s, "/archives/") {
		return true
	}
	for i := 2; i < len(s)-1; i++ {
		if s[i] == '-' && s[i+1] >= '0' && s[i+1] <= '9' && s[i-1] >= '0' && s[i-1] <= 'Z' && s[i-2] >= '0' && s[i-2] <= 'Z' {
			return true
		}
	}
	return false
}

// named lists the known cases that a post names: issue keys in chat, and
// permalinks anywhere.
func (w *World) named(c *signals.Case, r *detect.Reading) []signals.Key {
	var out []signals.Key
	if c.Key.Source == signals.Slack {
		for _, label := range r.Doc.Keys {
			if k, ok := w.byLabel(label); ok {
				out = append(out, k)
			}
		}
	}
	for _, u := range r.Doc.URLs {
		if k, ok := w.permalink(u); ok {
			out = append(out, k)
		}
	}
	return out
}

// byLabel finds the one issue with a readable name; with several sites a name
// that stands for two issues stands for none.
func (w *World) byLabel(label string) (found signals.Key, ok bool) {
	for _, site := range w.Memory.sites {
		if k, hit := w.labels[signals.Jira+"/"+site+"/"+label]; hit {
			if ok {
				return signals.Key{}, false
			}
			found, ok = k, true
		}
	}
	return found, ok
}

// permalink reads https://x.slack.com/archives/C123/p1700000000123456 with an
// optional thread_ts, and finds the thread.
func (w *World) permalink(url string) (signals.Key, bool) {
	_, rest, ok := strings.Cut(url, "/archives/")
	channel, rest, ok2 := strings.Cut(rest, "/p")
	if !ok || !ok2 {
		return signals.Key{}, false
	}
	digits, query, _ := strings.Cut(rest, "?")
	ts := ""
	if len(digits) > 6 {
		ts = digits[:len(digits)-6] + "." + digits[len(digits)-6:]
	}
	if _, t, ok := strings.Cut(query, "thread_ts="); ok {
		ts, _, _ = strings.Cut(t, "&")
	}
	for _, team := range w.Memory.teams {
		k := signals.SlackThread(team, channel, ts)
		if w.Case(k) != nil {
			return k, true
		}
	}
	return signals.Key{}, false
}

// Find returns the case that somebody means: an issue by its readable name or
// its web address, a thread by a permalink.
func (w *World) Find(ref string) (signals.Key, bool) {
	ref = strings.Trim(ref, "<>,.;:")
	ref, _, _ = strings.Cut(ref, "|") // Slack writes links as <URL|TEXT>
	if _, label, ok := strings.Cut(ref, "/browse/"); ok {
		ref, _, _ = strings.Cut(label, "?")
	}
	if strings.Contains(ref, "/archives/") {
		return w.permalink(ref)
	}
	return w.byLabel(strings.ToUpper(ref))
}
