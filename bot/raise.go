package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// longest is how much of somebody's words goes into a message, in characters.
const longest = 600

// pulling is a cord that somebody pulls.
type pulling struct {
	words     string
	anonymous bool
	helper    string // person id of whom they named, "" for nobody

	channel  string // where it is said, where it is about no case
	of       signals.Key
	ref      string // the message that it is about
	audience signals.Audience
}

// anonymousWords say at the end of a pull that its author is not to be named.
var anonymousWords = []string{"anonymously", "anonymous", "anon"}

// pull pulls the cord: on an issue or a thread, or in the channel where it is said.
func (q *question) pull() (*view.Card, error) {
	p := pulling{words: q.words.plain(q.rest)}
	for _, w := range anonymousWords {
		lower := strings.ToLower(strings.TrimRight(p.words, ".! "))
		if head, ok := strings.CutSuffix(lower, w); ok && len(lower) <= len(p.words) && (head == "" || strings.HasSuffix(head, " ")) {
			p.words, p.anonymous = strings.TrimRight(strings.TrimSpace(p.words[:len(head)]), ",;"), true
			break
		}
	}
	if p.anonymous && q.asked.Kind == view.Mention && !q.asked.Direct {
		return nil, unclearf("Everybody here read that beside your name, so I did not pull the cord. To pull it without your name type %s pull and end with anonymously, or write to me alone.", q.slash())
	}
	args, rest := q.args, q.rest
	if len(args) > 0 && strings.EqualFold(args[0], "on") && len(args) > 1 && isReference(args[1]) {
		_, rest = nextWord(rest)
		args = args[1:]
	}
	switch {
	case len(args) > 0 && isReference(args[0]):
		c, ok := q.caseOf(args[0])
		if !ok {
			return nil, q.unknown(args[0])
		}
		word, _ := nextWord(rest)
		p.words = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(p.words, "on "), q.words.plain(word)))
		q.onCase(&p, c, messageOf(args[0], c))
	case q.words.here == "":
		q.then = func(context.Context) (view.Reply, error) { return q.askWhere(&p), nil }
		return nil, nil
	case p.words == "":
		return nil, unclearf("Say in a few words what is wrong: %s pull checkout is slow again.", q.slash())
	default:
		if c, ok := q.thread(); ok && q.asked.Thread != "" {
			q.onCase(&p, c, q.asked.Thread)
			break
		}
		p.channel, p.audience = q.words.here, q.audienceIn(q.words.here)
	}
	q.then = func(ctx context.Context) (view.Reply, error) { return q.raiseCord(ctx, &p) }
	return nil, nil
}

// onCase makes a pull one about a case and, where it is known, a message of it.
func (q *question) onCase(p *pulling, c *signals.Case, message string) {
	p.of, p.audience = c.Key, audienceOf(c)
	if post := c.Post(message); post != nil && q.viewer.Sees(post.Event.Audience) {
		p.ref, p.audience = message, post.Event.Audience
	}
}

// messageOf is the id of the message that a link to it names, "" for another word.
func messageOf(word string, c *signals.Case) string {
	ref, _ := caseRef(word)
	_, rest, ok := strings.Cut(ref, "/archives/")
	channel, rest, ok2 := strings.Cut(rest, "/p")
	digits, _, _ := strings.Cut(rest, "?")
	if !ok || !ok2 || len(digits) < 7 {
		return ""
	}
	return signals.ID(signals.Slack, c.Key.Site, channel+"/"+digits[:len(digits)-6]+"."+digits[len(digits)-6:])
}

// audienceIn is who may see what is said in a channel: as Slack says of it and as
// what was said there last, whichever is narrower. Where Slack does not say, and
// nothing was said, those may who are known to be in it.
func (q *question) audienceIn(channel string) signals.Audience {
	var last *signals.Event
	if room := q.brain.w.Room(channel); room != nil && len(room.Posts) > 0 {
		last = room.Posts[len(room.Posts)-1].Event
	}
	public, known := false, false
	if q.c.Public != nil {
		public, known = q.c.Public(channel)
	}
	switch {
	case !known && last != nil:
		return last.Audience
	case !public:
		return signals.MembersOf(channel)
	case last != nil && last.Audience.Group() != "": // it was private, or it is by now
		return last.Audience
	}
	return signals.Public
}

