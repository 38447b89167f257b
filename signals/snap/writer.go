package snap

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

const (
	magic   = "andonsnp"
	version = 1
	trailer = 4 // bytes of the checksum

	bufSize  = 64 << 10
	maxWords = 1 << 20 // strings that Word remembers
	maxWord  = 1 << 10 // bytes of a string that Word remembers
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Writer writes a snapshot. Its methods do nothing after the first error, which
// Close returns. A Writer is not safe for concurrent use.
type Writer struct {
	w     io.Writer
	buf   []byte
	crc   uint32
	n     int64
	err   error
	words map[string]uint64
}

// NewWriter begins a snapshot on w, which needs no buffer of its own.
func NewWriter(w io.Writer) *Writer {
	s := &Writer{w: w, buf: make([]byte, 0, bufSize+binary.MaxVarintLen64), words: make(map[string]uint64)}
	s.buf = append(s.buf, magic...)
	s.Uint(version)
	return s
}

// Section begins the state of one model. version is that of what the model
// writes: it has to rise whenever the same bytes would be read differently.
func (w *Writer) Section(name string, version uint64) {
	w.Text(name)
	w.Uint(version)
}

// Close writes the checksum and hands everything to the underlying writer,
// which it does not close.
func (w *Writer) Close() error {
	w.flush()
	w.buf = binary.LittleEndian.AppendUint32(w.buf[:0], w.crc)
	w.flush()
	return w.err
}

// Err is the first error.
func (w *Writer) Err() error { return w.err }

// Size is how many bytes were written so far; after Close it is the size of the
// snapshot.
func (w *Writer) Size() int64 { return w.n + int64(len(w.buf)) }

func (w *Writer) flush() {
	if w.err == nil && len(w.buf) > 0 {
		w.crc = crc32.Update(w.crc, castagnoli, w.buf)
		if _, err := w.w.Write(w.buf); err != nil {
			w.err = fmt.Errorf("write snapshot at byte %d: %w", w.n, err)
		}
		w.n += int64(len(w.buf))
	}
	w.buf = w.buf[:0]
}

func (w *Writer) room() {
	if len(w.buf) >= bufSize {
		w.flush()
	}
}

// Uint writes a number that is mostly small, in 1 to 10 bytes.
func (w *Writer) Uint(v uint64) {
	w.buf = binary.AppendUvarint(w.buf, v)
	w.room()
}

// Int writes a number that is mostly near zero, in 1 to 10 bytes.
func (w *Writer) Int(v int64) {
	w.buf = binary.AppendVarint(w.buf, v)
	w.room()
}

// Count writes how many elements follow.
func (w *Writer) Count(n int) { w.Uint(uint64(n)) }

// Byte writes one byte.
func (w *Writer) Byte(v uint8) {
	w.buf = append(w.buf, v)
	w.room()
}

// Bool writes a truth value in one byte.
func (w *Writer) Bool(v bool) {
	if v {
		w.Byte(1)
	} else {
		w.Byte(0)
	}
}

// Uint32 writes a number in four bytes: for hashes.
func (w *Writer) Uint32(v uint32) {
	w.buf = binary.LittleEndian.AppendUint32(w.buf, v)
	w.room()
}

// Uint64 writes a number in eight bytes: for hashes.
func (w *Writer) Uint64(v uint64) {
	w.buf = binary.LittleEndian.AppendUint64(w.buf, v)
	w.room()
}

// Float32 writes the exact bits of v.
func (w *Writer) Float32(v float32) { w.Uint32(math.Float32bits(v)) }

// Float64 writes the exact bits of v.
func (w *Writer) Float64(v float64) { w.Uint64(math.Float64bits(v)) }

// Text writes a string with its length.
func (w *Writer) Text(s string) {
	w.Count(len(s))
	for len(s) > 0 {
		n := min(len(s), bufSize)
		w.buf = append(w.buf, s[:n]...)
		w.room()
		s = s[n:]
	}
}

// Bytes writes a byte slice with its length.
func (w *Writer) Bytes(b []byte) {
	w.Count(len(b))
	for len(b) > 0 {
		n := min(len(b), bufSize)
		w.buf = append(w.buf, b[:n]...)
		w.room()
		b = b[n:]
	}
}

// Word writes a string that is likely to come again, such as the name of a team:
// its second and later occurrences are a number, and the Reader gives the same
// string in memory for all of them.
func (w *Writer) Word(s string) {
	if n, ok := w.words[s]; ok {
		w.Uint(n)
		return
	}
	w.Uint(0)
	w.Text(s)
	if len(s) <= maxWord && len(w.words) < maxWords {
		w.words[s] = uint64(len(w.words) + 1)
	}
}
