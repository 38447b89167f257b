package fakeslack

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
)

// window is which messages a call of history or replies asks for.
type window struct {
	oldest, latest int64
	inclusive      bool
	limit          int
	after          int64 // from the cursor: the message that the last page ended with, 0 for the first page
}

func (s *Server) window(a args) (w window, code string) {
	w = window{latest: math.MaxInt64, inclusive: a.yes("inclusive"), limit: 100}
	var ok bool
	if v := a.get("oldest"); v != "" {
		if w.oldest, ok = micros(v); !ok {
			return w, "invalid_ts_oldest"
		}
	}
	if v := a.get("latest"); v != "" {
		if w.latest, ok = micros(v); !ok {
			return w, "invalid_ts_latest"
		}
	}
	if v := a.get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 1000 {
			return w, "invalid_limit"
		}
		w.limit = n
	}
	w.limit = min(w.limit, s.o.PageSize)
	if v := a.get("cursor"); v != "" {
		raw, err := base64.StdEncoding.DecodeString(v)
		ts, found := strings.CutPrefix(string(raw), "next_ts:")
		n, err2 := strconv.ParseInt(ts, 10, 64)
		if err != nil || err2 != nil || !found {
			return w, "invalid_cursor"
		}
		w.after = n
	}
	return w, ""
}

func (w window) holds(ts string) bool {
	t, _ := micros(ts)
	return t > w.oldest && t < w.latest || w.inclusive && (t == w.oldest || t == w.latest)
}

func (s *Server) history(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	w, code := s.window(a)
	if code != "" {
		return refuse(code)
	}
	var found []*Message
	for _, m := range slices.Backward(s.rooms[channel]) { // newest first
		if t, _ := micros(m.TS); (m.Thread == "" || m.Broadcast) && s.visible(m, a.fault) && w.holds(m.TS) && (w.after == 0 || t < w.after) {
			found = append(found, m)
		}
	}
	return s.page(found, w, a)
}

func (s *Server) replies(a args) answer {
	channel, code := s.place(a.get("channel"))
	if code != "" {
		return refuse(code)
	}
	w, code := s.window(a)
	if code != "" {
		return refuse(code)
	}
	root := s.find(channel, a.get("ts"))
	if root == nil {
		return refuse("thread_not_found")
	}
	var found []*Message
	if w.after == 0 {
		found = append(found, root) // whatever the window
	}
	for _, m := range s.rooms[channel] {
		if t, _ := micros(m.TS); m.Thread == root.TS && s.visible(m, a.fault) && w.holds(m.TS) && t > w.after {
			found = append(found, m)
		}
	}
	return s.page(found, w, a)
}

// visible reports whether a message is in the history, with the fault that may
// hit the call.
func (s *Server) visible(m *Message, f *Fault) bool {
	if m.Deleted || m.To != "" {
		return false
	}
	switch {
	case f == nil:
	case f.Kind == NoReplies:
		return m.Thread == ""
	case f.Kind == Behind:
		t, _ := micros(m.TS)
		return t <= s.o.Now().UnixMicro()-int64(f.DelayMS)*1000
	}
	return true
}

// page cuts what was found to one page and says how to get the next.
func (s *Server) page(found []*Message, w window, a args) answer {
	more := len(found) > w.limit
	if more {
		found = found[:w.limit]
	}
	shapes := make([]answer, len(found))
	for i, m := range found {
		shapes[i] = s.shape(m, a.yes("include_all_metadata"))
	}
	out := answer{"ok": true, "messages": shapes, "has_more": more}
	if more {
		t, _ := micros(found[len(found)-1].TS)
		out["response_metadata"] = answer{"next_cursor": base64.StdEncoding.EncodeToString([]byte("next_ts:" + strconv.FormatInt(t, 10)))}
	}
	return out
}
