package bot

import (
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/route"
)

func (q *question) path() (*view.Card, error) {
	c, no := q.find("path")
	if no != nil {
		return no, nil
	}
	w, now := q.brain.w, q.c.Now()
	seen := c.For(q.viewer)
	card := &view.Card{Title: name(seen)}
	runs := seen.Path.Teams()
	if len(runs) == 0 {
		card.Lines = []view.Paragraph{{Text: "No team has held it yet."}}
		return card, nil
	}
	end := now
	if !seen.ClosedAt.IsZero() {
		end = seen.ClosedAt
	}
	var stays []string
	for i := range runs {
		team := w.Org.TeamName(runs[i].Team)
		if q.large(team) {
			team += " (" + signals.Lasted(runs[i].Waiting(end)) + ")"
		}
		stays = append(stays, team)
	}
	card.Lines = append(card.Lines, view.Paragraph{Text: strings.Join(stays, " → ")})
	if d := w.Memory.Routes.Direct(seen, w.Org, now); len(d.Teams) > 0 {
		card.Facts = append(card.Facts, view.Fact{Name: "Direct route", Value: strings.Join(d.Teams, " → ") + ", because " + d.Teams[len(d.Teams)-1] + " " + d.Why})
		if d.Detour > 0 {
			card.Facts = append(card.Facts, view.Fact{Name: "Detour", Value: signals.Counted(d.Detour, "hand-off") + " beyond it"})
		}
	}
	card.Footer = "Teams only. Times are left out where a team has fewer than " + strconv.Itoa(w.Org.Policy.Group) + " people."
	q.link(card, seen)
	return card, nil
}

// large reports whether enough people are known to be in a team for its times
// to be nobody's.
func (q *question) large(team string) bool {
	org, n := q.brain.w.Org, 0
	for _, p := range org.People {
		if p.Team != "" && org.TeamName(p.Team) == team && !p.Bot && !p.Left {
			n++
		}
	}
	return n >= org.Policy.Group
}

// likely is how many people an answer names.
const likely = 3

func (q *question) who() (*view.Card, error) {
	c, no := q.find("who")
	if no != nil {
		return no, nil
	}
	w, now := q.brain.w, q.c.Now()
	seen := c.For(q.viewer)
	card := &view.Card{Title: name(seen)}
	s := &signals.Signal{Detector: "cord", Problem: seen.Key, Case: seen.Key, At: now, Need: signals.NeedResolver, Audience: signals.Public}
	for _, ch := range route.Pick(w.Memory.Routes, w.Org, seen, s, now) {
		if ch.To == "" || len(card.Lines) == likely {
			continue
		}
		who := ch.To
		if p := w.Org.Person(ch.To); p != nil && p.Name != "" {
			who = p.Name
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: who + " " + ch.Why})
	}
	if len(card.Lines) == 0 {
		card.Lines = []view.Paragraph{{Text: "I know nobody who could help with it: neither the roster nor what was solved before names anybody."}}
	}
	q.link(card, seen)
	return card, nil
}
