package bot

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// away keeps that the asker is absent. Without a time it is the rest of the day.
func (q *question) away() (*view.Card, error) {
	args, backup := q.args, ""
	for i, word := range args {
		if lower := strings.ToLower(word); lower != "backup" && lower != "backup:" {
			continue
		}
		if i+1 >= len(args) {
			return nil, unclearf("Tell me who stands in for you: away until monday backup @bea.")
		}
		who, err := q.words.person(args[i+1])
		if err != nil {
			return nil, err
		}
		if who == q.who() {
			return nil, unclearf("You cannot stand in for yourself. Name somebody else: away until monday backup @bea.")
		}
		backup = who
		args = slices.Concat(args[:i], args[i+2:])
		break
	}
	until := q.words.nextWorkday()
	if len(args) > 0 {
		var err error
		if until, err = q.words.needWhen(args); err != nil {
			return nil, err
		}
	}
	setAway(q.happens(signals.AwaySet), q.who(), until.UTC(), backup)
	text := "You are away until " + q.words.tell(until) + ", and I do not write to you until then."
	switch {
	case backup != "":
		text += " " + q.called(backup) + " is asked instead."
	default:
		if p := q.brain.w.Org.Person(q.who()); p != nil && p.Backup != "" {
			text += " " + q.called(p.Backup) + " is asked instead."
		} else {
			text += " Nobody stands in for you; say away until TIME backup @x to name somebody."
		}
	}
	return say(text + " When you are back earlier say back."), nil
}

// back ends the asker's absence.
func (q *question) back() (*view.Card, error) {
	if away, _ := q.brain.w.Org.Away(q.who(), q.words.now); !away {
		return say("You are not away, as far as I know."), nil
	}
	setAway(q.happens(signals.AwaySet), q.who(), q.words.now, "")
	return say("Welcome back. I write to you again when something needs you."), nil
}

// personal writes what the asker says of themselves.
func (q *question) personal(part map[string]any) error {
	return setOwn(q.happens(signals.RosterSet), q.who(), part)
}

func (q *question) optOut() (*view.Card, error) {
	if q.brain.w.Org.OptedOut(q.who()) {
		return say("You have opted out already. To take that back say optin."), nil
	}
	if err := q.personal(map[string]any{"opted_out": true}); err != nil {
		return nil, err
	}
	return &view.Card{
		Title: "You have opted out",
		Lines: []view.Paragraph{
			{Text: "From now on I do not analyse what you write, nothing is learnt from it, and I never write to you first."},
			{Text: "You can still ask me things and pull the cord yourself. Messages that were kept before stay until their time is over; to have them removed say forget me. To take this back say optin."},
		},
	}, nil
}

func (q *question) optIn() (*view.Card, error) {
	if !q.brain.w.Org.OptedOut(q.who()) {
		return say("You have not opted out."), nil
	}
	if err := q.personal(map[string]any{"opted_out": false}); err != nil {
		return nil, err
	}
	return say("Thank you. What you write in channels that I watch counts again from now on, and I may write to you when something needs you."), nil
}

// forgetMe says whom to ask: what is removed cannot be brought back, so a person
// does it.
func (q *question) forgetMe() (*view.Card, error) {
	text := "I cannot remove anything by myself: an admin of andon does it, with andon forget. "
	if names := q.adminNames(); names != "" {
		text += "Ask " + names + "."
	} else {
		text += "Ask whoever runs andon here."
	}
	return say(text + " Then everything that says who you are is gone, and what you wrote with it. To stop the analysis now say optout."), nil
}

