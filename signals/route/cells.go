package route

// slab is a list that grows without being copied, in chunks: what is in it stays
// where it is, and no memory lies ready for more than a chunk.
type slab[T any] struct {
	chunks [][]T
	n      uint32
}

const (
	chunkBits = 8
	chunkSize = 1 << chunkBits
)

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i>>chunkBits][i&(chunkSize-1)] }

// push appends a zero value.
func (s *slab[T]) push() *T {
	if s.n&(chunkSize-1) == 0 {
		s.chunks = append(s.chunks, make([]T, chunkSize))
	}
	s.n++
	return s.at(s.n - 1)
}

// classes bound the blocks of cells: a block of class c has 1<<c of them, so the
// greatest holds all that dist.n can count.
const classes = 17

// blocks are the blocks of one class.
type blocks struct {
	chunks [][]cell
	n      uint32   // blocks made
	free   []uint32 // blocks given back
}

// perChunk is how many blocks of a class lie side by side: fewer of the great ones.
func perChunk(class uint8) uint32 { return max(1, uint32(512)>>class) }

func (b *blocks) at(i uint32, class uint8) []cell {
	per := perChunk(class)
	from := i % per << class
	return b.chunks[i/per][from : from+1<<class]
}

func (b *blocks) take(class uint8) uint32 {
	if n := len(b.free); n > 0 {
		i := b.free[n-1]
		b.free = b.free[:n-1]
		return i
	}
	if per := perChunk(class); b.n%per == 0 {
		b.chunks = append(b.chunks, make([]cell, per<<class))
	}
	b.n++
	return b.n - 1
}

// cells are the cells of a dist; good until the next push.
func (t *table) cells(d *dist) []cell {
	if d.class == 0 {
		return d.one[:d.n]
	}
	return t.blocks[d.class].at(d.block, d.class)[:d.n]
}

// push appends a cell to a dist and returns all of them. When the block is full
// they move into one of the next class.
func (t *table) push(d *dist, c cell) []cell {
	if int(d.n) == 1<<d.class {
		old := t.cells(d)
		to := t.blocks[d.class+1].take(d.class + 1)
		copy(t.blocks[d.class+1].at(to, d.class+1), old)
		if d.class > 0 {
			t.blocks[d.class].free = append(t.blocks[d.class].free, d.block)
		}
		d.class, d.block = d.class+1, to
	}
	d.n++
	cells := t.cells(d)
	cells[len(cells)-1] = c
	return cells
}
