package detect_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// The places that scripts play in.
const (
	jiraSite  = "main"
	slackTeam = "T1"
)

// step is one line of a script.
type step struct {
	line int
	at   time.Time
	more bool   // goes on with the entry of the line before
	what string // a case, as in PAY-1 or #payments/1, or what an organisation line is about
	verb string
	args []string
	opts []opt
	rest string // everything behind what, as written
}

type opt struct{ key, value string }

func (s *step) opt(key string) string {
	for _, o := range s.opts {
		if o.key == key {
			return o.value
		}
	}
	return ""
}

func (s *step) flag(name string) bool {
	for _, a := range append([]string{s.verb}, s.args...) {
		if a == name {
			return true
		}
	}
	return false
}

// arg returns argument number i, from 0.
func (s *step) arg(i int) (string, error) {
	if i >= len(s.args) {
		return "", fmt.Errorf("%s %s needs %d arguments or more", s.what, s.verb, i+1)
	}
	return s.args[i], nil
}

func parseScript(text string) ([]step, error) {
	var out []step
	var last step
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		st, err := parseStep(line, &last)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		st.line = i + 1
		out = append(out, st)
		last = st
	}
	return out, nil
}

// parseStep reads TIME WHAT VERB ARGS..., where TIME may be left out for what
// holds from the beginning, "+" alone goes on with the entry before, and "+2h"
// is that much later than the line before.
func parseStep(line string, last *step) (step, error) {
	st := step{at: last.at}
	switch first, rest, _ := strings.Cut(line, " "); {
	case first == "+":
		st.more, line = true, strings.TrimSpace(rest)
		if !strings.HasPrefix(line, last.what+" ") {
			line = last.what + " " + line
		}
	case strings.HasPrefix(first, "+"):
		d, err := time.ParseDuration(first[1:])
		if err != nil {
			return st, fmt.Errorf("%q is no duration", first)
		}
		st.at, line = last.at.Add(d), rest
	case first[0] >= '0' && first[0] <= '9':
		hour, after, _ := strings.Cut(strings.TrimSpace(rest), " ")
		at, err := parseTime(first + " " + hour)
		if err != nil {
			return st, err
		}
		st.at, line = at, after
	}
	words, err := split(line)
	if err != nil {
		return st, err
	}
	return st, st.fill(line, words)
}

func (st *step) fill(line string, words []word) error {
	if len(words) < 2 {
		return fmt.Errorf("%q has no verb", line)
	}
	st.what, st.verb = words[0].text, words[1].text
	_, st.rest, _ = strings.Cut(strings.TrimSpace(line), " ")
	for _, w := range words[2:] {
		if w.eq > 0 {
			st.opts = append(st.opts, opt{w.text[:w.eq], w.text[w.eq+1:]})
		} else {
			st.args = append(st.args, w.text)
		}
	}
	return nil
}

// word is one word of a line, quotes taken off; eq is where the key of an
// option ends, 0 for other words.
type word struct {
	text string
	eq   int
}

func split(line string) ([]word, error) {
	var out []word
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		var w word
		for line != "" && line[0] != ' ' {
			if line[0] == '"' {
				q, err := strconv.QuotedPrefix(line)
				if err != nil {
					return nil, fmt.Errorf("quoted text %q does not end", line)
				}
				s, err := strconv.Unquote(q)
				if err != nil {
					return nil, fmt.Errorf("read %s: %w", q, err)
				}
				w.text, line = w.text+s, line[len(q):]
				if w.eq == 0 {
					w.eq = -1
				}
				continue
			}
			if line[0] == '=' && w.eq == 0 && w.text != "" {
				w.eq = len(w.text)
			}
			w.text, line = w.text+line[:1], line[1:]
		}
		out = append(out, w)
	}
	return out, nil
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time such as 2026-03-02 09:00", s)
}

// parseUntil reads the time to which wakes are run, zero for none.
func parseUntil(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	return parseTime(s)
}

// parseCase reads the name of a case: PAY-1, #channel/1, #channel, log:7, alert:7. ok is
// false when s names none.
func parseCase(s string) (k signals.Key, ok bool) {
	if rest, ok := strings.CutPrefix(s, "#"); ok {
		return signals.Key{Source: signals.Slack, Site: slackTeam, ID: rest}, true
	}
	if rest, ok := strings.CutPrefix(s, "log:"); ok {
		return signals.Key{Source: signals.Log, Site: jiraSite, ID: rest}, true
	}
	if rest, ok := strings.CutPrefix(s, "alert:"); ok {
		return signals.Key{Source: signals.Alerts, Site: jiraSite, ID: rest}, true
	}
	project, number, ok := strings.Cut(s, "-")
	if _, err := strconv.Atoi(number); !ok || err != nil || project != strings.ToUpper(project) {
		return signals.Key{}, false
	}
	return signals.Key{Source: signals.Jira, Site: jiraSite, ID: s}, true
}

func caseName(k signals.Key) string {
	switch k.Source {
	case signals.Slack:
		return "#" + k.ID
	case signals.Log:
		return "log:" + k.ID
	case signals.Alerts:
		return "alert:" + k.ID
	}
	return k.ID
}
