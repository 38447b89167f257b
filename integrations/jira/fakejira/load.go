package fakejira

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxLine is the greatest length of an issue in bytes.
const maxLine = 64 << 20

// Load puts the issues of a file of JSON Lines, one whole issue each, plain or
// gzipped. It returns how many it put. The error names the line that is no
// issue; what came before it stays.
func (s *Server) Load(r io.Reader) (int, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	if magic, err := br.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return 0, fmt.Errorf("load issues: %w", err)
		}
		defer z.Close()
		br = bufio.NewReaderSize(z, 1<<16)
	}
	lines := bufio.NewScanner(br)
	lines.Buffer(nil, maxLine)
	s.mu.Lock()
	defer s.mu.Unlock()
	n, no := 0, 0
	for lines.Scan() {
		no++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := s.put(lines.Bytes()); err != nil {
			return n, fmt.Errorf("load issues, line %d: %w", no, err)
		}
		n++
	}
	if err := lines.Err(); err != nil {
		return n, fmt.Errorf("load issues, after line %d: %w", no, err)
	}
	return n, nil
}

// Put adds one issue with its whole history, or replaces the one with its id.
// Remote links stay.
func (s *Server) Put(raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(raw)
}

func (s *Server) put(raw []byte) error {
	is, err := parse(raw)
	if err != nil {
		return err
	}
	if other, ok := s.byID[is.key]; ok && s.issues[other].id != is.id && s.issues[other].key == is.key {
		return fmt.Errorf("issue %s is there already, with the id %s and not %s", is.key, s.issues[other].id, is.id)
	}
	s.site.learn(is)
	n, known := s.byID[is.id]
	if known {
		s.index.replace(n, s.issues[n], is)
		is.deleted = s.issues[n].deleted
		s.issues[n] = is
	} else {
		n = len(s.issues)
		s.issues = append(s.issues, is)
		s.index.add(n, is.moments)
	}
	s.byID[is.id], s.byID[is.key] = n, n
	for _, k := range is.keys {
		if _, taken := s.byID[k.key]; !taken {
			s.byID[k.key] = n
		}
	}
	s.lastID = max(s.lastID, is.num)
	for i := range is.histories {
		s.lastID = max(s.lastID, is.histories[i].num)
	}
	for i := range is.comments {
		s.lastID = max(s.lastID, is.comments[i].num)
	}
	return nil
}

// Delete takes an issue away from the present time on.
func (s *Server) Delete(idOrKey string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now().UnixNano()
	is := s.lookup(idOrKey, now)
	if is == nil {
		return fmt.Errorf("delete issue %s: there is none now", idOrKey)
	}
	is.deleted = now
	return nil
}

// lookup finds the issue with the id, or with a key that it has or had at t.
func (s *Server) lookup(idOrKey string, t int64) *issue {
	n, ok := s.byID[strings.ToUpper(idOrKey)]
	if !ok {
		if n, ok = s.byID[idOrKey]; !ok {
			return nil
		}
	}
	is := s.issues[n]
	if !is.seen(t) || is.id != idOrKey && !is.hadKey(idOrKey, t) {
		return nil
	}
	return is
}

// hadKey reports whether the issue has or had the key by t.
func (is *issue) hadKey(key string, t int64) bool {
	since := is.created
	for _, k := range is.keys {
		if since <= t && strings.EqualFold(k.key, key) {
			return true
		}
		since = k.until
	}
	return since <= t && strings.EqualFold(is.key, key)
}

// noIssue is what Jira says of an issue that is not there, or not for you.
const noIssue = "Issue does not exist or you do not have permission to see it."

// moment is one thing that happened to one issue.
type moment struct {
	at    int64
	issue int32
}

// index holds all moments, in the order of time once settled.
type index struct {
	moments []moment
	dirty   bool // not in order
	stale   bool // holds moments that are no more
}

func byTime(a, b moment) int {
	if a.at != b.at {
		if a.at < b.at {
			return -1
		}
		return 1
	}
	return int(a.issue - b.issue)
}

func (x *index) add(n int, at []int64) {
	for _, t := range at {
		x.moments = append(x.moments, moment{t, int32(n)})
	}
	x.dirty = true
}

// replace takes note of the moments that an issue got. Most often it is one
// more, which is put in its place.
func (x *index) replace(n int, old, is *issue) {
	var more []int64
	gone := false
	for _, t := range is.moments {
		if _, found := slices.BinarySearch(old.moments, t); !found {
			more = append(more, t)
		}
	}
	for _, t := range old.moments {
		_, found := slices.BinarySearch(is.moments, t)
		gone = gone || !found
	}
	if gone || x.dirty || len(more) > 8 {
		x.stale = x.stale || gone
		x.add(n, more)
		return
	}
	for _, t := range more {
		m := moment{t, int32(n)}
		at, _ := slices.BinarySearchFunc(x.moments, m, byTime)
		x.moments = slices.Insert(x.moments, at, m)
	}
}

// settle brings the index into order. The caller holds the lock.
func (s *Server) settle() {
	x := &s.index
	if x.stale {
		x.moments = x.moments[:0]
		for n, is := range s.issues {
			x.add(n, is.moments)
		}
	}
	if x.dirty || x.stale {
		slices.SortFunc(x.moments, byTime)
	}
	x.dirty, x.stale = false, false
}

// readLock takes the lock for reading, with the index in order.
func (s *Server) readLock() {
	for {
		s.mu.RLock()
		if !s.index.dirty && !s.index.stale {
			return
		}
		s.mu.RUnlock()
		s.mu.Lock()
		s.settle()
		s.mu.Unlock()
	}
}
