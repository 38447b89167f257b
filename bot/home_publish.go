package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// homeMark is the cursor that says by which account somebody opened their Home
// tab. Who never did has none, and nothing is published for them.
const homeMark = "home/"

// personMark stands for a person in the names of cursors and notices: who is
// forgotten shall not live on in them.
func personMark(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// homeEvery is the least time between two publications to one person, but for
// what they did themselves.
const homeEvery = time.Minute

// homes is what this process knows of people's Home tabs: which have to be
// looked at again, and what stands in them. It has a lock of its own, that may
// be taken under any other.
type homes struct {
	mu    sync.Mutex
	dirty map[string]bool
	stand map[string]homeStands
}

// homeStands is what was published last, and when.
type homeStands struct {
	print uint64
	at    time.Time
}

func (h *homes) shown(who string, print uint64, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stand == nil {
		h.stand = make(map[string]homeStands)
	}
	h.stand[who] = homeStands{print, at}
}

func (h *homes) changed(ids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dirty == nil {
		h.dirty = make(map[string]bool)
	}
	for _, id := range ids {
		if id != "" {
			h.dirty[id] = true
		}
	}
}

// ripe takes out who has to be looked at now, by person and sorted. Whose Home
// tab was published within the last minute has to wait.
func (h *homes) ripe(now time.Time, whoIs func(id string) string) []string {
	h.mu.Lock()
	dirty := h.dirty
	h.dirty = nil
	h.mu.Unlock()
	people := make(map[string]bool, len(dirty))
	for id := range dirty { // without the lock: the world has one of its own
		people[whoIs(id)] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, who := range slices.Sorted(maps.Keys(people)) {
		if s, ok := h.stand[who]; !ok || now.Sub(s.at) >= homeEvery {
			out = append(out, who)
			continue
		}
		if h.dirty == nil {
			h.dirty = make(map[string]bool)
		}
		h.dirty[who] = true
	}
	return out
}

// acted lets what somebody did themselves be shown to them at once.
func (h *homes) acted(who string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s, ok := h.stand[who]; ok {
		h.stand[who] = homeStands{print: s.print}
	}
}

// homesChanged notes whose Home tabs may have to say something else, because
// records changed. It waits for nothing and may be called under any lock; Homes
// publishes.
func (b *Bot) homesChanged(_ context.Context, records []*signals.Record) {
	if b.c.Homes == nil {
		return
	}
	var ids []string
	for _, r := range records {
		ids = append(ids, r.Raiser)
		for _, n := range r.Nudges {
			ids = append(ids, n.To)
		}
	}
	b.homes.changed(ids...)
}

// homeActed notes that somebody did something in their Home tab: what comes of
// it is shown without waiting.
func (b *Bot) homeActed(user string) { b.homes.acted(b.whoIs(user)) }

// Homes publishes the Home tabs that say something else now, of people who have
// opened theirs: at most once a minute each. Every replica is to call it every
// few seconds; it costs nothing when nothing changed.
func (b *Bot) Homes(ctx context.Context) error {
	if b.c.Homes == nil {
		return nil
	}
	known := &b.homes
	var all []error
	for _, who := range known.ripe(b.c.Now(), b.whoIs) {
		if err := b.publishHome(ctx, known, who); err != nil {
			all = append(all, fmt.Errorf("publish the Home tab of %s: %w", who, err))
			if hopeless(err) == "" {
				known.changed(who) // it still says something old
			}
		}
	}
	return errors.Join(all...)
}

func (b *Bot) publishHome(ctx context.Context, known *homes, who string) error {
	user, err := b.c.Store.Cursor(ctx, homeMark+personMark(who))
	if err != nil || user == "" {
		return err
	}
	if err := b.toHead(ctx); err != nil {
		return err
	}
	cards, err := b.homeCards(ctx, user)
	if err != nil {
		return err
	}
	print := homePrint(cards)
	known.mu.Lock()
	same := known.stand[who].print == print
	known.mu.Unlock()
	if same {
		return nil
	}
	call, cancel := context.WithTimeout(ctx, b.c.Deadline)
	defer cancel()
	if err := b.c.Homes.PublishHome(call, user, cards); err != nil {
		if hopeless(err) != "" {
			known.shown(who, print, b.c.Now()) // it will not be taken, ever: not again before something changes
			return err
		}
		known.shown(who, 0, b.c.Now())
		return err
	}
	known.shown(who, print, b.c.Now())
	b.meter.Add("homes_published", 1)
	return nil
}

// homePrint is a hash of all that cards say, never 0.
func homePrint(cards []*view.Card) uint64 {
	body, err := json.Marshal(cards)
	if err != nil {
		return 0 // like nothing: it is published
	}
	h := fnv.New64a()
	_, _ = h.Write(body) // a hash takes everything
	return max(1, h.Sum64())
}
