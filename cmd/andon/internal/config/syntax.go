package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile is the greatest size of a configuration in bytes.
const maxFile = 4 << 20

// parse makes nodes of the bytes: one document of plain YAML in UTF-8. nil
// without a fault is an empty file.
func parse(raw []byte) (*yaml.Node, *Fault) {
	if len(raw) > maxFile {
		return nil, &Fault{Problem: "the file is larger than 4 MiB"}
	}
	if !utf8.Valid(raw) {
		line, column := invalidAt(raw)
		return nil, &Fault{Line: line, Column: column, Problem: "the file is not UTF-8 text"}
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, syntaxFault(raw, err)
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, &Fault{Line: second.Line, Column: second.Column, Problem: "a second document begins; the configuration is one document"}
	case !errors.Is(err, io.EOF):
		return nil, syntaxFault(raw, err)
	}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		return doc.Content[0], nil
	}
	return nil, nil
}

// invalidAt finds the first byte that is not UTF-8.
func invalidAt(raw []byte) (line, column int) {
	line, column = 1, 1
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			break
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
		raw = raw[size:]
	}
	return line, column
}

var lineInError = regexp.MustCompile(`^yaml: line (\d+): `)

// syntaxFault turns the parser's error into a fault. Words of the file never
// reach it: the parser repeats the names of anchors, and an unquoted secret may
// look like one.
func syntaxFault(raw []byte, err error) *Fault {
	text := err.Error()
	f := &Fault{Line: 1, Column: 1}
	if m := lineInError.FindStringSubmatch(text); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		text = strings.TrimPrefix(text, m[0])
	}
	text = strings.TrimPrefix(text, "yaml: ")
	switch line := tabbed(raw, f.Line); {
	case line > 0:
		f.Line, text = line, "a tab in the indentation; YAML wants spaces"
	case strings.HasPrefix(text, "unknown anchor"):
		text = "* begins an alias, and there is no anchor of that name; put the value in quotes if it is text"
	case strings.Contains(text, "cannot start any token"):
		text = "this cannot begin a value; put it in quotes"
	case strings.Contains(text, "did not find expected node content"):
		text = "a value is missing"
	case strings.ContainsAny(text, "'\"") && !known(text):
		text = "this is not valid YAML"
	}
	f.Problem = text
	return f
}

// known are the parser's own words with quotes in them.
func known(text string) bool {
	for _, s := range []string{"could not find expected ':'", "did not find expected ',' or ']'", "did not find expected ',' or '}'",
		"did not find expected '-' indicator", "did not find expected '!'"} {
		if strings.HasSuffix(text, s) {
			return true
		}
	}
	return false
}

// tabbed returns the line with a tab in its indentation at or just beside the
// line of an error, or 0.
func tabbed(raw []byte, at int) int {
	for i, line := range strings.Split(string(raw), "\n") {
		if i+1 < at-1 || i+1 > at+1 {
			continue
		}
		if trimmed := strings.TrimLeft(line, " "); strings.HasPrefix(trimmed, "\t") && strings.TrimSpace(trimmed) != "" {
			return i + 1
		}
	}
	return 0
}
