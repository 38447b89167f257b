package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// cost tells what it took to coordinate an epic or a row of linked issues: teams,
// hand-offs, waiting and approvals, beside finished ones of the same project.
func (q *question) cost() (*view.Card, error) {
	c, err := q.find("cost")
	if err != nil {
		return nil, err
	}
	if c.Key.Source != signals.Jira {
		return nil, unclearf("Cost wants an issue: cost PAY-17. A thread has no parts.")
	}
	w := q.brain.w
	b := w.Bill(c, q.viewer, q.words.now)
	card := &view.Card{Title: caseName(b.Root)}
	what := "issues linked as waiting for each other"
	switch {
	case b.Epic:
		what = "issues, the epic and its parts"
	case b.Issues == 1:
		what = "issue alone: it has no parts and waits for no other"
	}
	card.Facts = append(card.Facts, view.Fact{Name: "Counted", Value: strconv.Itoa(b.Issues) + " " + what})
	for _, row := range costRows(&b, w.Org) {
		card.Facts = append(card.Facts, view.Fact{Name: row.name, Value: row.value + row.beside(b.Peers)})
	}
	card.Footer = q.costFooter(&b)
	q.link(card, b.Root)
	return card, nil
}

// rounds bounds how often more issues are taken from the journal for one bill: what
// is lacking is known when what names it is there.
const rounds = 8

// loadCost takes the issues that a bill is made of from the journal, while the
// world is free: there may be many.
func (q *question) loadCost() error {
	asked := make(map[signals.Key]bool)
	for range rounds {
		a := q.lacking(asked)
		if len(a.keys) == 0 {
			return nil
		}
		if err := a.read(q.ctx); err != nil {
			return fmt.Errorf("take the issues to compare with: %w", err)
		}
		q.mu.Lock()
		a.put(q.brain)
		q.mu.Unlock()
	}
	return nil
}

// lacking are the issues that a bill needs and that were not asked for yet, as far
// as the world can tell.
func (q *question) lacking(asked map[signals.Key]bool) *beside {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.brain.begin(q.ctx)
	a := q.brain.beside()
	c, err := q.find("cost")
	if err != nil || c.Key.Source != signals.Jira || a.pos == 0 {
		return a // it is said when it is answered
	}
	for _, k := range q.brain.w.Lacks(c, q.viewer) {
		if !asked[k] {
			asked[k] = true
			a.keys = append(a.keys, k)
		}
	}
	return a
}

// costRow is one figure of a bill.
type costRow struct {
	name, value string
	of          func(c *signals.Cost) float64
	own         *signals.Cost
	show        func(x float64) string
	least       int // peers from which on they are compared with
}

// costRows are the figures of a bill. How long it waited is left out where the
// teams have too few people together, and how it stands among others where
// there are too few of them.
func costRows(b *decide.Bill, org *signals.Org) []costRow {
	whole := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	group := org.Policy.Group
	teams := "none is known"
	if len(b.Teams) > 0 {
		teams = strconv.Itoa(len(b.Teams)) + ": " + strings.Join(b.Teams, ", ")
	}
	rows := []costRow{
		{"Teams", teams, func(c *signals.Cost) float64 { return float64(len(c.Teams)) }, &b.Cost, whole, group},
		{"Hand-offs between teams", strconv.Itoa(b.Handoffs), func(c *signals.Cost) float64 { return float64(c.Handoffs) }, &b.Cost, whole, group},
	}
	if peopleIn(org, b.Teams) >= group {
		rows = append(rows, costRow{"Waiting", workingHours(b.Waiting), func(c *signals.Cost) float64 { return float64(c.Waiting) }, &b.Cost, func(x float64) string { return workingHours(time.Duration(x)) }, group})
	} else {
		rows = append(rows, costRow{name: "Waiting", value: "left out: these teams have fewer than " + strconv.Itoa(group) + " people that I know of"})
	}
	return append(rows, costRow{"Approvals asked", strconv.Itoa(b.Approvals), func(c *signals.Cost) float64 { return float64(c.Approvals) }, &b.Cost, whole, group})
}

// beside says how a figure stands among those of others.
func (r *costRow) beside(peers []signals.Cost) string {
	if r.of == nil || len(peers) < max(1, r.least) {
		return ""
	}
	own, less := r.of(r.own), 0
	all := make([]float64, len(peers))
	for i := range peers {
		if all[i] = r.of(&peers[i]); all[i] < own {
			less++
		}
	}
	slices.Sort(all)
	return "; the median is " + r.show((all[(len(all)-1)/2]+all[len(all)/2])/2) + ", more than in " + strconv.Itoa(less) + " of " + strconv.Itoa(len(all))
}

// workingHours tells working time in hours: a day of it has no fixed length.
func workingHours(d time.Duration) string {
	return signals.Counted(int(d.Round(time.Hour)/time.Hour), "hour") + " of working time"
}

// peopleIn is how many people are known to be in some teams together.
func peopleIn(org *signals.Org, teams []string) (n int) {
	sizes := teamSizes(org)
	for _, t := range teams {
		n += sizes[t]
	}
	return n
}

func (q *question) costFooter(b *decide.Bill) string {
	text := "Waiting is working time in which an open issue was nobody's: without a holder, between two teams, or in a status that waits for somebody. That of all issues is added up. "
	least := max(1, q.brain.w.Org.Policy.Group)
	kind := "rows of issues"
	if b.Epic {
		kind = "epics"
	}
	if len(b.Peers) < least {
		return text + "Too few to compare with: " + strconv.Itoa(least) + " finished " + kind + " of like size in the project are needed."
	}
	return text + "Compared with the " + strconv.Itoa(len(b.Peers)) + " newest finished " + kind + " in the project of half to twice the size, as far as you may see them."
}
