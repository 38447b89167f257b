package fakejira

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refusal is what Jira says of a query, in its words.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// query is a JQL query as far as it is understood: all restrictions must hold.
type query struct {
	restrictions []restriction
	since        int64    // updated >= since; 0 = ever
	bounded      bool     // there is any restriction
	order        []string // with a leading - the greatest first
}

// restriction says that field has one of the values.
type restriction struct {
	field  string // project, issuekey, id or labels
	values []string
}

// jqlParser reads tokens one after the other.
type jqlParser struct {
	tokens []token
	n      int
	zone   *time.Location
	q      query
}

// parseJQL reads a query. zone is that of the user who searches.
func parseJQL(jql string, zone *time.Location) (query, error) {
	tokens, err := scanJQL(jql)
	if err != nil {
		return query{}, err
	}
	p := &jqlParser{tokens: tokens, zone: zone}
	if !p.done() && !p.peek().is("order") {
		if err := p.clauses(0); err != nil {
			return query{}, err
		}
	}
	if err := p.orderBy(); err != nil {
		return query{}, err
	}
	if !p.done() {
		return query{}, p.unexpected()
	}
	return p.q, nil
}

func (p *jqlParser) done() bool { return p.n >= len(p.tokens) }

func (p *jqlParser) peek() token {
	if p.done() {
		return token{}
	}
	return p.tokens[p.n]
}

func (p *jqlParser) next() token {
	t := p.peek()
	p.n++
	return t
}

func (p *jqlParser) unexpected() error {
	if p.done() {
		return refuse("Error in the JQL Query: The query ends where something was expected.")
	}
	t := p.peek()
	return refuse("Error in the JQL Query: Expecting either 'OR' or 'AND' but got '%s'. (line 1, character %d)", t.text, t.at+1)
}

// maxParens is how deep parentheses may be nested.
const maxParens = 50

// clauses reads restrictions joined by AND.
func (p *jqlParser) clauses(depth int) error {
	if depth > maxParens {
		return refuse("Error in the JQL Query: too many parentheses.")
	}
	for {
		if p.peek().is("(") {
			p.next()
			if err := p.clauses(depth + 1); err != nil {
				return err
			}
			if !p.peek().is(")") {
				return p.unexpected()
			}
			p.next()
		} else if err := p.clause(); err != nil {
			return err
		}
		if !p.peek().is("and") {
			return nil
		}
		p.next()
	}
}

// clause reads one restriction.
func (p *jqlParser) clause() error {
	if p.done() {
		return p.unexpected()
	}
	field := p.next()
	name := strings.ToLower(field.text)
	if p.done() {
		return p.unexpected()
	}
	op := p.next()
	switch {
	case name == "updated" || name == "updateddate":
		if !op.is(">=") {
			return refuse("The operator '%s' is not supported by the 'updated' field.", op.text)
		}
		return p.updated()
	case name == "key" || name == "issue" || name == "issuekey":
		name = "issuekey"
	case name == "labels" || name == "label":
		name = "labels"
	case name != "project" && name != "id":
		return refuse("Field '%s' does not exist or you do not have permission to view it.", field.text)
	}
	r := restriction{field: name}
	var err error
	switch {
	case op.is("="):
		r.values, err = p.list(false)
	case op.is("in"):
		r.values, err = p.list(true)
	default:
		err = refuse("The operator '%s' is not supported by the '%s' field.", op.text, field.text)
	}
	p.q.restrictions = append(p.q.restrictions, r)
	p.q.bounded = true
	return err
}

// list reads one value, or several in parentheses.
func (p *jqlParser) list(several bool) (out []string, err error) {
	if several {
		if !p.peek().is("(") {
			return nil, p.unexpected()
		}
		p.next()
	}
	for {
		t := p.peek()
		if p.done() || !t.quoted && strings.ContainsAny(t.text, "(),=<>!~") {
			return nil, p.unexpected()
		}
		out = append(out, p.next().text)
		if !several {
			return out, nil
		}
		if p.peek().is(")") {
			p.next()
			return out, nil
		}
		if !p.peek().is(",") {
			return nil, p.unexpected()
		}
		p.next()
	}
}

// jqlDates are the forms of quoted dates.
var jqlDates = []string{"2006-01-02 15:04", "2006/01/02 15:04", "2006-01-02", "2006/01/02"}

// updated reads milliseconds since 1970, or a date in the zone of the user.
func (p *jqlParser) updated() error {
	if p.done() {
		return p.unexpected()
	}
	t := p.next()
	at := int64(0)
	if ms, err := strconv.ParseInt(t.text, 10, 64); err == nil && ms >= 0 && ms < 7e12 {
		at = ms * int64(time.Millisecond)
	} else {
		d, ok := jqlDate(t.text, p.zone)
		if !ok {
			return refuse("Date value '%s' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", t.text)
		}
		at = d.UnixNano()
	}
	p.q.since, p.q.bounded = max(p.q.since, at), true
	return nil
}

func jqlDate(s string, zone *time.Location) (time.Time, bool) {
	for _, l := range jqlDates {
		if d, err := time.ParseInLocation(l, s, zone); err == nil && d.Year() >= 1970 && d.Year() <= 2200 {
			return d, true
		}
	}
	return time.Time{}, false
}

// orderBy reads the order.
func (p *jqlParser) orderBy() error {
	if !p.peek().is("order") {
		return nil
	}
	p.next()
	if !p.peek().is("by") {
		return p.unexpected()
	}
	p.next()
	for {
		if p.done() {
			return p.unexpected()
		}
		f := p.next()
		name := strings.ToLower(f.text)
		if name == "issuekey" {
			name = "key"
		}
		if !slices.Contains([]string{"updated", "created", "key", "id"}, name) {
			return refuse("Not able to sort using field '%s'.", f.text)
		}
		switch {
		case p.peek().is("asc"):
			p.next()
		case p.peek().is("desc"):
			p.next()
			name = "-" + name
		}
		p.q.order = append(p.q.order, name)
		if !p.peek().is(",") {
			return nil
		}
		p.next()
	}
}
