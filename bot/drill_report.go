package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
	"andon/signals/lint"
)

// drillReports tells, once each, how far the drills came that are over. The lock
// of the world is held. Where a team that took part has fewer people than the
// policy's group, only who started it and the leads of such teams are told: a
// team's time would be somebody's.
func (b *Bot) drillReports(ctx context.Context, w *decide.World, c *signals.Case, d *signals.Drill, changed []*signals.Record) error {
	var all []error
	for _, r := range changed {
		if !r.IsDrill() || !r.Over {
			continue
		}
		teams, whole := drillTeams(w, c, r)
		small := !whole || slices.ContainsFunc(teams, func(t string) bool { return teamSizes(w.Org)[t] < w.Org.Policy.Group })
		tell := func(to, what string, v signals.Viewer) {
			id := "drill/" + c.Key.ID + "/report/" + what
			card := b.drillReport(w, c, d, r, teams, v)
			card.Key, card.Kind = id, "notice"
			all = append(all, b.queue(ctx, id, to, card))
		}
		told := make(map[string]bool)
		if d.By != "" && !whoLeft(w.Org, d.By) {
			told[w.Org.Who(d.By)] = true
			tell(d.By, "starter", w.Org.Viewer(d.By))
		}
		if !small {
			if admin := w.Org.ChannelViewer(b.c.Admin); b.c.Admin != "" && admin.Sees(r.Signal.Audience) {
				tell(b.c.Admin, "admins", admin)
			}
			if ch := c.Channel(); ch != "" && !b.sharedOut(ch) {
				tell(ch, "place", w.Org.ChannelViewer(ch))
			}
			continue
		}
		for _, team := range teams {
			t := w.Org.Team(team)
			if t == nil || t.Lead == "" || told[w.Org.Who(t.Lead)] || !w.Org.Viewer(t.Lead).Sees(r.Signal.Audience) {
				continue
			}
			told[w.Org.Who(t.Lead)] = true
			tell(w.Org.Who(t.Lead), "lead/"+team, w.Org.Viewer(t.Lead))
		}
	}
	return errors.Join(all...)
}

// drillTeams lists the teams that took part, in their order; whole is false where
// the team of somebody is not known.
func drillTeams(w *decide.World, c *signals.Case, r *signals.Record) (teams []string, whole bool) {
	whole = true
	add := func(who string) {
		team := teamOf(w.Org, who)
		switch {
		case team == "":
			whole = false
		case !slices.Contains(teams, team):
			teams = append(teams, team)
		}
	}
	for _, n := range r.Nudges {
		if n.To != "" && (toldOf(n) || n.State == signals.Failed) {
			add(n.To)
		}
	}
	if r.Ledger.Reached(signals.Corrected) && c.Closer != "" && w.Org.Who(c.Closer) != w.Org.Who(c.Opener) {
		add(c.Closer)
	}
	return teams, whole
}

// drillReport tells the chain of a drill by teams: each stage and after how long
// it was reached, where the chain broke, and what to mend. It names nobody.
func (b *Bot) drillReport(w *decide.World, c *signals.Case, d *signals.Drill, r *signals.Record, teams []string, v signals.Viewer) *view.Card {
	place := drillPlace(w, d.Scope, audienceOf(c), v)
	card := &view.Card{Title: drillMark + "How far the drill of " + place + " came"}
	card.Lines = append(card.Lines, view.Paragraph{Text: drillOutcome(d, r)})
	if len(teams) > 0 {
		card.Facts = append(card.Facts, view.Fact{Name: "Asked, one after the other", Value: strings.Join(teams, ", then ")})
	}
	card.Tables = append(card.Tables, drillStages(w, c, r))
	for _, what := range drillBroke(w, r) {
		card.Facts = append(card.Facts, view.Fact{Name: "On the way", Value: what})
	}
	card.Facts = append(card.Facts, b.drillLint(w, c, d, teams)...)
	card.Footer = "A drill: it counts in no other figure. Received is inferred. To repeat it say " + b.slash() + " drill."
	return card
}