// accountForm are ids of Jira accounts, of both kinds of Jira.
var accountForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._-]{1,127}$`)

// accountFinder is a source that knows whose address belongs to which account.
// It gives ids of the domain.
type accountFinder interface {
	AccountOf(ctx context.Context, email string) (account string, ok bool, err error)
}

// linkMe keeps that a Jira account is the asker's, on their own word, where the
// site has such an account.
func (q *question) linkMe() (*view.Card, error) {
	const example = "Say it like link 5b10a2844c20165700ede21g: the ID is the end of the address of your profile in Jira."
	if len(q.args) == 0 {
		return nil, unclearf("Tell me your Jira account. " + example)
	}
	word, site := mailOf(q.args[0]), ""
	if len(q.args) > 1 {
		site = strings.ToLower(q.args[len(q.args)-1])
	}
	if strings.Contains(word, "@") {
		q.then = func(ctx context.Context) (view.Reply, error) { return q.linkMail(ctx, word) }
		return nil, nil
	}
	word = bareAccount(q.args[0])
	sites := q.jiraSites()
	switch {
	case !accountForm.MatchString(word):
		return nil, unclearf("%s is no Jira account. "+example, brief(q.args[0]))
	case len(sites) == 0:
		return nil, unclearf("I read no Jira here, so there is nothing to link.")
	case site != "" && !slices.Contains(sites, site), site == "" && len(sites) > 1:
		return nil, unclearf("Tell me which Jira, too: link %s %s. I read %s.", word, sites[0], strings.Join(sites, ", "))
	case site == "":
		site = sites[0]
	}
	if q.brain.w.Org.Who(signals.ID(signals.Jira, site, word)) != signals.ID(signals.Jira, site, word) { // somebody's already
		return q.linkTo(signals.ID(signals.Jira, site, word))
	}
	q.then = func(ctx context.Context) (view.Reply, error) { return q.linkAsked(ctx, site, word) }
	return nil, nil
}

// mailOf takes an address out of what Slack makes of it, <mailto:a@b|a@b>.
func mailOf(word string) string {
	word = strings.Trim(word, "<>")
	word = strings.TrimPrefix(word, "mailto:")
	word, _, _ = strings.Cut(word, "|")
	return word
}

// jiraSites are the Jira sites that are read.
func (q *question) jiraSites() (out []string) {
	for name := range q.c.Sources {
		if site, ok := strings.CutPrefix(name, signals.Jira+"/"); ok {
			out = append(out, site)
		}
	}
	slices.Sort(out)
	return out
}

// linkTo keeps that an account is the asker's.
func (q *question) linkTo(account string) (*view.Card, error) {
	org := q.brain.w.Org
	switch who := org.Who(account); {
	case who == q.who():
		return say("I know already that this account is yours."), nil
	case who != account:
		return nil, unclearf("That account belongs to somebody else, as far as I know. If that is wrong, %s can mend the roster.", whoever(q.adminNames()))
	}
	text, err := json.Marshal(signals.Identity{Person: q.who(), How: signals.BySelf})
	if err != nil {
		return nil, err
	}
	e := q.happens(signals.RosterSet)
	e.Field, e.To, e.Text = "account", account, string(text)
	return say("Thank you. The Jira account " + signals.Bare(account) + " counts as yours. To take that back say unlink " + signals.Bare(account) + "."), nil
}

func whoever(names string) string {
	if names == "" {
		return "an admin"
	}
	return names
}

// linkMail asks Jira whose an address is, and links that account: without the
// lock, for it takes a network.
func (q *question) linkMail(ctx context.Context, mail string) (view.Reply, error) {
	call, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for _, site := range q.jiraSites() {
		f, ok := q.c.Sources[signals.Jira+"/"+site].(accountFinder)
		if !ok {
			continue
		}
		account, found, err := f.AccountOf(call, mail)
		if err != nil {
			q.log.Warn("an account could not be asked for", "source", site, "error", err)
			continue
		}
		if found {
			q.then = nil
			return q.finish(func(q *question) (*view.Card, error) { return q.linkTo(account) })
		}
	}
	return q.reply(say("I cannot find a Jira account by that address: Jira may not show it. Give me the account's ID instead: it is the end of the address of your profile in Jira.")), nil
}
