package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// lobby is where people meet, and remembers who was brought together.
type lobby struct {
	mu      sync.Mutex
	groups  [][]string
	members map[string][]string
	err     error
}

func (l *lobby) Together(_ context.Context, people []string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return "", l.err
	}
	l.groups = append(l.groups, people)
	return "slack/T1/G77", nil
}

func (l *lobby) Members(_ context.Context, channel string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m, ok := l.members[channel]; ok {
		return m, nil
	}
	return nil, errors.New("no such channel")
}

func (l *lobby) Join(context.Context, string) error  { return nil }
func (l *lobby) Leave(context.Context, string) error { return nil }

// refusal is an error that will stay.
type refusal string

func (r refusal) Error() string          { return string(r) }
func (r refusal) TerminalReason() string { return string(r) }

// desk is a Jira site as it creates issues.
type desk struct {
	made  map[string]bot.Ticket
	wrong map[string]string
}

type incomplete map[string]string

func (i incomplete) Error() string               { return "something is missing" }
func (i incomplete) Problems() map[string]string { return i }

func (d *desk) Projects() []string { return []string{"PAY", "OPS"} }
func (d *desk) Types(_ context.Context, project string) ([]string, error) {
	if project == "OPS" {
		return []string{"Task"}, nil
	}
	return []string{"Bug", "Task"}, nil
}

func (d *desk) Form(context.Context, string, string) ([]view.Input, error) {
	return []view.Input{{ID: "env", Label: "Environment"}}, nil
}

func (d *desk) Create(_ context.Context, t bot.Ticket) (bot.Issue, error) {
	if len(d.wrong) > 0 {
		return bot.Issue{}, incomplete(d.wrong)
	}
	d.made[t.Key] = t
	return bot.Issue{Case: signals.Key{Source: signals.Jira, Site: "jira", ID: "900"}, Label: "PAY-90", URL: "https://jira.example/browse/PAY-90"}, nil
}

func (d *desk) Link(_ context.Context, label string) (bot.Issue, error) {
	switch label {
	case "PAY-90":
		return bot.Issue{Case: signals.Key{Source: signals.Jira, Site: "jira", ID: "900"}, Label: label, Audience: signals.Public}, nil
	case "PAY-91": // nobody has read it, and Jira shows it to few
		return bot.Issue{Case: signals.Key{Source: signals.Jira, Site: "jira", ID: "901"}, Label: label, Audience: signals.MembersOf("jira/jira/security:1")}, nil
	case "PAY-8", "PAY-7": // read before
		return bot.Issue{Case: signals.Key{Source: signals.Jira, Site: "jira", ID: label[4:]}, Label: label, Audience: signals.Public}, nil
	}
	return bot.Issue{}, errors.New("no such issue")
}

// catcher passes cards on and remembers the latest of each key.
type catcher struct {
	bot.Poster
	mu     sync.Mutex
	cards  map[string]*view.Card
	posts  map[string]string // key to target
	gone   map[string]bool   // keys of messages that were deleted
	broken error             // what every post fails with
}

func (c *catcher) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return signals.Copy{}, c.broken
	}
	at, err := c.Poster.Post(ctx, target, card)
	if err == nil {
		c.cards[card.Key], c.posts[card.Key] = card, target
	}
	return at, err
}

func (c *catcher) Update(ctx context.Context, at signals.Copy, card *view.Card) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone[card.Key] {
		return refusal("the message is no longer there")
	}
	err := c.Poster.Update(ctx, at, card)
	if err == nil {
		c.cards[card.Key] = card
	}
	return err
}

// floor is a service with people who press buttons.
type floor struct {
	*stepper
	fake  *fakeslack.Server
	said  *catcher
	lobby *lobby
	desk  *desk
	asked int
}

func newFloor(t *testing.T, change func(*bot.Config)) *floor {
	return newFloorOn(t, storetest.SQLite(t), change)
}

