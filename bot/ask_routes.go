package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
)

const (
	routesEnd   = "routes.end"
	routesRenew = "routes.renew"
)

// arrows are what people write between two teams.
var arrows = []string{"->", "→", "=>", "–>", " to "}

// loadRoutes takes what the list is made of; what is done to one route needs none
// of it.
func (q *question) loadRoutes() (err error) {
	if len(q.args) > 0 {
		return nil
	}
	if q.ruled, err = q.ruleFacts(q.ctx, q.words.now); err != nil {
		return err
	}
	if len(q.leadsOf()) == 0 && !q.admin() {
		return nil // pairs of teams are for those who lead them
	}
	q.ruled.pairs, err = q.pairFacts(q.ctx, q.words.now, mostAside)
	return err
}

// leadsOf are the teams that the asker leads.
func (q *question) leadsOf() (teams []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	org := q.brain.w.Org
	for id, t := range org.Teams {
		if t.Lead != "" && q.mine(org.Who(t.Lead)) {
			teams = append(teams, id)
		}
	}
	slices.Sort(teams)
	return teams
}

// routes tells the standing routes, or changes one of them.
func (q *question) routes() (*view.Card, error) {
	if q.viewer.Guest {
		return nil, unclearf("The routes between teams are for those who work here.")
	}
	if len(q.args) == 0 {
		return q.listRoutes(), nil
	}
	word := strings.ToLower(strings.Trim(q.args[0], ",.:;!?"))
	switch {
	case word == "add":
		return q.addRoute()
	case word == "export":
		return q.exportRoutes(), nil
	case (word == "end" || word == "renew") && len(q.args) > 1:
		r, err := q.routeOf(q.args[1])
		if err != nil {
			return nil, err
		}
		if word == "end" {
			return q.endRoute(r)
		}
		return q.renewRoute(r)
	}
	return nil, unclearf("Say routes, routes end 1, routes renew 1, routes add TEAM -> TEAM for DETECTOR, or routes export.")
}

// visibleRoutes are the standing routes that the asker may know of: those of their
// own teams, and those that were made of what they may see.
func (q *question) visibleRoutes() []signals.Rule {
	return slices.DeleteFunc(q.words.org.Rules(q.words.now), func(r signals.Rule) bool { return !q.viewer.Sees(r.Audience) && !q.mayChange(r) })
}

// mayChange reports whether the asker may end a route: an admin, or somebody in
// one of its teams.
func (q *question) mayChange(r signals.Rule) bool {
	team := q.words.org.TeamOf(q.who())
	return q.admin() || team != "" && (team == q.words.org.TeamName(r.From) || team == q.words.org.TeamName(r.To))
}

// routeOf is the route that a number of the asker's list, or a short id, stands for.
func (q *question) routeOf(word string) (signals.Rule, error) {
	list := q.visibleRoutes()
	if n, err := strconv.Atoi(strings.Trim(word, "#.")); err == nil && n > 0 && n <= len(list) {
		return list[n-1], nil
	}
	for _, r := range list {
		if id, ok := asShortID(word); ok && id == shortID(r.ID()) {
			return r, nil
		}
	}
	return signals.Rule{}, unclearf("There is no standing route %s that you may see. Say routes for all of them.", brief(word))
}

// routeName is what a route is called.
func routeName(r signals.Rule) string { return r.From + " → " + r.To + " for " + r.Kind }

func (q *question) endRoute(r signals.Rule) (*view.Card, error) {
	if !q.mayChange(r) {
		return nil, unclearf("Only people of %s and %s, and admins, can end that route.", r.From, r.To)
	}
	q.events = append(q.events, endings(q.words.org, q.asked, r, q.words.now)...)
	return say("The route has ended: " + routeName(r) + ". The next one goes its usual way. To have it again say routes add " + r.From + " -> " + r.To + " for " + r.Kind + "."), nil
}

