package replay

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// Names knows the cases of a history by what people call them.
type Names struct {
	cases  map[signals.Key]*Called
	labels map[string][]signals.Key
	posts  map[string]signals.Key // id of a message, site by site
}

// Called is one case, as it was first heard of and as it is called last.
type Called struct {
	Key    signals.Key
	Label  string // PAY-17; CHANNEL/TS for a thread
	Opened time.Time
	Learnt bool // all of it is learnt and never judged
}

// Names lists the cases of an input, which must not have been used up yet.
func (in *Input) Names() *Names {
	n := &Names{cases: make(map[signals.Key]*Called), labels: make(map[string][]signals.Key), posts: make(map[string]signals.Key)}
	for _, l := range []*Log{&in.Learn, &in.Play} {
		for _, e := range l.events {
			if !e.Kind.Organises() {
				n.add(e, l == &in.Learn)
			}
		}
	}
	return n
}

func (n *Names) add(e *signals.Event, learnt bool) {
	c := n.cases[e.Case]
	if c == nil {
		c = &Called{Key: e.Case, Label: e.Case.ID, Opened: e.At, Learnt: true}
		n.cases[e.Case] = c
		n.label(e.Case.ID, e.Case)
	}
	if e.At.Before(c.Opened) {
		c.Opened = e.At
	}
	c.Learnt = c.Learnt && learnt
	switch {
	case e.Kind == signals.Said && e.Case.Source == signals.Slack:
		n.posts[e.ID] = e.Case
	case e.Kind == signals.Edited && e.Field == signals.FieldLabel:
		c.Label = e.To
		n.label(e.To, e.Case)
		n.label(e.From, e.Case)
	case e.Kind == signals.Opened:
		for _, v := range e.Set {
			if v.Field == signals.FieldLabel {
				c.Label = v.To
				n.label(v.To, e.Case)
			}
		}
	}
}

func (n *Names) label(label string, k signals.Key) {
	label = strings.ToUpper(label)
	if label != "" && !slices.Contains(n.labels[label], k) {
		n.labels[label] = append(n.labels[label], k)
	}
}

// Case returns what is known of a case, or nil.
func (n *Names) Case(k signals.Key) *Called { return n.cases[k] }

// Find returns the cases that bear a name, or bore it, in the order of their keys.
// Capitals do not matter.
func (n *Names) Find(label string) []signals.Key {
	return slices.SortedFunc(slices.Values(n.labels[strings.ToUpper(label)]), signals.CompareKeys)
}

// Thread returns the threads that a message of a channel stands in, one for each
// workspace that has one.
func (n *Names) Thread(channel, ts string) (out []signals.Key) {
	for k := range n.cases {
		if k.Source != signals.Slack || n.posts[signals.ID(k.Source, k.Site, channel+"/"+ts)] != k && k.ID != channel+"/"+ts {
			continue
		}
		out = append(out, k)
	}
	slices.SortFunc(out, signals.CompareKeys)
	return out
}

// Nearest lists what the cases are called whose names are most like a name, best
// first: those of the same project or channel, by number, before others by spelling.
func (n *Names) Nearest(name string, most int) []string {
	type near struct {
		label         string
		other         bool // one is a thread, and one is not
		away, numbers float64
	}
	var all []near
	project, number := parted(name)
	for label, keys := range n.labels {
		if keys[0].Source == signals.Jira && strings.EqualFold(label, keys[0].ID) {
			continue // a bare number, by which nobody knows it
		}
		p, i := parted(label)
		x := near{label: label, other: strings.Contains(label, "/") != strings.Contains(name, "/"), away: float64(signals.Distance(p, project)), numbers: i - number}
		if x.numbers < 0 {
			x.numbers = -x.numbers
		}
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b near) int {
		if a.other != b.other {
			if b.other {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(a.numbers, b.numbers), cmp.Compare(a.label, b.label))
	})
	var out []string
	for _, x := range all[:min(most, len(all))] {
		out = append(out, x.label)
	}
	return out
}

// parted parts PAY-17 and C123/1700000000.000100 into what comes before the number
// and the number.
func parted(label string) (before string, number float64) {
	label = strings.ToUpper(label)
	i := strings.LastIndexAny(label, "-/")
	if i < 0 {
		return label, 0
	}
	number, err := strconv.ParseFloat(label[i+1:], 64)
	if err != nil {
		return label, 0
	}
	return label[:i], number
}
