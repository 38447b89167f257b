package fakeslack

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Deed is one thing that a person does, as the page and other processes say it.
// Which fields count depends on Do.
type Deed struct {
	Do        string              `json:"do"`                  // one of those that Do knows
	As        string              `json:"as"`                  // the person
	Channel   string              `json:"channel,omitempty"`   //
	TS        string              `json:"ts,omitempty"`        // of the message it is about
	Thread    string              `json:"thread,omitempty"`    // to reply in
	Text      string              `json:"text,omitempty"`      // of a message or a command; the new name of a channel
	Broadcast bool                `json:"broadcast,omitempty"` // of a reply: to the channel too
	Emoji     string              `json:"emoji,omitempty"`     // without colons
	User      string              `json:"user,omitempty"`      // whom to invite
	View      string              `json:"view,omitempty"`      // id
	Block     string              `json:"block,omitempty"`     //
	Action    string              `json:"action,omitempty"`    //
	Values    []string            `json:"values,omitempty"`    // chosen
	State     map[string][]string `json:"state,omitempty"`     // of a modal, see Submit
	All       bool                `json:"all,omitempty"`       // close all modals
	ID        string              `json:"id,omitempty"`        // of a shortcut
}

// Done is what came of a Deed.
type Done struct {
	OK     bool              `json:"ok"`
	TS     string            `json:"ts,omitempty"`
	Error  string            `json:"error,omitempty"`
	Errors map[string]string `json:"errors,omitempty"` // of a modal, by block id
	Reply  any               `json:"reply,omitempty"`  // of a suggestion
}

// Do does what a person does. The texts are as typed: @name, #channel and a
// command's slash are understood.
func (s *Server) Do(ctx context.Context, d Deed) Done {
	out := Done{}
	var err error
	switch d.Do {
	case "say":
		out.TS, err = s.Type(ctx, d)
	case "edit":
		err = s.Edit(d.Channel, d.As, d.TS, s.Typed(d.Text))
	case "delete":
		err = s.Delete(d.Channel, d.As, d.TS)
	case "react", "unreact":
		err = s.React(d.Channel, d.As, d.TS, d.Emoji, d.Do == "react")
	case "click":
		err = s.Click(ctx, Click{User: d.As, Channel: d.Channel, TS: d.TS, View: d.View, Block: d.Block, Action: d.Action, Values: d.Values})
	case "suggest":
		var reply []byte
		reply, err = s.Suggest(ctx, Click{User: d.As, Channel: d.Channel, TS: d.TS, View: d.View, Block: d.Block, Action: d.Action}, d.Text)
		out.Reply = raw(reply)
	case "submit":
		out.Errors, err = s.Submit(ctx, d.As, d.View, d.State)
	case "close":
		err = s.CloseView(d.As, d.View, d.All)
	case "shortcut":
		err = s.Shortcut(ctx, d.As, d.ID, d.Channel, d.TS)
	case "home", "messages":
		s.OpenHome(d.As, d.Do)
	case "read":
		s.Read(d.Channel, d.As)
	default:
		err = s.doInChannel(d)
	}
	if err != nil {
		out.Error = err.Error()
	}
	out.OK = err == nil && len(out.Errors) == 0
	return out
}

func (s *Server) doInChannel(d Deed) error {
	switch d.Do {
	case "join":
		return s.Join(d.Channel, d.As)
	case "leave":
		return s.Leave(d.Channel, d.As)
	case "invite":
		return s.Invite(d.Channel, d.As, d.User)
	case "remove":
		return s.Leave(d.Channel, d.User)
	case "rename":
		return s.Rename(d.Channel, d.Text)
	case "archive", "unarchive":
		return s.Archive(d.Channel, d.As, d.Do == "archive")
	}
	return fmt.Errorf("nobody can %q; there are say, edit, delete, react, unreact, click, suggest, submit, close, shortcut, home, messages, read, join, leave, invite, remove, rename, archive, unarchive", d.Do)
}

