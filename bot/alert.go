package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// readerZone is the zone of cards that several people read.
var readerZone = time.UTC

// spot is where a message goes: an alert about a thread stands in that thread,
// and is not shown in the channel besides.
func spot(target, to string, nudges []string, records []*signals.Record) string {
	if to != target || len(nudges) == 0 {
		return to
	}
	for _, r := range records {
		for _, n := range r.Nudges {
			if n.Key() == nudges[0] && n.To == target && n.Signal.Case.Channel() == target && strings.Contains(n.Signal.Case.ID, "/") {
				return n.Signal.Case.String()
			}
		}
	}
	return to
}

// spotOf is spot for a message of which the records are not at hand.
func (b *Bot) spotOf(ctx context.Context, out *signals.Outgoing, to string) (string, error) {
	if len(out.Nudges) == 0 {
		return to, nil
	}
	records, err := b.c.Store.RecordsOf(ctx, out.Nudges[0])
	if err != nil {
		return "", err
	}
	return spot(out.Target, to, out.Nudges, records), nil
}

// walk is the case of a problem that went from team to team, as the reader may
// see it: the case itself, or the first of those joined with it. nil where none did.
func (c *composer) walk(k signals.Key) *signals.Case {
	m := c.w.Case(k)
	if m == nil {
		return nil
	}
	if seen := c.reader.part(m); len(seen.Path.Teams()) > 0 {
		return seen
	}
	for _, x := range slices.Clone(c.w.Problem(m).Cases) {
		if seen := c.reader.part(x); len(seen.Path.Teams()) > 0 {
			return seen
		}
	}
	return nil
}

// stops is the path that a case took, nil where it took none.
func (c *composer) stops(k signals.Key) []view.Stop {
	m := c.walk(k)
	if m == nil {
		return nil
	}
	return stopsOf(c.w, m, c.now)
}

// direct is the shortest honest way that a case could have taken, "" where none
// is known that is shorter.
func (c *composer) direct(k signals.Key) string {
	m := c.walk(k)
	if m == nil || c.w.Memory.Routes == nil {
		return ""
	}
	d := c.w.Memory.Routes.Direct(m, c.w.Org, c.now)
	if len(d.Teams) == 0 || d.Detour <= 0 {
		return ""
	}
	return strings.Join(d.Teams, " → ")
}

// hasIssue reports whether a case found in a chat has an issue already.
func hasIssue(w *decide.World, m *signals.Case) bool {
	if slices.ContainsFunc(m.Links, func(l signals.Link) bool { return l.To.Source == signals.Jira }) {
		return true
	}
	return slices.ContainsFunc(w.Problem(m).Cases, func(x *signals.Case) bool { return x.Key.Source == signals.Jira })
}
