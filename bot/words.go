package bot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"andon/signals"
)

// unclear is what was not understood, as a sentence for who wrote it: what to
// mend, with an example.
type unclear string

func (u unclear) Error() string { return string(u) }

func unclearf(format string, args ...any) error { return unclear(fmt.Sprintf(format, args...)) }

// nextWord cuts the first word off a text. What Slack writes in angle brackets, a
// mention or a link with its words, is one word.
func nextWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	end := strings.IndexFunc(text, unicode.IsSpace)
	if strings.HasPrefix(text, "<") {
		if n := strings.IndexByte(text, '>'); n >= 0 && !strings.ContainsRune(text[1:n], '<') {
			end = n + 1
			if more := strings.IndexFunc(text[end:], unicode.IsSpace); more >= 0 {
				end += more
			} else {
				end = len(text)
			}
		}
	}
	if end < 0 {
		end = len(text)
	}
	return text[:end], strings.TrimSpace(text[end:])
}

// split cuts a text into its words.
func split(text string) (words []string) {
	for {
		var word string
		if word, text = nextWord(text); word == "" {
			return words
		}
		words = append(words, word)
	}
}

// politeWords are polite words before what is meant.
var politeWords = map[string]bool{
	"please": true, "pls": true, "hey": true, "hi": true, "hello": true, "ok": true, "okay": true, "andon": true, "/andon": true,
	"can": true, "could": true, "would": true, "you": true, "show": true, "tell": true, "give": true, "me": true,
}

// spoken is what is left of a sentence without who is spoken to and polite words
// around it: the command, in lower case, and the rest as it was written.
func spoken(text string, mention bool) (name, rest string) {
	text = strings.TrimSpace(text)
	for {
		word, more := nextWord(text)
		bare := strings.ToLower(strings.Trim(word, ",.:;!?"))
		switch {
		case word == "":
			return "", ""
		case mention && strings.HasPrefix(word, "<@"), politeWords[bare], bare == "":
			text = more
			continue
		case (bare == "opt") && more != "":
			if next, after := nextWord(more); next == "out" || next == "in" {
				return bare + next, after
			}
		}
		if as, ok := otherNames[bare]; ok {
			bare = as
		}
		return bare, more
	}
}

// otherNames are other words for commands.
var otherNames = map[string]string{
	"opt-out": "optout", "opt-in": "optin", "?": "help", "commands": "help", "un-mute": "unmute", "un-link": "unlink", "un-watch": "unwatch",
	"setting": "settings", "config": "settings", "ls": "list", "cord": "pull", "like": "similar", "resolved": "solved", "fixed": "solved",
}

// grammar knows what words stand for, for one asker at one time. It reads only.
type grammar struct {
	now     time.Time
	cal     *signals.Calendar // of the asker
	org     *signals.Org
	me      string // account of the asker
	here    string // channel where it was asked, "" in a direct message
	channel func(name string) (id string, ok bool)
	bot     func(org *signals.Org, id string) bool // whether an id is an app's; may be nil
}

// site is the workspace in which it was asked.
func (g *grammar) site() string {
	k, _ := signals.ParseKey(g.me)
	return k.Site
}

