package jira

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/signals"
)

// thread is the comments of issue 10001, as a Jira keeps them.
type thread struct {
	s    *scripted
	list []string
	fail func(w http.ResponseWriter) // answers a comment that was written; nil: 201
	drop bool                        // does not write it
	size int                         // of a page, default 100
}

func (s *scripted) thread(kind string) *thread {
	th := &thread{s: s, size: 100}
	s.says("GET issue/10001", 200, `{"id":"10001","key":"PAY-17","fields":{"project":{"id":"1","key":"PAY","projectTypeKey":"`+kind+`"}}}`)
	s.on("GET issue/10001/comment", th.get)
	s.on("POST issue/10001/comment", th.post)
	return th
}

func (th *thread) get(w http.ResponseWriter, r *http.Request, _ []byte) {
	if r.URL.Query().Get("expand") != "properties" {
		th.s.t.Error("comments without their properties")
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("startAt"))
	end := min(start+th.size, len(th.list))
	reply(w, 200, fmt.Sprintf(`{"startAt":%d,"maxResults":%d,"total":%d,"comments":[%s]}`, start, th.size, len(th.list), strings.Join(th.list[min(start, end):end], ",")))
}

func (th *thread) post(w http.ResponseWriter, _ *http.Request, body []byte) {
	if !th.drop {
		th.add(th.s.self(), gjson.GetBytes(body, "body").String(), gjson.GetBytes(body, "properties").Raw)
	}
	if th.fail != nil {
		th.fail(w)
		return
	}
	reply(w, 201, `{"id":"7"}`)
}

func (th *thread) add(author, text, properties string) {
	th.list = append(th.list, fmt.Sprintf(`{"id":"%d","author":%s,"body":%s,"properties":%s,"created":"2026-11-22T10:00:00.000+0000"}`, len(th.list)+1, author, toJSON(text), properties))
}

var someNote = Note{ID: "ping_pong/PAY-17/1/confirm", Text: "Ines said that it is solved.", URL: "https://chat.example/archives/C1/p17", Title: "The talk about it"}

func commentsOn() map[string]WriteBack { return map[string]WriteBack{"PAY": {Comment: true}} }

func TestConfirmedOffByDefault(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		s.thread("software")
		for name, projects := range map[string]map[string]WriteBack{
			"nothing": nil, "another project": {"WEB": {Comment: true, RemoteLink: true}}, "switched off": {"PAY": {}},
		} {
			w := Writer{C: c, Projects: projects}
			require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), name)
			require.Empty(t, s.asked, "%s: not even a question", name)
		}
		// The key that the caller knows is old: the issue has moved to a project
		// where writing is off.
		w := Writer{C: c, Projects: map[string]WriteBack{"WEB": {Comment: true, RemoteLink: true}}}
		require.NoError(t, w.Confirmed(context.Background(), "10001", "WEB-4", someNote))
		require.Equal(t, []string{"GET issue/10001"}, s.asked)
	})
}

func TestCommentOnce(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		th := s.thread("software")
		w := Writer{C: c, Projects: commentsOn()}
		for range 3 {
			require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
		}
		require.Len(t, th.list, 1)
		body := s.last("POST issue/10001/comment").Get("body").Str
		require.True(t, strings.HasPrefix(body, someNote.Text), body)
		require.True(t, Marked(body))
		require.False(t, s.last("POST issue/10001/comment").Get("visibility").Exists())

		other := someNote
		other.ID = "another"
		require.NoError(t, w.Confirmed(context.Background(), "10001", "", other), "the key need not be known")
		require.Len(t, th.list, 2)
	})
}

func TestCommentFoundByEither(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		mark := noteMark("note", someNote.ID)
		property := `[{"key":"andon.note","value":{"id":"` + mark + `"}}]`
		stranger := `{"accountId":"ines","key":"ines","name":"ines"}`
		for _, x := range []struct {
			name, author, text, properties string
			want                           int
		}{
			{"the property, after somebody edited the text", s.self(), "edited", property, 0},
			{"the last line, where properties are not kept", s.self(), "text\n\nandon note " + mark + "\n", `null`, 0},
			{"another's comment that copies the line", stranger, "andon note " + mark, `[]`, 1},
			{"another's comment with the property", stranger, "x", property, 1},
			{"our comment about something else", s.self(), "andon note 0123456789abcdef", `[]`, 1},
			{"our comment that only quotes it", s.self(), "> andon note " + mark + "\nno", `[]`, 1},
		} {
			th := s.thread("software")
			th.size = 2
			for range 4 {
				th.add(stranger, "hm", `[]`)
			}
			th.add(x.author, x.text, x.properties)
			s.forget()
			require.NoError(t, (&Writer{C: c, Projects: commentsOn()}).Confirmed(context.Background(), "10001", "PAY-17", someNote), x.name)
			require.Equal(t, x.want, s.count("POST issue/10001/comment"), x.name)
			require.Equal(t, 3, s.count("GET issue/10001/comment"), "%s: all pages", x.name)
		}
	})
}

