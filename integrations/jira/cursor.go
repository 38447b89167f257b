package jira

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrCursor is a stored cursor that cannot be read. Polling without one begins
// from the start, which is slow and harmless: what is known comes again.
var ErrCursor = errors.New("the cursor is not one of this version")

const (
	cursorVersion = 1
	maxCursor     = 1 << 20 // bytes
	maxSeen       = 5000    // issues that the cursor of one scope remembers
	briefSeen     = 100     // the same in the midst of the work
)

// cursor is how far polling has come, for each scope by itself.
type cursor struct {
	scopes map[string]*progress
}

// progress is how far polling has come in one scope. Times are milliseconds
// since 1970, as Jira's updated has them.
type progress struct {
	high  int64 // everything that was updated before and was indexed then is done
	floor int64 // do not look before this: what was done there is not remembered any more
	first bool  // the first reading has not come to its end
	seen  map[string]int64
	order []pair // of seen, as it came; entries that differ from seen are over

	dropped int64 // greatest time among what had to be forgotten
}

// pair is one issue in the state that was delivered.
type pair struct {
	id string
	at int64
}

type cursorJSON struct {
	Version int                     `json:"v"`
	Scopes  map[string]progressJSON `json:"scopes"`
}

type progressJSON struct {
	High  int64  `json:"high"`
	Floor int64  `json:"floor,omitempty"`
	First bool   `json:"first,omitempty"`
	Seen  string `json:"seen,omitempty"` // ID.MILLISECONDS_BEHIND_HIGH, separated by spaces
}

// decodeCursor reads what encode wrote; "" is the beginning.
func decodeCursor(s string) (*cursor, error) {
	c := &cursor{scopes: map[string]*progress{}}
	if s == "" {
		return c, nil
	}
	if len(s) > maxCursor {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrCursor, len(s))
	}
	var j cursorJSON
	if err := json.Unmarshal([]byte(s), &j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCursor, err)
	}
	if j.Version != cursorVersion {
		return nil, fmt.Errorf("%w: it has version %d, not %d", ErrCursor, j.Version, cursorVersion)
	}
	for id, x := range j.Scopes {
		p, err := x.decode()
		if err != nil {
			return nil, fmt.Errorf("%w: scope %.20q: %w", ErrCursor, id, err)
		}
		c.scopes[id] = p
	}
	return c, nil
}

const maxMillis = int64(1e15)

func (j progressJSON) decode() (*progress, error) {
	p := &progress{high: j.High, floor: j.Floor, first: j.First, seen: map[string]int64{}, dropped: math.MinInt64}
	if j.High < 0 || j.High > maxMillis || j.Floor < 0 || j.Floor > maxMillis {
		return nil, errors.New("a time is out of range")
	}
	for _, f := range strings.Fields(j.Seen) {
		id, behind, ok := strings.Cut(f, ".")
		n, err := strconv.ParseInt(behind, 10, 64)
		if !ok || id == "" || err != nil || n < -maxMillis || n > maxMillis {
			return nil, fmt.Errorf("%.40q is no issue with a time", f)
		}
		p.mark(id, j.High-n)
	}
	return p, nil
}

// encode writes the cursor. What lies before the overlap is forgotten.
func (c *cursor) encode(overlap time.Duration) string {
	for _, p := range c.scopes {
		p.prune(overlap)
	}
	return c.write(maxSeen)
}

// brief writes the cursor in the midst of the work, to be stored with each of
// thousands of deliveries: it names the latest issues only. Whoever goes on from
// there fetches some issues again that have not changed, and skips none.
func (c *cursor) brief() string { return c.write(briefSeen) }

func (c *cursor) write(most int) string {
	j := cursorJSON{Version: cursorVersion, Scopes: map[string]progressJSON{}}
	for id, p := range c.scopes {
		var b strings.Builder
		for _, x := range p.order[max(0, len(p.order)-most):] {
			if at, ok := p.seen[x.id]; !ok || at != x.at {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(x.id)
			b.WriteByte('.')
			b.WriteString(strconv.FormatInt(p.high-x.at, 10))
		}
		j.Scopes[id] = progressJSON{High: p.high, Floor: p.floor, First: p.first, Seen: b.String()}
	}
	out, err := json.Marshal(j)
	if err != nil {
		panic(err) // numbers and strings only
	}
	return string(out)
}

// of returns the progress in a scope; a new one begins at the beginning.
func (c *cursor) of(s scope) *progress {
	p := c.scopes[s.id]
	if p == nil {
		p = &progress{first: true, seen: map[string]int64{}, dropped: math.MinInt64}
		c.scopes[s.id] = p
	}
	return p
}

// keep forgets scopes that are no longer watched.
func (c *cursor) keep(scopes []scope) {
	for id := range c.scopes {
		if !slices.ContainsFunc(scopes, func(s scope) bool { return s.id == id }) {
			delete(c.scopes, id)
		}
	}
}

// since is where the next look begins, in milliseconds.
func (p *progress) since(overlap time.Duration) int64 {
	return max(p.high-overlap.Milliseconds(), p.floor, 0)
}

// mark remembers that an issue was delivered as it was at its update at.
func (p *progress) mark(id string, at int64) {
	if was, ok := p.seen[id]; ok && was == at || id == "" || strings.ContainsAny(id, ". \t\r\n") {
		return
	}
	p.seen[id] = at
	p.order = append(p.order, pair{id, at})
}

// restore takes back a mark; was and had are what seen held before.
func (p *progress) restore(id string, was int64, had bool) {
	if had {
		p.seen[id] = was
		p.order = append(p.order, pair{id, was})
		return
	}
	delete(p.seen, id)
}

// has reports whether an issue was delivered in the state of at or later.
func (p *progress) has(id string, at int64) bool {
	was, ok := p.seen[id]
	return ok && was >= at
}

// prune forgets what is behind the overlap. Where more is left than can be
// remembered, the oldest goes, and the next look begins there: it goes less far
// back, for otherwise it would fetch what it forgot again and again.
func (p *progress) prune(overlap time.Duration) {
	since := p.since(overlap)
	p.order = slices.DeleteFunc(p.order, func(x pair) bool {
		at, ok := p.seen[x.id]
		if ok && at == x.at && x.at < since {
			delete(p.seen, x.id)
		}
		return !ok || at != x.at || x.at < since
	})
	over := len(p.order) - maxSeen
	if over <= 0 {
		return
	}
	slices.SortStableFunc(p.order, func(a, b pair) int { return cmp.Compare(a.at, b.at) })
	for _, x := range p.order[:over] {
		delete(p.seen, x.id)
	}
	p.dropped = max(p.dropped, p.order[over-1].at)
	p.order = slices.Delete(p.order, 0, over)
	// What has the very time of the last forgotten may not be done yet.
	p.floor = max(p.floor, min(p.dropped, p.high))
}

// finish notes that a look has come to its end. Everything with the time of
// what was forgotten is done then, too.
func (p *progress) finish() {
	if p.dropped >= p.floor && p.dropped < maxMillis {
		p.floor = min(p.dropped, p.high) + 1
	}
	p.dropped, p.first = math.MinInt64, false
}

// shortHash names a text in few letters.
func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}
