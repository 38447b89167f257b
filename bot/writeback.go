package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"andon/signals"
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
// confirmed as solved. It is called before the look is stored: a note that was
// queued already is not queued again.
func (b *Bot) writeBack(ctx context.Context, changed []*signals.Record) error {
	for _, r := range changed {
		if len(b.c.Writers) == 0 || r.IsDrill() || !r.Ledger.Reached(signals.ConfirmedBy) {
			continue
		}
		w := b.brain.w
		c := w.Case(r.Signal.Case)
		if c == nil {
			continue
		}
		for _, m := range w.Problem(c).Cases {
			if b.c.Writers[m.Key.Source+"/"+m.Key.Site] == nil {
				continue
			}
			body, err := json.Marshal(b.note(c, m.Key, r))
			if err != nil {
				return fmt.Errorf("write the note on %s: %w", m.Key, err)
			}
			id := "note/" + m.Key.String() + "/" + r.Ledger.Times[signals.ConfirmedBy].UTC().Format(time.RFC3339Nano) // one for all signals that one word confirms
			if err := b.c.Store.Notice(ctx, id, onCase+m.Key.String(), body, b.c.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// note says when what happened, and links the thread where everybody may see it.
func (b *Bot) note(c *signals.Case, on signals.Key, r *signals.Record) Note {
	n := Note{ID: on.String() + "/" + r.Ledger.Times[signals.ConfirmedBy].UTC().Format(time.RFC3339Nano), Title: "The thread in which it was confirmed"}
	var said []string
	for _, st := range []signals.Stage{signals.Generated, signals.ReactedTo, signals.Corrected, signals.ConfirmedBy} {
		if at := r.Ledger.Times[st]; !at.IsZero() {
			said = append(said, string(st)+" "+at.UTC().Format("2 January 2006 15:04"))
		}
	}
	n.Text = "Whoever raised it confirmed that it is solved (" + strings.Join(said, ", ") + ", UTC)."
	if c.Key.Source == signals.Slack && r.Signal.Audience == signals.Public {
		n.URL = b.url(c.Key, "")
	}
	return n
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
