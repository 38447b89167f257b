package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"andon/signals"
	"andon/signals/lint"
	"andon/signals/text"
)

// Config is what a Bot is made of. Store is required, the rest has defaults.
type Config struct {
	Store   Store
	Poster  Poster             // nil: nothing is said, messages wait
	Rooms   Rooms              // nil: nobody is brought together, and who is in a channel is not asked
	Homes   Homes              // nil: nobody has a page of their own
	Tickets map[string]Tickets // by site as in Sources; none: no tickets are created from chat
	Sources map[string]Source  // by name, such as jira/north
	Writers map[string]Writer  // likewise; none: nothing is written back
	Policy  signals.Policy     // before the journal's own policy events
	Lexicon *text.Lexicon      // nil for the default one
	Now     func() time.Time   // domain time; time.Now when nil
	Wall    func() time.Time   // real time, for what waits for a network; time.Now when nil
	Meter   Meter
	Log     *slog.Logger

	AsLive bool // judge every detector that is not off as if it were live
	// Forgotten names the cursor that moves when somebody was forgotten: what is
	// held in memory is dropped then, and built anew from the journal.
	Forgotten string

	Admin  string                                   // whom notices about andon itself go to: a target of Poster; "" for nobody
	Admins []string                                 // people and accounts who may change how loud andon is
	Told   Telling                                  // what people may know of the configuration
	Digest Digest                                   // where and when the weekly digest is said
	Links  func(k signals.Key, label string) string // web address of a case, "" for none; may be nil

	// Findings gives what others found for lint, such as a feed that does not
	// answer; nil: nothing.
	Findings func(ctx context.Context) ([]lint.Finding, error)

	// Shared reports whether people of another company read a channel: what is
	// public in ours is not for them. nil: they read none.
	Shared func(channel string) bool

	// Public reports whether a channel is public, where Slack says which it is.
	// Of others, and where it is nil, what was said there tells; unknown is private.
	Public func(channel string) (public, known bool)

	// Unread reports whether something may have been said beside a case that was
	// not accepted yet, such as after a gap: what is due then waits. nil: never.
	Unread func(k signals.Key) bool

	// Address finds the Poster's target for whom a message is for, or says why
	// there is none. nil: the Poster knows everybody by the ids of the domain.
	Address func(org *signals.Org, to string) (target, why string)

	// App reports whether an account is an app's and no person's. nil: nobody knows.
	App func(account string) bool

	// Poll is how often each source is asked, Deadline how long a call to the
	// Poster may take, Lease how long a message belongs to who claimed it: the
	// deadline and a grace period, by the real clock.
	Poll     time.Duration
	Deadline time.Duration
	Lease    time.Duration

	// Held is how many events of cases the world keeps at hand.
	Held int
	// SnapshotEvery is after how many events a snapshot of the models is stored.
	SnapshotEvery int64
}

// Telling is what people may know of the configuration, for them to be told.
type Telling struct {
	Command  string                                 // the slash command, with its slash; /andon when empty
	KeepText time.Duration                          // how long message text is kept
	Channels []string                               // patterns of the names of the channels that andon joins by itself
	File     map[string]string                      // what the file sets of the policy: key such as "budget" or "modes.stall" to its value
	Channel  func(name string) (id string, ok bool) // a channel by its name; may be nil
}

// Digest is where and when the weekly digest is said. A zero one is not said.
type Digest struct {
	Channel string // target of Poster; "" for none
	Leads   bool   // leads get theirs as a direct message
	Weekday time.Weekday
	Hour    int    // of the day in Zone, and for leads in their own
	Zone    string // IANA zone; UTC when empty
}

// Bot is the loop. It is safe for concurrent use.
type Bot struct {
	c     Config
	log   *slog.Logger
	meter Meter

	saving sync.Mutex // held while a snapshot is stored, taken before mu
	mu     sync.Mutex // guards brain
	brain  *brain
	waits  map[signals.Key]time.Time // wishes that are due and wait for what is not read yet
	heeded string                    // mark of the latest forgetting that the brain knows of

	lastLook atomic.Int64 // unix nanoseconds of domain time, for health
	sources  sources
	homes    homes
	nudges   nudging
	linting  linting
	watched  atomic.Pointer[map[string]bool] // what was said of channels
}

