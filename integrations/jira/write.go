package jira

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// ErrUnsure is a write of which it is not known whether Jira did it, even after
// a look: the answer got lost, and what was written is not to be seen (yet). The
// same write may be asked for again later, which looks first.
var ErrUnsure = errors.New("it is not known whether Jira did it")

// Writer writes back to issues that something was found out about, in the
// projects for which that is switched on.
//
// A note is written once for each of its ids: every write is preceded by a look.
// Two things may still double a comment: two writers that write the same note at
// the same moment (one job for each note prevents that), and a request that
// Jira works on for longer than its caller waits before it asks again.
type Writer struct {
	C        *Client
	Projects map[string]WriteBack // by project key; all others are left alone
}

// WriteBack is what may be written to the issues of a project. The zero value
// is nothing.
type WriteBack struct {
	Comment    bool
	RemoteLink bool
	Visibility Visibility // who may read the comment; zero for all who see the issue
	Customers  bool       // the customers of a service desk may read the comment; else it is internal
}

// Visibility limits a comment to a "role" or a "group", Value being its name.
type Visibility struct{ Type, Value string }

// Note is what to write to an issue. All who see the issue will read it, so it
// must hold nothing that they may not know.
type Note struct {
	ID    string // what it is about, such as the key of a nudge; the same ID is written once
	Text  string // of the comment, plain text; "" for none
	URL   string // of the remote link, http or https; "" for none
	Title string // of the remote link
}

const (
	markLine     = "andon note "
	noteProperty = "andon.note"
	linkPrefix   = "system=andon&id="
	internalFlag = "sd.public.comment"
	maxComment   = 30_000 // runes; Jira takes 32,767 characters by default
	maxTitle     = 255
	serviceDesk  = "service_desk"
)

var markPattern = regexp.MustCompile(`(^|\n)` + markLine + `[0-9a-f]{16}\s*$`)

// noteMark is the short form of an id that stands in Jira.
func noteMark(kind, id string) string {
	sum := sha256.Sum256([]byte("andon/" + kind + "/" + id))
	return hex.EncodeToString(sum[:8])
}

// Marked reports whether the text of a comment ends with the line by which notes
// of a Writer are known. Somebody may have copied it: see Client.Own.
func Marked(text string) bool { return markPattern.MatchString(text) }

// OwnLink reports whether a remote link with this global id is a Writer's.
func OwnLink(globalID string) bool { return strings.HasPrefix(globalID, linkPrefix) }

// Own reports whether a person of this site, as Jira calls them (signals.Bare of
// an actor), is the account that the client uses.
func (c *Client) Own(actorLocalID string) bool {
	return actorLocalID != "" && slices.Contains([]string{c.me.AccountID, c.me.Key, c.me.Name}, actorLocalID)
}

// MarkOwn gives what our own account did the actor of a program
// (signals.IsBot), so that nobody takes a comment of andon for an answer, and
// andon does not hear itself. Where people use the account too, shared leaves
// everything to them but the comments that bear a mark. The events are changed.
func (c *Client) MarkOwn(events []*signals.Event, shared bool) {
	marked := map[string]bool{}
	for _, e := range events {
		if (e.Kind == signals.Said || e.Kind == signals.Edited) && Marked(e.Text) {
			marked[e.ID], marked[e.Ref] = true, true // an edited comment shows its text at the edit only
		}
	}
	for _, e := range events {
		if c.Own(signals.Bare(e.Actor)) && (!shared || marked[e.ID]) {
			e.Actor = signals.ID(signals.Jira, c.opts.Site, "bot:"+signals.Bare(e.Actor))
		}
	}
}

// Confirmed writes a note to an issue, as far as its project allows: a comment,
// a remote link, or both. issueID is the numeric id or the key, key the key as
// far as it is known; Jira is asked for the present project before anything is
// written, since issues move. What is there already is not written again, so
// that Confirmed may be called until it returns nil. The error is ErrUnsure when
// a comment may or may not be there, and ErrGone when the issue is.
func (w *Writer) Confirmed(ctx context.Context, issueID, key string, note Note) error {
	if p := projectOf(key); p != "" && !w.Projects[p].writes(note) {
		return nil
	}
	if err := note.check(issueID); err != nil {
		return err
	}
	if err := w.C.known(); err != nil {
		return fmt.Errorf("write a note to issue %s: %w", issueID, err)
	}
	at, err := w.C.place(ctx, issueID)
	if err != nil {
		return fmt.Errorf("look at issue %s before writing to it: %w", issueID, err)
	}
	set := w.Projects[at.project]
	if v := set.Visibility; v != (Visibility{}) && (v.Type != "role" && v.Type != "group" || v.Value == "") {
		return fmt.Errorf("write a note to issue %s: the visibility of comments in project %s must be a role or a group with its name, not %q %q", issueID, at.project, v.Type, v.Value)
	}
	if set.Comment && note.Text != "" {
		err = w.C.comment(ctx, at, set, note)
	}
	if set.RemoteLink && note.URL != "" {
		err = errors.Join(err, w.C.remoteLink(ctx, at, note))
	}
	return err
}

// writes reports whether anything of the note may be written.
func (s WriteBack) writes(n Note) bool {
	return s.Comment && n.Text != "" || s.RemoteLink && n.URL != ""
}

