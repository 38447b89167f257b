package decide

import (
	"slices"
	"time"

	"andon/signals"
	"andon/signals/route"
	"andon/signals/snap"
)

// loads is who holds how many open issues, and with how many at once each person
// finished theirs in time. It is learnt from what everybody may see.
type loads struct {
	holds  map[signals.Key]hold // open issues that somebody holds
	people map[string]*carried  // by the id that the source gives
}

type hold struct {
	who   string
	since int64 // unix nanoseconds
}

// carried is one person: by[n] counts what they finished in time while they held
// n issues, it included.
type carried struct {
	now, total int
	by         [mostCarried + 1]int32
}

// mostCarried is from how many issues on they are counted as one class.
const mostCarried = 127

func newLoads() loads {
	return loads{make(map[signals.Key]hold), make(map[string]*carried)}
}

func (l *loads) of(who string) *carried {
	p := l.people[who]
	if p == nil {
		p = &carried{}
		l.people[who] = p
	}
	return p
}

// observe learns from an issue after e was applied to it.
func (l *loads) observe(c *signals.Case, e *signals.Event, inTime time.Duration) {
	if c.Key.Source == signals.Slack {
		return
	}
	was, had := l.holds[c.Key]
	who := ""
	if c.Open() && !signals.IsBot(c.Holder) {
		who = c.Holder
	}
	if had && e.Kind == signals.Closed && e.At.UnixNano()-was.since <= int64(inTime) {
		p := l.of(was.who)
		p.by[min(p.now, mostCarried)]++
		p.total++
	}
	if who == was.who {
		return
	}
	if had {
		l.of(was.who).now--
		delete(l.holds, c.Key)
	}
	if who != "" {
		l.of(who).now++
		l.holds[c.Key] = hold{who, e.At.UnixNano()}
	}
}

// Load is what a person has on their hands, for that person alone.
type Load struct {
	Cases   int // open issues that they hold
	Usually int // with so many at once they finish theirs in time, by the policy's share; 0 where too little is known
	Nudges  int // issues and threads of which they were told and of which nothing came yet; counted only up to the policy's limit
	Over    bool
}

// LoadOf tells what a person has on their hands at now, and whether it is more
// than they can carry by policy.load.
func (w *World) LoadOf(id string, now time.Time) Load {
	out := w.HandsOf(id)
	if rule := &w.Org.Policy.Load; rule.Nudges > 0 {
		out.Nudges = w.Book.Unanswered(w.Org.Who(id), rule.Nudges+1, w.Org.Policy.HeldFor, now)
		out.Over = out.Over || out.Nudges > rule.Nudges
	}
	return out
}

// HandsOf is LoadOf without the nudges, which may stand in a book that is read
// from the store.
func (w *World) HandsOf(id string) (out Load) {
	rule, all := &w.Org.Policy.Load, carried{}
	who := w.Org.Who(id)
	for _, a := range append(w.Org.AccountsOf(who), who) {
		p := w.Memory.loads.people[a]
		if p == nil || w.Org.Who(a) != who {
			continue
		}
		all.now += p.now
		all.total += p.total
		for n, k := range p.by {
			all.by[n] += k
		}
	}
	out.Cases = all.now
	if rule.Cases > 0 && all.total >= rule.Finished {
		out.Usually = max(rule.Cases, all.usual(rule.Share))
		out.Over = out.Cases > out.Usually
	}
	return out
}

// usual is with how many issues at once the share q of what was finished in time
// was finished.
func (p *carried) usual(q float64) int {
	sum := int32(0)
	for n, k := range p.by {
		if sum += k; float64(sum) >= q*float64(p.total) {
			return n
		}
	}
	return mostCarried
}

// Unanswered counts the cases of which somebody was told within a while and of which
// nothing came yet, up to a limit: several signals of one case are one thing to do.
// What is said at now itself does not count: whom else it goes to must not depend
// on what was said first.
func (b *Book) Unanswered(who string, limit int, within time.Duration, now time.Time) (n int) {
	told := 0
	var cases []signals.Key
	for _, t := range slices.Backward(b.messages(who)) {
		if now.Sub(t.At) > within {
			break
		}
		told += t.Nudges
		cases = append(cases, t.Cases...)
	}
	if told < limit {
		return 0
	}
	slices.SortFunc(cases, signals.CompareKeys)
	for _, k := range slices.Compact(cases) {
		if slices.ContainsFunc(b.of(k), func(r *Record) bool { return unanswered(r, who, now) }) {
			n++
		}
		if n >= limit {
			return limit
		}
	}
	return n
}

