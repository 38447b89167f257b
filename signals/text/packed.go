package text

import "encoding/binary"

// packed holds lists of terms as bytes, many lists in one chunk: half the size
// of numbers in slices of their own. Of each term it holds by how much its number
// is greater than the one before, in one to four bytes, and its impact in one.
type packed struct {
	chunks [][]byte
	buf    []byte
}

// span is where a list lies.
type span struct {
	chunk, from, size uint32
}

const packedChunk = 256 << 10

// add packs a list, which is sorted.
func (p *packed) add(list []uint32) span {
	p.buf = p.buf[:0]
	last := uint32(0)
	for _, e := range list {
		p.buf = append(binary.AppendUvarint(p.buf, uint64(e>>8-last)), uint8(e))
		last = e >> 8
	}
	return p.put(p.buf)
}

// put copies a packed list.
func (p *packed) put(list []byte) span {
	if len(list) == 0 {
		return span{}
	}
	n := len(p.chunks)
	if n == 0 || len(p.chunks[n-1])+len(list) > cap(p.chunks[n-1]) {
		p.chunks = append(p.chunks, make([]byte, 0, max(packedChunk, len(list))))
		n++
	}
	c := &p.chunks[n-1]
	s := span{uint32(n - 1), uint32(len(*c)), uint32(len(list))}
	*c = append(*c, list...)
	return s
}

func (p *packed) get(s span) []byte {
	if s.size == 0 {
		return nil
	}
	return p.chunks[s.chunk][s.from : s.from+s.size]
}

// unpack gives the next term of a packed list that is not empty: its number, given
// the one before, and its impact.
func unpack(list []byte, last uint32) (n uint32, imp uint8, rest []byte) {
	if list[0] < 0x80 {
		return last + uint32(list[0]), list[1], list[2:]
	}
	return unpackLong(list, last)
}

func unpackLong(list []byte, last uint32) (uint32, uint8, []byte) {
	n, shift := uint32(0), 0
	for i, b := range list {
		n |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return last + n, list[i+1], list[i+2:]
		}
		shift += 7
	}
	return last, 0, nil // not reached: lists are made by add or were checked
}
