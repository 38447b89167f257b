package bot

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// The record of a detector, as it is shown on a nudge.
const (
	lateDays     = 30        // how far it goes back
	fewAnswers   = 5         // below so many answers nothing is shown
	freshAnswers = time.Hour // how long a count is kept
)

// nudging is what the cards remember between two sends.
type nudging struct {
	mu      sync.Mutex
	useful  map[string]usefulness // by detector|scope, and by detector| for all places
	counted time.Time             // domain time
	members map[string]membership
}

// usefulness returns how useful the detectors were lately, by detector and
// scope. It is counted at most once an hour; where it cannot be counted nothing
// is said of it.
func (b *Bot) usefulness(ctx context.Context) map[string]usefulness {
	x := &b.nudges
	x.mu.Lock()
	defer x.mu.Unlock()
	now := b.c.Now()
	if age := now.Sub(x.counted); !x.counted.IsZero() && age >= 0 && age < freshAnswers {
		return x.useful
	}
	count, err := b.countAnswers(ctx, now)
	if err != nil {
		b.log.Debug("how useful the detectors were could not be counted", "error", err)
	}
	x.useful, x.counted = count, now
	return x.useful
}

// countAnswers counts what people said of nudges, and the nudges that somebody
// acted on: one answer for each nudge, and what was said counts more.
func (b *Bot) countAnswers(ctx context.Context, now time.Time) (map[string]usefulness, error) {
	since := now.AddDate(0, 0, -lateDays)
	said, err := b.c.Store.Opinions(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("count what was said of nudges: %w", err)
	}
	answers, err := b.votes(ctx, said, since)
	if err != nil {
		return nil, err
	}
	out := make(tallies)
	err = b.inWorld(ctx, func(w *decide.World) error {
		for key, v := range answers {
			detector, rest, _ := strings.Cut(key, "|")
			of, _, _ := strings.Cut(rest, "|")
			k, _ := signals.ParseKey(of)
			places := []string{""}
			if s := heldScope(w, k); s != "" {
				places = append(places, s)
			}
			for _, p := range places {
				out.add(detector+"|"+p, v.useful, w.Org.Who(v.by))
			}
		}
		return nil
	})
	return out.counted(), err
}

// heldScope is the channel or the project of a case, as far as that is known
// without reading it.
func heldScope(w *decide.World, k signals.Key) string {
	if ch := k.Channel(); ch != "" {
		return ch
	}
	if c := w.Cases[k]; c != nil {
		return c.Project
	}
	return ""
}

// lately says how often a detector was useful, here where enough people
// answered, else in all places. Of fewer it would be known who said what.
func (c *composer) lately(it item) string {
	detector := it.n.Signal.Detector
	for _, place := range []struct{ scope, words string }{{heldScope(c.w, it.n.Signal.Case), " here"}, {"", ""}} {
		t := c.useful[detector+"|"+place.scope]
		if t.Answered >= fewAnswers && t.People >= c.w.Org.Policy.Group && (place.scope != "" || place.words == "") {
			return fmt.Sprintf("useful %d of %d times%s in the last %d days", t.Useful, t.Answered, place.words, lateDays)
		}
	}
	return ""
}
