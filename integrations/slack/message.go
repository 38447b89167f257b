package slack

import (
	"strings"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// message is what is read of a Slack message. Fields that only later messages
// can have filled (reply_count, replies, latest_reply, subscribed) are left out.
type message struct {
	Type, Subtype      string
	User, BotID, Name  string // Name is the username of an old bot
	Text, TS, Thread   string
	EditedBy, EditedTS string
	Inviter, DeletedTS string
	Old, New           string // channel_name
	Topic, Purpose     string

	Reactions, Attachments, Blocks, Files gjson.Result
	Inner, Previous                       gjson.Result // message_changed, message_deleted
}

// decode reads one message. Values of an unexpected type read as empty.
func decode(r gjson.Result) *message {
	m := &message{}
	r.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "edited":
			m.EditedBy, m.EditedTS = scalar(v.Get("user")), scalar(v.Get("ts"))
		case "comment": // file_comment keeps its author here
			if m.User == "" {
				m.User = scalar(v.Get("user"))
			}
		case "reactions":
			m.Reactions = v
		case "attachments":
			m.Attachments = v
		case "blocks":
			m.Blocks = v
		case "files":
			m.Files = v
		case "message":
			m.Inner = v
		case "previous_message", "original":
			m.Previous = v
		default:
			if p := m.plain(key.Str); p != nil {
				*p = scalar(v)
			}
		}
		return true
	})
	return m
}

// plain returns where the value of a key goes that is a plain text, or nil.
func (m *message) plain(key string) *string {
	switch key {
	case "type":
		return &m.Type
	case "subtype":
		return &m.Subtype
	case "user":
		return &m.User
	case "bot_id":
		return &m.BotID
	case "username":
		return &m.Name
	case "text":
		return &m.Text
	case "ts":
		return &m.TS
	case "thread_ts":
		return &m.Thread
	case "inviter":
		return &m.Inviter
	case "deleted_ts":
		return &m.DeletedTS
	case "old_name":
		return &m.Old
	case "name":
		return &m.New
	case "topic":
		return &m.Topic
	case "purpose":
		return &m.Purpose
	}
	return nil
}

// scalar returns a text, or a number as it is written, and "" for the rest.
func scalar(v gjson.Result) string {
	switch v.Type {
	case gjson.String:
		return v.Str
	case gjson.Number:
		return v.Raw
	}
	return ""
}

// The person id of a bot has this before its local part.
const botPrefix = "bot:"

// workspace is what deriving events needs to know of the workspace.
type workspace struct {
	Team  string
	Bots  map[string]bool   // bare user ids of apps
	Known map[string]bool   // bare ids of all users
	ids   map[string]string // bare id -> id, so that equal ids share memory
}

// slackbot is the user in whose name Slack itself writes.
const slackbot = "USLACKBOT"

// person returns the id of a user, marked when it is a bot.
func (w *workspace) person(user string) string {
	if user == "" {
		return ""
	}
	if id, ok := w.ids[user]; ok {
		return id
	}
	local := user
	if user == slackbot || w.Bots[user] {
		local = botPrefix + user
	}
	return w.intern(user, local)
}

func (w *workspace) intern(key, local string) string {
	if w.ids == nil {
		w.ids = make(map[string]string)
	}
	id := signals.ID(signals.Slack, w.Team, strings.Clone(local))
	w.ids[strings.Clone(key)] = id
	return id
}

// actor returns who wrote m. A message that an app posted in a person's name
// carries both ids and is the person's, unless the user is a bot or unknown.
func (w *workspace) actor(m *message) string {
	bot := m.BotID
	if bot == "" && m.User == "" {
		bot = m.Name
	}
	if bot == "" || (m.User != "" && m.Subtype != "bot_message" && w.Known[m.User] && !w.Bots[m.User]) {
		return w.person(m.User)
	}
	key := botPrefix + bot
	if id, ok := w.ids[key]; ok {
		return id
	}
	return w.intern(key, key)
}
