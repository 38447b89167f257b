// Package ownership reads who owns what from the files in which engineers keep
// it: Backstage's catalog (catalog-info.yaml) and CODEOWNERS.
//
// It owns the two formats and nothing else: which team an owner is, and that the
// roster goes before what these files say, is the configuration's business
// (cmd/andon).
package ownership

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Claim says that somebody owns something.
type Claim struct {
	Owners    []string // what the owner is called, the best name first; any of them may be a team's
	Project   string   // Jira project key, "" where the file names none
	Component string
	Line      int
}

// maxClaims bounds one file.
const maxClaims = 20_000

// entity is what is read of one entity of a catalog.
type entity struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name        string         `yaml:"name"`
		Title       string         `yaml:"title"`
		Annotations map[string]any `yaml:"annotations"`
	} `yaml:"metadata"`
	Spec struct {
		Owner   string `yaml:"owner"`
		System  string `yaml:"system"`
		Profile struct {
			DisplayName string `yaml:"displayName"`
		} `yaml:"profile"`
	} `yaml:"spec"`
	line int
}

// Backstage reads the entities of a catalog file: what each Component and System
// with an owner is. A component without an owner is its system's. A jira/project-key
// makes a claim to the project, a jira/component beside it to that component of
// it; without either the entity's name is taken for a component.
func Backstage(body []byte) (out []Claim, err error) {
	list, err := entities(body)
	if err != nil {
		return nil, err
	}
	groups, systems := make(map[string]*entity), make(map[string]*entity)
	for i := range list {
		switch e := &list[i]; strings.ToLower(e.Kind) {
		case "group":
			groups[name(e.Metadata.Name)] = e
		case "system":
			systems[name(e.Metadata.Name)] = e
		}
	}
	for i := range list {
		e := &list[i]
		kind, owner := strings.ToLower(e.Kind), e.Spec.Owner
		if s := systems[name(e.Spec.System)]; owner == "" && kind == "component" && s != nil {
			owner = s.Spec.Owner
		}
		if owner == "" || kind != "component" && kind != "system" {
			continue
		}
		c := Claim{Owners: callings(owner, groups), Project: e.annotation("jira/project-key"), Component: e.annotation("jira/component"), Line: e.line}
		if c.Project == "" && c.Component == "" {
			c.Component = e.Metadata.Name
		}
		if c.Component != "" || c.Project != "" {
			out = append(out, c)
		}
	}
	return out, nil
}

func entities(body []byte) (out []entity, err error) {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	for {
		var n yaml.Node
		if err := dec.Decode(&n); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the catalog: %w", err)
		}
		var e entity
		if err := n.Decode(&e); err != nil {
			return nil, fmt.Errorf("read the catalog, line %d: %w", n.Line, err)
		}
		if e.line = n.Line; len(n.Content) > 0 {
			e.line = n.Content[0].Line
		}
		if out = append(out, e); len(out) > maxClaims {
			return nil, fmt.Errorf("read the catalog: it holds more than %d entities", maxClaims)
		}
	}
}

func (e *entity) annotation(key string) string {
	s, _ := e.Metadata.Annotations[key].(string)
	return strings.TrimSpace(s)
}

// name is the name in a reference such as group:default/payments.
func name(ref string) string {
	if i := strings.LastIndexAny(ref, ":/"); i >= 0 {
		ref = ref[i+1:]
	}
	return strings.ToLower(strings.TrimSpace(ref))
}

// callings lists what an owner may be called: as it is written, and by the names
// that the catalog has for the group.
func callings(owner string, groups map[string]*entity) []string {
	out := []string{owner, name(owner)}
	if g := groups[name(owner)]; g != nil {
		for _, s := range []string{g.Metadata.Title, g.Spec.Profile.DisplayName} {
			if s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// Codeowners reads a CODEOWNERS file: who owns each folder that a line names
// without a wildcard in its last part, under the folder's name as a component.
// Of two lines for one name the later counts, as in the file itself. Lines that
// name files or patterns say nothing of a component and are passed over.
func Codeowners(body []byte) (out []Claim, err error) {
	at := make(map[string]int)
	n := 0
	for raw := range strings.SplitSeq(string(body), "\n") {
		n++
		fields := fieldsOf(raw)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "[") || strings.HasPrefix(fields[0], "^[") {
			continue // a section of GitLab
		}
		folder := folderOf(fields[0])
		if folder == "" {
			continue
		}
		c := Claim{Owners: fields[1:], Component: folder, Line: n}
		if i, ok := at[strings.ToLower(folder)]; ok {
			out[i] = c
			continue
		}
		if len(out) == maxClaims {
			return nil, fmt.Errorf("read CODEOWNERS: it names more than %d folders", maxClaims)
		}
		at[strings.ToLower(folder)] = len(out)
		out = append(out, c)
	}
	return out, nil
}

// fieldsOf splits a line at blanks that no backslash stands before, without its
// comment.
func fieldsOf(line string) (out []string) {
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '#' && b.Len() == 0:
			flush()
			return out
		case r == ' ' || r == '\t' || r == '\r':
			flush()
		default:
			b.WriteRune(r)
		}
	}
	flush()
	return out
}

// folderOf is the name of the folder that a pattern is about, "" where it is
// about files.
func folderOf(pattern string) string {
	p := strings.TrimSuffix(strings.TrimSuffix(pattern, "/**"), "/*")
	last := path.Base(strings.TrimSuffix(p, "/"))
	if last == "." || last == "/" || strings.ContainsAny(last, "*?[]!") || p == pattern && strings.Contains(last, ".") {
		return ""
	}
	return last
}
