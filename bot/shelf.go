package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// shelf gives a book what the store has of it, and remembers in which version,
// so that what a look decided is stored only if nothing of it moved.
type shelf struct {
	ctx      context.Context
	store    Shelf
	err      error // the first error; what follows it is empty
	versions map[string]int64
	was      map[*signals.Record][]byte
}

func newShelf(ctx context.Context, s Shelf) *shelf {
	return &shelf{ctx: ctx, store: s, versions: make(map[string]int64), was: make(map[*signals.Record][]byte)}
}

func (s *shelf) took(list []*signals.Record, err error) []*signals.Record {
	if err != nil {
		s.err = err
		return nil
	}
	for _, r := range list {
		s.was[r] = print(r)
	}
	return list
}

// Records implements decide.Shelf.
func (s *shelf) Records(k signals.Key) []*signals.Record {
	if s.err != nil {
		return nil
	}
	return s.took(s.store.Records(s.ctx, k))
}

// lately is how many records of a channel a look may move.
const lately = 64

// Lately implements decide.Shelf.
func (s *shelf) Lately(channel string) []*signals.Record {
	if s.err != nil {
		return nil
	}
	return s.took(s.store.Lately(s.ctx, channel, lately))
}

// remembered is how many messages to one person the holds look back on.
const remembered = 64

// Told implements decide.Shelf.
func (s *shelf) Told(to string) []*signals.Told {
	if s.err != nil {
		return nil
	}
	list, version, err := s.store.Told(s.ctx, to, remembered)
	if err != nil {
		s.err = err
		return nil
	}
	s.versions[to] = version
	out := make([]*signals.Told, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// Spent implements decide.Shelf.
func (s *shelf) Spent(channelDay string) int {
	if s.err != nil {
		return 0
	}
	n, version, err := s.store.Spent(s.ctx, channelDay)
	if err != nil {
		s.err = err
		return 0
	}
	s.versions[channelDay] = version
	return n
}

// changed returns the records of a book that are not as the store has them.
func (s *shelf) changed(b *decide.Book) []*signals.Record {
	var out []*signals.Record
	for _, r := range b.Records {
		if was, ok := s.was[r]; !ok || !bytes.Equal(was, print(r)) {
			out = append(out, r)
		}
	}
	return out
}

// print is everything of a record that can change, to compare it.
func print(r *signals.Record) []byte {
	nudges := make([]signals.Nudge, len(r.Nudges))
	for i, n := range r.Nudges {
		nudges[i] = *n
		if n.Signal == r.Signal {
			nudges[i].Signal = nil
		}
	}
	out, err := json.Marshal(struct {
		Ledger *signals.Ledger
		Nudges []signals.Nudge
		Again  time.Time
		Asks   []signals.Asking
		Over   bool
		Rule   string
	}{r.Ledger, nudges, r.Again, r.Asks, r.Over, r.Rule})
	if err != nil {
		return nil // equal to nothing: it is stored
	}
	return out
}
