package decide

import (
	"cmp"
	"maps"
	"slices"

	"andon/signals"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/signals/snap"
	"andon/signals/text"
)

// snapshotVersion changes whenever what a snapshot of a world means does: an
// older one is then built anew from the journal.
const snapshotVersion = 6

// Save writes what a world has learnt: the models, the organisation and what
// joins cases. It leaves out the cases and channels, which the source gives
// again, the book, and the caches.
func (w *World) Save(s *snap.Writer) {
	s.Section("world", snapshotVersion)
	w.Org.Save(s.Bytes)
	saveKeys(s, w.labels)
	saveLists(s, w.mentioned)
	saveLists(s, w.refs)
	saveLists(s, w.same)
	savePosted(s, w.posted)
	links := w.joins.Links()
	s.Count(len(links))
	for _, l := range links {
		saveKey(s, l.A)
		saveKey(s, l.B)
		s.Int(int64(l.N))
	}
	s.Count(len(w.learnt))
	for _, k := range slices.SortedFunc(maps.Keys(w.learnt), signals.CompareKeys) {
		saveKey(s, k)
		s.Int(w.learnt[k])
	}
	w.Memory.save(s)
}

// LoadWorld makes a world of what Save wrote, under the options that it had. An
// error means that it has to be built anew.
func LoadWorld(r *snap.Reader, p signals.Policy, o Options) (*World, error) {
	r.Section("world", snapshotVersion)
	org, err := signals.LoadOrg(p, r.Bytes)
	if err != nil {
		return nil, cmp.Or(r.Err(), err)
	}
	w := NewWorld(org, o)
	for range r.Count(3) {
		label := r.Text()
		w.labels[label] = loadKey(r)
	}
	loadLists(r, w.mentioned)
	loadLists(r, w.refs)
	loadLists(r, w.same)
	loadPosted(r, w.posted)
	for range r.Count(3) {
		a, b := loadKey(r), loadKey(r)
		w.joins.Restore(signals.JoinLink{A: a, B: b, N: int(r.Int())})
	}
	for range r.Count(3) {
		k := loadKey(r)
		w.learnt[k] = r.Int()
	}
	if err := w.Memory.load(r); err != nil {
		return nil, err
	}
	return w, r.Err()
}

func saveKey(s *snap.Writer, k signals.Key) {
	s.Word(k.Source)
	s.Word(k.Site)
	s.Text(k.ID)
}

func loadKey(r *snap.Reader) signals.Key {
	return signals.Key{Source: r.Word(), Site: r.Word(), ID: r.Text()}
}

func saveKeys(s *snap.Writer, m map[string]signals.Key) {
	s.Count(len(m))
	for _, name := range sorted(m) {
		s.Text(name)
		saveKey(s, m[name])
	}
}

func saveLists(s *snap.Writer, m map[string][]signals.Key) {
	s.Count(len(m))
	for _, id := range sorted(m) {
		s.Text(id)
		s.Count(len(m[id]))
		for _, k := range m[id] {
			saveKey(s, k)
		}
	}
}

func loadLists(r *snap.Reader, into map[string][]signals.Key) {
	for range r.Count(2) {
		id := r.Text()
		var to []signals.Key
		for range r.Count(3) {
			to = append(to, loadKey(r))
		}
		into[id] = to
	}
}

func savePosted(s *snap.Writer, m map[string][]posting) {
	s.Count(len(m))
	for _, who := range sorted(m) {
		s.Text(who)
		s.Count(len(m[who]))
		for _, p := range m[who] {
			saveKey(s, p.Case)
			s.Int(p.At)
			s.Uint64s(p.Shingles)
		}
	}
}

func loadPosted(r *snap.Reader, into map[string][]posting) {
	for range r.Count(2) {
		who := r.Text()
		var all []posting
		for range r.Count(5) {
			all = append(all, posting{Case: loadKey(r), At: r.Int(), Shingles: r.Uint64s()})
		}
		into[who] = all
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (m *Memory) save(s *snap.Writer) {
	s.Words(m.sites)
	s.Words(m.teams)
	s.Count(len(m.handoffs))
	for _, project := range sorted(m.handoffs) {
		s.Word(project)
		t := m.handoffs[project]
		s.Int(int64(t.total))
		s.Count(len(t.by))
		for _, n := range t.by {
			s.Int(int64(n))
		}
	}
	s.Count(len(m.habits))
	for _, project := range sorted(m.habits) {
		s.Word(project)
		m.habits[project].save(s)
	}
	m.loads.save(s)
	s.Count(len(m.ids))
	for _, k := range m.ids {
		saveKey(s, k)
	}
	s.Bool(m.Index != nil)
	if m.Index != nil {
		m.Index.Save(s)
	}
	s.Bool(m.Routes != nil)
	if m.Routes != nil {
		m.Routes.Save(s)
	}
	s.Bool(m.Risk != nil)
	if m.Risk != nil {
		m.Risk.Save(s)
	}
}

func (m *Memory) load(r *snap.Reader) (err error) {
	m.sites, m.teams = r.Words(), r.Words()
	for range r.Count(2) {
		project, t := r.Word(), &tally{total: int(r.Int())}
		for range r.Count(1) {
			t.by = append(t.by, int(r.Int()))
		}
		m.handoffs[project] = t
	}
	for range r.Count(2) {
		project, h := r.Word(), &habit{waits: make(map[string]*spans)}
		h.load(r)
		m.habits[project] = h
	}
	m.loads.load(r)
	n := r.Count(3)
	m.ids, m.number = make([]signals.Key, 0, n), make(map[signals.Key]int32, n)
	for i := range n {
		k := loadKey(r)
		m.ids = append(m.ids, k)
		m.number[k] = int32(i)
	}
	if r.Bool() {
		if m.Index, err = text.LoadIndex(r); err != nil {
			return err
		}
	}
	if r.Bool() {
		if m.Routes, err = route.LoadModel(r); err != nil {
			return err
		}
	}
	if r.Bool() {
		if m.Risk, err = risk.LoadModel(r); err != nil {
			return err
		}
	}
	return r.Err()
}

func (h *habit) save(s *snap.Writer) {
	s.Int(int64(h.closed))
	s.Int(int64(h.held))
	h.answers.save(s)
	s.Count(len(h.waits))
	for _, priority := range sorted(h.waits) {
		s.Word(priority)
		h.waits[priority].save(s)
	}
}

func (h *habit) load(r *snap.Reader) {
	h.closed, h.held = int(r.Int()), int(r.Int())
	h.answers.load(r)
	for range r.Count(2) {
		priority, v := r.Word(), &spans{}
		v.load(r)
		h.waits[priority] = v
	}
}

func (v *spans) save(s *snap.Writer) {
	s.Int(int64(v.total))
	for _, n := range v.by {
		s.Int(int64(n))
	}
}

func (v *spans) load(r *snap.Reader) {
	v.total = int(r.Int())
	for i := range v.by {
		v.by[i] = int32(r.Int())
	}
}
