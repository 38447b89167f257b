package company

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Channel is a Slack channel with its messages, oldest first.
type Channel struct {
	ID       string
	Name     string
	Private  bool
	Created  time.Time
	Members  []*Person
	Messages []*Message
	times    map[int64]bool // microseconds taken: a ts is unique within a channel
	topic    *topic         // of an incident channel
}

// Message is one message in the shape of a Slack export.
type Message struct {
	Type        string     `json:"type"`
	Subtype     string     `json:"subtype,omitempty"`
	User        string     `json:"user,omitempty"`
	BotID       string     `json:"bot_id,omitempty"`
	Username    string     `json:"username,omitempty"`
	Text        string     `json:"text"`
	TS          string     `json:"ts"`
	ThreadTS    string     `json:"thread_ts,omitempty"`
	ReplyCount  int        `json:"reply_count,omitempty"`
	ReplyUsers  []string   `json:"reply_users,omitempty"`
	LatestReply string     `json:"latest_reply,omitempty"`
	Replies     []Reply    `json:"replies,omitempty"`
	Reactions   []Reaction `json:"reactions,omitempty"`
	Edited      *Edited    `json:"edited,omitempty"`

	at   time.Time
	by   *Person // nil for bots
	weak bool    // part of a planted condition
}

// Reply names one reply of a thread's root.
type Reply struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// Reaction is an emoji under a message. Exports do not say when it was given.
type Reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

// Edited says who changed a message and when.
type Edited struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

type bot struct{ id, user, name string }

var bots = []bot{{"B0DEPLOYER", "U0BOTDEPLOY", "deploybot"}, {"B0CIRUNNER1", "U0BOTCIRUN", "ci"}, {"B0JIRALINK", "U0BOTJIRA1", "jira"}}

func slackTime(t time.Time) string {
	us := t.UnixMicro()
	return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
}

func (ch *Channel) where(root *Message) string { return "slack:" + ch.ID + "/" + root.TS }

func (ch *Channel) add(r *rand.Rand, at time.Time, m *Message) *Message {
	us := at.Truncate(time.Second).UnixMicro() + r.Int64N(1e6)
	for ch.times[us] {
		us++
	}
	ch.times[us] = true
	m.Type, m.at = "message", time.UnixMicro(us).UTC()
	m.TS = slackTime(m.at)
	ch.Messages = append(ch.Messages, m)
	return m
}

// post adds a person's message, in a thread when root is given. Nil when it would be after the end of history, or
// after the person has left.
func (w *world) post(r *rand.Rand, ch *Channel, root *Message, by *Person, at time.Time, text string) *Message {
	if at.IsZero() || !at.Before(w.end) || by.gone(at) {
		return nil
	}
	m := ch.add(r, at, &Message{User: by.SlackID, Text: by.style.write(r, w.g, text), by: by})
	if root != nil {
		m.ThreadTS, root.ThreadTS = root.TS, root.TS
		root.Replies = append(root.Replies, Reply{m.User, m.TS})
	}
	return m
}

func (w *world) postBot(r *rand.Rand, ch *Channel, b bot, at time.Time, text string) *Message {
	if !at.Before(w.end) {
		return nil
	}
	return ch.add(r, at, &Message{Subtype: "bot_message", BotID: b.id, Username: b.name, Text: text})
}

func (m *Message) react(name string, by ...*Person) {
	for i := range m.Reactions {
		if m.Reactions[i].Name == name {
			return
		}
	}
	m.Reactions = append(m.Reactions, Reaction{name, slackIDs(by), len(by)})
}

