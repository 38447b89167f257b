package jira

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// chunk is some lines of a file that are decoded together.
type chunk struct {
	buf   []byte
	lines []span
	out   []outcome
	of    []int // of[i] is the index in lines of out[i]
	err   error // why there is nothing more after these lines; io.EOF at the end
	done  chan struct{}
}

// span is one line, or one value, in a chunk.
type span struct {
	from, to int
	no       int // number of its first line in the file
	length   int64
	long     bool // longer than allowed: only its beginning is there
}

const chunkSize = 256 << 10

func (c *chunk) reset() {
	if cap(c.buf) > 16*chunkSize {
		c.buf = nil
	}
	clear(c.out)
	c.buf, c.lines, c.out, c.of, c.err = c.buf[:0], c.lines[:0], c.out[:0], c.of[:0], nil
	c.done = make(chan struct{})
}

// source cuts a file into lines, or into the elements of its JSON arrays.
type source struct {
	br     *bufio.Reader
	max    int
	no     int // number of the present line
	values bool
	open   bool // inside of the outermost array
}

// fill reads the next lines into c.
func (s *source) fill(c *chunk) {
	for len(c.buf) < chunkSize && c.err == nil {
		if s.values {
			c.err = s.value(c)
		} else {
			c.err = s.line(c)
		}
	}
}

// line reads one line. A last line without its end counts; one that a fault of
// the file cut off does not.
func (s *source) line(c *chunk) error {
	s.no++
	sp := span{from: len(c.buf), no: s.no}
	for {
		b, err := s.br.ReadSlice('\n')
		if e := s.take(c, &sp, b); e != nil {
			return e
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil || errors.Is(err, io.EOF):
			s.push(c, sp)
			return err
		default:
			return fmt.Errorf("line %d: %w", s.no, err)
		}
	}
}

// take appends b to the line, or only counts it when the line is too long.
func (s *source) take(c *chunk, sp *span, b []byte) error {
	sp.length += int64(len(b))
	if sp.length <= int64(s.max) {
		c.buf = append(c.buf, b...)
		return nil
	}
	if !sp.long {
		sp.long = true
		c.buf = c.buf[:min(len(c.buf), sp.from+maxRaw)]
	}
	if sp.length > bombFactor*int64(s.max) {
		return fmt.Errorf("line %d has more than %d bytes and no end", sp.no, sp.length)
	}
	return nil
}

// push ends the line, unless it is blank.
func (s *source) push(c *chunk, sp span) {
	sp.to = len(c.buf)
	if sp.long || len(bytes.TrimSpace(c.buf[sp.from:sp.to])) > 0 {
		c.lines = append(c.lines, sp)
	}
}

// value reads one value of a JSON document: an element of the outermost array,
// or the outermost object.
func (s *source) value(c *chunk) error {
	first, err := s.begin()
	if err != nil {
		return err
	}
	sp := span{from: len(c.buf), no: s.no}
	w := walk{}
	for b := first; ; {
		if e := s.take(c, &sp, []byte{b}); e != nil {
			return e
		}
		if w.step(b) {
			s.push(c, sp)
			return nil
		}
		if b, err = s.br.ReadByte(); err != nil {
			return fmt.Errorf("line %d: the JSON value that begins here has no end: %w", sp.no, unexpected(err))
		}
		if b == '\n' {
			s.no++
		}
		if w.depth == 0 && !w.quoted && (b == ',' || b == ']') {
			s.push(c, sp)
			return s.br.UnreadByte()
		}
	}
}

// begin finds the first byte of the next value.
func (s *source) begin() (byte, error) {
	for {
		b, err := s.br.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && s.open:
			return 0, fmt.Errorf("line %d: the list has no end: %w", s.no, io.ErrUnexpectedEOF)
		case errors.Is(err, io.EOF):
			return 0, err
		case err != nil:
			return 0, fmt.Errorf("line %d: %w", s.no, err)
		}
		switch b {
		case '\n':
			s.no++
		case ' ', '\t', '\r', ',':
		case '[':
			if s.open {
				return b, nil
			}
			s.open = true
		case ']':
			s.open = false
		default:
			return b, nil
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// walk follows the brackets and quotes of one JSON value.
type walk struct {
	depth           int
	quoted, escaped bool
}

// step takes the next byte and reports whether it ended the value.
func (w *walk) step(b byte) bool {
	switch {
	case w.escaped:
		w.escaped = false
	case w.quoted && b == '\\':
		w.escaped = true
	case b == '"':
		w.quoted = !w.quoted
		return !w.quoted && w.depth == 0
	case w.quoted:
	case b == '{' || b == '[':
		w.depth++
	case b == '}' || b == ']':
		w.depth--
		return w.depth <= 0
	}
	return false
}
