package bot

import (
	"slices"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// caseOf finds the case that a word stands for, as far as the asker may see it.
func (q *question) caseOf(word string) (*signals.Case, bool) {
	ref, ok := caseRef(word)
	if !ok {
		return nil, false
	}
	w := q.brain.w
	k, ok := w.Find(ref)
	if !ok {
		return nil, false
	}
	return q.visible(w.Case(k))
}

func (q *question) visible(c *signals.Case) (*signals.Case, bool) {
	return c, c != nil && len(c.For(q.viewer).Events()) > 0
}

// thread is the case of the thread in which it was asked, if it is one.
func (q *question) thread() (*signals.Case, bool) {
	k, ok := signals.ParseKey(q.asked.Thread)
	if !ok {
		return nil, false
	}
	return q.visible(q.brain.w.Case(k))
}

// find is the case that a question is about, as its asker may see it; an error
// that says so where there is none.
func (q *question) find(what string) (*signals.Case, error) {
	if len(q.args) == 0 {
		if c, ok := q.thread(); ok {
			return c, nil
		}
		return nil, unclearf("Tell me which issue or thread: %s PAY-17, or a link to a message.", what)
	}
	if c, ok := q.caseOf(q.args[0]); ok {
		return c, nil
	}
	return nil, q.unknown(q.args[0])
}

// unknown says that nothing is known of a word: the same where there is nothing
// and where the asker may not see it.
func (q *question) unknown(word string) error {
	if _, ok := caseRef(word); !ok {
		return unclearf("%s is no issue and no link. Say it like PAY-17, or copy the link of a message.", brief(word))
	}
	return unclearf("I know nothing of %s that you may see. Is it in a project or a channel that I watch?", strings.Trim(brief(word), `"`))
}

// recent is how many of the asker's own signals are looked at.
const recent = 64

// loadStatus takes the asker's own signals, where no issue is named.
func (q *question) loadStatus() error {
	if len(q.args) > 0 {
		return nil
	}
	return q.loadOwn()
}

// loadOwn takes what the asker was told and what they raised.
func (q *question) loadOwn() error {
	told, err := q.c.Store.Toward(q.ctx, q.ids, recent)
	if err != nil {
		return err
	}
	raised, err := q.c.Store.Raised(q.ctx, q.ids, recent)
	if err != nil {
		return err
	}
	for _, r := range append(told, raised...) {
		q.keep(r)
	}
	return nil
}

// keep takes a record among those that a question is about. Drills never are:
// they are listed apart.
func (q *question) keep(r *signals.Record) {
	if r.IsDrill() {
		return
	}
	key := r.Signal.Key()
	if !slices.ContainsFunc(q.records, func(had *signals.Record) bool { return had.Signal.Key() == key }) {
		q.records = append(q.records, r)
	}
}

func (q *question) status() (*view.Card, error) {
	if len(q.args) == 0 {
		if _, ok := q.thread(); !ok {
			return q.myStatus()
		}
	}
	if len(q.args) > 0 {
		if id, ok := asShortID(q.args[0]); ok {
			if _, is := caseRef(q.args[0]); !is {
				return nil, unclearf("Status wants an issue or a thread. For the signal %s say why %s.", id, id)
			}
		}
	}
	c, err := q.find("status")
	if err != nil {
		return nil, err
	}
	w := q.brain.w
	seen := c.For(q.viewer)
	records, err := q.c.Store.Records(q.ctx, c.Key)
	if err != nil {
		return nil, err
	}
	card := &view.Card{Title: caseName(seen)}
	turn := signals.TurnOf(seen, &w.Org.Policy)
	card.Facts = append(card.Facts, view.Fact{Name: "Now", Value: turn.Why})
	timed := slices.ContainsFunc(records, func(r *signals.Record) bool { _, ok := q.seen(r); return ok })
	if whose := q.whose(turn, timed); whose != "" {
		card.Facts = append(card.Facts, view.Fact{Name: "Whose turn", Value: whose})
	}
	var teams []string
	for _, hop := range seen.Path.Teams() {
		teams = append(teams, w.Org.TeamName(hop.Team))
	}
	if len(teams) > 1 {
		card.Facts = append(card.Facts, view.Fact{Name: "Path", Value: strings.Join(teams, " → ")})
	}
	for _, r := range records {
		if s, ok := q.seen(r); ok {
			card.Lines = append(card.Lines, view.Paragraph{Text: s.Reason + "\n" + stagesIn(r, q.clock(r)) + "\nID " + shortID(r.Signal.Key())})
		}
	}
	if len(card.Lines) == 0 {
		card.Lines = []view.Paragraph{{Text: "I found no signal in it."}}
	}
	q.link(card, seen)
	return card, nil
}

// whose says whose turn it is: the present owner or the originator. Beside a
// signal, which may say for how long nothing came, it is their team alone.
func (q *question) whose(t signals.Turn, timed bool) string {
	org, named := q.brain.w.Org, t.Person != "" && !signals.IsGone(t.Person) && !anonymous(t.Person)
	switch {
	case t.Role == signals.Others:
		return "whoever can answer"
	case t.Person != "" && q.mine(t.Person):
		return "yours"
	case named && !timed:
		return q.called(t.Person)
	case named && t.Role == signals.Originator:
		return "whoever raised it"
	case t.Team != "":
		return org.TeamName(t.Team)
	case named:
		if p := org.Person(t.Person); p != nil && p.Team != "" {
			return org.TeamName(p.Team)
		}
		return "whoever holds it"
	}
	return ""
}

// clock is how the times of a signal are shown to the asker.
func (q *question) clock(r *signals.Record) clock { return clockFor(r, q.words.zone(), q.ids) }

// called is what somebody is called.
func (q *question) called(id string) string { return nameOf(q.words.org, id) }

// myStatus tells of the open signals of the channel where it was asked and of
// the asker's own.
func (q *question) myStatus() (*view.Card, error) {
	card := &view.Card{Title: "Your open signals"}
	for _, r := range q.records {
		if s, ok := q.seen(r); ok && open(r) && len(card.Lines) < listed {
			card.Lines = append(card.Lines, view.Paragraph{Text: q.title(s.Case) + ": " + s.Reason + "\n" + stagesIn(r, q.clock(r)) + "\nID " + shortID(r.Signal.Key())})
		}
	}
	if len(card.Lines) == 0 {
		return say("Nothing open concerns you. Tell me which issue or thread you mean: status PAY-17, or a link to a message."), nil
	}
	card.Footer = "For one issue or thread say status PAY-17, or give a link to a message."
	return card, nil
}

// open reports whether the story of a signal goes on. A cord that nobody could
// be told of is still pulled.
func open(r *decide.Record) bool {
	if over(r) {
		return false
	}
	return r.Ledger.Died == "" || r.Signal.Detector == "cord" && !r.Ledger.Reached(signals.Transmitted)
}

// title is what a case is called in a list, as far as the asker may see it.
func (q *question) title(k signals.Key) string { return titleOf(q.brain.w, k, q.viewer) }

func (q *question) link(card *view.Card, c *signals.Case) {
	if url := q.url(c.Key, c.Label); url != "" {
		card.Links = append(card.Links, view.Link{Text: "Open it", URL: url})
	}
}