// raiseCord says that the cord was pulled, where that is to be said, and stores
// it. It waits for a network, so the world is not locked.
func (q *question) raiseCord(ctx context.Context, p *pulling) (view.Reply, error) {
	now := q.words.now.UTC()
	e := &signals.Event{
		ID: signals.Own + "/pulled/" + q.asked.ID, Kind: signals.Pulled, Actor: q.asked.User, At: now, Text: p.words, To: p.helper,
		Seq: signals.Seq{Entry: now.UnixMicro()}, Case: p.of, Ref: p.ref, Audience: p.audience,
	}
	if p.channel != "" {
		at, why, err := q.sayCord(ctx, p)
		if err != nil {
			return view.Reply{}, err
		}
		if why != "" {
			return q.reply(say(why)), nil
		}
		k, ok := signals.ParseKey(p.channel)
		if !ok {
			return view.Reply{}, errors.New("pull the cord: " + p.channel + " is no channel")
		}
		e.Case = signals.SlackThread(k.Site, k.ID, at.TS)
	}
	if p.anonymous {
		token := tokenOf(q.asked.ID)
		e.Actor = signals.ID(signals.Own, "anonymous", token)
		signal := signals.Signal{Detector: "cord", Case: e.Case, Occasion: e.ID}
		if err := q.c.Store.PutToken(ctx, token, signal.Key(), q.who(), now); err != nil {
			return view.Reply{}, err
		}
	}
	if err := q.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return view.Reply{}, err
	}
	text := "You pulled the cord. I look for who can help and tell them now."
	if p.channel == "" {
		text = "You pulled the cord on it. I look for who can help and tell them now."
	}
	if p.anonymous {
		text += " Nobody is told that it was you."
	}
	return q.reply(say(text)), nil
}

// tokenOf stands for the author of an asking, and does not tell who that is: the
// same for the same asking, so that hearing it twice is harmless.
func tokenOf(asking string) string {
	sum := sha256.Sum256([]byte("cord/" + asking))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10]))
}

// sayCord says in the channel that the cord was pulled, once for each asking.
// Where that is not possible, why is a sentence for who asked.
func (q *question) sayCord(ctx context.Context, p *pulling) (at signals.Copy, why string, err error) {
	if q.c.Poster == nil {
		return at, "I am not connected to Slack, so I cannot say it there. Nothing was raised.", nil
	}
	ctx, cancel := context.WithTimeout(ctx, q.c.Deadline)
	defer cancel()
	card := q.cordCard(p)
	if found := q.saidCord(ctx, p, card.Key); len(found) > 0 {
		return found[0], "", nil
	}
	at, err = q.c.Poster.Post(ctx, p.channel, card)
	if err == nil {
		return at, "", nil
	}
	var term terminal
	if errors.As(err, &term) && term.TerminalReason() != "" {
		return at, "I cannot say it in that channel: " + term.TerminalReason() + ". Invite me there and pull again, or pull in another channel. Nothing was raised.", nil
	}
	if found := q.saidCord(context.WithoutCancel(ctx), p, card.Key); len(found) > 0 {
		return found[0], "", nil
	}
	q.log.Warn("that the cord was pulled could not be said", "channel", p.channel, "error", err)
	return at, "Slack did not take it just now, so nothing was raised. Please pull again in a minute.", nil
}

// saidCord looks for what an earlier attempt left.
func (q *question) saidCord(ctx context.Context, p *pulling, key string) []signals.Copy {
	ctx, cancel := context.WithTimeout(ctx, q.c.Deadline)
	defer cancel()
	found, err := q.c.Poster.Find(ctx, p.channel, key, q.words.now.Add(-10*time.Minute))
	if err != nil {
		return nil // then it may stand twice
	}
	return found
}

// cordCard is what is said in the channel.
func (q *question) cordCard(p *pulling) *view.Card {
	line := view.Paragraph{Text: "Somebody pulled the cord"}
	if !p.anonymous {
		if person := q.words.name(); person != "" {
			line.Text = person + " pulled the cord"
		} else {
			line.Text, line.Mention = "pulled the cord", q.asked.User
		}
	}
	line.Text += ": " + clipped(p.words, longest)
	return &view.Card{
		Key: "pull/" + q.asked.ID, Kind: "cord", Lines: []view.Paragraph{line},
		Footer: "Who knows something about it: please answer in this thread.",
	}
}
