package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/route"
)

func (q *question) path() (*view.Card, error) {
	c, err := q.find("path")
	if err != nil {
		return nil, err
	}
	w, now := q.brain.w, q.words.now
	seen := c.For(q.viewer)
	card := &view.Card{Title: caseName(seen)}
	if card.Stops = stopsOf(w, seen, now); len(card.Stops) == 0 {
		card.Lines = []view.Paragraph{{Text: "No team has held it yet."}}
		return card, nil
	}
	if d := w.Memory.Routes.Direct(seen, w.Org, now); len(d.Teams) > 0 {
		card.Facts = append(card.Facts, view.Fact{Name: "Direct route", Value: q.route(card.Stops, d.Teams) + ", because " + d.Teams[len(d.Teams)-1] + " " + d.Why})
		if d.Detour > 0 {
			card.Facts = append(card.Facts, view.Fact{Name: "Detour", Value: signals.Counted(d.Detour, "hand-off") + " beyond it"})
		}
	}
	if own := q.ownTime(seen); own > 0 {
		card.Facts = append(card.Facts, view.Fact{Name: "Your own time with it", Value: signals.Lasted(own) + " (shown to you alone)"})
	}
	card.Footer = "Teams only. Times are left out where a team has fewer than " + strconv.Itoa(w.Org.Policy.Group) + " people."
	q.link(card, seen)
	return card, nil
}

// route writes a direct route. It begins with the team of whoever raised it, which
// may never have held it: then it says what that team has to do with it.
func (q *question) route(held []view.Stop, teams []string) string {
	text := strings.Join(teams, " → ")
	if len(teams) > 1 && !slices.ContainsFunc(held, func(s view.Stop) bool { return s.Name == teams[0] }) {
		text = teams[0] + " (where it was raised)" + strings.TrimPrefix(text, teams[0])
	}
	return text
}

// ownTime is how long the asker held a case. Only accounts count that the roster
// lists or an address told of: that an account is theirs, anybody can say.
func (q *question) ownTime(c *signals.Case) (sum time.Duration) {
	listed, org := map[string]bool{q.who(): true}, q.brain.w.Org
	for _, a := range org.AccountsOf(q.who()) {
		if i, found := org.Identity(a); !found || i.How == signals.ByEmail {
			listed[a] = true
		}
	}
	end := endOf(c, q.words.now)
	for i := range c.Path {
		if h := &c.Path[i]; listed[h.Person] {
			sum += h.Waiting(end)
		}
	}
	return sum
}

// likely is how many people an answer names.
const likely = 3

func (q *question) likely() (*view.Card, error) {
	if len(q.args) > 0 {
		if _, ok := caseRef(q.args[0]); !ok {
			return q.likelyFor(nil, "Who can likely help", q.byWords(clipped(q.words.plain(q.rest), longest)))
		}
	}
	c, err := q.find("who")
	if err != nil {
		return nil, err
	}
	seen := c.For(q.viewer)
	w, now := q.brain.w, q.words.now
	s := &signals.Signal{Detector: "cord", Problem: seen.Key, Case: seen.Key, At: now, Need: signals.NeedResolver, Audience: signals.Public}
	card, err := q.likelyFor(seen, caseName(seen), route.Pick(w.Memory.Routes, w.Org, seen, s, now))
	if err == nil {
		q.link(card, seen)
	}
	return card, err
}

// byWords is who could help with what words describe: in the channel where it is
// asked, else anywhere.
func (q *question) byWords(text string) []route.Choice {
	w := q.brain.w
	for _, channel := range []string{q.words.here, ""} {
		choices := route.PickWords(w.Memory.Routes, w.Org, text, channel, q.words.now)
		if slices.ContainsFunc(choices, func(c route.Choice) bool { return c.To != "" }) {
			return choices
		}
	}
	return nil
}

// likelyFor names those whom route chose for a case, nil for one that has only
// words.
func (q *question) likelyFor(c *signals.Case, title string, choices []route.Choice) (*view.Card, error) {
	card := &view.Card{Title: title}
	var first string
	for _, ch := range choices {
		if ch.To == "" || len(card.Lines) == likely {
			continue
		}
		if first == "" && !q.mine(ch.To) {
			first = ch.To
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: q.called(ch.To) + " " + ch.Why})
	}
	if len(card.Lines) == 0 {
		card.Lines = []view.Paragraph{{Text: "I know nobody who could help with it: neither the roster nor what was solved before names anybody."}}
	}
	if first != "" && c != nil && q.c.Rooms != nil {
		card.Actions = append(card.Actions, view.Action{ID: "answer.together", Text: "Bring us together", Value: first + "|" + c.Key.String(), Confirm: "I open a direct message with you and " + q.called(first) + ". Shall I?"})
	}
	return card, nil
}
