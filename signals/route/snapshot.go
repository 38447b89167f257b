package route

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"andon/signals/snap"
)

// The section of a snapshot. The version rises with every change of what is
// written, and also when the same numbers come to mean something else: fields,
// sources, columns, hashes, words.
const (
	section        = "route.model"
	sectionVersion = 3
)

// Save writes all that the model knows, its options included, so that a loaded
// model answers and learns on exactly as this one. Names of persons, teams,
// fields and channels are in it in clear, titles and texts are not. The error is
// that of w.
func (m *Model) Save(w *snap.Writer) error {
	w.Section(section, sectionVersion)
	m.opt.save(w)
	w.Words(m.fields.names[fFixed:])
	w.Int(m.now)
	for t := range m.tracks {
		m.tracks[t].save(w)
	}
	for i := range m.pools {
		m.pools[i].save(w)
	}
	m.saveCases(w)
	m.open.save(w)
	m.closed.save(w)
	m.due.save(w)
	m.regulars.save(w)
	return w.Err()
}

// LoadModel reads a model that Save wrote. The error says that the snapshot is
// damaged or of another version; then the model has to learn anew. The model may
// be used when r.Close has found the whole snapshot sound.
func LoadModel(r *snap.Reader) (*Model, error) {
	r.Section(section, sectionVersion)
	o := loadOptions(r)
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load route model: %w", err)
	}
	m := newModel(o)
	for _, name := range r.Words() {
		if _, ok := m.fields.of(name); !ok {
			r.Fail("field %d is one too many", len(m.fields.names))
		}
	}
	m.now = r.Int()
	for t := range m.tracks {
		m.tracks[t].load(r)
	}
	for i := range m.pools {
		m.pools[i].load(r, o.Pool, len(m.tracks[i/2].names.name))
	}
	m.loadCases(r)
	m.open.load(r, o.Open)
	m.closed.load(r, o.Closed)
	m.loadDue(r)
	m.regulars.load(r)
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load route model: %w", err)
	}
	return m, nil
}

func (o *Options) save(w *snap.Writer) {
	w.Float64(o.Slow)
	w.Float64(o.Fast)
	w.Int(int64(o.Age))
	for _, n := range []int{o.Cells, o.Keys, o.Least, o.Closed, o.Open, o.Pool} {
		w.Int(int64(n))
	}
	w.Float64(o.DoubtPerson)
	w.Float64(o.DoubtTeam)
	w.Words(o.Weak)
}

func loadOptions(r *snap.Reader) (o Options) {
	o.Slow, o.Fast, o.Age = r.Float64(), r.Float64(), time.Duration(r.Int())
	for _, n := range []*int{&o.Cells, &o.Keys, &o.Least, &o.Closed, &o.Open, &o.Pool} {
		*n = int(r.Int())
	}
	if o.Cells < 1 || o.Cells > maxCells || o.Keys < 1 || o.Closed < 1 || o.Open < 1 || o.Pool < 1 {
		r.Fail("an option of the route model is out of its range")
	}
	o.DoubtPerson, o.DoubtTeam = r.Float64(), r.Float64()
	if o.Weak = r.Words(); o.Weak == nil {
		o.Weak = []string{}
	}
	return o
}

func (t *track) save(w *snap.Writer) {
	w.Words(t.names.name)
	w.Ints(t.names.alive)
	w.Ints(t.names.seen)
	t.names.paces.save(w)
	w.Int(int64(t.closes))
	w.Bytes(t.order)
	for i := range t.gain {
		w.Float64(t.gain[i].mean)
		w.Float64(t.gain[i].hits)
		w.Int(int64(t.gain[i].n))
	}
	w.Count(len(t.pairs))
	for _, p := range t.pairs {
		savePair(w, [2]uint8{p.a, p.b})
		w.Byte(p.f)
	}
	w.Count(len(t.tried))
	for _, p := range slices.SortedFunc(maps.Keys(t.tried), func(a, b [2]uint8) int { return slices.Compare(a[:], b[:]) }) {
		savePair(w, p)
	}
	for i := range t.rank {
		t.rank[i].save(w)
	}
	for _, tab := range t.tables {
		tab.save(w)
	}
}

