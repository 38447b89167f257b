package decide

import (
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"andon/signals"
)

// Book is what was found and said: a record for every signal, and what each
// person was told lately. What it does not hold it asks its shelf for.
type Book struct {
	AsLive  bool // every detector that is not off is judged as live
	Records []*Record

	shelf      Shelf // nil: the book holds everything
	asked      map[signals.Key]bool
	rooms      map[string][]*Record
	byKey      map[string]*Record
	byCase     map[signals.Key][]*Record // records whose story is not over
	all        map[signals.Key][]*Record // all records of a case
	perChannel map[string]int            // channel|day -> unsolicited nudges said
	told       map[string][]*Told        // by person or channel, latest last
	wrote      map[string]bool           // whose messages changed, or channel|day whose count did
}

// Record and the others are the domain's own nouns; see there.
type (
	Record = signals.Record
	Told   = signals.Told
	Wake   = signals.Wake
)

// Shelf is where a service keeps its book. What it returns belongs to the book.
type Shelf interface {
	Records(k signals.Key) []*Record      // of a case, in the order in which they were entered
	Lately(channel string) []*Record      // the latest records of a channel's cases that are not over, newest last
	Told(to string) []*Told               // the latest messages to somebody, oldest first
	Spent(channelDay string) (nudges int) // unsolicited nudges about a channel and day
}

// NewBook returns an empty book that asks a shelf for what it does not hold;
// nil where there is none.
func NewBook(shelf Shelf, asLive bool) *Book {
	b := &Book{
		AsLive: asLive, shelf: shelf, byKey: make(map[string]*Record), byCase: make(map[signals.Key][]*Record), all: make(map[signals.Key][]*Record),
		told: make(map[string][]*Told), perChannel: make(map[string]int), wrote: make(map[string]bool),
		asked: make(map[signals.Key]bool), rooms: make(map[string][]*Record),
	}
	return b
}

// need takes the records of a case from the shelf, once.
func (b *Book) need(k signals.Key) {
	if b.shelf == nil || b.asked[k] {
		return
	}
	b.asked[k] = true
	for _, r := range b.shelf.Records(k) {
		b.keep(r)
	}
}

// keep takes a record in, or returns the one that the book has of that signal.
func (b *Book) keep(r *Record) *Record {
	key := r.Signal.Key()
	if had := b.byKey[key]; had != nil {
		return had
	}
	b.Records = append(b.Records, r)
	b.byKey[key] = r
	b.all[r.Signal.Case] = append(b.all[r.Signal.Case], r)
	if !r.Over {
		b.byCase[r.Signal.Case] = append(b.byCase[r.Signal.Case], r)
	}
	if ch := r.Signal.Case.Channel(); ch != "" && (b.shelf == nil || b.rooms[ch] != nil) {
		b.rooms[ch] = append(b.rooms[ch], r)
	}
	return r
}

// Has reports whether a signal was found before.
func (b *Book) Has(s *signals.Signal) bool {
	b.need(s.Case)
	return b.byKey[s.Key()] != nil
}

// of returns all records of a case, in the order in which they were entered.
func (b *Book) of(k signals.Key) []*Record {
	b.need(k)
	return b.all[k]
}

func (b *Book) enter(s *signals.Signal, generated time.Time) *Record {
	return b.keep(&Record{Signal: s, Ledger: signals.NewLedger(s, generated)})
}

// reopen takes up the story of a record that was over.
func (b *Book) reopen(r *Record) {
	r.Over = false
	if k := r.Signal.Case; !slices.Contains(b.byCase[k], r) {
		b.byCase[k] = append(b.byCase[k], r)
	}
}