func (q *question) renewRoute(r signals.Rule) (*view.Card, error) {
	last := q.words.org.Policy.Routes.Last
	switch {
	case !q.mayChange(r):
		return nil, unclearf("Only people of %s and %s, and admins, can renew that route.", r.From, r.To)
	case last <= 0:
		return nil, unclearf("Standing routes are switched off here (policy.routes.last).")
	}
	r.Until = q.words.now.UTC().Add(last)
	for i, id := range q.words.org.RulesLike(r) {
		e := q.happens(signals.RosterSet)
		if err := setRule(e, r); err != nil {
			return nil, err
		}
		if e.From, e.To = signals.Renewed, id; i > 0 { // of a former name
			e.From, e.Text = "", ""
		}
	}
	return say("The route stands until " + r.Until.In(q.words.zone()).Format("2 January") + ": " + routeName(r) + "."), nil
}

// addRoute makes a standing route by hand.
func (q *question) addRoute() (*view.Card, error) {
	const example = "Say it like routes add Payments -> Platform for stall."
	_, text := nextWord(plainWord(q.rest))
	teams, of, ok := cutLast(text, " for ")
	if !ok {
		return nil, unclearf(example)
	}
	kind, _, err := q.words.detector(split(of))
	if err != nil || kind == "" {
		return nil, unclearf("I know no detector %s. "+example, brief(of))
	}
	r := signals.Rule{Kind: kind, At: q.words.now.UTC(), Audience: signals.Public}
	for _, arrow := range arrows {
		if a, b, ok := strings.Cut(teams, arrow); ok {
			r.From, r.To = strings.TrimSpace(a), strings.TrimSpace(b)
			break
		}
	}
	org := q.words.org
	for _, name := range []*string{&r.From, &r.To} {
		t := org.Team(*name)
		if t == nil {
			return nil, unclearf("The roster knows no team %s. "+example, brief(*name))
		}
		*name = t.ID
	}
	last := org.Policy.Routes.Last
	switch {
	case r.From == r.To:
		return nil, unclearf("A route leads from one team to another. " + example)
	case !q.mayChange(r):
		return nil, unclearf("Only people of %s and %s, and admins, can add that route.", r.From, r.To)
	case last <= 0:
		return nil, unclearf("Standing routes are switched off here (policy.routes.last).")
	}
	r.Until = r.At.Add(last)
	for _, had := range org.RulesFor(r.From, r.Kind, q.words.now) {
		if had.To == r.To {
			return say("That route stands already, until " + had.Until.In(q.words.zone()).Format("2 January") + "."), nil
		}
	}
	if err := setRule(q.happens(signals.RosterSet), r); err != nil {
		return nil, err
	}
	return say("The route stands: " + routeName(r) + ", until " + r.Until.In(q.words.zone()).Format("2 January") + ". People of both teams can end it with routes end " + shortID(r.ID()) + "."), nil
}

// cutLast cuts a text at the last place where a word of plain letters stands, in
// capitals or not. Other letters may change their length with their case.
func cutLast(s, word string) (before, after string, ok bool) {
	for i := len(s) - len(word); i >= 0; i-- {
		if strings.EqualFold(s[i:i+len(word)], word) {
			return s[:i], s[i+len(word):], true
		}
	}
	return s, "", false
}

// leads reports whether somebody is the lead of a team.
func leads(org *signals.Org, team, who string) bool {
	t := org.Team(team)
	return t != nil && t.Lead != "" && org.Who(t.Lead) == org.Who(who)
}

// pressRoutes does what a button about a standing route says. Who pressed it may
// do no more than their words could.
func (b *Bot) pressRoutes(ctx context.Context, a view.Asked) (view.Reply, error) {
	q := &question{Bot: b, ctx: ctx, asked: a}
	if err := q.begin(true); err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	r, err := q.finish(func(q *question) (*view.Card, error) {
		for _, r := range q.visibleRoutes() {
			switch {
			case r.ID() != a.Value && shortID(r.ID()) != a.Value:
			case a.Action == routesEnd:
				return q.endRoute(r)
			case a.Action == routesRenew:
				return q.renewRoute(r)
			}
		}
		return say("It is no standing route any more. Say " + b.slash() + " routes for those that are."), nil
	})
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	return r, nil
}
