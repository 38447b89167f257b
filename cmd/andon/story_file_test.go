package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
)

// storyLine is one line of a story: TIME WHAT VERB ARGUMENTS [key=value ...].
type storyLine struct {
	at         time.Time
	what, verb string
	args       []string
	opts       map[string]string
}

func readStory(t *testing.T, file string) *storyFile {
	a, err := txtar.ParseFile(file)
	require.NoError(t, err)
	require.NotEmpty(t, strings.TrimSpace(string(a.Comment)), "say what the story shows")
	f := &storyFile{archive: a, issues: map[string]*storyIssue{}, wantI: -1, saidI: -1}
	for i, x := range a.Files {
		text := string(x.Data)
		switch x.Name {
		case "andon.yaml":
			c, err := config.Parse(x.Name, x.Data, configOptions())
			require.NoError(t, err)
			f.conf = c.Config
		case "events":
			f.read(t, text)
		case "want":
			f.want, f.wantI = text, i
		case "said":
			f.said, f.saidI = text, i
		case "eval":
			require.True(t, strings.HasPrefix(text, "right") || strings.HasPrefix(text, "wrong: "), "eval is right, or wrong: and why")
		default:
			require.Fail(t, "no such section", x.Name)
		}
	}
	require.True(t, f.wantI >= 0 && f.saidI >= 0 && !f.start.IsZero() && !f.end.IsZero(), "a story has andon.yaml, events with start and end, want and said")
	f.accounts()
	return f
}

// accounts gives everybody an account in Jira by their id and one in Slack.
func (f *storyFile) accounts() {
	people := f.conf.Roster.People
	for i := range people {
		people[i].Jira, people[i].Slack = []string{people[i].ID}, []string{"U" + strings.ToUpper(people[i].ID)}
	}
}

func roomID(name string) string { return "C" + strings.ToUpper(strings.ReplaceAll(name, "-", "")) }

// read reads the section of events.
func (f *storyFile) read(t *testing.T, text string) {
	last := time.Time{}
	for n, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		words, err := wordsOf(line)
		require.NoError(t, err, "line %d", n+1)
		require.GreaterOrEqual(t, len(words), 3, "line %d is DATE TIME WHAT ...", n+1)
		at, err := time.Parse("2006-01-02 15:04", words[0]+" "+words[1])
		require.NoError(t, err, "line %d", n+1)
		require.False(t, at.Before(last), "line %d is out of order", n+1)
		last = at
		switch words[2] {
		case "start":
			f.start = at
			continue
		case "end":
			f.end = at
			continue
		}
		require.GreaterOrEqual(t, len(words), 4, "line %d is DATE TIME WHAT VERB ...", n+1)
		l := storyLine{at: at, what: words[2], verb: words[3], opts: map[string]string{}}
		for _, w := range words[4:] {
			if k, v, ok := strings.Cut(w, "="); ok && !strings.ContainsAny(k, " <") {
				l.opts[k] = v
			} else {
				l.args = append(l.args, w)
			}
		}
		require.NoError(t, f.take(l), "line %d", n+1)
	}
}

// take puts a line where it is played: into the history of an issue, or among
// what people do in Slack.
func (f *storyFile) take(l storyLine) error {
	if room, _, ok := strings.Cut(l.what, "/"); ok || strings.HasPrefix(l.what, "#") {
		if name := strings.TrimPrefix(room, "#"); !slices.Contains(f.rooms, name) {
			f.rooms = append(f.rooms, name)
		}
	}
	f.lines = append(f.lines, l)
	if l.what[0] < 'A' || l.what[0] > 'Z' {
		return nil
	}
	is := f.issues[l.what]
	if is == nil {
		is = &storyIssue{id: strconv.Itoa(101 + len(f.issues)), key: l.what, now: map[string]string{}}
		f.issues[l.what] = is
	}
	return is.change(l)
}

// wordsOf splits a line at blanks; quoted parts stay together.
func wordsOf(line string) (out []string, err error) {
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		word := ""
		for line != "" && line[0] != ' ' {
			if line[0] != '"' {
				word, line = word+line[:1], line[1:]
				continue
			}
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("quoted text %q does not end", line)
			}
			plain, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", quoted, err)
			}
			word, line = word+plain, line[len(quoted):]
		}
		out = append(out, word)
	}
	return out, nil
}

// write writes what came of a story into its file.
func (f *storyFile) write(t *testing.T, file, want, said string) {
	f.archive.Files[f.wantI].Data, f.archive.Files[f.saidI].Data = []byte(want), []byte(said)
	require.NoError(t, os.WriteFile(file, txtar.Format(f.archive), 0o644))
}

// arg is argument number i, from 0, or "".
func (l *storyLine) arg(i int) string {
	if i >= len(l.args) {
		return ""
	}
	return l.args[i]
}

// by is who does what a line about an issue tells: by=NAME, else the holder, else
// who raised it.
func (is *storyIssue) by(l storyLine) string {
	return cmp.Or(l.opts["by"], is.now["assignee"], is.reporter)
}
