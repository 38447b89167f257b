package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// live is what a notice carries that has to say something else when the nudge
// that it is about moves on.
type live struct {
	Kind   string   // gathered, proposed or previewed
	Nudge  string   // key of the nudge that it is about
	People []string `json:",omitempty"` // who reads it, accounts or person ids; empty for the admin channel
}

// notice is how a notice is stored: as it was written, with what makes it anew.
type notice struct {
	view.Card
	Live *live `json:",omitempty"`
}

// noticed is what a notice says now. Where what it is about is not kept any
// more it says what was written.
func (b *Bot) noticed(ctx context.Context, out *signals.Outgoing) (*view.Card, error) {
	var n notice
	if err := json.Unmarshal(out.Body, &n); err != nil {
		return nil, fmt.Errorf("read the notice: %w", err)
	}
	if n.Live == nil {
		return &n.Card, nil
	}
	it, ok, err := b.itemOf(ctx, n.Live.Nudge)
	if err != nil || !ok {
		return &n.Card, err
	}
	card := &n.Card
	err = b.inWorld(ctx, func(w *decide.World) error {
		switch n.Live.Kind {
		case gathered:
			card = b.gatheredCard(w, out.ID, n.Live.People, it)
		case proposed:
			card = b.proposedCard(w, out.ID, it)
		case previewed:
			card = b.previewCard(w, out.ID, it)
		}
		return nil
	})
	return card, err
}

// liveOf reads what a notice is about.
func (b *Bot) liveOf(ctx context.Context, id string) (live, error) {
	body, err := b.c.Store.NoticeBody(ctx, id)
	if err != nil || len(body) == 0 {
		return live{}, err
	}
	var n notice
	if err := json.Unmarshal(body, &n); err != nil || n.Live == nil {
		return live{}, nil //nolint:nilerr // a notice of another form is about no nudge
	}
	return *n.Live, nil
}

// itemOf is the nudge of a key, with its record.
func (b *Bot) itemOf(ctx context.Context, key string) (item, bool, error) {
	records, err := b.c.Store.RecordsOf(ctx, key)
	if err != nil {
		return item{}, false, err
	}
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Key() == key {
				return item{r, n}, true, nil
			}
		}
	}
	return item{}, false, nil
}

// tellLive queues a notice that is about a nudge.
func (b *Bot) tellLive(ctx context.Context, id, target string, card *view.Card, l live) error {
	body, err := json.Marshal(notice{Card: *card, Live: &l})
	if err != nil {
		return fmt.Errorf("write notice %s: %w", id, err)
	}
	return b.c.Store.Notice(ctx, id, target, body, b.c.Now())
}

// Of which kind the messages beside a nudge are, as the first letters of their ids.
const (
	groupID    = "g"
	proposalID = "p"
	previewID  = "v"
)

// besideID is the id of a message that stands beside a nudge.
func besideID(kind, nudge string) string {
	h := fnv.New64a()
	h.Write([]byte(nudge))
	return kind + strconv.FormatUint(h.Sum64(), 36)
}

// companions are the ids of the messages that may stand beside the nudges of a
// record, and say something else when it moves.
func companions(r *signals.Record) (ids []string) {
	for _, n := range r.Nudges {
		if n.To != "" {
			ids = append(ids, besideID(groupID, n.Key()), besideID(proposalID, n.Key()), besideID(previewID, n.Key()))
		}
	}
	return ids
}

// gathered are the nudges of those that were brought together.
func (b *Bot) gathered(ctx context.Context, shown []item) map[string]bool {
	out := make(map[string]bool)
	if b.c.Rooms == nil {
		return out
	}
	for _, it := range shown {
		_, ok, err := b.c.Store.Message(ctx, besideID(groupID, it.n.Key()))
		if err != nil {
			b.log.Warn("whether people were brought together could not be read", "error", err)
		}
		if ok {
			out[it.n.Key()] = true
		}
	}
	return out
}

// pair is two people who are to be brought together.
type pair struct {
	people   []string // their accounts
	who      string   // what the other one is called
	no       string   // why it cannot be
	resolver bool     // who pressed is the one who was asked to help
}

