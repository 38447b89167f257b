package route

import (
	"maps"
	"slices"
	"time"

	"andon/signals/snap"
)

// wholeShare marks a trait that counts in full; fields have numbers below it.
const wholeShare = 0x80

const (
	traitBytes  = 1 + 8 // at least
	ticketBytes = 4
	hopBytes    = 2
	countBytes  = 8 + 4
	recordBytes = 8 + 8 + 8
)

func saveTraits(w *snap.Writer, list []trait) {
	w.Count(len(list))
	for _, x := range list {
		if x.share == 1 {
			w.Byte(x.f | wholeShare)
		} else {
			w.Byte(x.f)
			w.Float32(x.share)
		}
		w.Uint64(x.key)
	}
}

func loadTraits(r *snap.Reader) []trait {
	n := r.Count(traitBytes)
	if n == 0 {
		return nil
	}
	out := make([]trait, n)
	for i := range out {
		b := r.Byte()
		x := trait{f: b &^ wholeShare, share: 1}
		if b&wholeShare == 0 {
			x.share = r.Float32()
		}
		if x.key = r.Uint64(); x.f >= maxFields {
			r.Fail("field %d does not exist", x.f)
			return nil
		}
		out[i] = x
	}
	return out
}

func (m *Model) saveCases(w *snap.Writer) {
	w.Count(len(m.cases))
	for _, key := range slices.Sorted(maps.Keys(m.cases)) {
		w.Uint64(key)
		m.saveRecord(w, m.cases[key])
	}
}

func (m *Model) loadCases(r *snap.Reader) {
	n := r.Count(recordBytes)
	m.cases = make(map[uint64]*record, n)
	for range n {
		key := r.Uint64()
		m.cases[key] = m.loadRecord(r)
		if r.Err() != nil {
			return
		}
	}
}

func (m *Model) saveRecord(w *snap.Writer, r *record) {
	w.Uint64(r.title)
	w.Uint64s(r.words)
	w.Bool(r.closed)
	m.saveTickets(w, r)
	for t := range r.hops {
		saveTraits(w, r.start[t])
		saveHops(w, r.start[t], r.hops[t])
	}
	w.Bool(r.done != nil)
	if r.done == nil {
		return
	}
	for t := range r.done {
		w.Int(int64(r.done[t].who))
		saveCounts(w, r.done[t].finals)
		saveCounts(w, r.done[t].goals)
	}
}

func (m *Model) loadRecord(r *snap.Reader) *record {
	out := &record{title: r.Uint64(), words: r.Uint64s(), closed: r.Bool(), tickets: m.loadTickets(r)}
	for t := range out.hops {
		out.start[t] = loadTraits(r)
		out.hops[t] = loadHops(r, out.start[t], len(m.tracks[t].names.name))
	}
	if !r.Bool() {
		return out
	}
	out.done = new([2]learnt)
	for t := range out.done {
		out.done[t] = learnt{loadWho(r, len(m.tracks[t].names.name)), loadCounts(r), loadCounts(r)}
	}
	return out
}

// saveTickets leaves out those whose situation was overwritten: they are worth
// nothing.
func (m *Model) saveTickets(w *snap.Writer, r *record) {
	n := 0
	for _, x := range r.tickets {
		n += b2i(m.pools[x.kind].get(x) != nil)
	}
	w.Count(n)
	for _, x := range r.tickets {
		if m.pools[x.kind].get(x) != nil {
			w.Byte(x.kind)
			w.Uint(uint64(x.place))
			w.Uint(uint64(x.used))
			w.Int(x.at)
		}
	}
}

func (m *Model) loadTickets(r *snap.Reader) []ticket {
	n := r.Count(ticketBytes)
	if n == 0 {
		return nil
	}
	out := make([]ticket, n)
	for i := range out {
		kind := r.Below(len(m.pools))
		out[i] = ticket{uint8(kind), int32(r.Below(len(m.pools[kind].samples))), uint32(r.Uint()), r.Int()}
	}
	return out
}

// saveHops notes where the traits are those of the hop before; then the two
// share memory, as they do in the model.
func saveHops(w *snap.Writer, before []trait, hops []hop) {
	w.Count(len(hops))
	for i := range hops {
		w.Uint(uint64(hops[i].who))
		same := slices.Equal(hops[i].vals, before)
		if w.Bool(same); !same {
			saveTraits(w, hops[i].vals)
		}
		before = hops[i].vals
	}
}

func loadHops(r *snap.Reader, before []trait, whos int) []hop {
	n := r.Count(hopBytes)
	if n == 0 {
		return nil
	}
	out := make([]hop, n)
	for i := range out {
		out[i] = hop{int32(r.Below(whos)), before}
		if !r.Bool() {
			out[i].vals = loadTraits(r)
		}
		before = out[i].vals
	}
	return out
}

func saveCounts(w *snap.Writer, list []count) {
	w.Count(len(list))
	for _, x := range list {
		w.Uint64(x.key)
		w.Float32(x.weight)
	}
}

func loadCounts(r *snap.Reader) []count {
	n := r.Count(countBytes)
	if n == 0 {
		return nil
	}
	out := make([]count, n)
	for i := range out {
		out[i] = count{r.Uint64(), r.Float32()}
	}
	return out
}

// save writes a closing that waits for the rest of its history entry.
func (d *due) save(w *snap.Writer) {
	w.Bool(d.record != nil)
	if d.record == nil {
		return
	}
	w.Uint64(d.key)
	w.Int(d.entry)
	w.Int(d.at.Unix())
	w.Uint(uint64(d.at.Nanosecond()))
	w.Bool(d.private)
	w.Word(d.opener)
	w.Word(d.resolution)
	for t := range d.name {
		w.Word(d.name[t])
		saveTraits(w, d.traits[t])
	}
}

func (m *Model) loadDue(r *snap.Reader) {
	if !r.Bool() {
		return
	}
	d := due{key: r.Uint64(), entry: r.Int()}
	sec, nsec := r.Int(), r.Below(int(time.Second))
	d.at, d.private = time.Unix(sec, int64(nsec)).UTC(), r.Bool()
	d.opener, d.resolution = r.Word(), r.Word()
	for t := range d.name {
		d.name[t], d.traits[t] = r.Word(), loadTraits(r)
	}
	if d.record = m.cases[d.key]; d.record == nil {
		r.Fail("the case that is closing is not among those that are remembered")
	}
	m.due = d
}
