package jira

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// issue is what was read of one issue. Its strings are parts of the input and
// die with it; what becomes an event is copied first.
type issue struct {
	id, label string

	created, updated, resolved time.Time

	summary, body, project, kind, status, category, priority, resolution gjson.Result
	assignee, reporter, creator, security, parent                        gjson.Result

	components []string
	custom     []custom
	comments   []comment
	links      []link

	history []entry
	items   []item
	slots   []slot
	cut     bool // the changelog is absent or holds not all of it

	audience signals.Audience
	notes    []string // what the reader should be told
}

// custom is one field besides the well-known ones, with its final value.
type custom struct {
	id   string
	v    gjson.Result
	slot int // its index in issue.slots plus one, 0 while no change of it is known
}

// read reads an issue into p.iss.
func (p *parser) read(t top) error {
	is := &p.iss
	is.reset()
	is.label = plain(t.key)
	is.id = plain(t.id)
	if !isNumber(is.id) {
		is.id = is.label
	}
	switch {
	case !t.fields.IsObject() && t.errs.IsArray():
		return fmt.Errorf("the answer is an error of Jira: %.200s", t.errs.Raw)
	case is.id == "":
		return errors.New("no issue: it has neither a numeric id nor a key")
	case !t.fields.IsObject():
		return fmt.Errorf("issue %s has no fields", is.name())
	}
	p.setNames(t.names)
	if err := p.fields(t.fields); err != nil {
		return fmt.Errorf("issue %s: %w", is.name(), err)
	}
	if err := p.changelog(t.log); err != nil {
		return fmt.Errorf("issue %s: %w", is.name(), err)
	}
	return nil
}

// name is what messages call the issue.
func (is *issue) name() string {
	if is.label != "" {
		return is.label
	}
	return is.id
}

func (is *issue) note(format string, args ...any) {
	is.notes = append(is.notes, "issue "+is.name()+": "+fmt.Sprintf(format, args...))
}

// reset makes room for the next issue and keeps the memory of the one before.
func (is *issue) reset() {
	*is = issue{
		components: is.components[:0], custom: is.custom[:0], comments: is.comments[:0], links: is.links[:0],
		history: is.history[:0], items: is.items[:0], slots: is.slots[:0],
	}
}

// fields reads the final values.
func (p *parser) fields(fields gjson.Result) error {
	is := &p.iss
	var created, updated, resolved, comments, components, links gjson.Result
	each(fields, func(k, v gjson.Result) bool {
		switch k.Str {
		case "created":
			created = v
		case "updated":
			updated = v
		case "resolutiondate":
			resolved = v
		case "summary":
			is.summary = v
		case "description":
			is.body = v
		case "project":
			is.project = v
		case "issuetype":
			is.kind = v
		case "status":
			is.status = v
		case "priority":
			is.priority = v
		case "resolution":
			is.resolution = v
		case "assignee":
			is.assignee = v
		case "reporter":
			is.reporter = v
		case "creator":
			is.creator = v
		case "security":
			is.security = v
		case "components":
			components = v
		case "parent":
			is.parent = v.Get("key")
		case "issuelinks":
			links = v
		case "comment":
			comments = v
		default:
			if strings.HasPrefix(k.Str, customPrefix) || p.o.wants(k.Str, p.names[k.Str]) {
				is.custom = append(is.custom, custom{id: k.Str, v: v})
			}
		}
		return true
	})
	var err error
	if is.created, err = when(created); err != nil {
		return fmt.Errorf("created: %w", err)
	}
	is.updated = is.optional("updated", updated)
	is.resolved = is.optional("resolutiondate", resolved)
	p.audienceOf()
	p.narrow()
	is.category = is.status.Get("statusCategory.key")
	is.readComponents(components)
	is.readLinks(links)
	p.readComments(comments)
	return nil
}

// narrow limits the audience of the issue to that of its project, where the
// operator told who that is. Who sees a security level must see the project
// too: unless everybody does, that is an audience of its own, which has no name,
// so that it is restricted.
func (p *parser) narrow() {
	if p.o.AudienceOf == nil {
		return
	}
	is := &p.iss
	key := plain(is.project.Get("key"))
	if key == "" {
		key = projectOf(is.label)
	}
	switch of := p.o.AudienceOf[key]; {
	case is.security.Type == gjson.Null:
		is.audience = of
	case of != signals.Public:
		is.audience = signals.Restricted
	}
}

// optional reads a date that may be absent; an odd one is told and ignored. It
// is never before the creation.
func (is *issue) optional(field string, v gjson.Result) time.Time {
	if v.Type == gjson.Null || v.Type == gjson.String && v.Str == "" {
		return time.Time{}
	}
	t, err := when(v)
	if err != nil {
		is.note("%s is ignored: %v", field, err)
		return time.Time{}
	}
	return is.notBefore(t)
}

// notBefore moves what is told to have happened before the creation to it.
func (is *issue) notBefore(t time.Time) time.Time {
	if t.Before(is.created) {
		return is.created
	}
	return t
}

func (is *issue) readComponents(v gjson.Result) {
	if !v.IsArray() {
		return
	}
	each(v, func(_, x gjson.Result) bool {
		if s, ok := shown(x); ok && s != "" {
			is.components = append(is.components, s)
		}
		return true
	})
}

// projectOf returns the project that a label such as PAY-17 belongs to.
func projectOf(label string) string {
	if i := strings.LastIndexByte(label, '-'); i > 0 {
		return label[:i]
	}
	return ""
}

func isNumber(s string) bool {
	_, ok := digits(s)
	return ok && s != "" && len(s) <= 18
}

// number reads the numeric id of a history entry or a comment, 0 where there
// is none or it leaves no room to count on.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/2 {
		return 0
	}
	return n
}

// order brings the entries into the order of time. The cloud tells the newest
// first, other ways of reading the oldest first; of entries with one time the
// order of the file counts. An entry's seq is its numeric id where ids grow,
// and one more than the entry's before it where they do not.
func (is *issue) order() {
	h := is.history
	if newestFirst(h) {
		slices.Reverse(h)
	}
	byTime := func(a, b entry) int { return a.at.Compare(b.at) }
	if !slices.IsSortedFunc(h, byTime) {
		slices.SortStableFunc(h, byTime)
	}
	last := int64(0)
	for i := range h {
		if h[i].num <= last {
			h[i].seq = last + 1
		} else {
			h[i].seq = h[i].num
		}
		last = h[i].seq
	}
}

// newestFirst compares the ends of the list; where they bear the same time, it
// asks whether every id is lower than the one before.
func newestFirst(h []entry) bool {
	n := len(h)
	if n < 2 {
		return false
	}
	if c := h[0].at.Compare(h[n-1].at); c != 0 {
		return c > 0
	}
	for i := 1; i < n; i++ {
		if h[i].num == 0 || h[i].num >= h[i-1].num {
			return false
		}
	}
	return true
}
