package detect

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/text"
)

var talkLexicon = text.DefaultLexicon()

func readPost(p *signals.Post) *Reading { return NewReading(talkLexicon, p.Text) }

// chat is a channel that is written line by line.
type chat struct {
	room *signals.Room
	n    int
}

func newChat() *chat { return &chat{room: &signals.Room{ID: "slack/T/C", Name: "payments"}} }

// say adds a post so many minutes after nine. under is the root of its thread, nil for none.
func (c *chat) say(minute float64, who, words string, under *signals.Post) *signals.Post {
	c.n++
	ts := fmt.Sprintf("%d.000000", c.n)
	id, root := "slack/T/C/"+ts, ts
	key := signals.SlackThread("T", "C", root)
	if under != nil {
		key = under.Event.Case
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(minute * float64(time.Minute)))
	p := &signals.Post{Text: words, Event: &signals.Event{ID: id, Case: key, Seq: signals.Seq{Entry: int64(c.n)}, Kind: signals.Said, Actor: "slack/T/" + who, At: at, Text: words}}
	c.room.Add(p)
	return p
}

func (c *chat) talk(root *signals.Post, thread ...*signals.Post) *Talk {
	return NewTalk(root, thread, c.room, signals.NewOrg(signals.DefaultPolicy()), readPost)
}

func words(posts []*signals.Post) []string {
	var out []string
	for _, p := range posts {
		out = append(out, p.Text)
	}
	return out
}

func TestUtterance(t *testing.T) {
	c := newChat()
	c.say(-30, "dan", "morning", nil)
	c.say(0, "bob", "hi all", nil)
	c.say(1, "cat", "<@dan> the review is on Thursday", nil)
	root := c.say(2, "bob", "why does the refund fail?", nil)
	c.say(3, "bob", "it began today", nil)
	c.say(4, "cat", "<@bob> which refund?", nil)
	c.say(5, "bob", "the one of ann", nil)
	got := c.talk(root)
	require.Equal(t, []string{"hi all", "why does the refund fail?", "it began today"}, words(got.Group), "an answer that names the author ends the utterance")
	require.Equal(t, []string{"morning"}, words(got.Before))
	require.Equal(t, []string{"<@dan> the review is on Thursday", "<@bob> which refund?", "the one of ann"}, words(got.After))
	require.Equal(t, 2, got.Passed())
	require.Equal(t, []string{"the one of ann"}, words(got.Own()))
	require.Equal(t, root, got.askPost(0.5), "the utterance asks in its second post")
}

func TestUtteranceEndsWithTime(t *testing.T) {
	c := newChat()
	root := c.say(0, "bob", "why does the refund fail?", nil)
	c.say(11, "bob", "what is for lunch?", nil)
	require.Equal(t, []string{"why does the refund fail?"}, words(c.talk(root).Group))
}

func TestBotsAndThreads(t *testing.T) {
	c := newChat()
	root := c.say(0, "bob", "why does the refund fail?", nil)
	more := c.say(1, "bob", "it began today", nil)
	c.say(1, "bot:helper", "have you read the handbook?", nil)
	a := c.say(2, "cat", "the certificate is old", root)
	c.say(3, "dan", "and the key", more)
	got := c.talk(root, a)
	require.Empty(t, got.After, "neither bots nor threads stand in the channel")
	require.Equal(t, []string{"the certificate is old", "and the key"}, words(got.Thread), "threads under every post of the utterance count")
	require.True(t, signals.IsBot("slack/T/bot:helper"))
	require.False(t, signals.IsBot("slack/T/bob"))
	require.True(t, IsRoot(root))
	require.False(t, IsRoot(a))
}

func TestForgotten(t *testing.T) {
	c := newChat()
	c.room.Keep = 5
	root := c.say(0, "bob", "why does the refund fail?", nil)
	for i := range 20 {
		c.say(float64(i+1), "cat", "talk", nil)
	}
	require.True(t, c.talk(root).forgotten)
	require.False(t, NewTalk(root, nil, nil, nil, readPost).forgotten, "without a room nothing can be forgotten")
}

