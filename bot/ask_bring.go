package bot

import (
	"context"
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

// introID begins the ids of messages that introduce two people about a case.
const introID = "intro/"

// meet brings the asker together with whom an answer proposed, about a case: in
// a direct message that says what both of them may see of it.
func (q *question) meet() (*view.Card, error) {
	w := q.brain.w
	who, of, _ := strings.Cut(q.asked.Value, "|")
	k, ok := signals.ParseKey(of)
	if !ok || who == "" {
		return nil, unclearf("That button is too old. Please ask again with who.")
	}
	c, ok := q.visible(w.Case(k))
	switch available, _, _ := w.Org.Available(who, q.words.now); {
	case !ok:
		return nil, unclearf("That is not there any more.")
	case q.c.Rooms == nil:
		return nil, unclearf("I cannot open direct messages of several people here.")
	case !available || q.mine(who):
		return nil, unclearf("%s cannot be asked just now. Please ask again with who.", q.called(who))
	}
	people, no := q.accounts(w, []string{q.asked.User, who})
	if no != "" {
		return nil, unclear(no)
	}
	card := q.introduction(c, w.Org.Viewer(who))
	card.Key, card.Kind = introID+shortID(q.who()+"|"+who+"|"+of), "intro"
	if err := q.agreeOn(card, c, who); err != nil {
		return nil, err
	}
	name := q.called(who)
	q.then = func(ctx context.Context) (view.Reply, error) { return q.introduce(ctx, card, people, name) }
	return nil, nil
}

// agreeOn makes the way from who asks to whom they are introduced to a standing
// route, where the latest signal of the case was raised in the asker's team, and
// says so on the card. The introduction of the two is the same however often it is
// asked for, and so is the event.
func (q *question) agreeOn(card *view.Card, c *signals.Case, who string) error {
	w := q.brain.w
	for _, r := range slices.Backward(q.records) {
		it := item{r: r}
		if _, ok := q.seen(r); !ok || r.Signal.Case != c.Key || w.Seeing(c, r) != w.Org.TeamOf(q.who()) {
			continue
		}
		rule, stands := q.standing(w, it, who)
		if !stands {
			made, ok := q.ruleOf(w, it, who)
			if !ok {
				return nil
			}
			rule = made
			e := q.happens(signals.RosterSet)
			e.ID = signals.Own + "/rule/" + besideID("", rule.ID()+"|"+card.Key)
			if err := setRule(e, rule); err != nil {
				return err
			}
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: ruleWords(rule, q.words.zone())})
		card.Actions = append(card.Actions, view.Action{ID: routesEnd, Text: "Take the route back", Value: rule.ID()})
		return nil
	}
	return nil
}

// introduction says what it is about, as far as both may see it.
func (q *question) introduction(c *signals.Case, other signals.Viewer) *view.Card {
	asker := q.called(q.asked.User)
	card := &view.Card{Title: togetherTitle, Lines: []view.Paragraph{{Text: asker + " asked who could help, and you may know more."}}}
	seen := c.For(both(q.viewer, other))
	if len(seen.Events()) == 0 {
		card.Lines = append(card.Lines, view.Paragraph{Text: "What it is about stands in a place that not both of you are in; please say it here."})
		return card
	}
	if c.Key.Channel() == "" {
		card.Facts = append(card.Facts, view.Fact{Name: "About", Value: caseName(seen)})
	}
	q.link(card, seen)
	return card
}

// introduce opens the direct message and says it there, once for the two and the
// case.
func (q *question) introduce(ctx context.Context, card *view.Card, people []string, name string) (view.Reply, error) {
	target, no := q.openGroup(ctx, people, name)
	if no != "" {
		return q.reply(say(no)), nil
	}
	if err := q.queueBy(ctx, q.c.Store.Answer, card.Key, target, card); err != nil {
		return view.Reply{}, err
	}
	return q.reply(say(opened(name))), nil
}
