package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// backlog is what a Store may tell of the work that waits.
type backlog interface {
	Backlog(ctx context.Context) (waiting int, oldest time.Duration, err error)
}

// health tells admins how andon is.
func (h *home) health(ctx context.Context) ([]*view.Card, error) {
	card := &view.Card{Title: "Health"}
	for _, name := range slices.Sorted(maps.Keys(h.c.Sources)) {
		s := h.States()[name]
		text := "not asked yet"
		switch {
		case s.Failed > 0:
			text = "has failed " + signals.Counted(s.Failed, "time") + " in a row: " + view.Line(s.Why, 200)
		case !s.Heard.IsZero():
			text = "heard at " + s.Heard.In(h.zone).Format("2 January 15:04")
		}
		card.Facts = append(card.Facts, view.Fact{Name: name, Value: text})
	}
	if q, ok := h.c.Store.(backlog); ok {
		n, oldest, err := q.Backlog(ctx)
		if err != nil {
			return nil, fmt.Errorf("read what waits: %w", err)
		}
		text := "nothing waits"
		if n > 0 {
			text = signals.Counted(n, "job") + " waiting, the oldest for " + signals.Lasted(oldest)
		}
		card.Facts = append(card.Facts, view.Fact{Name: "Queue", Value: text})
	}
	head, err := h.c.Store.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how long the journal is: %w", err)
	}
	text := "up to date"
	if behind := head - h.Position(); behind > 0 {
		text = strconv.FormatInt(behind, 10) + " events behind"
	}
	card.Facts = append(card.Facts, view.Fact{Name: "Models", Value: text})
	if at := h.LastLook(); !at.IsZero() {
		card.Facts = append(card.Facts, view.Fact{Name: "Last look", Value: at.In(h.zone).Format("2 January 15:04")})
	}
	return []*view.Card{card}, nil
}

