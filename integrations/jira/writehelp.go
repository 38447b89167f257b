package jira

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// unsure reports whether a write that ended with err may have been done: Jira
// did not clearly refuse it.
func unsure(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err != nil
	}
	return e.Status < 300 || e.Status >= 500 || e.Status == http.StatusRequestTimeout
}

// known refuses to write without an account: what was written could not be told
// from what others wrote, and would be written again.
func (c *Client) known() error {
	if c.me.Local() == "" {
		return errors.New("writing needs an account: set user and token of the site")
	}
	return nil
}

// wrap adds what was tried to an error; nil stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

const (
	walkPage  = 100
	walkPages = 500
)

// walk calls visit with each element of a list that Jira gives in pages counted
// by startAt, until visit returns false. lists are the names that the list may
// have; a bare array is one page. It ends at the total, at an empty page, and
// when a page begins like the one before, as from a server that ignores startAt.
func (c *Client) walk(ctx context.Context, route, path string, query url.Values, lists []string, visit func(gjson.Result) bool) error {
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	start, first := 0, ""
	for range walkPages {
		query.Set("startAt", strconv.Itoa(start))
		query.Set("maxResults", strconv.Itoa(walkPage))
		raw, err := c.call(ctx, http.MethodGet, route, path, query, nil)
		if err != nil {
			return err
		}
		doc := gjson.ParseBytes(raw)
		list := listIn(doc, lists)
		n, more, head := 0, true, ""
		each(list, func(_, v gjson.Result) bool {
			if n++; n == 1 {
				head = v.Raw
			}
			more = head != first && visit(v)
			return more
		})
		start += n
		total := doc.Get("total")
		if n == 0 || !more || doc.IsArray() || doc.Get("isLast").Bool() || total.Type == gjson.Number && float64(start) >= total.Num {
			return nil
		}
		first = head
	}
	return fmt.Errorf("read Jira GET %s: still not at its end after %d pages", route, walkPages)
}

func listIn(doc gjson.Result, names []string) gjson.Result {
	if doc.IsArray() {
		return doc
	}
	for _, name := range names {
		if v := doc.Get(name); v.IsArray() {
			return v
		}
	}
	return gjson.Result{}
}

// wikiText writes plain text as Jira's wiki text that mentions nobody, loads no
// picture, makes no table and runs no macro: what begins one gets a backslash.
// Two backslashes in a row are a line break there, so that one of the text's own
// is kept apart by a space of no width. Web addresses stay links.
func wikiText(s string) string {
	var b strings.Builder
	own := false // the last rune is a backslash of the text
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		special := strings.ContainsRune("[]{}!|", r)
		if own && (special || r == '\\') {
			b.WriteRune('\u200B')
		}
		if special {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		own = r == '\\'
	}
	return b.String()
}

// cut shortens s to at most n runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return strings.TrimRight(string(r[:n-1]), `\`) + "…"
	}
	return s
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}
