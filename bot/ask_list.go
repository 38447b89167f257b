package bot

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// How much an answer lists, how far back it looks, and how many signals it looks
// through for that: what is older or more is slow, and nobody reads it.
const (
	listed   = 10
	lookBack = 30 * 24 * time.Hour
	looksAt  = 2000
)

// errEnough ends a walk through the book.
var errEnough = errors.New("enough")

// scope is what list is asked for.
func (q *question) scope() (string, error) { return q.scopeOf("list", "mine") }

// scopeOf is whose signals a command is asked for; otherwise where nothing is said.
func (q *question) scopeOf(command, otherwise string) (string, error) {
	scope := otherwise
	if len(q.args) > 0 {
		scope = strings.ToLower(strings.Trim(q.args[0], ",.:;!?"))
	}
	switch scope {
	case "mine", "me", "my":
		return "mine", nil
	case "channel", "here":
		if q.words.here == "" {
			return "", unclearf("This is no channel. Ask %[1]s channel in one, or say %[1]s mine.", command)
		}
		return "channel", nil
	case "team", "all":
		return scope, nil
	}
	return "", unclearf("I cannot list %[1]s. Say %[2]s mine, %[2]s channel, %[2]s team or %[2]s all.", brief(scope), command)
}

func (q *question) loadList() error {
	scope, err := q.scope()
	switch {
	case err != nil:
		return nil //nolint:nilerr // the answer says so
	case scope == "mine":
		return q.loadOwn()
	case scope == "channel":
		q.records, err = q.c.Store.Lately(q.ctx, q.words.here, recent)
		slices.Reverse(q.records)
		return err
	}
	return q.loadSince(func(r *signals.Record) bool { return open(r) })
}

// loadSince takes what was found lately and is wanted, newest first.
func (q *question) loadSince(want func(r *signals.Record) bool) error {
	looks := 0
	err := q.c.Store.Since(q.ctx, q.words.now.Add(-lookBack), func(r *signals.Record) error {
		if looks++; looks > looksAt {
			return errEnough
		}
		if want(r) {
			q.keep(r)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	slices.SortStableFunc(q.records, func(a, b *signals.Record) int { return b.Signal.At.Compare(a.Signal.At) })
	return err
}

func (q *question) list() (*view.Card, error) {
	scope, err := q.scope()
	if err != nil {
		return nil, err
	}
	team := ""
	if scope == "team" {
		if p := q.brain.w.Org.Person(q.who()); p != nil {
			team = p.Team
		}
		if team == "" {
			return nil, unclearf("I do not know which team you are in: the roster does not say. Say list mine or list all.")
		}
	}
	var shown []*signals.Record
	more := 0
	for _, r := range q.records {
		if _, ok := q.seen(r); !ok || !open(r) || team != "" && !q.ofTeam(r, team) {
			continue
		}
		if len(shown) < listed {
			shown = append(shown, r)
		} else {
			more++
		}
	}
	card := &view.Card{Title: map[string]string{"mine": "Open signals that concern you", "channel": "Open signals in this channel", "team": "Open signals of " + q.brain.w.Org.TeamName(team), "all": "Open signals of the last 30 days"}[scope]}
	for _, r := range shown {
		s, _ := q.seen(r)
		card.Facts = append(card.Facts, view.Fact{Name: q.title(s.Case), Value: s.Reason + "\n" + q.stand(r) + " · ID " + shortID(r.Signal.Key())})
	}
	switch {
	case len(shown) == 0:
		card.Lines = []view.Paragraph{{Text: "Nothing is open that you may see."}}
	case more > 0:
		card.Footer = "And " + signals.Counted(more, "more signal") + ". Say why and an ID for the facts behind one."
	default:
		card.Footer = "Say why and an ID for the facts behind one."
	}
	card.Actions = q.listActions(shown)
	return card, nil
}

// ofTeam reports whether a signal concerns a team: it holds the case, or
// somebody of it was told.
func (q *question) ofTeam(r *signals.Record, team string) bool {
	org := q.brain.w.Org
	if c, ok := q.visible(q.brain.w.Case(r.Signal.Case)); ok && c.Team != "" && org.TeamName(c.Team) == org.TeamName(team) {
		return true
	}
	return slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool {
		p := org.Person(cmp.Or(n.Owner, n.To))
		return p != nil && p.Team != "" && org.TeamName(p.Team) == org.TeamName(team) && toldOf(n)
	})
}

// toldOf reports whether a nudge was said, or is about to be.
func toldOf(n *signals.Nudge) bool {
	switch n.State {
	case signals.Sending, signals.Sent, signals.Received, signals.Acted, signals.Declined, signals.Ignored:
		return true
	}
	return false
}

// stand says in a few words how far a signal came.
func (q *question) stand(r *signals.Record) string {
	at := r.Ledger.At()
	if part := r.Ledger.Partly; !part.IsZero() && !r.Ledger.Reached(signals.Corrected) {
		return "solved in part " + part.In(q.words.zone()).Format("2 Jan 15:04")
	}
	text := map[signals.Stage]string{
		signals.Generated: "found", signals.Transmitted: "told", signals.ReceivedBy: "received", signals.ReactedTo: "somebody is on it",
		signals.Corrected: "solved", signals.ConfirmedBy: "confirmed",
	}[at]
	if q.clock(r).hides(at) {
		return text
	}
	return text + " " + r.Ledger.Times[at].In(q.words.zone()).Format("2 Jan 15:04")
}

// listActions are what can be done about what is listed: each a button, or a
// menu where there are several.
func (q *question) listActions(shown []*signals.Record) (out []view.Action) {
	var all, own []view.Option
	for _, r := range shown {
		id := shortID(r.Signal.Key())
		o := view.Option{Text: clipped(id+" "+q.title(r.Signal.Case), 70), Value: id}
		all = append(all, o)
		if slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return q.mine(n.To) && toldOf(n) }) {
			own = append(own, o)
		}
	}
	add := func(id, one, several string, options []view.Option) {
		switch {
		case len(options) == 1:
			out = append(out, view.Action{ID: id, Text: one, Value: options[0].Value})
		case len(options) > 1:
			out = append(out, view.Action{ID: id, Text: several, Options: options})
		}
	}
	add("answer.open", "Open", "Open ...", all)
	add("answer.claim", "I'm on it", "I'm on it ...", own)
	add("answer.snooze", "Snooze until tomorrow", "Snooze until tomorrow ...", own)
	return out
}

// clipped is a text of at most so many characters.
func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
