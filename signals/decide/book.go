package decide

import (
	"slices"
	"strconv"
	"time"

	"andon/signals"
)

// Book is what was found and said: a record for every signal, and what each
// person was told lately.
type Book struct {
	AsLive  bool // every detector that is not off is judged as live
	Records []*Record

	byKey      map[string]*Record
	byCase     map[signals.Key][]*Record // records whose story is not over
	perChannel map[string]int            // channel|day -> unsolicited nudges said
	told       map[string][]*Told        // by person or channel, latest last
	Written    int                       // messages so far; numbers the next
}

// Record is one signal with its ledger and its nudges.
type Record struct {
	Signal *signals.Signal
	Ledger *signals.Ledger
	Nudges []*signals.Nudge
	Again  time.Time // when it was there again after it was solved, zero for never
	Over   bool      // nothing further can happen to it
}

// Told is one message to one person or channel: several nudges may share it.
type Told struct {
	ID     string
	At     time.Time
	Cases  []signals.Key // what it is about
	Nudges int
	Asked  bool // solicited, all of it: does not count against the budget
}

func newBook(asLive bool) *Book {
	return &Book{AsLive: asLive, byKey: make(map[string]*Record), byCase: make(map[signals.Key][]*Record), told: make(map[string][]*Told), perChannel: make(map[string]int)}
}

// Has reports whether a signal was found before.
func (b *Book) Has(s *signals.Signal) bool { return b.byKey[s.Key()] != nil }

func (b *Book) enter(s *signals.Signal, generated time.Time) *Record {
	r := &Record{Signal: s, Ledger: signals.NewLedger(s, generated)}
	b.Records = append(b.Records, r)
	b.byKey[s.Key()] = r
	b.byCase[s.Case] = append(b.byCase[s.Case], r)
	return r
}

// running returns the records of a case whose story is not over, and forgets
// those whose is.
func (b *Book) running(k signals.Key) []*Record {
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

// mostShared is how many nudges one message carries before a new one is begun.
const mostShared = 5

// share returns a message to somebody that is young enough to take one more
// nudge, or nil.
func (b *Book) share(to string, now time.Time, within time.Duration) *Told {
	all := b.told[to]
	if n := len(all); n > 0 && now.Sub(all[n-1].At) <= within && all[n-1].Nudges < mostShared {
		return all[n-1]
	}
	return nil
}

// write begins a new message.
func (b *Book) write(to string, now time.Time) *Told {
	b.Written++
	t := &Told{ID: "m" + strconv.Itoa(b.Written), At: now, Asked: true}
	all := b.told[to]
	if n := len(all); n > 64 {
		all = append([]*Told(nil), all[n-32:]...)
	}
	b.told[to] = append(all, t)
	return t
}

// carry puts one more nudge about a case into a message.
func (t *Told) carry(k signals.Key, asked bool) {
	t.Nudges++
	t.Asked = t.Asked && asked
	if !slices.Contains(t.Cases, k) {
		t.Cases = append(t.Cases, k)
	}
}

// on counts the unsolicited messages that somebody got on the day of now, in
// their own zone.
func (b *Book) on(to string, now time.Time) int {
	y, m, d := now.Date()
	n := 0
	for _, t := range b.told[to] {
		if ty, tm, td := t.At.In(now.Location()).Date(); ty == y && tm == m && td == d && !t.Asked {
			n++
		}
	}
	return n
}

// about returns when somebody was last told about one of the cases of a
// problem, zero for never.
func (b *Book) about(to string, problem []signals.Key) time.Time {
	all := b.told[to]
	for i := len(all) - 1; i >= 0; i-- {
		if slices.ContainsFunc(all[i].Cases, func(k signals.Key) bool { return slices.Contains(problem, k) }) {
			return all[i].At
		}
	}
	return time.Time{}
}
