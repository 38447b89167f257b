package detect_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/detect"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*/*.txtar")

// TestScripts runs every testdata/DETECTOR/NAME.txtar; testdata/README.md
// describes the files.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		folder := filepath.Base(filepath.Dir(file))
		t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			d, ok := detect.Find(folder)
			require.True(t, ok, "no detector is called %q", folder)
			runScript(t, d, file)
		})
	}
}

func runScript(t *testing.T, d detect.Detector, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	ar := parseArchive(string(data))
	require.NotEmpty(t, strings.TrimSpace(ar.comment), "%s: say above the sections what the case shows", file)
	require.NoError(t, checkEval(section(ar, "eval")), file)
	got, err := play(d, section(ar, "events"), section(ar, "until"))
	require.NoError(t, err, file)
	again, err := play(d, section(ar, "events"), section(ar, "until"))
	require.NoError(t, err, file)
	require.Equal(t, got, again, "%s: two runs differ", file)
	if *update {
		setSection(ar, "want", got)
		require.NoError(t, os.WriteFile(file, []byte(ar.String()), 0o644))
		return
	}
	require.Equal(t, strings.TrimSpace(section(ar, "want")), strings.TrimSpace(got), "%s: signals differ from the want section", file)
}

// archive is a file in the txtar format: a comment, then named sections. The
// format is a line "-- NAME --" before each section, and nothing else.
type archive struct {
	comment  string
	sections []part
}

type part struct{ name, text string }

func parseArchive(data string) *archive {
	ar := &archive{}
	into := &ar.comment
	for line := range strings.Lines(data) {
		if name, ok := strings.CutPrefix(strings.TrimRight(line, " \r\n"), "-- "); ok && strings.HasSuffix(name, " --") {
			ar.sections = append(ar.sections, part{name: strings.TrimSuffix(name, " --")})
			into = &ar.sections[len(ar.sections)-1].text
			continue
		}
		*into += line
	}
	return ar
}

func (ar *archive) String() string {
	var b strings.Builder
	b.WriteString(ar.comment)
	for _, p := range ar.sections {
		fmt.Fprintf(&b, "-- %s --\n%s", p.name, p.text)
	}
	return b.String()
}

func section(ar *archive, name string) string {
	for _, p := range ar.sections {
		if p.name == name {
			return p.text
		}
	}
	return ""
}

// setSection replaces a section, or puts it before eval.
func setSection(ar *archive, name, text string) {
	i := slices.IndexFunc(ar.sections, func(p part) bool { return p.name == name })
	if i < 0 {
		i = slices.IndexFunc(ar.sections, func(p part) bool { return p.name == "eval" })
		ar.sections = slices.Insert(ar.sections, max(0, i), part{name: name})
		i = max(0, i)
	}
	ar.sections[i].text = text
}

// checkEval wants a verdict on the signals: right, or wrong and why.
func checkEval(s string) error {
	s = strings.TrimSpace(s)
	why, wrong := strings.CutPrefix(s, "wrong:")
	switch {
	case s == "right" || wrong && strings.TrimSpace(why) != "":
		return nil
	}
	return fmt.Errorf("section eval is %q, neither \"right\" nor \"wrong: \" and why", s)
}

// play runs one detector over a script and returns a line per signal.
func play(d detect.Detector, events, until string) (string, error) {
	steps, err := parseScript(events)
	if err != nil {
		return "", err
	}
	end, err := parseUntil(until)
	if err != nil {
		return "", err
	}
	w := newWorld(d)
	for i, st := range steps {
		if err := w.step(st, i+1 == len(steps) || !steps[i+1].more); err != nil {
			return "", fmt.Errorf("line %d: %w", st.line, err)
		}
	}
	if !end.IsZero() {
		w.wake(end.Add(1))
	}
	var b strings.Builder
	for _, s := range w.found {
		if err := w.check(&s); err != nil {
			return "", fmt.Errorf("signal %s: %w", s.Key(), err)
		}
		fmt.Fprintf(&b, "%s %s %s %q\n", s.At.UTC().Format("2006-01-02 15:04"), s.Detector, caseName(s.Case), s.Reason)
	}
	return b.String(), nil
}

// check holds what must be true of every signal of every detector.
func (w *world) check(s *signals.Signal) error {
	for _, id := range append([]string{s.Occasion}, s.Evidence...) {
		if !w.ids[id] {
			return fmt.Errorf("%q is not the id of an event", id)
		}
	}
	switch {
	case s.Detector != w.detector.Name:
		return fmt.Errorf("detector is %q", s.Detector)
	case len(s.Evidence) == 0:
		return errors.New("no evidence")
	case s.Score <= 0 || s.Score > 1:
		return fmt.Errorf("score is %v", s.Score)
	case s.Need == "":
		return errors.New("no need")
	case strings.TrimSpace(s.Reason) == "" || strings.ContainsAny(s.Reason, "\n\r"):
		return fmt.Errorf("reason %q is not one line", s.Reason)
	}
	return nil
}