func (n Note) check(issueID string) error {
	u, err := url.Parse(n.URL)
	switch {
	case !isIssueName(issueID):
		return fmt.Errorf("write a note: %.40q is neither an issue id nor a key", issueID)
	case n.ID == "":
		return fmt.Errorf("write a note to issue %s: it has no id, so that it could be written twice", issueID)
	case n.URL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == ""):
		return fmt.Errorf("write a note to issue %s: %.200q is no web address", issueID, n.URL)
	}
	return nil
}

// place is where an issue is now.
type place struct {
	id, project string
	desk        bool // in a service desk, or in a project of unknown kind
}

func (c *Client) place(ctx context.Context, issueID string) (place, error) {
	raw, err := c.call(ctx, http.MethodGet, "issue/{id}", "issue/"+escape(issueID), url.Values{"fields": {"project"}}, nil)
	if err != nil {
		return place{}, err
	}
	doc := gjson.ParseBytes(raw)
	p := place{id: plain(doc.Get("id")), project: plain(doc.Get("fields.project.key"))}
	if p.id == "" {
		p.id = issueID
	}
	if p.project == "" {
		p.project = projectOf(plain(doc.Get("key")))
	}
	kind := plain(doc.Get("fields.project.projectTypeKey"))
	p.desk = kind == serviceDesk || kind == ""
	return p, nil
}

// comment writes the comment of a note unless it is there.
func (c *Client) comment(ctx context.Context, at place, set WriteBack, note Note) error {
	mark := noteMark("note", note.ID)
	there, err := c.hasComment(ctx, at.id, mark)
	if err != nil {
		return fmt.Errorf("look for the note on issue %s: %w", at.id, err)
	}
	if there {
		return nil
	}
	_, err = c.call(ctx, http.MethodPost, "issue/{id}/comment", "issue/"+escape(at.id)+"/comment", nil, commentBody(set, at, note, mark))
	if err == nil || !unsure(err) {
		return wrap(err, "comment on issue %s", at.id)
	}
	if there, lookErr := c.hasComment(ctx, at.id, mark); lookErr == nil && there {
		return nil
	}
	return fmt.Errorf("comment on issue %s: %w: %w", at.id, ErrUnsure, err)
}

// commentBody is the request for a comment, which bears its mark twice: as a
// property, which no reader sees, and in its last line, which also tells people
// who wrote it.
func commentBody(set WriteBack, at place, note Note, mark string) map[string]any {
	properties := []any{map[string]any{"key": noteProperty, "value": map[string]any{"id": mark}}}
	if at.desk && !set.Customers {
		properties = append(properties, map[string]any{"key": internalFlag, "value": map[string]any{"internal": true}})
	}
	body := map[string]any{
		"body":       cut(wikiText(note.Text), maxComment) + "\n\n" + markLine + mark,
		"properties": properties,
	}
	if set.Visibility != (Visibility{}) {
		body["visibility"] = map[string]any{"type": set.Visibility.Type, "value": set.Visibility.Value}
	}
	return body
}

// hasComment reports whether a comment of our own account bears the mark.
func (c *Client) hasComment(ctx context.Context, issueID, mark string) (found bool, err error) {
	q := url.Values{"expand": {"properties"}}
	err = c.walk(ctx, "issue/{id}/comment", "issue/"+escape(issueID)+"/comment", q, []string{"comments"}, func(v gjson.Result) bool {
		found = c.Own(localPerson(v.Get("author"))) && bears(v, mark)
		return !found
	})
	return found, err
}

func bears(comment gjson.Result, mark string) (ok bool) {
	if strings.HasSuffix(strings.TrimSpace(prose(comment.Get("body"))), markLine+mark) {
		return true
	}
	each(comment.Get("properties"), func(_, p gjson.Result) bool {
		ok = ok || p.Get("key").Str == noteProperty && plain(p.Get("value.id")) == mark
		return !ok
	})
	return ok
}

// remoteLink sets the remote link of a note. Jira keeps one link for each global
// id, so that setting it twice is harmless; it is only set where it differs, for
// Jira tells the world of each change.
func (c *Client) remoteLink(ctx context.Context, at place, note Note) error {
	global := linkPrefix + noteMark("link", note.ID)
	title := cut(oneLine(note.Title), maxTitle)
	if title == "" {
		title = note.URL
	}
	path := "issue/" + escape(at.id) + "/remotelink"
	raw, err := c.call(ctx, http.MethodGet, "issue/{id}/remotelink", path, url.Values{"globalId": {global}}, nil)
	if err != nil && !errors.Is(err, ErrGone) {
		return fmt.Errorf("look for the remote link of issue %s: %w", at.id, err)
	}
	if err == nil && hasLink(gjson.ParseBytes(raw), global, note.URL, title) {
		return nil
	}
	_, err = c.call(ctx, http.MethodPost, "issue/{id}/remotelink", path, nil, map[string]any{
		"globalId":     global,
		"application":  map[string]any{"type": "andon", "name": "andon"},
		"relationship": "found by andon",
		"object":       map[string]any{"url": note.URL, "title": title},
	})
	return wrap(err, "link issue %s to %s", at.id, note.URL)
}

// hasLink looks for a link in an answer, which is the link or a list of them.
func hasLink(doc gjson.Result, global, to, title string) (ok bool) {
	is := func(v gjson.Result) bool {
		return v.Get("globalId").Str == global && v.Get("object.url").Str == to && v.Get("object.title").Str == title
	}
	if !doc.IsArray() {
		return is(doc)
	}
	each(doc, func(_, v gjson.Result) bool { ok = ok || is(v); return !ok })
	return ok
}
