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
type dist struct {
	cells            []cell
	totSlow, totFast float32
	incSlow, incFast float32
	at               int64  // unix seconds of the latest count
	private          bool   // some of it was not public
	used             uint32 // the table's tick at the latest count
}

// pace is how a table forgets.
type pace struct {
	slow, fast float32 // growth of the increments with each count
	age        float64 // seconds after which evidence counts half
	cells      int     // candidates kept under one key
}

const renorm = 1e12

func (d *dist) add(who int32, w float32, now int64, p *pace) {
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
		d.rescale()
	}
	i := d.find(who)
	if i < 0 {
		i = d.place(who, p.cells)
	}
	c := &d.cells[i]
	c.slow += w * d.incSlow
	c.fast += w * d.incFast
	d.totSlow += w * d.incSlow
	d.totFast += w * d.incFast
	for i > 0 && d.cells[i-1].slow < d.cells[i].slow {
		d.cells[i-1], d.cells[i] = d.cells[i], d.cells[i-1]
		i--
	}
}

func (d *dist) find(who int32) int {
	for i := range d.cells {
		if d.cells[i].who == who {
			return i
		}
	}
	return -1
}

// place makes room for a candidate, at the cost of the last one when full.
func (d *dist) place(who int32, keep int) int {
	if len(d.cells) < keep {
		d.cells = append(d.cells, cell{who: who})
		return len(d.cells) - 1
	}
	i := len(d.cells) - 1
	d.totSlow -= d.cells[i].slow
	d.totFast -= d.cells[i].fast
	d.cells[i] = cell{who: who}
	return i
}

// rescale brings the increments back to one and drops what has faded.
func (d *dist) rescale() {
	s, f := 1/d.incSlow, 1/d.incFast
	d.totSlow, d.totFast = 0, 0
	kept := d.cells[:0]
	for _, c := range d.cells {
		c.slow *= s
		c.fast *= f
		if c.slow < 0.003 {
			continue
		}
		d.totSlow += c.slow
		d.totFast += c.fast
		kept = append(kept, c)
	}
	d.cells, d.incSlow, d.incFast = kept, 1, 1
}

// retract takes one count back, as if it were made now, and never goes below
// nothing: exact soon after the count, too much by what has faded since.
func (d *dist) retract(who int32, w float32) {
	i := d.find(who)
	if i < 0 {
		return
	}
	c := &d.cells[i]
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

// count returns the decayed count of a candidate and of all of them.
func (d *dist) count(who int32, now int64, p *pace) (n, of float32) {
	f := d.fade(now, p) * d.incSlow
	if i := d.find(who); i >= 0 {
		n = d.cells[i].slow / f
	}
	return n, d.totSlow / f
}

// table is many dists by hashed key, bounded: when it is full the half that was
// not counted for longest is dropped.
type table struct {
	dists   map[uint64]*dist
	tick    uint32
	keep    int
	pace    pace
	private bool // what is counted now is not public
}

func newTable(o *Options, keep int) *table {
	return &table{dists: make(map[uint64]*dist), keep: keep, pace: pace{
		slow:  float32(math.Exp2(1 / o.Slow)),
		fast:  float32(math.Exp2(1 / o.Fast)),
		age:   o.Age.Seconds(),
		cells: o.Cells,
	}}
}

func (t *table) add(key uint64, who int32, w float32, now int64) {
	d := t.dists[key]
	if d == nil {
		if len(t.dists) >= t.keep {
			t.sweep()
		}
		d = &dist{}
		t.dists[key] = d
	}
	t.tick++
	d.used = t.tick
	d.private = d.private || t.private
	d.add(who, w, now, &t.pace)
}

func (t *table) retract(key uint64, who int32, w float32) {
	if d := t.dists[key]; d != nil {
		d.retract(who, w)
	}
}

// sweep drops the half of the keys that was not counted for longest. Ticks are
// unique, so what is dropped does not depend on the order of the map.
func (t *table) sweep() {
	ticks := make([]uint32, 0, len(t.dists))
	for _, d := range t.dists {
		ticks = append(ticks, d.used)
	}
	slices.Sort(ticks)
	limit := ticks[len(ticks)/2]
	for k, d := range t.dists {
		if d.used <= limit {
			delete(t.dists, k)
		}
	}
}

// names gives small numbers to names, for good: a name is some bytes, and the
// number of people and teams of a company is bounded.
type names struct {
	id    map[string]int32
	name  []string
	alive []int64 // unix seconds at which each was last seen at all
	seen  []int64 // unix seconds at which each last held or solved something
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
