package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// question is one asking, with what it may be answered from. It is answered
// under the lock of the world, as far as its asker may see. What it changes is
// written as events when it is answered.
type question struct {
	*Bot
	ctx    context.Context
	asked  view.Asked
	args   []string // the words behind the command
	rest   string   // the same as they were written
	viewer signals.Viewer
	words  *grammar
	ids    []string // the ids that the asker goes by

	records   []*signals.Record // what load took from the store
	events    []*signals.Event
	linted    *linted
	drilled   []*signals.Case                               // the drills, see loadDrills
	drillBook []*signals.Record                             // their records
	ruled     *ruleFacts                                    // what came of the standing routes, see loadRoutes
	past      *pastFacts                                    // what was put aside lately, see loadSuppressed
	then      func(ctx context.Context) (view.Reply, error) // what is done when the world is not locked any more; its reply counts
}

// Ask answers what somebody asked: a question only reads; what a command, a
// button, a menu or a form changes is in the journal when it returns.
func (b *Bot) Ask(ctx context.Context, a view.Asked) (view.Reply, error) {
	area, _, _ := strings.Cut(a.Action, ".")
	switch {
	case a.Kind == view.Command || a.Kind == view.Mention:
		return b.question(ctx, a)
	case a.Kind == view.Home:
		return b.showHome(ctx, a)
	case a.Kind == view.Shortcut:
		return b.shortcut(ctx, a)
	case area == "home":
		return b.pressHome(ctx, a)
	case area == "drill" && a.Kind == view.Pressed:
		return b.pressDrill(ctx, a)
	case area == "raise":
		return b.raise(ctx, a)
	case area == "routes":
		return b.pressRoutes(ctx, a)
	case area == "answer":
		return b.pressAnswer(ctx, a)
	case a.Kind == view.Submit:
		return b.entered(ctx, a)
	case a.Kind == view.Pressed:
		return b.press(ctx, a)
	}
	return view.Reply{}, nil
}

func (b *Bot) question(ctx context.Context, a view.Asked) (view.Reply, error) {
	if r, done, err := b.inThread(ctx, a); done || err != nil {
		return r, err
	}
	q := &question{Bot: b, ctx: ctx, asked: a}
	name, rest := spoken(a.Text, a.Kind == view.Mention)
	if name == "" {
		name = "help"
	}
	if name != "pull" && (name != "settings" || !strings.EqualFold(strings.Trim(rest, " .!?"), "thanks")) { // there it is a setting
		rest = withoutThanks(rest)
	}
	q.rest, q.args = rest, split(rest)
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return q.reply(say(fmt.Sprintf("I do not know %s. Did you mean %q? Say help for all that I answer.", brief(name), nearest(name)))), nil
	}
	reply, err := q.ask(&commands[i])
	if err != nil {
		return view.Reply{}, fmt.Errorf("answer %q: %w", name, err)
	}
	return reply, nil
}

// withoutThanks drops a polite word at the end.
func withoutThanks(text string) string {
	for _, polite := range []string{"please", "thanks", "thx"} {
		lower := strings.ToLower(strings.TrimRight(text, ".!? "))
		if head, ok := strings.CutSuffix(lower, polite); ok && (head == "" || strings.HasSuffix(head, " ")) && len(lower) <= len(text) {
			return strings.TrimSpace(text[:len(head)])
		}
	}
	return text
}

// ask answers one command: what it needs from the store is taken first, without
// the lock, then it is answered under the lock, then what it changes is stored.
func (q *question) ask(c *command) (view.Reply, error) {
	if err := q.begin(c.changes); err != nil {
		return view.Reply{}, err
	}
	q.here()
	switch {
	case c.admins && !q.admin():
		return q.reply(say(q.adminsOnly(c.name))), nil
	case c.on != nil && !c.on(q.Bot):
		return q.reply(say("That is not switched on here. Say help for all that I answer.")), nil
	}
	if c.load != nil {
		if err := c.load(q); err != nil {
			return view.Reply{}, err
		}
	}
	return q.finish(c.run)
}