// bringTogether opens a direct message of who raised a signal and who can solve
// it, once however often it is asked for.
func (b *Bot) bringTogether(ctx context.Context, a view.Asked, it item) (view.Reply, error) {
	if b.c.Rooms == nil {
		return b.decline(a, "I cannot open conversations here."), nil
	}
	var p pair
	if err := b.inWorld(ctx, func(w *decide.World) error { p = b.pairOf(w, a.User, it); return nil }); err != nil {
		return view.Reply{}, err
	}
	if p.no != "" {
		return b.decline(a, p.no), nil
	}
	id := besideID(groupID, it.n.Key())
	if _, ok, err := b.c.Store.Message(ctx, id); err != nil {
		return view.Reply{}, err
	} else if ok {
		return b.decline(a, "That conversation is open already. You find it among the direct messages."), nil
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	target, err := b.c.Rooms.Together(call, p.people)
	if err != nil {
		b.log.Warn("people could not be brought together", "error", err)
		if why := hopeless(err); why != "" {
			return b.decline(a, "Slack does not let me open that conversation: "+why+". You can write to "+p.who+" yourself."), nil
		}
		return b.decline(a, "Slack did not open the conversation. Please try once more in a moment."), nil
	}
	card := &view.Card{Key: id, Kind: gathered, Title: "You are brought together", Lines: []view.Paragraph{{Text: "One of you raised something that the other may be able to solve."}}}
	if err := b.tellLive(ctx, id, target, card, live{Kind: gathered, Nudge: it.n.Key(), People: p.people}); err != nil {
		return view.Reply{}, err
	}
	if p.resolver && !over(it.r) && it.n.State != signals.Acted {
		if err := b.happened(ctx, a, []item{it}, func(e *signals.Event, _ item) bool { e.Kind = signals.Claimed; return true }); err != nil {
			return view.Reply{}, err
		}
	}
	return b.decline(a, "I opened a direct message with you and "+p.who+"."), nil
}

// pairOf finds who is to be brought together with who pressed, or says kindly
// why it cannot be.
func (b *Bot) pairOf(w *decide.World, user string, it item) (p pair) {
	who, other := w.Org.Who(user), raiser(w, it.r)
	if !isPlace(w, it.n.To) {
		p.resolver = w.Org.Who(it.n.To) == who
	}
	p.resolver = p.resolver || it.n.Owner != "" && w.Org.Who(it.n.Owner) == who
	switch {
	case other == "":
		p.no = "I do not know who raised it, so I cannot bring you together."
	case anonymous(other):
		p.no = "Whoever raised it wished not to be named, so I cannot bring you together. You can answer in the thread."
	case w.Org.Who(other) == who && it.n.Owner == "" && isPlace(w, it.n.To):
		p.no = "You raised it yourself, and I do not know yet who can solve it."
	case w.Org.Who(other) == who && it.n.Owner != "":
		other = it.n.Owner
	case w.Org.Who(other) == who:
		other = it.n.To
	}
	if p.no != "" {
		return p
	}
	p.who = nameOf(w, other)
	if ok, why, _ := w.Org.Available(other, b.c.Now()); !ok && strings.HasPrefix(why, "has left") {
		p.no = p.who + " has left the company, so I cannot bring you together."
	} else if !ok && !strings.HasPrefix(why, "is away") || w.Org.Who(other) == who {
		p.no = "I cannot open a conversation with who raised it. You can answer where they wrote."
	}
	for _, id := range []string{user, other} {
		at := id
		if b.c.Address != nil {
			at, _ = b.c.Address(w.Org, id)
		}
		if at == "" {
			p.no = "I do not know how to reach " + nameOf(w, id) + " here, so I cannot bring you together."
		}
		p.people = append(p.people, at)
	}
	return p
}

// hopeless is why an error will stay however often it is tried, "" where it may
// not.
func hopeless(err error) string {
	var ours mendable
	var term terminal
	if errors.As(err, &ours) && ours.IsAuth() || !errors.As(err, &term) {
		return ""
	}
	return term.TerminalReason()
}

// gatheredCard is the context for those who were brought together: only what
// both of them may see.
func (b *Bot) gatheredCard(w *decide.World, id string, people []string, it item) *view.Card {
	v := signals.Viewer{}
	for i, p := range people {
		if i == 0 {
			v = w.Org.Viewer(p)
			continue
		}
		v = both(v, w.Org.Viewer(p))
	}
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: reader{viewer: v, zone: readerZone, shared: true}}
	card := &view.Card{Key: id, Kind: gathered, Title: "You are brought together"}
	card.Lines = append(card.Lines, view.Paragraph{Text: c.introduction(it)})
	own, ok := w.Seen(it.r, v)
	if !ok {
		card.Lines = append(card.Lines, view.Paragraph{Text: "Not both of you are in the place where it began, so nothing of that is repeated here."})
		return card
	}
	seen := *it.n // as both know it
	seen.Signal = own
	it.n = &seen
	card.Title = "Together on: " + c.title(own.Case)
	card.Lines = append(card.Lines, view.Paragraph{Text: sentence(own.Reason)})
	card.Stops = c.stops(it.n.Signal.Case)
	if d := c.direct(it.n.Signal.Case); d != "" {
		card.Facts = append(card.Facts, view.Fact{Name: "Shortest way", Value: d})
	}
	for _, deed := range c.deeds(it) {
		card.Lines = append(card.Lines, view.Paragraph{Text: deed})
	}
	card.Links = c.links(it, nil)
	card.Footer = "andon · " + c.askWhy(it)
	if !over(it.r) && it.n.Signal.Case.Source != signals.Jira {
		card.Actions = []view.Action{{ID: solved, Text: "Solved", Value: id, Primary: true}}
	}
	if over(it.r) && !it.r.Over {
		card.Actions = []view.Action{{ID: denied, Text: "Still happening", Value: id}}
	}
	return card
}

// introduction says who is who, and what for.
func (c *composer) introduction(it item) string {
	who := raiser(c.w, it.r)
	helper := it.n.To
	if isPlace(c.w, helper) {
		helper = it.n.Owner
	}
	if helper == "" || anonymous(who) {
		return c.name(who) + " raised it. You are here together so that you can solve it between you."
	}
	return c.name(who) + " raised it, and " + c.name(helper) + " may be able to help. You are here together so that you can solve it between you."
}
