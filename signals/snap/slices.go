package snap

// Slices are written as a count and the elements one after another. A nil slice
// comes back as nil, an empty one too.

// Words writes a list of strings as Word does.
func (w *Writer) Words(list []string) {
	w.Count(len(list))
	for _, s := range list {
		w.Word(s)
	}
}

// Words reads a list of strings.
func (r *Reader) Words() []string { return list(r, 1, r.Word) }

// Float32s writes the exact bits of a list of numbers.
func (w *Writer) Float32s(list []float32) {
	w.Count(len(list))
	for _, v := range list {
		w.Float32(v)
	}
}

// Float32s reads a list of numbers.
func (r *Reader) Float32s() []float32 { return list(r, 4, r.Float32) }

// Uint32s writes a list of numbers in four bytes each.
func (w *Writer) Uint32s(list []uint32) {
	w.Count(len(list))
	for _, v := range list {
		w.Uint32(v)
	}
}

// Uint32s reads a list of numbers.
func (r *Reader) Uint32s() []uint32 { return list(r, 4, r.Uint32) }

// Uint64s writes a list of numbers in eight bytes each.
func (w *Writer) Uint64s(list []uint64) {
	w.Count(len(list))
	for _, v := range list {
		w.Uint64(v)
	}
}

// Uint64s reads a list of numbers.
func (r *Reader) Uint64s() []uint64 { return list(r, 8, r.Uint64) }

// Ints writes a list of numbers that are mostly near zero.
func (w *Writer) Ints(list []int64) {
	w.Count(len(list))
	for _, v := range list {
		w.Int(v)
	}
}

// Ints reads a list of numbers.
func (r *Reader) Ints() []int64 { return list(r, 1, r.Int) }

func list[T any](r *Reader, size int, read func() T) []T {
	n := r.Count(size)
	if n == 0 {
		return nil
	}
	out := make([]T, n)
	for i := range out {
		out[i] = read()
	}
	return out
}