func TestAddressedByName(t *testing.T) {
	c := newChat()
	root := c.say(0, "bob", "why does the refund fail?", nil)
	named := c.say(1, "cat", "Bob: because of the certificate", nil)
	all := c.say(2, "cat", "<!here> lunch", nil)
	org := signals.NewOrg(signals.DefaultPolicy())
	require.NoError(t, org.Apply(&signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"name":"Bob Stone","accounts":["slack/T/bob"]}`}))
	got := NewTalk(root, nil, c.room, org, readPost)
	require.True(t, got.names(named, "slack/T/bob"))
	require.Empty(t, got.of(all).names)
}

func TestReplies(t *testing.T) {
	tests := map[string]struct {
		say  func(c *chat)
		want bool // the last post of another is more likely an answer than not
	}{
		"addressed":            {func(c *chat) { c.say(20, "cat", "<@bob> the certificate is old", nil) }, true},
		"addressed to another": {func(c *chat) { c.say(1, "cat", "<@dan> the review is on Thursday", nil) }, false},
		"next, on the subject": {func(c *chat) {
			c.say(1, "cat", "the refund job needs the old certificate", nil)
			c.say(2, "bob", "ah", nil)
		}, true},
		"late, a question of its own": {func(c *chat) { c.say(90, "cat", "Hi all, can anyone tell me who owns the printer?", nil) }, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newChat()
			root := c.say(0, "bob", "Does anyone know which certificate the refund job needs?", nil)
			tt.say(c)
			got := c.talk(root).Replies()
			require.Len(t, got, 1)
			require.Equal(t, tt.want, got[0].Chance > 0.5, "chance %.2f", got[0].Chance)
		})
	}
}

func TestFactsHaveTheirSize(t *testing.T) {
	c := newChat()
	root := c.say(0, "bob", "Does anyone know which certificate the refund job needs?", nil)
	c.say(1, "cat", "the old one", nil)
	c.say(2, "dan", "<@bob> no idea", nil)
	got := c.talk(root)
	require.Len(t, got.askFacts(), nAsk)
}

// What is said after an ask has waited long enough does not change how likely
// it was left alone.
func TestWaitedIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newChat()
		who := rapid.SampledFrom([]string{"bob", "cat", "dan", "bot:x"})
		say := rapid.SampledFrom([]string{"why?", "<@bob> yes", "<@cat> no", "the refund certificate", "lunch", "thanks", "hi all"})
		minute, n := 0.0, rapid.IntRange(0, 30).Draw(rt, "before")
		add := func() {
			minute += rapid.Float64Range(0, 40).Draw(rt, "gap")
			c.say(minute, who.Draw(rt, "who"), say.Draw(rt, "say"), nil)
		}
		for range n {
			add()
		}
		minute += 1
		root := c.say(minute, "bob", "Does anyone know which certificate the refund job needs?", nil)
		for range rapid.IntRange(0, 40).Draw(rt, "after") {
			add()
		}
		seen, due := c.talk(root).waited(root, time.Hour, 20)
		if due.After(c.room.Posts[len(c.room.Posts)-1].Event.At) {
			return // it waits still
		}
		first := seen.unanswered()
		require.True(rt, first >= 0 && first <= 1)
		for range 10 {
			minute += 61
			add()
		}
		seen, again := c.talk(root).waited(root, time.Hour, 20)
		require.Equal(rt, due, again)
		require.InDelta(rt, first, seen.unanswered(), 1e-12)
	})
}

func TestReading(t *testing.T) {
	r := NewReading(talkLexicon, "please open a ticket, see PAY-17")
	require.True(t, r.Has(text.Deflect, 0.6))
	require.Equal(t, []string{"PAY-17"}, r.Doc.Keys)
	require.NotEmpty(t, r.Phrase[text.Deflect])
	require.False(t, r.Has(text.Hedge, 0), "a cue that is absent has no strength at all")
	require.Empty(t, NewReading(nil, "please open a ticket").Scores)
}
