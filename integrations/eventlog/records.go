package eventlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of one record. A quote that is never closed would else swallow the
// rest of the file.
const (
	maxRecord = 1 << 20 // bytes
	maxLines  = 1000
)

// line is one line of the file, without its end. cut says that it was longer
// than a record may be; text is then its beginning.
type line struct {
	text string
	n    int64 // 1 is the first
	cut  bool
}

// records reads the records of a CSV file. A record that cannot be read is
// skipped by one line, so that a stray quote costs no more than its line.
type records struct {
	in    *bufio.Reader
	comma byte
	ahead []line // lines read in vain for a quote that was never closed
	n     int64
	err   error
}

// next returns the fields of the next record and the number of its first line.
// err is about this record; at the end, or when the file cannot be read on, done
// is true.
func (r *records) next(fields []string) (out []string, first line, err error, done bool) {
	first, ok := r.line()
	if !ok {
		return nil, first, r.err, true
	}
	if first.cut {
		return nil, first, fmt.Errorf("a line of more than %d bytes", maxRecord), false
	}
	text, err := r.whole(first)
	if err != nil {
		return nil, first, err, false
	}
	out, err = split(fields[:0], text, r.comma)
	return out, first, err, false
}

// whole joins to a line those that belong to its quoted fields.
func (r *records) whole(first line) (string, error) {
	open := quoted(first.text, r.comma, false)
	if !open {
		return first.text, nil
	}
	var read []line
	b := strings.Builder{}
	b.WriteString(first.text)
	for open {
		l, ok := r.line()
		if ok {
			read = append(read, l)
		}
		if !ok || l.cut || b.Len()+len(l.text) > maxRecord || len(read) >= maxLines {
			r.ahead = append(read, r.ahead...)
			return "", errors.New("a quote that is never closed")
		}
		b.WriteByte('\n')
		b.WriteString(l.text)
		open = quoted(l.text, r.comma, true)
	}
	return b.String(), nil
}

// line returns the next line; ok is false at the end of the file.
func (r *records) line() (l line, ok bool) {
	if len(r.ahead) > 0 {
		l, r.ahead = r.ahead[0], r.ahead[1:]
		return l, true
	}
	var b []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(b) <= maxRecord {
			b = append(b, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			r.err = err // a line that breaks off is not taken: its last column may be cut
			return line{n: r.n + 1}, false
		}
		if err != nil && len(b) == 0 {
			return line{n: r.n + 1}, false
		}
		r.n++
		b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
		l = line{text: string(b[:min(len(b), maxRecord)]), n: r.n, cut: len(b) > maxRecord}
		return l, true
	}
}

// quoted reports whether s ends within a quoted field; open says that it begins
// within one.
func quoted(s string, comma byte, open bool) bool {
	start := !open
	for i := 0; i < len(s); i++ {
		switch {
		case open && s[i] == '"' && i+1 < len(s) && s[i+1] == '"':
			i++
		case open && s[i] == '"':
			open = false
		case !open && start && s[i] == '"':
			open = true
		}
		start = !open && s[i] == comma
	}
	return open
}

// split cuts a record into its fields. A quote within a field that does not
// begin with one stands for itself.
func split(fields []string, s string, comma byte) ([]string, error) {
	for {
		if !strings.HasPrefix(s, `"`) {
			field, rest, more := strings.Cut(s, string(rune(comma)))
			fields = append(fields, field)
			if !more {
				return fields, nil
			}
			s = rest
			continue
		}
		field, rest, err := unquote(s[1:])
		if err != nil {
			return fields, err
		}
		fields = append(fields, field)
		switch {
		case rest == "":
			return fields, nil
		case rest[0] != comma:
			return fields, fmt.Errorf("column %d: something stands behind a closing quote", len(fields))
		}
		s = rest[1:]
	}
}

// unquote reads a field up to its closing quote; rest is what stands behind it.
func unquote(s string) (field, rest string, err error) {
	var b strings.Builder
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '"')
		if i < 0 {
			return "", "", errors.New("a quote that is never closed")
		}
		i += from
		if i+1 < len(s) && s[i+1] == '"' {
			b.WriteString(s[from : i+1])
			from = i + 2
			continue
		}
		if b.Len() == 0 {
			return s[from:i], s[i+1:], nil
		}
		b.WriteString(s[from:i])
		return b.String(), s[i+1:], nil
	}
}

// separator finds the separator of the first row: the first one by which the
// wanted columns are there, else the one that gives most columns.
func separator(head string, want ...string) byte {
	best, most := byte(','), 0
	for _, comma := range []byte{',', ';', '\t', '|'} {
		fields, err := split(nil, head, comma)
		if err != nil {
			continue
		}
		found := 0
		for _, w := range want {
			for _, f := range fields {
				if strings.EqualFold(strings.TrimSpace(f), strings.TrimSpace(w)) {
					found++
					break
				}
			}
		}
		if found == len(want) {
			return comma
		}
		if len(fields) > most {
			best, most = comma, len(fields)
		}
	}
	return best
}
