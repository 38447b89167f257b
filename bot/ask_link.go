package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// accountAsker is a source that tells whether there is an account of a person,
// by its bare id.
type accountAsker interface {
	HasAccount(ctx context.Context, id string) (bool, error)
}

// bareAccount takes an account out of what somebody wrote: its id, or the address
// of a profile.
func bareAccount(word string) string {
	word, _, _ = strings.Cut(strings.Trim(word, "<>"), "|")
	if strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
		word = strings.TrimRight(word, "/")
		word = word[strings.LastIndexAny(word, "/=")+1:]
	}
	return word
}

// linkAsked asks the site whether there is such an account, and links it: without
// the lock, for it takes a network.
func (q *question) linkAsked(ctx context.Context, site, account string) (view.Reply, error) {
	call, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if f, ok := q.c.Sources[signals.Jira+"/"+site].(accountAsker); ok {
		found, err := f.HasAccount(call, account)
		switch {
		case err != nil:
			q.log.Warn("an account could not be asked for", "source", site, "error", err)
			return q.reply(say("Jira could not be asked just now, so nothing was linked. Please try again in a minute.")), nil
		case !found:
			return q.reply(say("Jira knows no person's account " + brief(account) + ", so nothing was linked. The ID is the end of the address of your profile there.")), nil
		}
	}
	q.then = nil
	return q.finish(func(q *question) (*view.Card, error) { return q.linkTo(signals.ID(signals.Jira, site, account)) })
}

// unlinkMe takes back that a Jira account is the asker's, as far as that was
// their own word.
func (q *question) unlinkMe() (*view.Card, error) {
	org := q.brain.w.Org
	list := org.AccountsOf(q.who())
	if org.Person(q.who()) == nil && len(q.args) > 0 { // of whom the roster does not know no accounts are listed
		for _, site := range q.jiraSites() {
			list = append(list, signals.ID(signals.Jira, site, bareAccount(q.args[0])))
		}
	}
	var own []string
	for _, a := range list {
		if i, found := org.Identity(a); found && i.How == signals.BySelf && i.Person == q.who() {
			own = append(own, a)
		}
	}
	if len(own) == 0 {
		return nil, unclearf("You have linked no Jira account. What the roster or an address tells, %s can mend.", whoever(q.adminNames()))
	}
	chosen := own[0]
	if len(q.args) > 0 {
		word := bareAccount(q.args[0])
		i := slices.IndexFunc(own, func(a string) bool { return signals.Bare(a) == word })
		if i < 0 {
			return nil, unclearf("You have not linked %s. You linked %s.", brief(word), bareList(own))
		}
		chosen = own[i]
	} else if len(own) > 1 {
		return nil, unclearf("Tell me which: unlink %s. You linked %s.", signals.Bare(own[0]), bareList(own))
	}
	e := q.happens(signals.RosterSet)
	e.Field, e.To = "account", chosen
	return say("Done. The Jira account " + signals.Bare(chosen) + " does not count as yours any more. To link it again say link " + signals.Bare(chosen) + "."), nil
}

func bareList(accounts []string) string {
	out := make([]string, len(accounts))
	for i, a := range accounts {
		out[i] = signals.Bare(a)
	}
	return strings.Join(out, ", ")
}