// New makes a loop over a store. Start readies its world.
func New(c Config) (*Bot, error) {
	if c.Store == nil {
		return nil, errors.New("make the loop: it needs a store")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wall == nil {
		c.Wall = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Meter == nil {
		c.Meter = noMeter{}
	}
	fill(&c.Poll, time.Minute)
	fill(&c.Deadline, 15*time.Second)
	fill(&c.Lease, c.Deadline+30*time.Second)
	fill(&c.Held, 100_000)
	fill(&c.SnapshotEvery, 50_000)
	b := &Bot{c: c, log: c.Log, meter: c.Meter, nudges: nudging{members: make(map[string]membership)}}
	b.brain = newBrain(&b.c, &b.watched)
	return b, nil
}

func fill[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// Start readies the world: the latest snapshot, then the journal from there on.
func (b *Bot) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	mark, err := b.forgetting(ctx)
	if err != nil {
		return fmt.Errorf("start the models: %w", err)
	}
	b.heeded = mark
	if err := b.brain.restore(ctx); err != nil {
		return fmt.Errorf("start the models: %w", err)
	}
	head, err := b.c.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("start the models: %w", err)
	}
	behind := head - b.brain.pos
	if err := b.brain.follow(ctx, head); err != nil {
		return fmt.Errorf("start the models: %w", err)
	}
	b.log.Info("the models are ready", "position", b.brain.pos, "followed", behind)
	if behind > b.c.SnapshotEvery {
		return b.brain.save(ctx)
	}
	return nil
}

// Follow takes in what others accepted, and stores a snapshot when one is due.
func (b *Bot) Follow(ctx context.Context) error {
	if err := b.toHead(ctx); err != nil {
		return err
	}
	return b.save(ctx, b.c.SnapshotEvery)
}

func (b *Bot) toHead(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.heed(ctx); err != nil {
		return err
	}
	return b.catchHead(ctx)
}

// catchHead takes in all that is in the journal by now. mu is held.
func (b *Bot) catchHead(ctx context.Context) error {
	head, err := b.c.Store.Head(ctx)
	if err != nil {
		return err
	}
	return b.brain.follow(ctx, head)
}

// Save stores a snapshot of the models now, so that the next start is quick.
func (b *Bot) Save(ctx context.Context) error { return b.save(ctx, 1) }

// save stores a snapshot when the latest is at least so many places old. While
// it is encoded the world takes nothing in, and questions are answered.
func (b *Bot) save(ctx context.Context, least int64) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	b.train()
	b.mu.Lock()
	if err := b.heed(ctx); err != nil {
		b.mu.Unlock()
		return err
	}
	br, pos := b.brain, b.brain.pos
	if pos-br.saved < least {
		b.mu.Unlock()
		return nil
	}
	body, err := b.freeze(br)
	kept := b.brain == br
	b.mu.Unlock()
	if err != nil || !kept { // something was forgotten meanwhile: what was made may still have it
		return err
	}
	if err := br.store(ctx, pos, body); err != nil {
		return err
	}
	b.mu.Lock()
	br.saved = pos
	b.mu.Unlock()
	return nil
}

func (b *Bot) forgetting(ctx context.Context) (string, error) {
	if b.c.Forgotten == "" {
		return "", nil
	}
	return b.c.Store.Cursor(ctx, b.c.Forgotten)
}

// heed drops what is held in memory when somebody was forgotten since. mu is held.
func (b *Bot) heed(ctx context.Context) error {
	mark, err := b.forgetting(ctx)
	if err != nil || mark == b.heeded {
		return err
	}
	fresh := newBrain(&b.c, &b.watched)
	if err := fresh.restore(ctx); err != nil {
		return err
	}
	b.brain, b.heeded = fresh, mark
	b.log.Info("something was forgotten: the models are built anew")
	return b.catchHead(ctx)
}

// Forget drops everything that the world holds in memory and begins anew from
// the journal: what was removed there must not live on here.
func (b *Bot) Forget(ctx context.Context) error {
	b.saving.Lock()
	defer b.saving.Unlock()
	b.mu.Lock()
	b.brain = newBrain(&b.c, &b.watched)
	b.mu.Unlock()
	return b.Start(ctx)
}

// Watches reports whether somebody said that a channel is watched, or that it is
// not. It waits for nobody.
func (b *Bot) Watches(channel string) (on, said bool) {
	all := b.watched.Load()
	if all == nil {
		return false, false
	}
	on, said = (*all)[channel]
	return on, said
}