// TestCommentAmbiguous: the answer gets lost after Jira wrote the comment, or
// before. Neither ends with two.
func TestCommentAmbiguous(t *testing.T) {
	faults := map[string]func(w http.ResponseWriter){
		"connection reset": lose,
		"server error":     func(w http.ResponseWriter) { reply(w, 500, `{"errorMessages":["Internal server error"]}`) },
		"unavailable":      func(w http.ResponseWriter) { reply(w, 503, ``) },
		"a proxy's page":   func(w http.ResponseWriter) { reply(w, 200, `<html>gateway</html>`) },
		"truncated answer": func(w http.ResponseWriter) { reply(w, 201, `{"id":`) },
		"empty answer":     func(w http.ResponseWriter) { reply(w, 201, ``) },
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			dialects(t, func(t *testing.T, s *scripted, c *Client) {
				th := s.thread("software")
				th.fail = fault
				w := Writer{C: c, Projects: commentsOn()}
				require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), "it was written, and is seen")
				require.Len(t, th.list, 1)
				require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
				require.Equal(t, 1, s.count("POST issue/10001/comment"))
				if name == "empty answer" {
					return // a success, though a quiet one
				}

				th.list, th.drop = nil, true
				err := w.Confirmed(context.Background(), "10001", "PAY-17", someNote)
				require.ErrorIs(t, err, ErrUnsure)
				require.Equal(t, 2, s.count("POST issue/10001/comment"), "not repeated at once: Jira may still be at it")
				th.drop, th.fail = false, nil
				require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
				require.Len(t, th.list, 1)
			})
		})
	}
}

func TestCommentRefused(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		th := s.thread("software")
		th.drop = true
		th.fail = func(w http.ResponseWriter) {
			reply(w, 400, `{"errorMessages":[],"errors":{"commentLevel":"You are not a member of the role"}}`)
		}
		w := Writer{C: c, Projects: commentsOn()}
		err := w.Confirmed(context.Background(), "10001", "PAY-17", someNote)
		require.ErrorContains(t, err, "commentLevel: You are not a member of the role")
		require.NotErrorIs(t, err, ErrUnsure)
		require.Equal(t, 1, s.count("GET issue/10001/comment"), "a refusal needs no second look")

		require.ErrorIs(t, w.Confirmed(context.Background(), "404", "PAY-9", someNote), ErrGone)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		require.ErrorIs(t, w.Confirmed(ctx, "10001", "PAY-17", someNote), context.Canceled)
	})
}

func TestCommentReaders(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		for _, x := range []struct {
			name, kind string
			set        WriteBack
			internal   bool
			visibility string
		}{
			{"a software project", "software", WriteBack{Comment: true}, false, ""},
			{"a service desk", "service_desk", WriteBack{Comment: true}, true, ""},
			{"a project of unknown kind", "", WriteBack{Comment: true}, true, ""},
			{"a service desk, for customers too", "service_desk", WriteBack{Comment: true, Customers: true}, false, ""},
			{"a role", "software", WriteBack{Comment: true, Visibility: Visibility{"role", "Developers"}}, false, `{"type":"role","value":"Developers"}`},
			{"a group", "software", WriteBack{Comment: true, Visibility: Visibility{"group", "staff"}}, false, `{"type":"group","value":"staff"}`},
		} {
			s.thread(x.kind)
			w := Writer{C: c, Projects: map[string]WriteBack{"PAY": x.set}}
			require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), x.name)
			sent := s.last("POST issue/10001/comment")
			require.Equal(t, x.internal, sent.Get(`properties.#(key=="sd.public.comment").value.internal`).Bool(), x.name)
			require.Equal(t, x.visibility, sent.Get("visibility").Raw, x.name)
		}
		w := Writer{C: c, Projects: map[string]WriteBack{"PAY": {Comment: true, Visibility: Visibility{Value: "staff"}}}}
		s.forget()
		require.ErrorContains(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), "must be a role or a group")
		require.Zero(t, s.count("POST issue/10001/comment"), "never for more readers than meant")
	})
}

