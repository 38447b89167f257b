package text

import (
	"bufio"
	"embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Cue names what a phrase does in a conversation. Every cue is one list.
type Cue string

// The cues of the embedded lists.
const (
	Ask        Cue = "ask"        // asks for help, an answer, a review, an owner
	Question   Cue = "question"   // has the form of a question
	Hedge      Cue = "hedge"      // a worry in weak words
	Deflect    Cue = "deflect"    // sends the asker into a process: a ticket, a form, a number
	Bounce     Cue = "bounce"     // sends the asker to others: "not us, try #other"
	Workaround Cue = "workaround" // lives with the fault: restart, rerun, "known issue"
	Problem    Cue = "problem"    // says that something does not work
	MeToo      Cue = "metoo"      // has the same
	Again      Cue = "again"      // it came back
	Thanks     Cue = "thanks"
	Solved     Cue = "solved"     // it works now, it was fixed
	NeverMind  Cue = "never_mind" // the asker takes it back
	Ack        Cue = "ack"        // someone takes it or looks at it
	Answer     Cue = "answer"     // has the form of an answer or of advice
	Joke       Cue = "joke"
	Release    Cue = "release"  // release notes, announcements
	Track      Cue = "track"    // a ticket or an incident was opened for it
	Incident   Cue = "incident" // an outage is declared or updated
	Urgent     Cue = "urgent"
	Chase      Cue = "chase" // asks again because nobody answered
	HowTo      Cue = "howto" // asks how something is done; no fault
)

// cues are the lists in the order of their hits; negation is no cue but the
// words that turn a phrase round.
var cues = []Cue{Ask, Question, Hedge, Deflect, Bounce, Workaround, Problem, MeToo, Again, Thanks, Solved, NeverMind, Ack, Answer, Joke, Release, Track, Incident, Urgent, Chase, HowTo}

const negationList = "negation"

// The plain lists: phrases without weights or wildcards, which are no cues by
// themselves and are looked up with Phrases.
const (
	Habit  = "habit"  // something is done again and again, or by everybody
	Remedy = "remedy" // what people do to get on without a repair

	Over      = "over"      // an incident has ended
	NotOver   = "not_over"  // takes words of Over back when it stands right before them
	Closing   = "closing"   // said by those who close a case
	Agreement = "agreement" // said by those who agree that it be closed
	Objection = "objection" // said by those who do not
	Service   = "service"   // said by those who serve its originator

	Approval    = "approval"     // in the name of a status or a field: it waits for somebody's yes
	ApprovalAsk = "approval_ask" // asks for somebody's yes

	Assent   = "assent"   // says yes when somebody is asked whether it is solved
	Dissent  = "dissent"  // says no to that
	InPart   = "in_part"  // says that a part of it is solved
	Contrast = "contrast" // turns to what speaks against what was said
)

var plainLists = []string{Habit, Remedy, Over, NotOver, Closing, Agreement, Objection, Service, Approval, ApprovalAsk, Assent, Dissent, InPart, Contrast}

//go:embed data/*.txt
var dataFS embed.FS

// Lexicon is a compiled set of cue lists. It is immutable.
//
// A list has one phrase per line, `#` begins a comment:
//
//	please (open|file|raise) [a|an] ticket = 0.9   weight 0..1, 0.7 if absent
//	anyone ... looking                             ... is up to three words
//	fail~ with * error                             fail, fails, failed, failing; * is one word
//	^ how (do|can) i ?                             ^ begins, $ ends the sentence; ? as last: it is a question
//	try <channel>                                  <person> <channel> <key> <link> <number> <code>
//	! no errors                                    takes away the list's hits that it overlaps
//	%negatable                                     a negation up to three words before undoes a hit
//
// Case and the form of apostrophes do not matter; "don't" also finds "dont".
type Lexicon struct {
	lists map[string][]string
	plain map[string]map[string][][]string // by plain list and first word
	// families of the list Fault by the hash of a phrase
	families map[uint64]uint64
	trie
}

// DefaultLexicon compiles the embedded English lists. It takes tens of milliseconds.
func DefaultLexicon() *Lexicon {
	lists := map[string][]string{}
	for _, name := range listNames() {
		b, err := dataFS.ReadFile("data/" + name + ".txt")
		if err != nil {
			panic("text: embedded list " + name + ": " + err.Error())
		}
		sc := bufio.NewScanner(strings.NewReader(string(b)))
		for sc.Scan() {
			lists[name] = append(lists[name], sc.Text())
		}
	}
	l, err := compile(lists)
	if err != nil {
		panic("text: embedded lists: " + err.Error())
	}
	return l
}

func listNames() []string {
	names := []string{negationList}
	for _, c := range cues {
		names = append(names, string(c))
	}
	names = append(names, plainLists...)
	return append(names, Fault)
}

// Phrases returns the phrases of a plain list as words, by the first word of each.
func (l *Lexicon) Phrases(list string) map[string][][]string { return l.plain[list] }

// Plain is the words of a text in lower case, hyphens and apostrophes kept, as
// the plain lists are compared.
func Plain(s string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(s, "’", "'")), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '\'' || r == '-' || r > 0x7f)
	})
}

