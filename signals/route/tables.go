package route

import (
	"math"
	"slices"
)

// cell is the weight of one candidate under one key, at two paces of
// forgetting, in units of the dist's own increments.
type cell struct {
	who        int32
	slow, fast float32
}

// dist holds who was seen under one key, heaviest first (roughly: a candidate
// moves up one place each time it is counted). Instead of shrinking all cells
// with each count, the increment grows; cell.slow/incSlow is the decayed count.
// A dist holds no pointers and lives in its table, see cells.go: there are
// millions of them.
type dist struct {
	key              uint64
	at               int64 // unix seconds of the latest count
	totSlow, totFast float32
	incSlow, incFast float32
	used             uint32  // the table's tick at the latest count
	one              [1]cell // the only cell, as long as there is but one
	n                uint16  // cells
	class            uint8   // 0: in one; else the block is of this class
	private          bool    // some of it was not public
	block            uint32  // where the cells are
}

// pace is how a table forgets.
type pace struct {
	slow, fast float32 // growth of the increments with each count
	age        float64 // seconds after which evidence counts half
	cells      int     // candidates kept under one key
}

const renorm = 1e12

// count adds w to a candidate.
func (t *table) count(d *dist, who int32, w float32, now int64) {
	p := &t.pace
	if d.incSlow == 0 {
		d.incSlow, d.incFast, d.at = 1, 1, now
	}
	g := float32(1)
	if dt := now - d.at; dt > 3600 {
		g = float32(math.Exp2(min(float64(dt)/p.age, 30)))
		d.at = now
	}
	d.incSlow *= p.slow * g
	d.incFast *= p.fast * g
	if d.incFast > renorm || d.incSlow > renorm {
		t.rescale(d)
	}
	cells := t.cells(d)
	i := find(cells, who)
	if i < 0 {
		cells = t.place(d, who)
		i = len(cells) - 1
	}
	c := &cells[i]
	c.slow += w * d.incSlow
	c.fast += w * d.incFast
	d.totSlow += w * d.incSlow
	d.totFast += w * d.incFast
	for i > 0 && cells[i-1].slow < cells[i].slow {
		cells[i-1], cells[i] = cells[i], cells[i-1]
		i--
	}
}

func find(cells []cell, who int32) int {
	for i := range cells {
		if cells[i].who == who {
			return i
		}
	}
	return -1
}

// place makes room for a candidate behind the others, at the cost of the last
// one when full.
func (t *table) place(d *dist, who int32) []cell {
	if int(d.n) < t.pace.cells {
		return t.push(d, cell{who: who})
	}
	cells := t.cells(d)
	last := &cells[len(cells)-1]
	d.totSlow -= last.slow
	d.totFast -= last.fast
	*last = cell{who: who}
	return cells
}

// rescale brings the increments back to one and drops what has faded.
func (t *table) rescale(d *dist) {
	s, f := 1/d.incSlow, 1/d.incFast
	d.totSlow, d.totFast = 0, 0
	cells := t.cells(d)
	kept := cells[:0]
	for _, c := range cells {
		c.slow *= s
		c.fast *= f
		if c.slow < 0.003 {
			continue
		}
		d.totSlow += c.slow
		d.totFast += c.fast
		kept = append(kept, c)
	}
	d.n, d.incSlow, d.incFast = uint16(len(kept)), 1, 1
}

// retract takes one count back, as if it were made now, and never goes below
// nothing: exact soon after the count, too much by what has faded since.
func (t *table) retract(key uint64, who int32, w float32) {
	d := t.get(key)
	if d == nil {
		return
	}
	cells := t.cells(d)
	i := find(cells, who)
	if i < 0 {
		return
	}
	c := &cells[i]
	s, f := min(c.slow, w*d.incSlow), min(c.fast, w*d.incFast)
	c.slow -= s
	c.fast -= f
	d.totSlow = max(0, d.totSlow-s)
	d.totFast = max(0, d.totFast-f)
}