// newFloorOn is newFloor on a database.
func newFloorOn(t *testing.T, url string, change func(*bot.Config)) *floor {
	f := &floor{lobby: &lobby{members: map[string][]string{}}, desk: &desk{made: map[string]bot.Ticket{}}}
	var s *stepper
	f.fake = fakeslack.New(fakeslack.Options{Team: "T1", Token: "xoxb-1", Now: func() time.Time { return s.clock.now() }})
	srv := httptest.NewServer(f.fake)
	t.Cleanup(func() { f.fake.Close(); srv.Close() })
	poster, err := slack.NewPoster(slack.Workspace{Team: "T1", Token: "xoxb-1", URL: srv.URL + "/api/", AdminChannel: "C0ADMIN", Limits: slack.Limits{Off: true}})
	require.NoError(t, err)
	t.Cleanup(poster.Close)
	f.said = &catcher{Poster: poster, cards: map[string]*view.Card{}, posts: map[string]string{}, gone: map[string]bool{}}
	s = newStepper(t, url, tuesday, signals.DefaultPolicy(), func(c *bot.Config) {
		c.Poster, c.Rooms, c.Tickets, c.Admin = f.said, f.lobby, map[string]bot.Tickets{"jira/jira": f.desk}, slack.Admin
		c.Links = func(k signals.Key, label string) string {
			if k.Source == signals.Slack {
				return "https://slack.example/archives/" + strings.ReplaceAll(k.ID, "/", "/p")
			}
			return "https://jira.example/browse/" + label
		}
		c.Address = func(org *signals.Org, to string) (string, string) { return slackAddress(org, "T1", to) }
		if change != nil {
			change(c)
		}
	})
	f.stepper = s
	org := staff()
	for _, p := range []string{
		`{"id":"bea","name":"Bea","team":"Payments","zone":"Europe/Berlin","accounts":["jira/jira/bea","slack/T1/U1"]}`,
		`{"id":"carl","name":"Carl","team":"Web","accounts":["jira/jira/carl","slack/T1/U2"]}`,
		`{"id":"ann","name":"Ann","accounts":["jira/jira/ann","slack/T1/U3"]}`,
	} {
		id := strings.Split(p, `"`)[3]
		org = append(org, &signals.Event{ID: "andon/test/named/" + id, Kind: signals.RosterSet, Case: orgKey, Field: "person", To: id, Text: p, At: time.Unix(1, 0).UTC()})
	}
	org = append(org, &signals.Event{ID: "andon/test/owner", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"slack/T1/C1"},{"channel":"slack/T1/C2"}]}`, At: time.Unix(1, 0).UTC()})
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: org, Rooms: map[string]string{"slack/T1/C1": "billing"}}))
	return f
}

// threadAt is the thread of a question.
func threadAt(channel string, thread int) signals.Key {
	return signals.SlackThread("T1", channel, fmt.Sprintf("%d.%06d", tuesday.Unix()+int64(thread), thread))
}

// wondered is a question as Slack would tell of it.
func wondered(channel string, thread int, at time.Time, who, words string) *signals.Event {
	k := threadAt(channel, thread)
	return &signals.Event{ID: k.String(), Case: k, Kind: signals.Said, Actor: "slack/T1/" + who, At: at, Text: words, Audience: signals.Public, Seq: signals.Seq{Entry: at.UnixMicro()}}
}

// ask lets Ann ask something in a channel that nobody answers, until somebody is
// told. It returns the message.
func (f *floor) ask(channel string, thread int, audience signals.Audience) string {
	return f.askWith(channel, thread, askWords, audience)
}

// askWith is ask in other words: the same words in two channels are one ask.
func (f *floor) askWith(channel string, thread int, words string, audience signals.Audience) string {
	had := maps.Clone(f.said.cards)
	e := wondered(channel, thread, f.clock.now(), "U3", words)
	e.Audience = audience
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
	f.drain()
	f.until(f.clock.now().Add(23*time.Hour), true)
	f.drain()
	for key := range f.said.cards {
		if had[key] == nil && strings.HasPrefix(key, "m") {
			return key
		}
	}
	return ""
}

// press presses a button and lets the loop work. Under more, value is the verb.
func (f *floor) press(user, action, value string) view.Reply {
	f.asked++
	r, err := f.bot.Ask(f.t.Context(), view.Asked{ID: fmt.Sprint("press", f.asked), Kind: view.Pressed, User: user, Action: action, Value: value})
	require.NoError(f.t, err)
	f.clock.set(f.clock.now().Add(time.Minute))
	f.drain()
	return r
}

// send sends a form with what was entered, in pairs.
func (f *floor) send(user string, m *view.Modal, entered ...string) view.Reply {
	f.asked++
	require.NotNil(f.t, m)
	a := view.Asked{ID: fmt.Sprint("send", f.asked), Kind: view.Submit, User: user, Action: m.ID, Hidden: m.Hidden, Entered: map[string]string{}}
	for _, in := range m.Inputs {
		a.Entered[in.ID] = in.Value
	}
	for i := 0; i < len(entered); i += 2 {
		a.Entered[entered[i]] = entered[i+1]
	}
	r, err := f.bot.Ask(f.t.Context(), a)
	require.NoError(f.t, err)
	f.clock.set(f.clock.now().Add(time.Minute))
	f.drain()
	return r
}

// shows is what a message says now, with its buttons.
func (f *floor) shows(key string) string {
	c := f.said.cards[key]
	require.NotNil(f.t, c, key)
	return drawn(c)
}

// drawn is a card as text, with its buttons.
func drawn(c *view.Card) string {
	out := []string{c.Text()}
	for _, a := range c.Actions {
		s := "[" + a.Text + "]"
		if a.Primary {
			s = "[*" + a.Text + "*]"
		}
		for _, o := range a.Options {
			s += " {" + o.Text + "}"
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

// form is a form as text.
func form(m *view.Modal) string {
	if m == nil {
		return "(no form)"
	}
	out := []string{"(" + m.Title + ")"}
	for _, l := range m.Lines {
		out = append(out, l.Text)
	}
	for _, in := range m.Inputs {
		s := in.Label + ": " + in.Value
		for _, o := range in.Options {
			s += " {" + o.Text + "}"
		}
		out = append(out, strings.TrimSpace(s))
	}
	return strings.Join(append(out, "<"+m.Submit+">"), "\n")
}

// records are those of a thread.
func (f *floor) records(channel string, thread int) []*signals.Record {
	rs, err := f.db.Records(f.t.Context(), threadAt(channel, thread))
	require.NoError(f.t, err)
	return rs
}

// happened lists what people did in a thread, as kind and what it says.
func (f *floor) happened(channel string, thread int) (out []string) {
	news, err := f.db.News(f.t.Context(), threadAt(channel, thread), 0)
	require.NoError(f.t, err)
	for _, e := range news {
		if strings.HasPrefix(e.ID, "andon/") {
			out = append(out, strings.TrimSpace(fmt.Sprint(e.Kind, " ", e.Actor, " ", e.To)))
		}
	}
	return slices.Compact(out)
}