// running returns the records of a case whose story is not over, and forgets
// those whose is.
func (b *Book) running(k signals.Key) []*Record {
	b.need(k)
	all := b.byCase[k]
	live := all[:0]
	for _, r := range all {
		if !r.Over {
			live = append(live, r)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if len(live) == 0 {
		delete(b.byCase, k)
		return nil
	}
	b.byCase[k] = live
	return live
}

// quiet reports whether no story is running anywhere.
func (b *Book) quiet() bool { return b.shelf == nil && len(b.byCase) == 0 }

// waiting lists the running records of a channel that are about somebody who waits.
func (b *Book) waiting(channel, who string) []*Record {
	var out []*Record
	for _, r := range b.lately(channel) {
		if r.Signal.About == who && !r.Over && !r.Ledger.Reached(signals.ReactedTo) {
			out = append(out, r)
		}
	}
	return out
}

// recently is how many records of a channel may still hear an answer that
// stands beside them.
const recently = 64

// lately returns the latest records of a channel's cases whose story is not
// over, newest first.
func (b *Book) lately(channel string) []*Record {
	if b.shelf != nil && b.rooms[channel] == nil {
		b.rooms[channel] = make([]*Record, 0, recently)
		here := slices.Clone(b.Records) // what was entered since, too
		for _, r := range b.shelf.Lately(channel) {
			if kept := b.keep(r); kept != r {
				b.rooms[channel] = append(b.rooms[channel], kept)
			}
		}
		for _, r := range here {
			if r.Signal.Case.Channel() == channel && !slices.Contains(b.rooms[channel], r) {
				b.rooms[channel] = append(b.rooms[channel], r)
			}
		}
	}
	b.rooms[channel] = slices.DeleteFunc(b.rooms[channel], func(r *Record) bool { return r.Over })
	var out []*Record
	for _, r := range slices.Backward(b.rooms[channel]) {
		if len(out) == recently {
			break
		}
		out = append(out, r)
	}
	return out
}

// mostShared is how many nudges one message carries before a new one is begun.
const mostShared = 5

// messages returns what somebody was told lately, latest last.
func (b *Book) messages(to string) []*Told {
	all, ok := b.told[to]
	if !ok && b.shelf != nil {
		all = b.shelf.Told(to)
		b.told[to] = all
	}
	return all
}

// spent returns how many unsolicited nudges a channel had on a day.
func (b *Book) spent(channelDay string) int {
	n, ok := b.perChannel[channelDay]
	if !ok && b.shelf != nil {
		n = b.shelf.Spent(channelDay)
		b.perChannel[channelDay] = n
	}
	return n
}

func (b *Book) spend(channelDay string) {
	b.perChannel[channelDay] = b.spent(channelDay) + 1
	b.wrote[channelDay] = true
}

// Wrote returns what the book came to hold of messages and counts that its
// shelf does not know yet.
func (b *Book) Wrote() (told map[string][]Told, spent map[string]int) {
	for name := range b.wrote {
		if n, ok := b.perChannel[name]; ok {
			if spent == nil {
				spent = make(map[string]int)
			}
			spent[name] = n
			continue
		}
		if told == nil {
			told = make(map[string][]Told)
		}
		for _, t := range b.told[name] {
			told[name] = append(told[name], *t)
		}
	}
	return told, spent
}

// share returns a message to somebody that is young enough to take one more
// nudge, or nil.
func (b *Book) share(to string, now time.Time, within time.Duration) *Told {
	all := b.messages(to)
	if n := len(all); n > 0 && now.Sub(all[n-1].At) <= within && all[n-1].Nudges < mostShared && !ofDrill(all[n-1]) {
		return all[n-1]
	}
	return nil
}

// write begins a new message for a nudge, which gives it its id.
func (b *Book) write(n *signals.Nudge, now time.Time) *Told {
	h := fnv.New64a()
	h.Write([]byte(n.Key()))
	t := &Told{ID: "m" + strconv.FormatUint(h.Sum64(), 36), At: now, Asked: true}
	b.note(n.To, t)
	return t
}

// note keeps a message to somebody.
func (b *Book) note(to string, t *Told) {
	all := b.messages(to)
	if n := len(all); n > 64 {
		all = append([]*Told(nil), all[n-32:]...)
	}
	b.told[to] = append(all, t)
	b.wrote[to] = true
}

// carry puts one more nudge into a message.
func (b *Book) carry(t *Told, n *signals.Nudge, asked bool) {
	b.wrote[n.To] = true
	t.Nudges++
	t.Asked = t.Asked && asked
	if !slices.Contains(t.Cases, n.Signal.Case) {
		t.Cases = append(t.Cases, n.Signal.Case)
	}
	n.Message = t.ID
}

// on counts the unsolicited messages that somebody got on the day of now, in
// their own zone.
func (b *Book) on(to string, now time.Time) int {
	y, m, d := now.Date()
	n := 0
	for _, t := range b.messages(to) {
		if ty, tm, td := t.At.In(now.Location()).Date(); ty == y && tm == m && td == d && !t.Asked {
			n++
		}
	}
	return n
}

// about returns when somebody was last told about one of the cases of a
// problem, zero for never.
func (b *Book) about(to string, problem []signals.Key) time.Time {
	for _, t := range slices.Backward(b.messages(to)) {
		if slices.ContainsFunc(t.Cases, func(k signals.Key) bool { return slices.Contains(problem, k) }) {
			return t.At
		}
	}
	return time.Time{}
}