// drillOutcome says in a sentence how a drill ended. Why a signal stops may speak
// of somebody, so it is told by its class.
func drillOutcome(d *signals.Drill, r *signals.Record) string {
	l := r.Ledger
	switch {
	case l.Reached(signals.ConfirmedBy):
		return "The chain holds: it was confirmed after " + signals.Lasted(l.Times[signals.ConfirmedBy].Sub(r.Signal.At)) + "."
	case !d.Off.IsZero():
		return "It ended before it was " + string(l.Next()) + ": " + d.Why + "."
	case l.Died == "":
		return "It ended."
	case l.Died != signals.Transmitted && strings.HasPrefix(l.Why, "the drill ended after"):
		return "It stopped before it was " + string(l.Died) + ": " + l.Why + "."
	}
	return "It stopped before it was " + string(l.Died) + ": " + reasonClass(r) + "."
}

// drillStages is the table of the six stages: which team, and after how long.
func drillStages(w *decide.World, c *signals.Case, r *signals.Record) view.Table {
	t := view.Table{Title: "Stage by stage", Columns: []string{"Stage", "Where", "After"}}
	l := r.Ledger
	for _, st := range signals.Stages {
		row := []string{string(st), "", "not reached"}
		if st == signals.Generated {
			row[1], row[2] = "who started it", "at the beginning"
		} else if l.Reached(st) {
			row[1], row[2] = drillWhere(w, c, r, st), signals.Lasted(l.Times[st].Sub(r.Signal.At))
			if l.Proxy[st] {
				row[0] += " (inferred)"
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// drillWhere is the team that brought a drill to a stage.
func drillWhere(w *decide.World, c *signals.Case, r *signals.Record, st signals.Stage) string {
	who := ""
	for _, n := range r.Nudges {
		if n.To == "" || who != "" {
			continue
		}
		switch st {
		case signals.Transmitted:
			if toldOf(n) {
				who = n.To
			}
		case signals.ReceivedBy:
			if n.State == signals.Received || n.State == signals.Acted || n.State == signals.Declined {
				who = n.To
			}
		case signals.ReactedTo:
			if n.State == signals.Acted {
				who = n.To
			}
		}
	}
	switch st {
	case signals.Corrected:
		who = c.Closer
	case signals.ConfirmedBy:
		return "who started it"
	}
	if team := teamOf(w.Org, who); team != "" {
		return team
	}
	return "no known team"
}

// drillBroke tells what did not go as it should on the way, by teams.
func drillBroke(w *decide.World, r *signals.Record) (out []string) {
	for i, n := range r.Nudges {
		team := teamOf(w.Org, n.To)
		if team == "" {
			team = "no known team"
		}
		what := ""
		switch {
		case n.To == "":
			what = "Nobody was known who could be asked."
		case n.State == signals.Ignored:
			what = team + ": no answer in time."
			if slices.ContainsFunc(r.Nudges[i+1:], toldOf) {
				what = team + ": no answer in time, so the next one was asked."
			}
		case n.State == signals.Declined:
			what = team + ": it was for somebody else."
		case n.State == signals.Failed:
			what = team + ": a message could not be delivered."
		}
		if what != "" && !slices.Contains(out, what) {
			out = append(out, what)
		}
	}
	return out
}

// drillLint are the findings about the chain that a drill went through. Those
// about a person are told without them.
func (b *Bot) drillLint(w *decide.World, c *signals.Case, d *signals.Drill, teams []string) (out []view.Fact) {
	places := []string{"project " + d.Scope}
	for _, t := range append(slices.Clone(teams), w.AimOf(c, b.c.Now()).Owners...) {
		places = append(places, "team "+t)
	}
	in := b.lintInput(&linted{})
	for _, f := range lint.Check(in) {
		if !slices.Contains(places, f.Place) || len(out) == drillMended {
			continue
		}
		text := f.What + ". To mend it: " + f.Do + "."
		if f.About != "" {
			what := "one of its rules, or its channel, is not in order"
			if w.Org.Person(f.About) != nil {
				what = "somebody there cannot be asked, or nobody stands in for them"
			}
			text = what + " (" + f.Rule + "). For the facts an admin says " + b.slash() + " lint."
		}
		if fact := (view.Fact{Name: "To mend: " + f.Place, Value: text}); !slices.Contains(out, fact) {
			out = append(out, fact)
		}
	}
	if len(w.AimOf(c, b.c.Now()).Owners) == 0 {
		out = append(out, view.Fact{Name: "To mend", Value: "no team owns the place: only history tells who can help. Give it to a team in the roster (owns)."})
	}
	return out
}

// drillMended is how many findings a report names, worst first.
const drillMended = 3
