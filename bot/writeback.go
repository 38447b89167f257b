package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// Writer writes on a case at its source. It writes a note once, however often
// it is asked to, and nothing where that is not switched on.
type Writer interface {
	Write(ctx context.Context, k signals.Key, label string, n Note) error
}

// Note is what is written on a case. Whoever sees the case reads it, so it
// names nobody and quotes nothing.
type Note struct{ ID, Text, URL, Title string }

// onCase marks the target of a message that is written on a case.
const onCase = "on|"

// writeBack queues a note on the issues of every signal that its originator has
// confirmed as solved, and of every one that they said is not, while the issue is
// closed. It is called before the look is stored: a note that was queued already is
// not queued again.
func (b *Bot) writeBack(ctx context.Context, changed []*signals.Record) error {
	for _, r := range changed {
		if len(b.c.Writers) == 0 || r.IsDrill() {
			continue
		}
		w := b.brain.w
		c := w.Case(r.Signal.Case)
		if c == nil {
			continue
		}
		for _, m := range w.Problem(c).Cases {
			n, ok := b.note(c, m, r)
			if !ok || b.c.Writers[m.Key.Source+"/"+m.Key.Site] == nil {
				continue
			}
			body, err := json.Marshal(n)
			if err != nil {
				return fmt.Errorf("write the note on %s: %w", m.Key, err)
			}
			id := "note/" + n.ID // one for all signals that one word is about
			if err := b.c.Store.Notice(ctx, id, onCase+m.Key.String(), body, b.c.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// note says what who raised a signal said of it, and when what happened, and links
// the thread where everybody may see it. ok is false where they said nothing that an
// issue has to know.
func (b *Bot) note(c, on *signals.Case, r *signals.Record) (n Note, ok bool) {
	at, says := r.Ledger.Times[signals.ConfirmedBy], "confirmed that it is solved"
	n.Title = "The thread in which it was confirmed"
	if at.IsZero() {
		if !decide.Disputed(on, r) || on.Key != c.Key && (r.Signal.Audience != signals.Public || on.ClosedAt.Before(r.Ledger.Times[signals.Generated])) {
			return n, false // not on one either that was closed before any of this
		}
		at, says, n.Title = r.Again, "says that it still happens, though it is closed here", "The thread in which it was raised"
		if r.Ledger.Partly.Equal(at) {
			says = "says that a part of it is left, though it is closed here"
		}
	}
	n.ID = on.Key.String() + "/" + at.UTC().Format(time.RFC3339Nano)
	var said []string
	for _, st := range []signals.Stage{signals.Generated, signals.ReactedTo, signals.Corrected, signals.ConfirmedBy} {
		if at := r.Ledger.Times[st]; !at.IsZero() {
			said = append(said, string(st)+" "+at.UTC().Format("2 January 2006 15:04"))
		}
	}
	n.Text = "Whoever raised it " + says + " (" + strings.Join(said, ", ") + ", UTC)."
	if c.Key.Source == signals.Slack && r.Signal.Audience == signals.Public {
		n.URL = b.url(c.Key, "")
	}
	return n, true
}

// put writes a queued note.
func (b *Bot) put(ctx context.Context, out signals.Outgoing) error {
	k, ok := signals.ParseKey(strings.TrimPrefix(out.Target, onCase))
	w := b.c.Writers[k.Source+"/"+k.Site]
	if !ok || w == nil {
		out.State, out.Why = signals.Superseded, "nothing is written back there any more"
		return b.settle(ctx, out, time.Time{})
	}
	var n Note
	if err := json.Unmarshal(out.Body, &n); err != nil {
		return fmt.Errorf("read note %s: %w", out.ID, err)
	}
	label, err := b.label(ctx, k)
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	if err := w.Write(call, k, label, n); err != nil {
		return b.unsaid(ctx, out, err)
	}
	out.State, out.Why, out.SentRev = signals.Sent, "it is written", out.Rev
	return b.settle(ctx, out, time.Time{})
}