// slackID reads <@U1|name> and <#C1|name>: the id of the domain behind it.
func (g *grammar) slackID(word, sigil string) (id, label string, ok bool) {
	inner, ok := strings.CutPrefix(word, "<"+sigil)
	inner, rest, closed := strings.Cut(inner, ">")
	if !ok || !closed || strings.Trim(rest, ",.:;!?") != "" {
		return "", "", false
	}
	local, label, _ := strings.Cut(inner, "|")
	if !plainID.MatchString(local) {
		return "", "", false
	}
	return signals.ID(signals.Slack, g.site(), local), label, true
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]{2,64}$`)

// person reads somebody: a mention, or a name of the roster behind an at sign.
func (g *grammar) person(word string) (id string, err error) {
	if id, _, ok := g.slackID(word, "@"); ok {
		if g.bot != nil && g.bot(g.org, id) {
			return "", unclearf("That is an app. Type @ and choose a person from Slack's list, such as @bea.")
		}
		return g.org.Who(id), nil
	}
	name := strings.ToLower(strings.Trim(strings.TrimPrefix(word, "@"), ",.:;!?<>"))
	if name == "" {
		return "", unclearf("Tell me whom you mean, such as backup @bea.")
	}
	if name == "me" {
		return g.org.Who(g.me), nil
	}
	var found []string
	for id, p := range g.org.People {
		first, _, _ := strings.Cut(strings.ToLower(p.Name), " ")
		if !p.Left && !p.Bot && (strings.ToLower(id) == name || strings.ToLower(p.Name) == name || first == name || strings.ReplaceAll(strings.ToLower(p.Name), " ", ".") == name) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	switch len(found) {
	case 0:
		return "", unclearf("I know nobody called %s. Type @ and choose somebody from Slack's list, such as @bea.", brief(word))
	case 1:
		return found[0], nil
	}
	return "", unclearf("%s could be %s. Type @ and choose one from Slack's list.", brief(word), "several people")
}

// room reads a channel: a link to it, its name, or here.
func (g *grammar) room(word string) (id string, err error) {
	if id, _, ok := g.slackID(word, "#"); ok {
		return id, nil
	}
	name := strings.ToLower(strings.Trim(word, ",.:;!?<>"))
	if name == "here" {
		if g.here == "" {
			return "", unclearf("This is no channel. Say which one you mean, such as #payments.")
		}
		return g.here, nil
	}
	if bare, ok := strings.CutPrefix(name, "#"); ok && bare != "" && g.channel != nil {
		if id, ok := g.channel(bare); ok {
			return id, nil
		}
	}
	return "", unclearf("I know no channel %s. Type # and choose one from Slack's list, such as #payments.", brief(word))
}

// isRoom reports whether a word looks like a channel.
func isRoom(word string) bool {
	return strings.HasPrefix(word, "<#") || strings.HasPrefix(word, "#") || strings.EqualFold(word, "here")
}

var (
	issueKey  = regexp.MustCompile(`(?i)^[a-z][a-z0-9_]{0,30}-[0-9]{1,12}$`)
	permalink = regexp.MustCompile(`/archives/[CGD][A-Z0-9]+/p[0-9]{7,20}`)
)

// caseRef reads what stands for an issue or a thread: a key such as PAY-17, its
// web address in any of Jira's forms, or a link to a message. It gives what
// World.Find takes.
func caseRef(word string) (ref string, ok bool) {
	word = strings.Trim(plainWord(word), "<>,.;:!?()\"'“”")
	address, _, _ := strings.Cut(word, "|")
	if issueKey.MatchString(address) {
		return strings.ToUpper(address), true
	}
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return "", false
	}
	if permalink.MatchString(address) {
		return address, true
	}
	path, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	path, _, _ = strings.Cut(path, "#")
	for part := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(part, "="); (name == "selectedIssue" || name == "issueKey") && issueKey.MatchString(value) {
			return strings.ToUpper(value), true
		}
	}
	parts := strings.Split(strings.TrimRight(path, "/"), "/")
	for i, part := range slices.Backward(parts) {
		if i > 2 && issueKey.MatchString(part) {
			return strings.ToUpper(part), true
		}
	}
	return "", false
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// plainWord takes back what Slack does to ampersands and angle brackets.
func plainWord(s string) string { return entities.Replace(s) }

// plain is a text as people read it: mentions, channels and links by what they
// are called.
func (g *grammar) plain(text string) string {
	text = bracketed.ReplaceAllStringFunc(text, func(s string) string {
		inner := s[1 : len(s)-1]
		body, label, labelled := strings.Cut(inner, "|")
		switch {
		case strings.HasPrefix(body, "@"):
			id := signals.ID(signals.Slack, g.site(), body[1:])
			if p := g.org.Person(id); p != nil && p.Name != "" {
				return "@" + p.Name
			}
			if labelled {
				return "@" + label
			}
			return body
		case strings.HasPrefix(body, "#"):
			if labelled && label != "" {
				return "#" + label
			}
			return body
		case strings.HasPrefix(body, "!"):
			return "@" + strings.TrimPrefix(body, "!")
		case labelled && label != "":
			return label
		}
		return body
	})
	return strings.TrimSpace(plainWord(text))
}

var bracketed = regexp.MustCompile(`<[^<>\n]+>`)

// brief is a word of somebody, short enough to be said back to them.
func brief(word string) string {
	const most = 40
	word = strings.Join(strings.Fields(plainWord(word)), " ")
	if r := []rune(word); len(r) > most {
		word = string(r[:most]) + "…"
	}
	return `"` + word + `"`
}

// name is what the asker is called, "" where the roster does not say.
func (g *grammar) name() string {
	if p := g.org.Person(g.me); p != nil {
		return p.Name
	}
	return ""
}
