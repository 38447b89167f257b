package bot

import (
	"strconv"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/lint"
)

// exportRoutes gives the routes as the roster of the configuration takes them.
func (q *question) exportRoutes() *view.Card {
	card := &view.Card{Title: "For the roster of the configuration", Lines: []view.Paragraph{{Text: signals.RulesYAML(q.visibleRoutes())}}}
	card.Footer = "Until each ends. Once they stand in the file, what the file says counts from its next reading on."
	return card
}

// listRoutes lists the routes with their end and use, and to those who lead them
// pairs of teams that could use a liaison or hardly talk.
func (q *question) listRoutes() *view.Card {
	card := &view.Card{Title: "Standing routes"}
	list := q.visibleRoutes()
	if len(list) == 0 {
		card.Lines = []view.Paragraph{{Text: "No route stands that you may see. One is made when people of two teams are brought together, or by routes add TEAM -> TEAM for DETECTOR."}}
	}
	end, renew := view.Action{ID: routesEnd, Text: "End ..."}, view.Action{ID: routesRenew, Text: "Renew ..."}
	sizes := teamSizes(q.words.org)
	for i, r := range list {
		name := strconv.Itoa(i+1) + ". " + routeName(r)
		card.Facts = append(card.Facts, view.Fact{Name: name + " (" + shortID(r.ID()) + ")", Value: q.routeLine(r, sizes)})
		if q.mayChange(r) && len(end.Options) < listed {
			o := view.Option{Text: view.Line(name, 70), Value: shortID(r.ID())} // the names of teams may be longer than Slack takes
			end.Options, renew.Options = append(end.Options, o), append(renew.Options, o)
		}
	}
	if len(end.Options) > 0 {
		card.Actions = []view.Action{end, renew}
	}
	card.Footer = "Say routes end 1, routes renew 1, or routes export."
	if q.ruled != nil {
		q.pairLines(card)
		if q.ruled.partly || q.ruled.pairs != nil && q.ruled.pairs.partly {
			card.Footer += " More happened than I can look through at once: figures are of a part of it."
		}
	}
	return card
}

// routeLine tells of one route since when it stands, until when, and its use.
func (q *question) routeLine(r signals.Rule, sizes map[string]int) string {
	text := "Until " + r.Until.In(q.words.zone()).Format("2 January") + "."
	if r.How == signals.Agreed {
		text = "Agreed on " + r.At.In(q.words.zone()).Format("2 January") + ", until " + r.Until.In(q.words.zone()).Format("2 January") + "."
	}
	if q.ruled == nil {
		return text
	}
	return text + " " + useWords(q.ruled.use(q.words.org, r, q.viewer), sizes, q.words.org.Policy.Group)
}

// pairLines tells of pairs of teams to admins and to those who lead one of them.
func (q *question) pairLines(card *view.Card) {
	f := q.ruled.pairs
	if f == nil {
		return
	}
	org := q.words.org
	ours := func(t lint.Traffic) bool {
		return q.admin() || leads(org, t.A, q.who()) || leads(org, t.B, q.who())
	}
	for _, t := range lint.Liaisons(&org.Policy, f.traffic) {
		if ours(t) {
			card.Lines = append(card.Lines, view.Paragraph{Text: liaisonWords(t, !small(org, t))})
		}
	}
	for _, t := range q.thins(f) {
		if ours(t.Traffic) {
			card.Lines = append(card.Lines, view.Paragraph{Text: q.thinWords(t)})
		}
	}
	if f.seen == nil {
		card.Footer += " What is said in channels is still being read: who does not talk is told later."
	}
}
