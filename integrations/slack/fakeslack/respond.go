package fakeslack

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/tidwall/gjson"
)

// hook is a response URL: what it may be used for.
type hook struct {
	channel, user, thread string
	about                 string // ts of the message that it may replace
	uses                  int
	until                 time.Time
}

// newHook returns a new response URL.
func (s *Server) newHook(kind string, h hook) string {
	h.until = s.moment().Add(hookLife)
	path := "/hooks/" + kind + "/" + s.o.Team + "/" + s.id("") + "/" + s.id("x")
	s.hooks[path] = &h
	return s.base + path
}

// useHook answers a POST to a response URL.
func (s *Server) useHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	bad := s.hooked(r.URL.Path, body)
	s.mu.Unlock()
	if bad == nil {
		_, _ = io.WriteString(w, "ok") // the client may be gone
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_ = json.NewEncoder(w).Encode(bad) // the client may be gone
}

func (s *Server) hooked(path string, body []byte) answer {
	h := s.hooks[path]
	switch {
	case h == nil:
		return refuse("no_such_hook")
	case h.uses >= hookUses:
		return refuse("used_url")
	case s.moment().After(h.until):
		return refuse("expired_url")
	case !gjson.ValidBytes(body):
		return refuse("invalid_payload")
	}
	h.uses++
	return s.respond(h, body)
}

// respond posts what an app answered to a command or to a response URL.
func (s *Server) respond(h *hook, payload json.RawMessage) answer {
	if ignored(payload) {
		return nil
	}
	v := gjson.ParseBytes(payload)
	about := s.seen(h.channel, h.about, h.user)
	if v.Get("delete_original").Bool() {
		if about != nil {
			s.remove(about)
		}
		return nil
	}
	a := args{values: map[string]string{"text": v.Get("text").String(), "blocks": v.Get("blocks").Raw, "metadata": v.Get("metadata").Raw}}
	if v.Get("replace_original").Bool() && about != nil {
		next := *about
		if bad := s.fill(&next, a); bad != nil {
			return bad
		}
		s.replace(about, next)
		return nil
	}
	m := &Message{Channel: h.channel, User: s.o.Bot, Thread: v.Get("thread_ts").Str}
	if v.Get("response_type").Str != "in_channel" {
		m.To, m.Thread = h.user, h.thread
	}
	if bad := s.fill(m, a); bad != nil {
		return bad
	}
	s.store(m)
	return nil
}
