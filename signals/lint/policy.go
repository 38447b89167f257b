package lint

import (
	"cmp"
	"slices"
	"strings"

	"andon/signals"
)

// policy looks for modes, mutes and patterns that can never count.
func (c *checker) policy() {
	c.modes()
	c.mutes()
	for i := range c.Org.Policy.Escalate {
		c.pattern(&c.Org.Policy.Escalate[i])
	}
}

func (c *checker) modes() {
	for _, m := range c.Org.Modes() {
		place, says := "mode of "+cmp.Or(m.Detector, "every detector"), "its mode "+string(m.Mode)+" in "+c.scope(m.Scope)
		switch {
		case !c.detector(m.Detector):
			c.find(Idle, place, "no-detector", m.Scope, "there is no such detector", "take the mode back: /andon mode ... default")
		case m.Scope == "":
		case m.Detector != "" && m.Mode != signals.Off && c.Org.Mode(m.Detector, "") == signals.Off:
			c.find(Idle, place, "mode-of-off", m.Scope, says+" never counts: the detector is off everywhere", "switch it on first: /andon mode "+m.Detector+" shadow; or take the mode back")
		case !c.happens(m.Scope):
			c.find(Idle, place, "mode-nowhere", m.Scope, says+" never counted: nothing was ever seen there", "see whether the name is right, or take the mode back")
		}
	}
}

// mutes looks at what is muted for everybody. What people mute for themselves is
// theirs.
func (c *checker) mutes() {
	for _, m := range c.Org.Mutes(c.Now) {
		if m.Person != "" {
			continue
		}
		place := "silence in " + c.scope(m.Scope)
		switch {
		case m.Scope != "" && !c.happens(m.Scope):
			c.find(Idle, place, "silence-nowhere", m.Detector, "nothing was ever seen there", "see whether the name is right, or end it: /andon unmute")
		case m.Detector != "" && (!c.detector(m.Detector) || c.Org.Mode(m.Detector, m.Scope) == signals.Off):
			c.find(Idle, place, "silence-of-off", m.Detector, "it is of "+m.Detector+", which is off there", "end it: /andon unmute")
		}
	}
}

func (c *checker) detector(name string) bool {
	return name == "" || c.Detectors == nil || slices.Contains(c.Detectors, name)
}

// happens reports whether something was ever seen in a scope, as far as history
// can tell.
func (c *checker) happens(scope string) bool {
	if !c.knows() {
		return true
	}
	if strings.HasPrefix(scope, signals.Slack+"/") {
		_, ok := c.seenRoom(scope)
		return ok || len(c.Seen.Channels) == 0
	}
	_, ok := c.Seen.Projects[strings.ToUpper(scope)]
	return ok || len(c.Seen.Projects) == 0
}

func (c *checker) scope(id string) string {
	switch {
	case id == "":
		return "every place"
	case strings.HasPrefix(id, signals.Slack+"/"):
		return c.room(id)
	}
	return id
}

// pattern looks whether what counts as an escalation can ever happen.
func (c *checker) pattern(p *signals.Pattern) {
	if p.Field == "" || !c.knows() || len(c.Seen.Fields) == 0 {
		return
	}
	const do = "see policy.escalate: fields and values are written as the source names them"
	had := c.Seen.Fields[strings.ToLower(p.Field)]
	if had == nil {
		c.find(Idle, "policy.escalate", "never-a-field", p.Field, "no event ever had the field "+p.Field, do)
		return
	}
	for _, part := range []struct {
		way  string
		list []string
	}{{"to", p.To}, {"from", p.From}} {
		if len(part.list) == 0 || slices.ContainsFunc(part.list, had.has) {
			continue
		}
		c.find(Idle, "policy.escalate", "never-a-value", p.Field+" "+part.way, "the field "+p.Field+" never had the value "+strings.Join(part.list, ", nor "), do)
	}
}