func (t *track) load(r *snap.Reader) {
	t.names.load(r)
	t.names.paces.load(r, len(t.names.name))
	t.closes = int(r.Int())
	t.order = r.Bytes()
	for _, f := range t.order {
		if f >= maxFields {
			r.Fail("field %d does not exist", f)
		}
	}
	for i := range t.gain {
		t.gain[i] = gain{mean: r.Float64(), hits: r.Float64(), n: int(r.Int())}
	}
	n := r.Count(3)
	if n > maxPairs {
		r.Fail("%d pairs of fields are more than %d", n, maxPairs)
		return
	}
	for range n {
		p := loadPair(r)
		t.pairs = append(t.pairs, pair{p[0], p[1], uint8(r.Below(maxFields))})
	}
	if n := r.Count(2); n > 0 {
		t.tried = make(map[[2]uint8]bool, n)
		for range n {
			t.tried[loadPair(r)] = true
		}
	}
	for i := range t.rank {
		t.rank[i].load(r)
	}
	for _, tab := range t.tables {
		tab.load(r, len(t.names.name))
	}
}

func savePair(w *snap.Writer, p [2]uint8) {
	w.Byte(p[0])
	w.Byte(p[1])
}

func loadPair(r *snap.Reader) [2]uint8 {
	return [2]uint8{uint8(r.Below(maxFields)), uint8(r.Below(maxFields))}
}

// lists are all that a ranker learns.
func (r *ranker) lists() [][]float32 {
	out := [][]float32{r.base[:], r.sqB[:], r.stay[:], r.sqS[:]}
	for g := range r.group {
		out = append(out, r.group[g][:], r.sqG[g][:])
	}
	out = append(out, r.cross.w, r.cross.sq)
	for _, list := range r.trust.lists() {
		out = append(out, list[:])
	}
	return out
}

// save writes the weights that differ from those of a ranker that learnt nothing:
// most columns never occur.
func (r *ranker) save(w *snap.Writer) {
	var blank ranker
	blank.init(b2i(r.next))
	before := blank.lists()
	for l, list := range r.lists() {
		n, last := 0, 0
		for i := range list {
			n += b2i(math.Float32bits(list[i]) != math.Float32bits(before[l][i]))
		}
		w.Count(n)
		for i := range list {
			if math.Float32bits(list[i]) != math.Float32bits(before[l][i]) {
				w.Count(i - last)
				w.Float32(list[i])
				last = i
			}
		}
	}
}

// load reads weights into a ranker that learnt nothing.
func (r *ranker) load(in *snap.Reader) {
	for _, list := range r.lists() {
		i := 0
		for range in.Count(1 + 4) {
			if i += in.Below(len(list)); i >= len(list) {
				in.Fail("weight %d does not exist", i)
				return
			}
			list[i] = in.Float32()
		}
	}
}

func (n *names) load(r *snap.Reader) {
	n.name, n.alive, n.seen = r.Words(), r.Ints(), r.Ints()
	if len(n.alive) != len(n.name) || len(n.seen) != len(n.name) {
		r.Fail("there are %d names, but %d and %d times", len(n.name), len(n.alive), len(n.seen))
	}
	n.id = make(map[string]int32, len(n.name))
	for i, s := range n.name {
		n.id[s] = int32(i)
	}
	if len(n.id) != len(n.name) {
		r.Fail("a name stands there twice")
	}
}

func (q *queue) save(w *snap.Writer) {
	w.Uint64s(q.keys)
	w.Count(q.head)
}

func (q *queue) load(r *snap.Reader, keep int) {
	q.keys = r.Uint64s()
	if q.head = r.Below(max(1, len(q.keys))); len(q.keys) > keep {
		r.Fail("a queue holds %d, more than %d", len(q.keys), keep)
	}
}

func (g regulars) save(w *snap.Writer) {
	w.Count(len(g))
	for _, ch := range slices.Sorted(maps.Keys(g)) {
		w.Word(ch)
		w.Count(len(g[ch]))
		for _, who := range slices.SortedFunc(maps.Keys(g[ch]), cmp.Compare[string]) {
			w.Word(who)
			w.Float64(g[ch][who].answers)
			w.Int(g[ch][who].at)
		}
	}
}

func (g regulars) load(r *snap.Reader) {
	for range r.Count(2) {
		ch := r.Word()
		n := r.Count(10)
		people := make(map[string]*regular, n)
		for range n {
			people[r.Word()] = &regular{answers: r.Float64(), at: r.Int()}
		}
		g[ch] = people
	}
}
