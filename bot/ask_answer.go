package bot

import (
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// snooze asks for the asker's own nudges to be said again later.
func (q *question) snooze() (*view.Card, error) {
	args := q.args
	own := q.standingOwn()
	switch {
	case len(args) == 0:
		return nil, unclearf("Tell me until when, and which one if there are several: snooze tomorrow 9am, or snooze PAY-17 2h.")
	case isReference(args[0]) || q.isNamed(args[0]):
		var err error
		if own, err = q.ownAbout(args[0], own); err != nil {
			return nil, err
		}
		args = args[1:]
	default:
		if _, n, err := q.words.when(args); err == nil && n == 0 {
			return nil, unclearf("I do not understand %s. Say which one and until when: snooze PAY-17 2h, or snooze tomorrow 9am.", brief(strings.Join(args, " ")))
		}
		own = own[:min(1, len(own))]
	}
	at, err := q.words.needWhen(args)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, unclearf("I told you nothing lately that could be snoozed. Say list to see what is open.")
	}
	var titles []string
	for _, r := range own {
		if t := q.title(r.Signal.Case); !slices.Contains(titles, t) {
			titles = append(titles, t)
			q.happensTo(signals.Snoozed, r.Signal.Case, r.Signal.Audience).To = at.UTC().Format(time.RFC3339)
		}
	}
	return say("I tell you again on " + q.words.tell(at) + ": " + strings.Join(titles, "; ") + "."), nil
}

// isReference reports whether a word names an issue or a thread.
func isReference(word string) bool {
	_, ok := caseRef(word)
	return ok
}

// isNamed reports whether a word is the short id of a signal that was taken.
func (q *question) isNamed(word string) bool {
	_, ok := q.named(word)
	return ok
}

// standingOwn are the signals that the asker was told of and that are not over,
// newest first.
func (q *question) standingOwn() (out []*signals.Record) {
	for _, r := range q.records {
		if _, ok := q.seen(r); ok && open(r) && slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return q.mine(n.To) && toldOf(n) }) {
			out = append(out, r)
		}
	}
	return out
}

// ownAbout are those of them that an id or an issue stands for.
func (q *question) ownAbout(word string, own []*signals.Record) (out []*signals.Record, err error) {
	if r, ok := q.named(word); ok {
		if !slices.Contains(own, r) {
			return nil, unclearf("I did not tell you of %s, or it is over, so there is nothing to snooze.", shortID(r.Signal.Key()))
		}
		return []*signals.Record{r}, nil
	}
	c, ok := q.caseOf(word)
	if !ok {
		return nil, q.lost(word)
	}
	for _, r := range own {
		if r.Signal.Case == c.Key {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, unclearf("I told you nothing of %s that is still open, so there is nothing to snooze.", q.title(c.Key))
	}
	return out, nil
}

// solved keeps that something is solved: confirmed by who raised it, said by
// others.
func (q *question) solved() (*view.Card, error) {
	c, r, err := q.meant()
	if err != nil {
		return nil, err
	}
	seen := c.For(q.viewer)
	raiser := ""
	switch {
	case q.mine(c.Opener):
		raiser = q.asked.User
	case r != nil && q.mine(r.Raiser):
		raiser = q.asked.User
	case r != nil && anonymous(r.Raiser):
		if who, ok, err := q.c.Store.TakeToken(q.ctx, r.Signal.Key()); err != nil {
			return nil, err
		} else if ok && q.mine(who) {
			raiser = r.Raiser
		}
	}
	audience := audienceOf(c)
	switch {
	case raiser == "" && r != nil && decide.Disputed(c, r):
		q.happensTo(signals.Confirmed, c.Key, audience).To = saidSolved
		return say("Thank you. " + q.title(c.Key) + " counts as solved again; whoever raised it is asked whether it is."), nil
	case raiser == "" && c.Key.Source == signals.Jira:
		return nil, unclearf("%s is solved when it is closed in Jira; I see it then. Who raised it can say so here, too.", q.title(c.Key))
	case raiser == "" && !seen.Open():
		return say("It is closed already."), nil
	case c.Key.Source != signals.Jira && seen.Open():
		e := q.happensTo(signals.Closed, c.Key, audience)
		e.To = "solved"
		if raiser != "" {
			e.Actor = raiser
		}
	}
	if raiser == "" {
		return say("Thank you. " + q.title(c.Key) + " counts as solved; whoever raised it is asked whether it is."), nil
	}
	q.happensTo(signals.Confirmed, c.Key, audience).Actor = raiser
	return say("Thank you. " + q.title(c.Key) + " counts as solved, and confirmed by who raised it."), nil
}

// meant is what solved is about: an id, an issue, a link, or the thread where it
// was said.
func (q *question) meant() (*signals.Case, *signals.Record, error) {
	if len(q.args) == 0 {
		c, ok := q.thread()
		if !ok {
			return nil, nil, unclearf("Tell me what is solved: solved k3xq7a, solved PAY-17, or a link to a message.")
		}
		return c, q.recordOf(c.Key), nil
	}
	if r, ok := q.named(q.args[0]); ok {
		c, ok := q.visible(q.brain.w.Case(r.Signal.Case))
		if !ok {
			return nil, nil, q.lost(q.args[0])
		}
		return c, r, nil
	}
	c, ok := q.caseOf(q.args[0])
	if !ok {
		return nil, nil, q.lost(q.args[0])
	}
	return c, q.recordOf(c.Key), nil
}

// recordOf is the asker's latest signal of a case, nil for none.
func (q *question) recordOf(k signals.Key) *signals.Record {
	for _, r := range q.records {
		if r.Signal.Case == k {
			return r
		}
	}
	return nil
}

// audienceOf is who may see a case: those who may see its beginning.
func audienceOf(c *signals.Case) signals.Audience {
	if len(c.Events()) == 0 {
		return signals.Restricted
	}
	return c.Events()[0].Audience
}