func (w *world) makeChannels() {
	r := w.rng("channels")
	everyone := w.people
	var lead, engineers []*Person
	for _, p := range w.people {
		if p.Title == "Team Lead" || p.Team == leads {
			lead = append(lead, p)
		}
		if w.levelOf(p.Team) == "L3" {
			engineers = append(engineers, p)
		}
	}
	w.newChannel(r, "general", false, everyone)
	w.newChannel(r, "random", false, everyone)
	w.newChannel(r, "lunch", false, everyone)
	w.newChannel(r, "releases", false, everyone)
	w.newChannel(r, "deploys", false, engineers)
	w.newChannel(r, "help-engineering", false, everyone)
	w.newChannel(r, "customers", false, append(append(w.team(desk), w.team(product)...), lead...))
	for _, plan := range orgPlan {
		ch := w.newChannel(r, plan.channel, false, w.withGuests(r, w.team(plan.team)))
		for i := range w.c.Teams {
			if w.c.Teams[i].Name == plan.team {
				w.c.Teams[i].ChannelID = ch.ID
			}
		}
	}
	w.c.Teams[0].ChannelID = w.newChannel(r, "leads-private", true, lead).ID
	w.newChannel(r, "login-audit-private", true, append(w.team("Platform"), lead[0]))
}

func (w *world) levelOf(team string) string {
	for _, t := range w.c.Teams {
		if t.Name == team {
			return t.Level
		}
	}
	return ""
}

func (w *world) withGuests(r *rand.Rand, members []*Person) []*Person {
	for range 12 {
		if p := pick(r, w.people); !has(members, p) {
			members = append(members, p)
		}
	}
	return members
}

func (w *world) newChannel(r *rand.Rand, name string, private bool, members []*Person) *Channel {
	prefix := "C0"
	if private {
		prefix = "G0"
	}
	ch := &Channel{ID: prefix + code36(r, 8), Name: name, Private: private, Members: members, times: map[int64]bool{}}
	ch.Created = w.start.AddDate(0, 0, -30-r.IntN(700))
	w.chans[name] = ch
	w.c.Channels = append(w.c.Channels, ch)
	return ch
}

// mark turns the marks of speakers (<@A>), the names of channels and links into Slack markup.
func (w *world) mark(text string, cast map[byte]*Person) string {
	for _, letter := range "ABCDE" {
		if p := cast[byte(letter)]; p != nil {
			text = strings.ReplaceAll(text, "<@"+string(letter)+">", "<@"+p.SlackID+">")
		}
	}
	for _, plan := range orgPlan {
		if ch := w.chans[plan.channel]; strings.Contains(text, "#"+plan.channel) {
			text = strings.ReplaceAll(text, "#"+plan.channel, "<#"+ch.ID+"|"+ch.Name+">")
		}
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		if strings.HasPrefix(word, "https://") {
			bare := strings.TrimRight(word, "?,.;:)")
			words[i] = "<" + bare + ">" + word[len(bare):]
		}
	}
	return strings.Join(words, " ")
}

func (w *world) permalink(ch *Channel, m *Message) string {
	return "https://" + w.c.Slack + "/archives/" + ch.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
}

// finishSlack orders the messages and completes the roots of threads.
func (w *world) finishSlack() {
	t := &w.c.Truth
	for _, ch := range w.c.Channels {
		sort.Slice(ch.Messages, func(i, j int) bool { return ch.Messages[i].at.Before(ch.Messages[j].at) })
		for _, m := range ch.Messages {
			t.Messages++
			if !m.weak {
				t.Ordinary++
			}
			sort.Slice(m.Replies, func(i, j int) bool { return tsLess(m.Replies[i].TS, m.Replies[j].TS) })
			m.ReplyCount = len(m.Replies)
			for _, reply := range m.Replies {
				m.LatestReply = reply.TS
				if !contains(m.ReplyUsers, reply.User) {
					m.ReplyUsers = append(m.ReplyUsers, reply.User)
				}
			}
		}
	}
}

func tsLess(a, b string) bool {
	x, _ := strconv.ParseFloat(a, 64)
	y, _ := strconv.ParseFloat(b, 64)
	if x != y {
		return x < y
	}
	return a < b
}
