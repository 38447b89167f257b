package jira

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/tidwall/gjson"
)

const peekSize = 64 << 10

// unpack looks at the first bytes of a file, undoes gzip, and refuses what is
// no text.
func unpack(r io.Reader) (*bufio.Reader, error) {
	br := bufio.NewReaderSize(r, peekSize)
	if head, _ := br.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", unexpected(err))
		}
		br = bufio.NewReaderSize(unzipped{zr}, peekSize)
	}
	head, err := br.Peek(512)
	if len(head) == 0 {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, ErrEmpty
		}
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, errors.New("it is UTF-16; convert it to UTF-8 first")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, errors.New("it is a zip archive; unpack it first")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = br.Discard(3)
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return nil, errors.New("it is binary, not JSON")
	}
	return br, nil
}

// unzipped names gzip in its errors.
type unzipped struct{ r io.Reader }

func (u unzipped) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("the gzip data is cut off or damaged: %w", err)
	}
	return n, err
}

// isDocument reports whether the file is one JSON document (a page of a search,
// or a list of pages or issues) rather than JSON Lines.
func isDocument(br *bufio.Reader) (bool, error) {
	head, _ := br.Peek(peekSize)
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case len(text) == 0 && len(head) < peekSize:
		return false, ErrEmpty
	case len(text) == 0:
		return false, nil
	case text[0] == '<':
		return false, ErrLogin
	case text[0] == '[':
		return true, nil
	case text[0] != '{':
		return false, nil
	}
	line, rest, ok := bytes.Cut(text, []byte("\n"))
	if !ok || !tooDeep(line) && gjson.ValidBytes(line) {
		return false, nil
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == '"', nil
}
