package snap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

// The reasons why a snapshot is refused. Each means the same to the caller: do
// without it and build the models anew.
var (
	ErrCorrupt = errors.New("snapshot is damaged")
	ErrVersion = errors.New("snapshot is of another version")
)

// Reader reads a snapshot in the order in which it was written. After the first
// error, which Err and Close return, its methods give zero values. A Reader is
// not safe for concurrent use.
type Reader struct {
	r     io.Reader
	buf   []byte // what is read but not consumed is buf[at:]
	at    int
	rest  int64 // bytes before the checksum that are not in buf yet
	crc   uint32
	err   error
	words []string
}

// NewReader begins to read a snapshot of size bytes from r, which needs no buffer
// of its own. Not more than size bytes are read.
func NewReader(r io.Reader, size int64) *Reader {
	s := &Reader{r: r, rest: size - trailer}
	if s.rest < int64(len(magic)) {
		s.rest = 0
		s.Fail("it has %d bytes", size)
		return s
	}
	s.buf = make([]byte, 0, min(bufSize, s.rest))
	if string(s.take(len(magic))) != magic {
		s.Fail("it does not begin as a snapshot does")
	}
	if v := s.Uint(); s.err == nil && v != version {
		s.err = fmt.Errorf("read snapshot: %w: form %d, known is %d", ErrVersion, v, version)
	}
	return s
}

// Section reads the beginning of a model's state and refuses another name or
// version.
func (r *Reader) Section(name string, version uint64) {
	got, v := r.Text(), r.Uint()
	switch {
	case r.err != nil:
	case got != name:
		r.Fail("%q stands where %q should", shown(got), name)
	case v != version:
		r.err = fmt.Errorf("read snapshot: %w: %s has version %d, known is %d", ErrVersion, name, v, version)
	}
}

// shown bounds what an error quotes.
func shown(s string) string { return s[:min(len(s), 40)] }

// Close reports the first error, whether something is left over, and whether the
// checksum is right. It does not close the underlying reader.
func (r *Reader) Close() error {
	if r.err == nil && r.left() > 0 {
		r.Fail("%d bytes are left over", r.left())
	}
	if r.err != nil {
		return r.err
	}
	var sum [trailer]byte
	if _, err := io.ReadFull(r.r, sum[:]); err != nil {
		r.err = fmt.Errorf("read snapshot: checksum: %w: %w", ErrCorrupt, err)
	} else if binary.LittleEndian.Uint32(sum[:]) != r.crc {
		r.Fail("its checksum is wrong")
	}
	return r.err
}

// Err is the first error.
func (r *Reader) Err() error { return r.err }

// Fail notes that what was read cannot be: the model that reads knows more of its
// own state than the Reader does. Only the first error is kept.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("read snapshot: %w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
	}
}

func (r *Reader) left() int64 { return int64(len(r.buf)-r.at) + r.rest }

// fill reads on until n bytes, at most bufSize, are at hand.
func (r *Reader) fill(n int) bool {
	if r.err != nil || int64(n) > r.left() {
		r.Fail("it ends too early")
		return false
	}
	have := copy(r.buf[:cap(r.buf)], r.buf[r.at:])
	most := int(min(int64(cap(r.buf)), int64(have)+r.rest))
	got, err := io.ReadAtLeast(r.r, r.buf[have:most], n-have)
	r.buf, r.at = r.buf[:have+got], 0
	r.crc = crc32.Update(r.crc, castagnoli, r.buf[have:])
	r.rest -= int64(got)
	if err != nil {
		r.err = fmt.Errorf("read snapshot: %w: %w", ErrCorrupt, err)
	}
	return err == nil
}

// take consumes n bytes, at most bufSize; they are good until the next read. After
// an error they are nil.
func (r *Reader) take(n int) []byte {
	if r.err != nil || len(r.buf)-r.at < n && !r.fill(n) {
		return nil
	}
	b := r.buf[r.at : r.at+n]
	r.at += n
	return b
}

