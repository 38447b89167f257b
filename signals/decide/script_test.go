package decide

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// TestScripts plays every testdata/NAME.txtar; testdata/README.md describes the files.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			head, want, ok := strings.Cut(string(data), "-- want --\n")
			about, events, found := strings.Cut(head, "-- events --\n")
			require.True(t, ok && found && strings.TrimSpace(about) != "", "say what the case shows, then events, then want")
			got := playScript(t, events)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(head+"-- want --\n"+got), 0o644))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

// script drives a world as replay does: events in order, wishes when they are due.
type script struct {
	*story
	wish map[signals.Key]time.Time
}

func playScript(t *testing.T, text string) string {
	p := script{newStory(t, nil), map[signals.Key]time.Time{}}
	for n, line := range strings.Split(text, "\n") {
		words := fieldsOf(t, line)
		if len(words) > 0 && words[0] == "detectors" {
			p.asked(words[1:])
			continue
		}
		if len(words) > 0 {
			require.NoError(t, p.line(words), "line %d", n+1)
		}
	}
	return p.told()
}

// asked begins anew with these detectors.
func (p *script) asked(detectors []string) {
	p.w = NewWorld(signals.NewOrg(p.w.Org.Policy), Options{Lexicon: lexicon(), Routes: true, Detectors: detectors})
	p.person(signals.Person{ID: "bob", Team: "Payments", Accounts: []string{"jira/s/bob", "slack/s/UBOB"}})
}

// fieldsOf splits a line at blanks; quoted parts stay together.
func fieldsOf(t *testing.T, line string) (out []string) {
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		word := ""
		for line != "" && line[0] != ' ' {
			if line[0] != '"' {
				word, line = word+line[:1], line[1:]
				continue
			}
			quoted, err := strconv.QuotedPrefix(line)
			require.NoError(t, err)
			plain, err := strconv.Unquote(quoted)
			require.NoError(t, err)
			word, line = word+plain, line[len(quoted):]
		}
		out = append(out, word)
	}
	return out
}

// line plays "TIME WHAT KIND ACTOR [key=value ...]".
func (p *script) line(words []string) error {
	if len(words) < 4 {
		return fmt.Errorf("%q is not TIME CASE KIND ACTOR", words)
	}
	at, err := time.Parse("2006-01-02T15:04", words[0])
	if err != nil {
		return err
	}
	p.until(at)
	if words[2] == "until" {
		return nil
	}
	e := signals.Event{Kind: signals.Kind(words[2]), Actor: words[3], At: at, Audience: signals.Public}
	if e.Actor == "-" {
		e.Actor = ""
	}
	for _, w := range words[4:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "to":
			e.To = value
		case "from":
			e.From = value
		case "field":
			e.Field = value
		case "ref":
			e.Ref = value
		case "text":
			e.Text = value
		case "id":
			e.ID = value
		case "audience":
			e.Audience = signals.MembersOf(value)
		default:
			e.Set = append(e.Set, signals.Value{Field: key, To: value})
		}
	}
	if channel, ok := strings.CutPrefix(words[1], "#"); ok && e.Kind == signals.Joined {
		e.Case = signals.SlackThread("s", channel, "")
	}
	if e.Kind.Organises() {
		p.org(e)
		return nil
	}
	k := issue(words[1])
	if thread, ok := strings.CutPrefix(words[1], "#"); ok {
		k = signals.Key{Source: signals.Slack, Site: "s", ID: thread}
		if e.ID == "" && e.Kind == signals.Said && p.w.Cases[k] == nil {
			e.ID = k.String() // the root
		}
	}
	c := p.story.apply(k, at, e)
	p.look(c, c.Events()[len(c.Events())-1], at)
	return nil
}

// apply takes an event in and does not look yet.
func (s *story) apply(key signals.Key, at time.Time, e signals.Event) *signals.Case {
	s.n++
	e.Case, e.At, e.Seq.Entry = key, at, s.n
	if e.ID == "" {
		e.ID = key.String() + "/" + strconv.FormatInt(s.n, 10)
	}
	c, err := s.w.Take(&e)
	require.NoError(s.t, err)
	s.w.Memory.Observe(c, &e)
	return c
}

func (p *script) look(c *signals.Case, e *signals.Event, at time.Time) {
	l := p.w.Look(c, e, at, at)
	p.wish[c.Key] = l.At
	for _, a := range l.Also {
		p.wish[a.Case] = earlier(p.wish[a.Case], a.At)
	}
}

// until serves the wishes before a time, the earliest first.
func (p *script) until(at time.Time) {
	for range 1000 {
		var due signals.Key
		for k, w := range p.wish {
			if !w.IsZero() && w.Before(at) && (due.IsZero() || w.Before(p.wish[due]) || w.Equal(p.wish[due]) && signals.CompareKeys(k, due) < 0) {
				due = k
			}
		}
		if due.IsZero() {
			return
		}
		p.look(p.w.Cases[due], nil, p.wish[due])
	}
	require.Fail(p.t, "it is never content")
}

// told writes down what came of it.
func (p *script) told() string {
	var b strings.Builder
	for _, r := range p.w.Book.Records {
		fmt.Fprintf(&b, "%s %s raised by %q\n", r.Signal.Detector, r.Signal.Case.ID, r.Raiser)
		for _, n := range r.Nudges {
			fmt.Fprintf(&b, "  %d %s %s %s: %s (%s)\n", n.Step, n.At.UTC().Format("2006-01-02T15:04"), n.To, n.State, n.Why, n.Route)
			if n.Signal.Before != "" {
				fmt.Fprintf(&b, "    %s\n", n.Signal.Before)
			}
		}
		for _, a := range r.Asks {
			fmt.Fprintf(&b, "  is it solved? %s %s: %s\n", a.At.UTC().Format("2006-01-02T15:04"), a.State, a.Why)
		}
		l := r.Ledger
		for _, s := range signals.Stages {
			if l.Reached(s) {
				fmt.Fprintf(&b, "  %s %s\n", l.Times[s].UTC().Format("2006-01-02T15:04"), s)
			}
		}
		if l.Died != "" {
			fmt.Fprintf(&b, "  %s stopped before %s: %s\n", l.DiedAt.UTC().Format("2006-01-02T15:04"), l.Died, l.Why)
		}
	}
	return b.String()
}