// fade is by how much the evidence has aged since the latest count, >= 1.
func (d *dist) fade(now int64, p *pace) float32 {
	if dt := now - d.at; dt > 86400 {
		return float32(math.Exp2(min(float64(dt)/p.age, 30)))
	}
	return 1
}

// share returns the decayed count of a candidate and of all of them.
func (t *table) share(d *dist, who int32, now int64) (n, of float32) {
	f := d.fade(now, &t.pace) * d.incSlow
	cells := t.cells(d)
	if i := find(cells, who); i >= 0 {
		n = cells[i].slow / f
	}
	return n, d.totSlow / f
}

// table is many dists by hashed key, bounded: when it is full the half that was
// not counted for longest is dropped.
type table struct {
	index   index // where the dist of a key is in dists
	dists   slab[dist]
	blocks  [classes]blocks
	tick    uint32
	keep    int
	pace    pace
	private bool // what is counted now is not public
}

func newTable(o *Options, keep int) *table {
	return &table{index: newIndex(keep), keep: keep, pace: pace{
		slow:  float32(math.Exp2(1 / o.Slow)),
		fast:  float32(math.Exp2(1 / o.Fast)),
		age:   o.Age.Seconds(),
		cells: o.Cells,
	}}
}

// get is what is known under a key, nil for nothing. It is good until the next add.
func (t *table) get(key uint64) *dist { return t.index.get(key, &t.dists) }

func (t *table) add(key uint64, who int32, w float32, now int64) {
	d := t.get(key)
	if d == nil {
		if t.index.n >= t.keep {
			t.sweep()
		}
		d = t.index.add(key, &t.dists)
	}
	t.tick++
	d.used = t.tick
	d.private = d.private || t.private
	t.count(d, who, w, now)
}

// sweep drops the half of the keys that was not counted for longest. What is
// kept moves into fresh memory.
func (t *table) sweep() {
	ticks := make([]uint32, 0, t.dists.n)
	for i := range t.dists.n {
		ticks = append(ticks, t.dists.at(i).used)
	}
	slices.Sort(ticks)
	limit := ticks[len(ticks)/2]
	old := *t
	t.index, t.dists, t.blocks = newIndex(t.keep), slab[dist]{}, [classes]blocks{}
	for i := range old.dists.n {
		if d := old.dists.at(i); d.used > limit {
			t.insert(d.key, d, old.cells(d))
		}
	}
}

// insert takes a dist over from elsewhere, with its cells.
func (t *table) insert(key uint64, d *dist, cells []cell) {
	to := t.index.add(key, &t.dists)
	*to = *d
	to.key, to.n, to.class, to.block = key, uint16(len(cells)), 0, 0
	for 1<<to.class < len(cells) {
		to.class++
	}
	if to.class > 0 {
		to.block = t.blocks[to.class].take(to.class)
	}
	copy(t.cells(to), cells)
}

// names gives small numbers to names, for good: a name is some bytes, and the
// number of people and teams of a company is bounded.
type names struct {
	id    map[string]int32
	name  []string
	alive []int64 // unix seconds at which each was last seen at all
	seen  []int64 // unix seconds at which each last held or solved something
	paces paces
}

func (n *names) of(s string) int32 {
	if id, ok := n.id[s]; ok {
		return id
	}
	if n.id == nil {
		n.id = make(map[string]int32)
	}
	id := int32(len(n.name))
	n.id[s] = id
	n.name = append(n.name, s)
	n.seen = append(n.seen, 0)
	n.alive = append(n.alive, 0)
	return id
}

// find is of without adding; -1 for an unknown name.
func (n *names) find(s string) int32 {
	if s == "" {
		return -1
	}
	if id, ok := n.id[s]; ok {
		return id
	}
	return -1
}

// hash is FNV-1a of s, continued from h.
func hash(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finishing step of splitmix64.
func mix(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}
