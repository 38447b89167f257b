package slack

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// layout is where the parts of an export are.
type layout struct {
	root  string              // the folder that the export is nested in, with a slash at its end, or ""
	index map[string]*entry   // by base name
	days  map[string][]*entry // by channel folder, sorted
}

var indexNames = map[string]bool{"channels.json": true, "dms.json": true, "groups.json": true, "mpims.json": true, "users.json": true}

// known are other files of exports, of which nothing is read.
var known = map[string]bool{
	"integration_logs.json": true, "canvases.json": true, "lists.json": true, "file_conversations.json": true,
	"huddle_transcripts.json": true, "org_users.json": true, "canvas_in_the_conversation.json": true,
}

var errNoExport = errors.New("no messages: an export has channels.json, users.json and for each channel a folder of files named YYYY-MM-DD.json")

// layout sorts the files of the archive into index files and day files.
func (x *exporter) layout() (*layout, error) {
	for _, e := range x.archive.refused {
		x.report.reject(e.name, e.err, nil)
	}
	root, err := findRoot(x.archive.entries)
	if err != nil {
		return nil, err
	}
	l := &layout{root: root, index: make(map[string]*entry), days: make(map[string][]*entry)}
	others, example := 0, ""
	for _, e := range x.archive.entries {
		rest, inside := strings.CutPrefix(e.name, root)
		dir, base := path.Split(rest)
		folder := strings.TrimSuffix(dir, "/")
		switch {
		case inside && folder == "" && indexNames[base]:
			l.index[base] = e
		case inside && folder != "" && !strings.Contains(folder, "/") && isDay(base):
			l.days[folder] = append(l.days[folder], e)
		case !known[base]:
			others++
			example = e.name
		}
	}
	if others > 0 {
		x.report.warn("%d files are no part of an export and are not read, such as %s", others, clip(example))
	}
	if len(l.days) == 0 {
		return nil, errNoExport
	}
	return l, nil
}

// findRoot returns the folder that the export is in: that of the index file
// that lies least deep, or the one above the folders with day files.
func findRoot(entries []*entry) (string, error) {
	best, depth := "", -1
	take := func(dir string) error {
		switch d := strings.Count(dir, "/"); {
		case depth < 0 || d < depth:
			best, depth = dir, d
		case d == depth && dir != best:
			return fmt.Errorf("several exports, %q and %q: name one", best, dir)
		}
		return nil
	}
	for _, e := range entries {
		if dir, base := path.Split(e.name); indexNames[base] && base != "users.json" {
			if err := take(dir); err != nil {
				return "", err
			}
		}
	}
	if depth >= 0 {
		return best, nil
	}
	for _, e := range entries {
		if dir, base := path.Split(e.name); isDay(base) && dir != "" {
			up, _ := path.Split(strings.TrimSuffix(dir, "/"))
			if err := take(up); err != nil {
				return "", err
			}
		}
	}
	return best, nil
}

func isDay(base string) bool {
	date, ok := strings.CutSuffix(base, ".json")
	if !ok || len(date) != len(time.DateOnly) {
		return false
	}
	_, err := time.Parse(time.DateOnly, date)
	return err == nil
}