func TestNoteTextIsPlain(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	s.thread("software")
	n := someNote
	n.Text = `[~accountid:ines] {code}x{code} !https://evil.example/p.png! |a| C:\x https://ok.example`
	require.NoError(t, (&Writer{C: c, Projects: commentsOn()}).Confirmed(context.Background(), "10001", "PAY-17", n))
	body := s.last("POST issue/10001/comment").Get("body").Str
	require.Contains(t, body, `\[~accountid:ines\] \{code\}x\{code\} \!https://evil.example/p.png\! \|a\| C:\x https://ok.example`)

	n.ID, n.Text = "long", strings.Repeat("ä", 40_000)
	require.NoError(t, (&Writer{C: c, Projects: commentsOn()}).Confirmed(context.Background(), "10001", "PAY-17", n))
	body = s.last("POST issue/10001/comment").Get("body").Str
	require.LessOrEqual(t, len([]rune(body)), 32_767)
	require.True(t, Marked(body))
}

func TestWikiText(t *testing.T) {
	const apart = "\u200B"
	for in, want := range map[string]string{
		"plain *text* ä":     "plain *text* ä",
		`[~ines]`:            `\[~ines\]`,
		`\[~ines]`:           `\` + apart + `\[~ines\]`, // else a line break and a mention
		`\\host\share`:       `\` + apart + `\host\share`,
		`{color:red}!a.png!`: `\{color:red\}\!a.png\!`,
		"bad \xff":           "bad \uFFFD",
	} {
		require.Equal(t, want, wikiText(in))
	}
}

func TestMarkOwn(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		const note = `x\n\nandon note 0123456789abcdef`
		raw := issueWith(`"reporter":{"accountId":"ines"},"comment":{"comments":[`+
			`{"id":"1","author":`+s.self()+`,"created":"2026-11-03T10:00:00.000+0000","body":"`+note+`"},`+
			`{"id":"2","author":{"accountId":"ines"},"created":"2026-11-03T11:00:00.000+0000","body":"`+note+`"},`+
			`{"id":"3","author":`+s.self()+`,"created":"2026-11-03T12:00:00.000+0000","body":"by hand"},`+
			`{"id":"4","author":`+s.self()+`,"created":"2026-11-03T13:00:00.000+0000","updated":"2026-11-04T13:00:00.000+0000","body":"`+note+`"}]}`,
			`{"id":"5","created":"2026-11-03T14:00:00.000+0000","author":`+s.self()+`,"items":[{"field":"status","fieldId":"status","fromString":"A","toString":"B"}]}`)
		bots := func(shared bool) (out []string) {
			events, err := Normalize([]byte(raw), nil)
			require.NoError(t, err)
			c.MarkOwn(events, shared)
			for _, e := range events {
				if signals.IsBot(e.Actor) {
					require.Equal(t, signals.ID("jira", "jira", "bot:"+c.me.Local()), e.Actor)
					out = append(out, strings.TrimPrefix(e.ID, "jira/jira/17/"))
				}
			}
			return out
		}
		require.Equal(t, []string{"c1", "c3", "c4", "5.0", "c4@1793797200000"}, bots(false))
		require.Equal(t, []string{"c1", "c4", "c4@1793797200000"}, bots(true), "people use the account too: only what bears the mark")
	})
}

// TestWalk: no odd paging makes it ask for ever or miss an element.
func TestWalk(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	for _, x := range []struct {
		name  string
		pages []string // by order of requests; the last one is repeated
		want  string
		asked int
	}{
		{"one page", []string{`{"startAt":0,"total":2,"list":["a","b"]}`}, "ab", 1},
		{"two pages", []string{`{"total":3,"list":["a","b"]}`, `{"total":3,"list":["c"]}`}, "abc", 2},
		{"shorter pages than asked for", []string{`{"total":3,"list":["a"]}`, `{"total":3,"list":["b"]}`, `{"total":3,"list":["c"]}`}, "abc", 3},
		{"no total, until an empty page", []string{`{"list":["a"]}`, `{"list":["b"]}`, `{"list":[]}`}, "ab", 3},
		{"no total, the last one told", []string{`{"list":["a"]}`, `{"isLast":true,"list":["b"]}`}, "ab", 2},
		{"a total that is never reached", []string{`{"total":9,"list":["a"]}`, `{"total":9,"list":[]}`}, "a", 2},
		{"startAt is ignored", []string{`{"total":9,"list":["a","b"]}`}, "ab", 2},
		{"a bare list", []string{`["a","b"]`}, "ab", 1},
		{"no list", []string{`{"total":9}`}, "", 1},
		{"null", []string{`null`}, "", 1},
	} {
		n := 0
		s.on("GET things", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			reply(w, 200, x.pages[min(n, len(x.pages)-1)])
			n++
		})
		got := ""
		require.NoError(t, c.walk(context.Background(), "things", "things", nil, []string{"list"}, func(v gjson.Result) bool { got += v.Str; return true }), x.name)
		require.Equal(t, x.want, got, x.name)
		require.Equal(t, x.asked, n, x.name)
	}
	n := 0
	s.on("GET things", func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		n++
		reply(w, 200, fmt.Sprintf(`{"list":["%d"]}`, n))
	})
	require.ErrorContains(t, c.walk(context.Background(), "things", "things", nil, []string{"list"}, func(gjson.Result) bool { return true }), "still not at its end")
	require.Equal(t, walkPages, n)
}

func TestNoteChecked(t *testing.T) {
	s := newScripted(t, true)
	w := Writer{C: s.client(), Projects: map[string]WriteBack{"PAY": {Comment: true, RemoteLink: true}}}
	for want, x := range map[string]struct {
		id   string
		note Note
	}{
		"neither an issue id nor a key": {"../10001", someNote},
		"it has no id":                  {"10001", Note{Text: "x"}},
		"is no web address":             {"10001", Note{ID: "x", URL: "javascript:alert(1)"}},
	} {
		require.ErrorContains(t, w.Confirmed(context.Background(), x.id, "PAY-17", x.note), want)
	}
	require.Empty(t, s.asked)

	w.C.me = Myself{}
	require.ErrorContains(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), "writing needs an account")
	require.Empty(t, s.asked)
}

func TestRemoteLink(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		s.thread("software")
		links := map[string]string{}
		fail := true
		s.on("GET issue/10001/remotelink", func(w http.ResponseWriter, r *http.Request, _ []byte) {
			if l, ok := links[r.URL.Query().Get("globalId")]; !ok {
				reply(w, 404, `{"errorMessages":["no such link"],"errors":{}}`)
			} else if s.cloud {
				reply(w, 200, l)
			} else {
				reply(w, 200, "["+l+"]")
			}
		})
		s.on("POST issue/10001/remotelink", func(w http.ResponseWriter, _ *http.Request, body []byte) {
			links[gjson.GetBytes(body, "globalId").Str] = string(body)
			if fail {
				lose(w)
				return
			}
			reply(w, 201, `{"id":10000,"self":"https://x"}`)
		})
		w := Writer{C: c, Projects: map[string]WriteBack{"PAY": {RemoteLink: true}}}
		require.Error(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
		fail = false
		for range 2 {
			require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
		}
		require.Equal(t, 1, s.count("POST issue/10001/remotelink"), "what is there as it should be is left alone")
		require.Zero(t, s.count("POST issue/10001/comment"))

		changed := someNote
		changed.Title = "Another\ntitle"
		require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", changed))
		require.Len(t, links, 1, "changed in place")
		sent := s.last("POST issue/10001/remotelink")
		require.Equal(t, "Another title", sent.Get("object.title").Str)
		require.Equal(t, someNote.URL, sent.Get("object.url").Str)
		require.True(t, OwnLink(sent.Get("globalId").Str))
		require.False(t, OwnLink("system=other&id=1"))
	})
}

// TestBothWaysAreTried: what fails of the two does not keep the other back, and
// the next call does only what is missing.
func TestBothWaysAreTried(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	th := s.thread("software")
	th.drop = true
	th.fail = func(w http.ResponseWriter) { reply(w, 403, `{"errorMessages":["no permission to comment"]}`) }
	s.says("POST issue/10001/remotelink", 201, `{"id":1}`)
	w := Writer{C: c, Projects: map[string]WriteBack{"PAY": {Comment: true, RemoteLink: true}}}
	require.ErrorIs(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote), ErrAuth)
	require.Equal(t, 1, s.count("POST issue/10001/remotelink"))
	th.drop, th.fail = false, nil
	require.NoError(t, w.Confirmed(context.Background(), "10001", "PAY-17", someNote))
	require.Len(t, th.list, 1)
}

func TestOwn(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		if s.cloud {
			require.True(t, c.Own(cloudSelf))
			require.False(t, c.Own(centerSelf))
		} else {
			require.True(t, c.Own(centerSelf), "the key, as in changelogs")
			require.True(t, c.Own("andon"), "the name")
		}
		require.False(t, c.Own(""))
		require.False(t, c.Own("ines"))
	})
	require.True(t, Marked("x\n\nandon note 0123456789abcdef"))
	require.False(t, Marked("andon note 0123456789abcdef said Ines"))
	require.False(t, Marked("see andon note 0123456789abcdef"))
}