// finish answers under the lock and stores what that changes.
func (q *question) finish(run func(q *question) (*view.Card, error)) (view.Reply, error) {
	card, err := q.locked(run)
	var no unclear
	switch {
	case asUnclear(err, &no):
		return q.reply(say(string(no))), nil
	case err != nil:
		return view.Reply{}, err
	}
	if len(q.events) > 0 {
		if err := q.Accept(q.ctx, signals.Delivery{Events: q.events}); err != nil {
			return view.Reply{}, err
		}
	}
	if q.then != nil {
		return q.then(q.ctx)
	}
	return q.reply(card), nil
}

// asUnclear reports whether an error is something that was not understood.
func asUnclear(err error, to *unclear) bool {
	u, ok := err.(unclear) //nolint:errorlint // it is never wrapped
	if ok {
		*to = u
	}
	return ok
}

func (q *question) reply(card *view.Card) view.Reply {
	if card == nil {
		return view.Reply{}
	}
	card.Key, card.Kind = q.asked.ID, "answer"
	return view.Reply{Card: card, Ephemeral: true}
}

// near is how many events a question takes in before it is answered; where more
// wait it is answered without them, so that it is answered in time.
const near = 2000

// begin readies the world and says who asks, under the lock. What changes
// something stands on what was said just before.
func (q *question) begin(fresh bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.heed(q.ctx); err != nil {
		return err
	}
	if fresh {
		head, err := q.c.Store.Head(q.ctx)
		if err == nil && head-q.brain.pos <= near {
			err = q.brain.follow(q.ctx, head)
		}
		if err != nil {
			return err
		}
	}
	q.brain.catchUp()
	org := q.brain.w.Org
	q.viewer = org.Viewer(q.asked.User)
	q.ids = namesOf(org, q.asked.User)
	q.words = &grammar{now: q.c.Now(), cal: org.Calendar(q.asked.User), org: org, me: q.asked.User, channel: q.c.Told.Channel, bot: q.isBot}
	if !q.asked.Direct {
		q.words.here = q.asked.Channel
	}
	return nil
}

// namesOf lists the ids that stand for a person, theirs first.
func namesOf(org *signals.Org, id string) []string {
	out := []string{org.Who(id)}
	for _, a := range append(org.AccountsOf(id), id) {
		if a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// locked answers under the lock of the world.
func (q *question) locked(run func(q *question) (*view.Card, error)) (*view.Card, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.brain.begin(q.ctx)
	q.words.org = q.brain.w.Org
	card, err := run(q)
	if err == nil {
		err = q.brain.err
	}
	return card, err
}

// who is the person who asks.
func (q *question) who() string { return q.ids[0] }

// mine reports whether an id is the asker's.
func (q *question) mine(id string) bool { return id != "" && slices.Contains(q.ids, id) }

// admin reports whether the asker may change how loud andon is.
func (q *question) admin() bool { return isAdmin(q.words.org, q.c.Admins, q.asked.User) }

// adminsOnly says that something is for admins, and who they are.
func (q *question) adminsOnly(name string) string {
	text := "Only admins of andon can say " + name + "."
	if names := q.adminNames(); names != "" {
		return text + " Ask " + names + "."
	}
	return text + " None are named in the configuration, under admins."
}

// adminNames lists a few people who may change how loud andon is.
func (q *question) adminNames() string {
	var names []string
	for _, id := range q.c.Admins[:min(len(q.c.Admins), likely)] {
		names = append(names, q.called(id))
	}
	return strings.Join(names, " or ")
}

// happens begins an event of the organisation that the asker makes.
func (q *question) happens(kind signals.Kind) *signals.Event {
	nth := len(q.events)
	e := byHand(q.asked, "asked", strconv.Itoa(nth), q.words.now)
	e.Kind, e.Seq.Item = kind, int32(nth) //nolint:gosec // a few
	q.events = append(q.events, e)
	return e
}

// happensTo begins an event of a case that the asker makes.
func (q *question) happensTo(kind signals.Kind, k signals.Key, audience signals.Audience) *signals.Event {
	e := q.happens(kind)
	e.ID += "/" + k.String()
	e.Case, e.Audience = k, audience
	return e
}

// seen is a signal as the asker may see it.
func (q *question) seen(r *decide.Record) (*signals.Signal, bool) {
	return q.brain.w.Seen(r, q.viewer)
}

func say(text string) *view.Card { return &view.Card{Lines: []view.Paragraph{{Text: text}}} }
