package slack

import (
	"context"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/signals"
)

// listPage is how many a page of a list are asked for, the most that Slack
// recommends; after listPages pages something is wrong.
const (
	listPage  = 200
	listPages = 2000
)

// Account is a person of a live workspace, with what only the living have.
type Account struct {
	Person
	Status      string    // what they say of themselves, such as "On vacation"
	Emoji       string    // the emoji beside it, without colons
	StatusUntil time.Time // when that ends, zero where it is not said
	Manager     string    // whom a profile field names, once PeopleEvents has asked for it
}

// Group is a user group.
type Group struct {
	ID      string // made by signals.ID
	Handle  string // @payments-oncall, without the @
	Name    string
	Members []string // person ids
	Off     bool
}

// Rest is the next time in which Slack notifies a person of nothing, as their
// schedule has it. Snoozing is not seen by others.
type Rest struct{ From, Until time.Time }

// People lists everybody: people, guests, apps and those who left. Errors are of
// type *Failure. Slack wants it to be asked rarely: once a day.
func (p *Poster) People(ctx context.Context) ([]Account, error) {
	w := workspace{Team: p.w.Team}
	var out []Account
	err := p.pages(ctx, "users.list", "members", func(ctx context.Context, api *slackgo.Client, cursor string) error {
		_, err := api.GetUsersPaginated(slackgo.GetUsersOptionLimit(listPage), slackgo.GetUsersOptionCursor(cursor)).Next(ctx)
		return err
	}, func(v gjson.Result) {
		if !isID(scalar(v.Get("id")), "UW") {
			return
		}
		out = append(out, w.accountOf(v))
	})
	return out, err
}

// accountOf reads a user object of users.list or of a user_change event.
func (w *workspace) accountOf(v gjson.Result) Account {
	profile := v.Get("profile")
	return Account{
		Person: w.personOf(v), Status: strings.Clone(scalar(profile.Get("status_text"))), Emoji: strings.Clone(strings.Trim(scalar(profile.Get("status_emoji")), ":")),
		StatusUntil: created(profile.Get("status_expiration")),
	}
}

// Groups lists the user groups with their members.
func (p *Poster) Groups(ctx context.Context) ([]Group, error) {
	body, err := p.do(ctx, call{op: "usergroups.list"}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetUserGroupsContext(ctx, slackgo.GetUserGroupsOptionIncludeUsers(true), slackgo.GetUserGroupsOptionIncludeDisabled(true))
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Group
	for _, v := range body.Get("usergroups").Array() {
		id := scalar(v.Get("id"))
		if id == "" || strings.Contains(id, "/") {
			continue
		}
		g := Group{
			ID: signals.ID(signals.Slack, p.w.Team, strings.Clone(id)), Handle: strings.Clone(scalar(v.Get("handle"))), Name: strings.Clone(scalar(v.Get("name"))),
			Off: v.Get("date_delete").Int() > 0,
		}
		for _, u := range v.Get("users").Array() {
			if isID(scalar(u), "UW") {
				g.Members = append(g.Members, signals.ID(signals.Slack, p.w.Team, strings.Clone(scalar(u))))
			}
		}
		out = append(out, g)
	}
	return out, nil
}

// restBatch is how many people dnd.teamInfo takes at once.
const restBatch = 50

// Rests returns when the people of those ids rest next, by id. Who has no
// schedule is left out, and so is who is none of this workspace.
func (p *Poster) Rests(ctx context.Context, people []string) (map[string]Rest, error) {
	var users []string
	for _, id := range people {
		if user, _ := mentioned(p.w.Team, id); user != "" {
			users = append(users, user)
		}
	}
	out := make(map[string]Rest)
	add := func(user string, v gjson.Result) {
		r := Rest{From: created(v.Get("next_dnd_start_ts")), Until: created(v.Get("next_dnd_end_ts"))}
		if v.Get("dnd_enabled").Bool() && r.Until.After(r.From) && !r.From.IsZero() { // "none" is said as the time 1
			out[signals.ID(signals.Slack, p.w.Team, strings.Clone(user))] = r
		}
	}
	for len(users) > 0 {
		n := min(len(users), restBatch)
		if len(users) == restBatch+1 {
			n-- // one alone is a question that teamInfo does not take
		}
		if err := p.rests(ctx, users[:n], add); err != nil {
			return out, err
		}
		users = users[n:]
	}
	return out, nil
}

func (p *Poster) rests(ctx context.Context, users []string, add func(string, gjson.Result)) error {
	if len(users) == 1 {
		body, err := p.do(ctx, call{op: "dnd.info"}, func(ctx context.Context, api *slackgo.Client) error {
			_, err := api.GetDNDInfoContext(ctx, &users[0])
			return err
		})
		if err == nil {
			add(users[0], body)
		}
		return err
	}
	body, err := p.do(ctx, call{op: "dnd.teamInfo"}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetDNDTeamInfoContext(ctx, users)
		return err
	})
	body.Get("users").ForEach(func(k, v gjson.Result) bool {
		add(k.Str, v)
		return true
	})
	return err
}
