package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// The ids of what can be pressed and entered in the Home tab.
const (
	homeSettings = "home.settings" // opens the form, and is the form
	homeMode     = "home.mode"     // likewise
	homeBack     = "home.back"     // is away no more
	homeSolved   = "home.solved"   // who raised a signal confirms that it is solved
	homeStill    = "home.still"    // or says that it still happens
	homePartly   = "home.partly"   // or that a part of it is left: opens the form, and is the form
)

// What a Home tab shows at most; Slack takes 100 blocks.
const (
	homeNudges = 5
	homeLooked = 50 // records that are looked through
)

// home is a Home tab in the making: whose it is, and what they may see.
type home struct {
	*Bot
	user   string // the account that asked, or the person
	who    string
	ids    []string // under which the person is known
	viewer signals.Viewer
	zone   *time.Location
	admin  bool
	now    time.Time
}

// showHome answers with the Home tab of who asked, and remembers that they have
// one: from now on it is kept up to date.
func (b *Bot) showHome(ctx context.Context, a view.Asked) (view.Reply, error) {
	if err := b.toHead(ctx); err != nil {
		return view.Reply{}, fmt.Errorf("show the Home tab: %w", err)
	}
	cards, err := b.homeCards(ctx, a.User)
	if err != nil {
		return view.Reply{}, fmt.Errorf("show the Home tab: %w", err)
	}
	who := b.whoIs(a.User)
	if err := b.c.Store.SetCursor(ctx, homeMark+personMark(who), a.User); err != nil {
		return view.Reply{}, fmt.Errorf("remember who has a Home tab: %w", err)
	}
	b.homes.shown(who, homePrint(cards), b.c.Now())
	return view.Reply{Home: cards}, nil
}

func (b *Bot) whoIs(id string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.brain.w.Org.Who(id)
}

func (b *Bot) newHome(user string) *home {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.catchUp()
	org := b.brain.w.Org
	h := &home{Bot: b, user: user, who: org.Who(user), ids: namesOf(org, user), viewer: org.Viewer(user), zone: zoneIn(org.Calendar(user)), admin: isAdmin(org, b.c.Admins, user), now: b.c.Now()}
	return h
}

// homeCards makes what the Home tab of somebody shows now.
func (b *Bot) homeCards(ctx context.Context, user string) ([]*view.Card, error) {
	h := b.newHome(user)
	parts := []func(context.Context) ([]*view.Card, error){h.nudges, h.raised, h.settings}
	if h.admin {
		parts = append(parts, h.health, h.detectors)
	}
	var out []*view.Card
	for _, part := range parts {
		cards, err := part(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, cards...)
	}
	for _, c := range out {
		c.Kind = "home"
	}
	return out, nil
}