// Uint reads what Writer.Uint wrote.
func (r *Reader) Uint() uint64 {
	if r.err != nil {
		return 0
	}
	if r.at < len(r.buf) && r.buf[r.at] < 0x80 {
		r.at++
		return uint64(r.buf[r.at-1])
	}
	return r.long()
}

// long reads a number that may have more than one byte or lie across the buffer's end.
func (r *Reader) long() uint64 {
	if len(r.buf)-r.at < binary.MaxVarintLen64 {
		if n := int(min(r.left(), binary.MaxVarintLen64)); n > len(r.buf)-r.at && !r.fill(n) {
			return 0
		}
	}
	v, n := binary.Uvarint(r.buf[r.at:])
	if n <= 0 {
		r.Fail("a number has no end")
		return 0
	}
	r.at += n
	return v
}

// Int reads what Writer.Int wrote.
func (r *Reader) Int() int64 {
	v := r.Uint()
	return int64(v>>1) ^ -int64(v&1)
}

// Below reads a number that has to be less than n, such as an index.
func (r *Reader) Below(n int) int {
	v := r.Uint()
	if r.err == nil && (n <= 0 || v >= uint64(n)) {
		r.Fail("%d stands where less than %d must", v, n)
	}
	if r.err != nil {
		return 0
	}
	return int(v)
}

// Count reads how many elements follow, each of at least size bytes (1 or more).
// It refuses more than what is left could hold, so that room for them may be
// reserved.
func (r *Reader) Count(size int) int {
	v := r.Uint()
	if r.err == nil && v > uint64(r.left())/uint64(size) {
		r.Fail("%d elements do not fit into the %d bytes that are left", v, r.left())
	}
	if r.err != nil {
		return 0
	}
	return int(v)
}

// Byte reads one byte.
func (r *Reader) Byte() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// Bool reads a truth value.
func (r *Reader) Bool() bool {
	v := r.Byte()
	if v > 1 {
		r.Fail("%d stands where true or false should", v)
	}
	return v == 1
}

// Uint32 reads a number of four bytes.
func (r *Reader) Uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads a number of eight bytes.
func (r *Reader) Uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Float32 reads the exact bits of a number.
func (r *Reader) Float32() float32 { return math.Float32frombits(r.Uint32()) }

// Float64 reads the exact bits of a number.
func (r *Reader) Float64() float64 { return math.Float64frombits(r.Uint64()) }

// Text reads a string.
func (r *Reader) Text() string {
	n := r.Count(1)
	if n <= cap(r.buf) {
		return string(r.take(n))
	}
	return string(r.bytes(n))
}

// Bytes reads a byte slice, which belongs to the caller; nil when it is empty.
func (r *Reader) Bytes() []byte {
	n := r.Count(1)
	if n == 0 {
		return nil
	}
	return r.bytes(n)
}

// Slice is Bytes without a copy where that can be had: what it gives is good until
// the next read.
func (r *Reader) Slice() []byte {
	n := r.Count(1)
	if n <= cap(r.buf) {
		return r.take(n)
	}
	return r.bytes(n)
}

func (r *Reader) bytes(n int) []byte {
	out := make([]byte, n)
	for b := out; len(b) > 0; {
		part := r.take(min(len(b), cap(r.buf)))
		if part == nil {
			return nil
		}
		b = b[copy(b, part):]
	}
	return out
}

// Word reads what Writer.Word wrote.
func (r *Reader) Word() string {
	n := r.Uint()
	switch {
	case r.err != nil:
		return ""
	case n > uint64(len(r.words)):
		r.Fail("word %d is not known", n)
		return ""
	case n > 0:
		return r.words[n-1]
	}
	s := r.Text()
	if r.err == nil && len(s) <= maxWord && len(r.words) < maxWords {
		r.words = append(r.words, s)
	}
	return s
}