func plainPhrases(lists map[string][]string) map[string]map[string][][]string {
	out := make(map[string]map[string][][]string, len(plainLists))
	for _, list := range plainLists {
		byFirst := make(map[string][][]string)
		for _, line := range lists[list] {
			if w := Plain(stripComment(line)); len(w) > 0 {
				byFirst[w[0]] = append(byFirst[w[0]], w)
			}
		}
		out[list] = byFirst
	}
	return out
}

// Lists gives the names of the lists that Extend knows, sorted.
func (l *Lexicon) Lists() []string {
	names := listNames()
	sort.Strings(names)
	return names
}

// Extend returns a lexicon with lines added to a list. A line "-phrase" removes
// the phrase (written as it stands in the list, without its weight), the line
// "-*" empties the list, for a translation. The error names the list, the
// number of the line and what is wrong with it.
func (l *Lexicon) Extend(list string, lines []string) (*Lexicon, error) {
	if !contains(listNames(), list) {
		return nil, fmt.Errorf("cue list %q is unknown; known: %s", list, strings.Join(l.Lists(), ", "))
	}
	lists := make(map[string][]string, len(l.lists))
	for k, v := range l.lists {
		lists[k] = v
	}
	cur := append([]string(nil), lists[list]...)
	for i, line := range lines {
		text, _, err := splitWeight(stripComment(line))
		if err == nil && !strings.HasPrefix(text, "-") && text != "" {
			err = checkLine(list, line)
			cur = append(cur, line)
		}
		if err != nil {
			return nil, fmt.Errorf("cue list %s, line %d %q: %w", list, i+1, line, err)
		}
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			n := len(cur)
			if cur = removePhrase(cur, strings.TrimSpace(rest)); len(cur) == n && rest != "*" {
				return nil, fmt.Errorf("cue list %s, line %d %q: no such phrase to remove", list, i+1, line)
			}
		}
	}
	lists[list] = cur
	return compile(lists)
}

func removePhrase(lines []string, phrase string) []string {
	if phrase == "*" {
		return nil
	}
	var out []string
	for _, line := range lines {
		if text, _, _ := splitWeight(stripComment(line)); !strings.EqualFold(text, phrase) {
			out = append(out, line)
		}
	}
	return out
}

// stripComment cuts the comment, which begins at a '#' after a blank or at the start.
func stripComment(line string) string {
	for i := 0; i < len(line); i++ {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return strings.TrimSpace(line[:i])
		}
	}
	return strings.TrimSpace(line)
}

const defaultWeight = 0.7

func splitWeight(line string) (string, float64, error) {
	i := strings.LastIndex(line, " = ")
	if i < 0 {
		return line, defaultWeight, nil
	}
	w, err := strconv.ParseFloat(strings.TrimSpace(line[i+3:]), 64)
	if err != nil || !(w > 0 && w <= 1) {
		return "", 0, fmt.Errorf("weight %q is no number above 0 and up to 1", strings.TrimSpace(line[i+3:]))
	}
	return strings.TrimSpace(line[:i]), w, nil
}
