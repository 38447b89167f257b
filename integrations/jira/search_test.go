package jira

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecodePage(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		from      mark
		cloud     bool
		n         int
		more      bool
		next      mark
	}{
		{"token", `{"issues":[{"id":"1"},{"id":"2"}],"nextPageToken":"b","isLast":true}`, mark{}, true, 2, true, mark{token: "b"}},
		{"no token and isLast false", `{"issues":[{"id":"1"}],"isLast":false}`, mark{}, true, 1, false, mark{}},
		{"neither", `{"issues":[{"id":"1"}]}`, mark{}, true, 1, false, mark{}},
		{"null token", `{"issues":[],"nextPageToken":null}`, mark{}, true, 0, false, mark{}},
		{"same token", `{"issues":[{"id":"1"}],"nextPageToken":"b"}`, mark{token: "b"}, true, 1, false, mark{token: "b"}},
		{"empty page with a token", `{"issues":[],"nextPageToken":"c"}`, mark{token: "b"}, true, 0, true, mark{token: "c"}},
		{"total", `{"issues":[{"id":"1"},{"id":"2"}],"startAt":0,"maxResults":50,"total":3}`, mark{}, false, 2, true, mark{start: 2}},
		{"total reached", `{"issues":[{"id":"3"}],"startAt":2,"total":3}`, mark{start: 2}, false, 1, false, mark{start: 3}},
		{"total wrong, page empty", `{"issues":[],"startAt":2,"total":30}`, mark{start: 2}, false, 0, false, mark{start: 2}},
		{"no total", `{"issues":[{"id":"3"}]}`, mark{}, false, 1, true, mark{start: 1}},
		{"odd issues", `{"issues":[17,null,{"id":"3"}],"total":3}`, mark{}, false, 3, false, mark{start: 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := decodePage([]byte(c.raw), c.from, c.cloud)
			require.NoError(t, err)
			require.Len(t, p.issues, c.n)
			require.Equal(t, []any{c.more, c.next}, []any{p.more, p.next})
		})
	}
	for _, raw := range []string{`{}`, `[]`, `{"issues":{}}`, `{"issues":[`, ``, `<html>`, strings.Repeat("[", 20_000)} {
		_, err := decodePage([]byte(raw), mark{}, true)
		require.Error(t, err, raw)
	}
}

// A search whose tokens go round in a circle, or never end, comes to an end.
func TestPagesEnd(t *testing.T) {
	for name, token := range map[string]func(n int) string{
		"circle": func(n int) string { return fmt.Sprint(n % 3) },
		"same":   func(int) string { return "x" },
		"none":   func(int) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, true)
			c := w.client(nil)
			n := 0
			w.fault = func(rw http.ResponseWriter, _ *http.Request, _ string) bool {
				n++
				_, _ = fmt.Fprintf(rw, `{"issues":[{"id":"1","fields":{"updated":"2026-11-02T10:00:00.000+0000"}}],"nextPageToken":%q,"isLast":false}`, token(n))
				return true
			}
			visited := 0
			require.NoError(t, c.pages(context.Background(), query{jql: "x", fields: "updated", size: 1}, func(page) error { visited++; return nil }))
			require.LessOrEqual(t, visited, 4)
			n = 0
			l := &look{c: c, cur: &cursor{scopes: map[string]*progress{}}, done: map[string]int64{"1": 1 << 60}}
			require.NoError(t, l.scope(context.Background(), c.scopes[0]))
			require.LessOrEqual(t, n, 6)
		})
	}
}

// Long queries go by POST, in the form of each dialect.
func TestSearchByPost(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		c := w.client(nil)
		w.pageMax = 70
		var ids []string
		for n := 1; n <= 400; n++ {
			w.add(fmt.Sprint(n))
			ids = append(ids, fmt.Sprint(n))
		}
		w.took()
		n := 0
		err := c.pages(context.Background(), query{jql: byIDs(ids), fields: "updated", size: 100}, func(p page) error { n += len(p.issues); return nil })
		require.NoError(t, err)
		require.Equal(t, 400, n)
		require.Len(t, w.took(), 6)
		w.took()
		got, err := c.fetch(context.Background(), ids)
		require.NoError(t, err)
		require.Len(t, got, 400)
		require.Equal(t, "POST", w.took()[0][:4])
	})
}

func TestScopes(t *testing.T) {
	for jql, bad := range map[string]string{
		`project = PAY`:                          "",
		`summary ~ "a ) order by b"`:             "",
		`(a = 1) or (b = 'it''s')`:               "",
		`text ~ "say \"hi\" )"`:                  "",
		``:                                       "",
		`project = PAY ORDER BY created`:         "ORDER BY",
		"project = PAY\norder\tby created":       "ORDER BY",
		`project = PAY) OR (project = SECRETS`:   "parenthesis",
		`(project = PAY`:                         "parenthesis",
		`summary ~ "open`:                        "quotation",
		`labels = reorder AND by = x`:            "",
		`project = PAY) ORDER BY updated DESC (`: "parenthesis",
	} {
		_, err := newScopes([]string{jql})
		if bad == "" {
			require.NoError(t, err, jql)
		} else {
			require.ErrorContains(t, err, bad, jql)
		}
	}
	s, err := newScopes(nil)
	require.NoError(t, err)
	require.Equal(t, "updated >= 0 ORDER BY updated ASC, key ASC", s[0].window(wireStart.AddDate(-100, 0, 0)))
	s, err = newScopes([]string{"a", " a ", "b"})
	require.NoError(t, err)
	require.Len(t, s, 2)
}

// FuzzDecodePage: whatever comes, a page ends or goes on from somewhere else, and
// no issue of it breaks the reading of the list.
func FuzzDecodePage(f *testing.F) {
	f.Add([]byte(`{"issues":[{"id":"1","fields":{"updated":"2026-11-02T10:00:00.000+0000"}},{"id":17},null],"nextPageToken":"b","names":{"a":"b"},"total":3}`), "a", 2, true)
	f.Add([]byte(`{"issues":[{"id":"1","fields":{"updated":1793613600000}}],"total":1e9}`), "", 0, false)
	f.Fuzz(func(t *testing.T, raw []byte, token string, start int, cloud bool) {
		from := mark{token: token, start: start & 0xffff}
		if cloud {
			from.start = 0
		} else {
			from.token = ""
		}
		p, err := decodePage(raw, from, cloud)
		if err != nil {
			require.Empty(t, p.issues)
			return
		}
		require.False(t, p.more && p.next == from, "it would be read for ever")
		rows := rowsOf(p, 5)
		require.LessOrEqual(t, len(rows), len(p.issues))
		for i := range rows {
			require.NotEmpty(t, rows[i].id)
			require.LessOrEqual(t, reached(rows[:i+1], 5), max(5, rows[i].at))
		}
		for _, x := range p.issues {
			part := newPart(x, p.names, capSearch)
			body := part.body()
			require.NotPanics(t, func() { _, _ = Normalize(body, nil) })
			require.Equal(t, part.digest(body), newPart(x, p.names, capSearch).digest(newPart(x, p.names, capSearch).body()))
		}
	})
}