// nudges are the messages to the person that still want an answer, each as it
// stands, with its buttons.
func (h *home) nudges(ctx context.Context) ([]*view.Card, error) {
	records, err := h.c.Store.Toward(ctx, h.ids, homeLooked)
	if err != nil {
		return nil, fmt.Errorf("read what somebody is told: %w", err)
	}
	records = withoutDrills(records)
	var messages []string
	err = h.inWorld(ctx, func(w *decide.World) error {
		for _, r := range records {
			for _, n := range r.Nudges {
				if slices.Contains(h.ids, n.To) && homeOpen(r, n) && maySee(w, n.Signal, h.viewer) && !slices.Contains(messages, n.Message) {
					messages = append(messages, n.Message)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find what somebody may see: %w", err)
	}
	head := &view.Card{Title: "Your open nudges", Lines: []view.Paragraph{{Text: "Nothing waits for you."}}}
	out := []*view.Card{head}
	for _, id := range messages[:min(len(messages), homeNudges)] {
		card, err := h.message(ctx, id)
		if err != nil {
			return nil, err
		}
		if card != nil {
			out = append(out, card)
		}
	}
	if n := len(messages); len(out) > 1 {
		head.Lines[0].Text = signals.Counted(n, "message") + " may need you."
		if n > homeNudges {
			head.Lines[0].Text = "The latest " + fmt.Sprint(homeNudges) + " of " + signals.Counted(n, "message") + " that may need you."
		}
	}
	return out, nil
}

// homeOpen reports whether a nudge was said and waits for something.
func homeOpen(r *signals.Record, n *signals.Nudge) bool {
	if r.Over || n.Message == "" || r.Ledger.Reached(signals.Corrected) {
		return false
	}
	switch n.State {
	case signals.Sent, signals.Received, signals.Acted, signals.Ignored:
		return true
	}
	return false
}

// message is a message as it stands, nil where nothing of it does. What it
// shows besides is left out: the page is to be short.
func (h *home) message(ctx context.Context, id string) (*view.Card, error) {
	out, ok, err := h.c.Store.Message(ctx, id)
	if err != nil || !ok {
		return nil, err
	}
	records, err := h.c.Store.RecordsOf(ctx, out.Nudges...)
	if err != nil {
		return nil, err
	}
	card, err := h.card(ctx, &out, records)
	if err != nil || card == nil {
		return nil, err
	}
	short := *card
	short.Stops, short.Tables, short.Charts, short.Footer = nil, nil, nil, ""
	return &short, nil
}

// raised are the signals that the person raised, and where they stand.
func (h *home) raised(ctx context.Context) ([]*view.Card, error) {
	records, err := h.c.Store.Raised(ctx, h.ids, homeLooked)
	if err != nil {
		return nil, fmt.Errorf("read what somebody raised: %w", err)
	}
	records = withoutDrills(records)
	out := []*view.Card{{Title: "Signals you raised"}}
	err = h.inWorld(ctx, func(w *decide.World) error {
		records = slices.DeleteFunc(records, func(r *signals.Record) bool { return onlyNoted(r) || !maySee(w, r.Signal, h.viewer) })
		slices.SortStableFunc(records, func(x, y *signals.Record) int { return homeOver(x) - homeOver(y) }) // newest first within each
		for i, r := range digestTop(records) {
			card := out[0]
			if i > 0 {
				card = &view.Card{}
				out = append(out, card)
			}
			h.raisedOne(card, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("write what somebody raised: %w", err)
	}
	if len(records) == 0 {
		out[0].Lines = []view.Paragraph{{Text: "None yet. You can pull the cord with " + h.slash() + " pull."}}
	}
	return out, nil
}

// raisedOne tells where one signal stands. mu is held.
func (h *home) raisedOne(card *view.Card, r *signals.Record) {
	c := clockFor(r, h.zone, h.ids)
	card.Lines = []view.Paragraph{{Text: sentence(titleOf(h.brain.w, r.Signal.Case, h.viewer) + ": " + h.brain.w.Reason(r.Signal))}, {Text: stageLine(r.Ledger, c)}}
	switch {
	case r.Ledger.WentQuiet():
		card.Lines = append(card.Lines, view.Paragraph{Text: "It ended as quiet: it did not come back, and nobody confirmed it. You still can."})
	case !r.Ledger.Partly.IsZero():
		card.Lines = append(card.Lines, view.Paragraph{Text: "A part of it is left, as you said. You are asked again when it is solved."})
	}
	if r.Ledger.Died != "" && !r.Ledger.WentQuiet() {
		card.Lines = append(card.Lines, view.Paragraph{Text: "It stopped before it was " + string(r.Ledger.Died) + ": " + c.died(r.Ledger) + "."})
	}
	if confirmable(r) {
		card.Actions = []view.Action{
			{ID: homeSolved, Text: "Solved", Value: r.Signal.Key(), Primary: true},
			{ID: homeStill, Text: "Still happening", Value: r.Signal.Key()},
			{ID: homePartly, Text: "Partly ...", Value: r.Signal.Key()},
		}
	}
}

// onlyNoted reports whether a signal was written down and is nobody's business
// yet: its detector is not switched on to speak, or is not sure.
func onlyNoted(r *signals.Record) bool {
	return len(r.Nudges) > 0 && r.Signal.Detector != "cord" && !slices.ContainsFunc(r.Nudges, func(n *signals.Nudge) bool { return n.State != signals.Shadowed })
}

// homeOver is 0 for what may still go on, 1 for what is over.
func homeOver(r *signals.Record) int {
	if r.Over {
		return 1
	}
	return 0
}

// confirmable reports whether who raised a signal may say whether it is solved.
func confirmable(r *signals.Record) bool {
	return r.Ledger.Reached(signals.Corrected) && !r.Ledger.Reached(signals.ConfirmedBy) && len(r.Signal.Key()) < 2000
}

// slash is what people type to speak to andon.
func (b *Bot) slash() string {
	if b.c.Told.Command != "" {
		return b.c.Told.Command
	}
	return "/andon"
}
