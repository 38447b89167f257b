package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// live is what a notice carries that has to say something else when the nudge
// that it is about moves on.
type live struct {
	Kind   string   // gathered, proposed, previewed, asked, passed or drillask
	Nudge  string   // key of the nudge that it is about
	People []string `json:",omitempty"` // who reads it, accounts or person ids; empty for the admin channel
	Helper string   `json:",omitempty"` // who of them can solve it, "" where that is not known
	Rule   bool     `json:",omitempty"` // a standing route stood when it was written
	By     string   `json:",omitempty"` // who asked for it, where that is neither of the two whom it is for
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
			card = b.gatheredCard(w, out.ID, *n.Live, it)
		case wired:
			card = b.wiredCard(w, out.ID, *n.Live, it)
		case proposed:
			card = b.proposedCard(w, out.ID, it)
		case confirming:
			card = b.askedCard(w, out.ID, out.Target, it)
		case previewed:
			card = b.previewCard(w, out.ID, it)
		case drillAsk:
			card = b.drillAskCard(w, out.ID, it.r)
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
	put := b.c.Store.Notice
	if l.Kind == gathered || l.Kind == wired || l.Kind == "passed" { // somebody pressed a button for it
		put = b.c.Store.Answer
	}
	return b.queueBy(ctx, put, id, target, notice{Card: *card, Live: &l})
}

// Of which kind the messages beside a nudge are, as the first letters of their ids.
const (
	groupID    = "g"
	proposalID = "p"
	previewID  = "v"
	wiredID    = "r"
	unclearID  = "w" // what is said to words that are no clear answer
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
	if r.IsDrill() && len(r.Nudges) > 0 {
		ids = append(ids, besideID(drillAskID, r.Nudges[0].Key()))
	}
	for _, n := range r.Nudges {
		if n.To != "" {
			ids = append(ids, besideID(groupID, n.Key()), besideID(proposalID, n.Key()), besideID(previewID, n.Key()), besideID(wiredID, n.Key()))
		}
	}
	for _, a := range r.Asks {
		if a.Message != "" {
			ids = append(ids, a.Message)
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

// gatheredCard is the context for those who were brought together: only what
// both of them may see.
func (b *Bot) gatheredCard(w *decide.World, id string, l live, it item) *view.Card {
	v := signals.Viewer{}
	for i, p := range l.People {
		if i == 0 {
			v = w.Org.Viewer(p)
			continue
		}
		v = both(v, w.Org.Viewer(p))
	}
	c := &composer{Bot: b, w: w, now: b.c.Now(), reader: reader{viewer: v, zone: readerZone, shared: true}}
	card := &view.Card{Key: id, Kind: gathered, Title: togetherTitle, Lines: []view.Paragraph{{Text: c.introduction(it, l)}}}
	own, ok := w.Seen(it.r, v)
	if !ok {
		card.Lines = append(card.Lines, view.Paragraph{Text: c.notAll(l.By) + " in the place where it began, so nothing of that is repeated here."})
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
	c.ruled(card, it, l.Helper, id, l.Rule)
	return card
}

// notAll begins a sentence about those of whom somebody may not see something.
func (c *composer) notAll(by string) string {
	if by != "" {
		return "Not all of you are"
	}
	return "Not both of you are"
}

// introduction says who is who, and what for.
func (c *composer) introduction(it item, l live) string {
	who, helper := raiser(c.w, it.r), cmp.Or(l.Helper, helperOf(c.w, it, c.now))
	text := c.name(who) + " raised it"
	if helper != "" && !anonymous(who) && c.w.Org.Who(helper) != c.w.Org.Who(who) {
		text += ", and " + c.name(helper) + " may be able to help"
	}
	text += ". You are here together so that you can solve it between you."
	if l.By != "" {
		text += " " + c.name(l.By) + " asked for that."
	}
	return text
}