// detectors shows admins every detector with its record of the last 30 days and
// its mode.
func (h *home) detectors(ctx context.Context) ([]*view.Card, error) {
	since := weekSpan{h.now.Add(-judged), h.now.Add(time.Nanosecond)}
	var records []*signals.Record
	err := h.c.Store.Since(ctx, since.from, func(r *signals.Record) error {
		if !r.IsDrill() {
			records = append(records, r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the signals of 30 days: %w", err)
	}
	said, err := h.c.Store.Opinions(ctx, since.from)
	if err != nil {
		return nil, fmt.Errorf("read what was said of them: %w", err)
	}
	sums := make(map[string]detectorSum)
	for _, d := range sumWeek(records, sumUseful(records, said, since), since).Detectors {
		sums[d.Name] = d
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	org := h.brain.w.Org
	set := make(map[string][]string)
	for _, m := range org.Modes() {
		if m.Scope != "" {
			set[m.Detector] = append(set[m.Detector], string(m.Mode)+" in "+h.placeName(m.Scope))
		}
	}
	card := &view.Card{Title: "Detectors, the last 30 days", Footer: "Useful: of those nudges that somebody acted on or said something of."}
	menu := view.Action{ID: homeMode, Text: "Change the mode of"}
	for _, d := range detect.All() {
		x := sums[d.Name]
		mode := strings.Join(append([]string{string(org.Mode(d.Name, ""))}, set[d.Name]...), ", ")
		text := d.Name + " is " + view.Line(mode, 80) + ": found " + strconv.Itoa(x.Found) + ", told " + strconv.Itoa(x.Told)
		if x.People >= max(1, org.Policy.Group) { // of fewer it would be known who said what
			text += ", useful " + strconv.Itoa(x.Useful) + " of " + strconv.Itoa(x.Answered)
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: text}) // a Home tab takes no tables
		menu.Options = append(menu.Options, view.Option{Text: d.Name, Value: d.Name})
	}
	card.Actions = []view.Action{menu}
	return []*view.Card{card}, nil
}

// inDefault takes back what was said of a detector's mode.
const inDefault = "default"

// modeWords are what each mode means, for the form.
var modeWords = map[signals.Mode]string{
	signals.Off: "does nothing", signals.Shadow: "writes down what it would say", signals.Preview: "shows it to the installer alone",
	signals.Ask: "asks an admin before each nudge", signals.Live: "speaks",
}

// modeForm asks an admin for the new mode of a detector.
func (h *home) modeForm(detector string) *view.Modal {
	h.mu.Lock()
	defer h.mu.Unlock()
	org := h.brain.w.Org
	in := view.Input{ID: "mode", Kind: view.ChoiceInput, Label: "Mode", Value: string(org.Mode(detector, ""))}
	for _, m := range signals.Modes {
		in.Options = append(in.Options, view.Option{Text: string(m) + ": " + modeWords[m], Value: string(m)})
	}
	in.Options = append(in.Options, view.Option{Text: inDefault + ": as the configuration says", Value: inDefault})
	d, _ := detect.Find(detector)
	return &view.Modal{
		ID: homeMode, Title: "Mode of a detector", Submit: "Save", Hidden: detector,
		Lines: []view.Paragraph{{Text: detector + ": " + d.Doc + "."}},
		Inputs: []view.Input{in, {
			ID: "channel", Kind: view.ChannelInput, Label: "Only in this channel", Hint: "Empty: everywhere.", Optional: true,
		}},
	}
}

// saveMode writes the new mode of a detector into the journal.
func (b *Bot) saveMode(ctx context.Context, a view.Asked) (view.Reply, error) {
	mode := a.Entered["mode"]
	if _, known := detect.Find(a.Hidden); !known || mode != inDefault && !slices.Contains(signals.Modes, signals.Mode(mode)) {
		return view.Reply{Errors: map[string]string{"mode": "Choose one of the modes."}}, nil
	}
	if mode == inDefault {
		mode = ""
	}
	e := byHand(a, "home", "mode", b.c.Now())
	setMode(e, a.Hidden, a.Entered["channel"], signals.Mode(mode))
	if err := b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return view.Reply{}, fmt.Errorf("keep the mode of %s: %w", a.Hidden, err)
	}
	return b.showHome(ctx, a)
}

// pressHome does what is pressed or entered in a Home tab.
func (b *Bot) pressHome(ctx context.Context, a view.Asked) (view.Reply, error) {
	if err := b.toHead(ctx); err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	entered := a.Kind == view.Submit
	switch {
	case a.Action == homeSettings && entered:
		return b.saveSettings(ctx, a)
	case a.Action == homeSettings:
		return view.Reply{Modal: b.newHome(a.User).form()}, nil
	case a.Action == homeSolved, a.Action == homeStill, a.Action == homePartly:
		return b.confirm(ctx, a)
	case a.Action == homeBack:
		return b.back(ctx, a)
	case a.Action != homeMode:
		return b.showHome(ctx, a) // of an older page
	}
	h := b.newHome(a.User)
	if !h.admin {
		return b.showHome(ctx, a) // no admin any more: the page says so by showing less
	}
	if entered {
		return b.saveMode(ctx, a)
	}
	if _, known := detect.Find(a.Value); !known {
		return b.showHome(ctx, a)
	}
	return view.Reply{Modal: h.modeForm(a.Value)}, nil
}

// confirm lets who raised a signal say whether it is solved. Pressed late or
// twice it changes nothing.
func (b *Bot) confirm(ctx context.Context, a view.Asked) (view.Reply, error) {
	r, err := b.recordOf(ctx, cmp.Or(a.Value, a.Hidden))
	if err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	if r == nil || !confirmable(r) || b.whoIs(cmp.Or(r.Raiser, "nobody")) != b.whoIs(a.User) {
		return b.showHome(ctx, a)
	}
	e := pressedOn(a, r.Signal, b.c.Now())
	switch e.Kind = signals.Denied; {
	case a.Action == homeSolved:
		e.Kind = signals.Confirmed
	case a.Action == homePartly && a.Kind != view.Submit:
		return view.Reply{Modal: &view.Modal{ID: homePartly, Title: "Partly solved", Hidden: r.Signal.Key(), Submit: "Send", Inputs: []view.Input{leftInput()}}}, nil
	case a.Action == homePartly:
		e.Field, e.Text = signals.Partly, strings.TrimSpace(a.Entered[inText])
	}
	if err := b.Accept(ctx, signals.Delivery{Events: []*signals.Event{e}}); err != nil {
		return view.Reply{}, fmt.Errorf("press %s: %w", a.Action, err)
	}
	b.homeActed(a.User)
	return view.Reply{}, nil // the page changes when that was judged
}

// recordOf is the record of a signal by its key, nil where there is none.
func (b *Bot) recordOf(ctx context.Context, key string) (*signals.Record, error) {
	parts := strings.SplitN(key, "|", 3)
	if len(parts) < 3 {
		return nil, nil
	}
	k, ok := signals.ParseKey(parts[1])
	if !ok {
		return nil, nil
	}
	records, err := b.c.Store.Records(ctx, k)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if r.Signal.Key() == key {
			return r, nil
		}
	}
	return nil, nil
}
