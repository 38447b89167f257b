package fakejira

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// hit is one issue that a search found.
type hit struct {
	is      *issue
	updated int64
	project string
	number  int
}

// matches finds the issues of a query as the index has them at t, in order.
func (s *Server) matches(q query, t int64) ([]hit, error) {
	allowed, err := s.scope(q.restrictions, t)
	if err != nil {
		return nil, err
	}
	m := s.index.moments
	end, _ := slices.BinarySearchFunc(m, t, func(m moment, t int64) int {
		if m.at <= t {
			return -1
		}
		return 1
	})
	seen := make([]uint64, len(s.issues)/64+1)
	var out []hit
	for i := end - 1; i >= 0 && m[i].at >= q.since; i-- { // the latest moment of each issue comes first
		n := m[i].issue
		if seen[n/64]&(1<<(n%64)) != 0 {
			continue
		}
		seen[n/64] |= 1 << (n % 64)
		h := hit{is: s.issues[n], updated: m[i].at}
		if !h.is.seen(t) {
			continue
		}
		if h.project, h.number = h.is.place(t); allowed(h) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, q.compare)
	return out, nil
}

// compare orders hits as the query says, at last by their ids.
func (q *query) compare(a, b hit) int {
	for _, f := range q.order {
		c := 0
		f, down := strings.CutPrefix(f, "-")
		switch f {
		case "updated": // Jira compares what it shows: milliseconds
			c = cmp.Compare(a.updated/1e6, b.updated/1e6)
		case "created":
			c = cmp.Compare(a.is.created, b.is.created)
		case "key":
			c = cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.number, b.number))
		case "id":
			c = cmp.Compare(a.is.num, b.is.num)
		}
		if down {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.is.num, b.is.num)
}

// scope turns restrictions into a test of an issue. What they name must be
// there.
func (s *Server) scope(rs []restriction, t int64) (func(hit) bool, error) {
	var tests []func(hit) bool
	for _, r := range rs {
		if r.field == "labels" { // nobody has to have a label for it to be asked for
			tests = append(tests, func(h hit) bool { return h.is.labelled(r.values) })
			continue
		}
		set := map[string]bool{}
		for _, v := range r.values {
			id, err := s.named(r.field, v, t)
			if err != nil {
				return nil, err
			}
			set[id] = true
		}
		if r.field == "project" {
			tests = append(tests, func(h hit) bool { return set[h.project] })
		} else {
			tests = append(tests, func(h hit) bool { return set[h.is.id] })
		}
	}
	return func(h hit) bool {
		return !slices.ContainsFunc(tests, func(test func(hit) bool) bool { return !test(h) })
	}, nil
}

// labelled reports whether an issue bears one of some labels, as it is now.
func (is *issue) labelled(wanted []string) bool {
	return slices.ContainsFunc(gjson.Get(is.fields, "labels").Array(), func(l gjson.Result) bool { return slices.Contains(wanted, l.Str) })
}

// named finds the project or issue that a query names: the key of the project,
// the id of the issue.
func (s *Server) named(field, name string, t int64) (string, error) {
	if field == "project" {
		if p := s.site.projectCalled(name); p != nil {
			return p.key, nil
		}
		return "", refuse("The value '%s' does not exist for the field 'project'.", name)
	}
	if is := s.lookup(name, t); is != nil {
		return is.id, nil
	}
	if _, err := strconv.ParseInt(name, 10, 64); err == nil {
		return "", refuse("A value with ID '%s' does not exist for the field '%s'.", name, field)
	}
	return "", refuse("An issue with key '%s' does not exist for field '%s'.", name, field)
}

func (s *site) projectCalled(name string) *projectInfo {
	if p, ok := s.projects[strings.ToUpper(name)]; ok {
		return p
	}
	for _, k := range s.order {
		if p := s.projects[k]; p.id == name || p.key == name || strings.EqualFold(p.name, name) {
			return p
		}
	}
	return nil
}