// unanswered reports whether somebody has a nudge of a record that nothing came of.
func unanswered(r *Record, who string, now time.Time) bool {
	if r.Over || r.IsDrill() || r.Ledger.Died != "" || r.Ledger.Reached(signals.Corrected) {
		return false
	}
	return slices.ContainsFunc(r.Nudges, func(x *signals.Nudge) bool {
		return x.To == who && x.At.Before(now) && (x.State == signals.Sending || x.State == signals.Sent || x.State == signals.Received || x.State == signals.Acted)
	})
}

const (
	closer = "somebody else is closer now"    // why somebody with too much on their hands is passed over; others read it
	alone  = "; nobody else can be asked now" // ends the route of one who is asked all the same
)

// carries reports whether a candidate is asked however much they have on their
// hands: who was named or asked, who is on call, whose issue it is, who is the one
// contact for it; and everybody when a cord is pulled or in a drill, which adds to no load.
func (w *World) carries(s *signals.Signal, ch candidate) bool {
	role := route.RoleOf(ch.Why)
	return ch.named || s.Detector == "cord" || s.IsDrill() || role == route.Holder || role == route.AskedOne || role == route.Contact || role == route.OnCall || w.isRoom(ch.To)
}

// passes reports whether a candidate is passed over, where over has those who have
// too much on their hands. Somebody may be among the candidates twice, and be asked
// as one of the two all the same.
func (w *World) passes(s *signals.Signal, ch candidate, over map[string]bool) bool {
	return over[w.Org.Who(ch.To)] && !w.carries(s, ch)
}

// laden are the candidates before the first one who can carry more, by person: they
// are passed over. all is true when there is none such; then nobody is.
func (w *World) laden(c *signals.Case, r *Record, n *signals.Nudge, list []candidate, now time.Time) (over map[string]bool, all bool) {
	if w.Org.Policy.Load.Cases <= 0 && w.Org.Policy.Load.Nudges <= 0 {
		return nil, false
	}
	barred := w.suppressors(c, r.Signal)
	for _, ch := range list {
		if w.toldBefore(r, n, ch.To) || !ch.named && barred[w.Org.Who(ch.To)] {
			continue
		}
		free := w.carries(r.Signal, ch) || !w.LoadOf(ch.To, now).Over
		if free && over == nil {
			return nil, false // the first one, as a rule
		}
		if _, _, ok := w.asSeenBy(c, r.Signal, ch, now); !ok {
			continue
		}
		if free {
			return over, false
		}
		if over == nil {
			over = make(map[string]bool)
		}
		over[w.Org.Who(ch.To)] = true
	}
	return nil, over != nil
}

func (l *loads) save(s *snap.Writer) {
	keys := make([]signals.Key, 0, len(l.holds))
	for k := range l.holds {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, signals.CompareKeys)
	s.Count(len(keys))
	for _, k := range keys {
		saveKey(s, k)
		s.Word(l.holds[k].who)
		s.Int(l.holds[k].since)
	}
	s.Count(len(l.people))
	for _, who := range sorted(l.people) {
		s.Word(who)
		p := l.people[who]
		s.Int(int64(p.now))
		last := len(p.by)
		for last > 0 && p.by[last-1] == 0 {
			last--
		}
		s.Count(last)
		for _, n := range p.by[:last] {
			s.Int(int64(n))
		}
	}
}

func (l *loads) load(r *snap.Reader) {
	for range r.Count(5) {
		k := loadKey(r)
		l.holds[k] = hold{r.Word(), r.Int()}
	}
	for range r.Count(3) {
		p := l.of(r.Word())
		p.now = int(r.Int())
		n := r.Count(1)
		if n > len(p.by) {
			r.Fail("somebody held %d issues at once, more than are counted", n)
			return
		}
		for i := range n {
			p.by[i] = int32(r.Int())
			p.total += int(p.by[i])
		}
	}
}