// Say lets a person write into a channel, in the thread of that root unless it
// is "", and returns the ts of the message. The text is Slack's form already.
func (s *Server) Say(channel, user, thread, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store(&Message{Channel: channel, User: user, Thread: thread, Text: text}).TS
}

// Type lets a person type into the box of a channel: a message, or a command. It
// returns the ts of the message.
func (s *Server) Type(ctx context.Context, d Deed) (string, error) {
	text := strings.TrimSpace(d.Text)
	switch {
	case text == "":
		return "", errors.New("no_text: there is nothing to send")
	case strings.HasPrefix(text, "/"):
		return "", s.Command(ctx, d.As, d.Channel, s.typed(text, true))
	}
	text = s.Typed(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[d.Channel]
	switch {
	case s.person(d.As) == nil:
		return "", fmt.Errorf("say: there is no person %q", d.As)
	case c != nil && c.Archived:
		return "", errors.New("is_archived: nobody can write into an archived channel")
	case !s.isMember(d.Channel, d.As):
		return "", fmt.Errorf("not_in_channel: %s is not in channel %q", d.As, d.Channel)
	}
	m := s.store(&Message{Channel: d.Channel, User: d.As, Thread: d.Thread, Text: text, Broadcast: d.Broadcast && d.Thread != ""})
	s.readUpTo(d.Channel, d.As, m.TS)
	return m.TS, nil
}

var mention = regexp.MustCompile(`[@#][\p{L}\p{N}_.-]+`)

// Typed turns what a person types into Slack's form: escaped, with @name, @here
// and #channel as mentions.
func (s *Server) Typed(text string) string { return s.typed(text, false) }

// typed does so; commands get names beside the ids.
func (s *Server) typed(text string, names bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return mention.ReplaceAllStringFunc(text, func(word string) string {
		name := strings.TrimRight(word[1:], ".-")
		rest := word[1+len(name):]
		label := ""
		if names {
			label = "|" + name
		}
		if word[0] == '#' {
			for id, c := range s.channels {
				if c.Name == name && !c.Multi {
					return "<#" + id + "|" + name + ">" + rest
				}
			}
			return word
		}
		if slices.Contains([]string{"here", "channel", "everyone"}, name) {
			return "<!" + name + ">" + rest
		}
		for id, p := range s.people {
			if p.Name == name && !p.Deleted {
				return "<@" + id + label + ">" + rest
			}
		}
		for _, g := range s.groups {
			if g.Handle == name {
				return "<!subteam^" + g.ID + "|@" + name + ">" + rest
			}
		}
		return word
	})
}

// mine returns a message that a person wrote.
func (s *Server) mine(channel, user, ts string) (*Message, error) {
	m := s.find(channel, ts)
	switch {
	case m == nil:
		return nil, errors.New("message_not_found")
	case m.User != user:
		return nil, fmt.Errorf("cant_update_message: %s did not write it", user)
	}
	return m, nil
}

// Edit gives a message of a person another text.
func (s *Server) Edit(channel, user, ts, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.mine(channel, user, ts)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	next := *m
	next.Text = text
	s.replace(m, next)
	return nil
}

// Delete removes a message of a person; everybody may remove what the app showed
// to them alone.
func (s *Server) Delete(channel, user, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.seen(channel, ts, user); m != nil && m.To == user {
		s.remove(m)
		return nil
	}
	m, err := s.mine(channel, user, ts)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	s.remove(m)
	return nil
}

// React puts the emoji of a person at a message, or takes it away.
func (s *Server) React(channel, user, ts, emoji string, put bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(channel, ts)
	if m == nil {
		return errors.New("react: message_not_found")
	}
	if code := s.setReaction(m, user, strings.Trim(emoji, ":"), put); code != "" {
		return fmt.Errorf("react: %s", code)
	}
	return nil
}

// Read marks a channel as read by a person.
func (s *Server) Read(channel, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if all := s.rooms[channel]; len(all) > 0 {
		s.readUpTo(channel, user, all[len(all)-1].TS)
	}
}

func (s *Server) readUpTo(channel, user, ts string) {
	if s.read[user] == nil {
		s.read[user] = map[string]string{}
	}
	s.read[user][channel] = ts
}
