package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"andon/signals"
)

// Fault is one thing that is wrong with a configuration, or worth knowing of
// it, and where. Path names the key, as in jira[0].token.
type Fault struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"` // from 1; 0 where there is no line, such as an empty file
	Column  int    `json:"column,omitempty"`
	Path    string `json:"path,omitempty"`
	Problem string `json:"problem"`
}

// Error returns FILE:LINE:COLUMN: PATH: PROBLEM, without the parts that are missing.
func (f Fault) Error() string {
	var parts []string
	if f.File != "" {
		at := f.File
		if f.Line > 0 {
			at += fmt.Sprintf(":%d:%d", f.Line, f.Column)
		}
		parts = append(parts, at)
	}
	if f.Path != "" {
		parts = append(parts, f.Path)
	}
	return strings.Join(append(parts, f.Problem), ": ")
}

// Faults are all faults of one file, in the order of their lines.
type Faults []Fault

// shownFaults bounds what one error prints.
const shownFaults = 100

// Error lists the faults, one a line when there are several.
func (f Faults) Error() string {
	if len(f) == 1 {
		return f[0].Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the configuration has %d faults", len(f))
	for i, x := range f {
		if i == shownFaults {
			fmt.Fprintf(&b, "\n  and %d more", len(f)-i)
			break
		}
		b.WriteString("\n  " + x.Error())
	}
	return b.String()
}

// Err returns the faults as an error, or nil when there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f Faults) sort() {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// nearest returns the name that a slip of the finger may have meant, or "".
func nearest(word string, among []string) string {
	best, least := "", max(1, len(word)/3)+1
	for _, name := range among {
		if d := signals.Distance(strings.ToLower(word), strings.ToLower(name)); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// suggest ends a sentence about an unknown name.
func suggest(word string, among []string) string {
	switch near := nearest(word, among); {
	case near != "":
		return "; did you mean " + near + "?"
	case len(among) == 0:
		return ""
	}
	return "; known here: " + strings.Join(among, ", ")
}

// word reports whether a key looks like one that a person mistyped, and not
// like a value that slid into the place of a key: only such keys are repeated.
func word(key string) bool {
	return key != "" && len(key) <= 32 && !strings.ContainsFunc(key, func(r rune) bool {
		return r != '_' && r != '-' && (r > unicode.MaxASCII || !unicode.IsLetter(r))
	})
}

// name is the same for keys that the file may choose itself, such as regions.
func name(key string) bool {
	return key != "" && len(key) <= 64 && !strings.ContainsFunc(key, func(r rune) bool {
		return r == ':' || r == '=' || !unicode.IsPrint(r)
	})
}
