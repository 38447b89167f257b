package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/decide"
)

// tries is how often a look begins anew because something moved under it.
const tries = 8

// stale is what the store's error says when something moved.
type stale interface{ IsStale() bool }

func isStale(err error) bool {
	var s stale
	return errors.As(err, &s) && s.IsStale()
}

// Look judges a case: everything that happened to it since the last look, each
// step as of its own time, and then the time that passed. What came of it is
// stored as a whole.
func (b *Bot) Look(ctx context.Context, k signals.Key) error {
	var err error
	for range tries {
		if err = b.lookOnce(ctx, k); isUntrained(err) {
			b.train()
		} else if !isStale(err) {
			break
		}
		b.meter.Add("looks_repeated", 1)
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", k, err)
	}
	b.lastLook.Store(b.c.Now().UnixNano())
	return nil
}

func (b *Bot) lookOnce(ctx context.Context, k signals.Key) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.thawed()
	if err := b.heed(ctx); err != nil {
		return err
	}
	if err := b.brain.trained(); err != nil {
		return err
	}
	st, known, err := b.c.Store.Standing(ctx, k)
	if err != nil {
		return err
	}
	if !known { // it was forgotten meanwhile
		delete(b.waits, k)
		return b.c.Store.Commit(ctx, signals.Outcome{Case: k})
	}
	br := b.brain
	shelf := newShelf(ctx, b.c.Store)
	br.begin(ctx)
	br.catchUp()
	br.w.Book = decide.NewBook(shelf, b.c.AsLive)
	l := &look{Bot: b, brain: br, st: st, now: b.c.Now(), out: signals.Outcome{Case: k, Looked: st.Looked, Posts: st.Posts}, wish: b.overdue(k, st.Look)}
	if err := l.run(ctx); err != nil {
		if br.err != nil {
			delete(br.w.Rooms, k.Channel())
		}
		return err
	}
	if shelf.err != nil {
		return shelf.err
	}
	if br.err != nil {
		delete(br.w.Rooms, k.Channel()) // it may have been begun without what the store has
		return br.err
	}
	l.out.Records = shelf.changed(br.w.Book)
	if err := b.drillStep(ctx, l); err != nil {
		return err
	}
	if err := b.writeBack(ctx, l.out.Records); err != nil {
		return err
	}
	if err := b.propose(ctx, l.out.Records); err != nil {
		return err
	}
	if err := b.unheard(ctx, l.out.Records); err != nil {
		return err
	}
	if err := b.askRaisers(ctx, l.out.Records); err != nil {
		return err
	}
	if err := b.offer(ctx, l.out.Records); err != nil {
		return err
	}
	l.out.Again = l.again()
	l.out.Told, l.out.Spent = br.w.Book.Wrote()
	l.out.Rests = shelf.versions
	l.out.Basis = signals.Basis{Now: l.now, Policy: br.policy(), Model: br.pos}
	if err := b.c.Store.Commit(ctx, l.out); err != nil {
		return err
	}
	b.waited(l)
	b.measure(l)
	b.homesChanged(ctx, l.out.Records)
	return nil
}

// look is one look at one case.
type look struct {
	*Bot
	brain    *brain
	st       signals.Standing
	now      time.Time
	out      signals.Outcome
	wish     time.Time // when the case wants to be looked at
	found    []*signals.Record
	of       *signals.Case // the case of which part is
	part     *signals.Case // the latest earlier part
	answered bool          // somebody answered a message, or it was solved
	pressed  bool          // somebody pressed a button
	full     *signals.Case // the case as it stands, while the world holds an earlier part of it
}

// run judges the new steps in their order, with the wishes that came due
// between them, and then the wishes that are due now.
func (l *look) run(ctx context.Context) error {
	news, err := l.c.Store.News(ctx, l.st.Case, l.st.Looked)
	if err != nil {
		return err
	}
	for _, e := range news {
		l.out.Looked = max(l.out.Looked, e.Pos)
	}
	if err := l.follow(ctx, l.st.Looked); err != nil { // another replica may have judged what this one has not taken yet
		return err
	}
	list := l.steps(news)
	defer l.restore()
	for i, s := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		for !l.wish.IsZero() && l.wish.Before(s.at) {
			c := l.stand(s.events[0], false)
			if c == nil {
				break
			}
			l.judge(c, nil, l.wish, false)
		}
		l.restore()
		if err := l.follow(ctx, s.pos); err != nil {
			return err
		}
		c := l.stand(s.last, true)
		if c == nil {
			continue // it was taken back at the source since
		}
		last := c.Events()[len(c.Events())-1] // the case's own: detectors tell events apart by identity
		l.answered = l.answered || slices.ContainsFunc(s.events, func(e *signals.Event) bool { return answers[e.Kind] || reworded(e) })
		l.pressed = l.pressed || slices.ContainsFunc(s.events, func(e *signals.Event) bool { return answers[e.Kind] && isOwn(e) || reworded(e) })
		l.judge(c, last, s.at, i == len(list)-1 || !s.at.Before(l.now))
	}
	l.restore()
	if len(list) == 0 {
		if err := l.followHead(ctx); err != nil {
			return err
		}
	}
	l.time(len(list) > 0)
	return nil
}

// answers are the kinds of events that messages about a case tell of.
var answers = map[signals.Kind]bool{
	signals.Claimed: true, signals.Refused: true, signals.Closed: true, signals.Confirmed: true, signals.Denied: true, signals.Snoozed: true, signals.Useless: true, signals.Helped: true,
	signals.Approved: true, signals.Reacted: true, signals.Reopened: true, signals.Linked: true,
}

func (l *look) followHead(ctx context.Context) error {
	head, err := l.c.Store.Head(ctx)
	if err != nil {
		return err
	}
	return l.follow(ctx, head)
}

func (l *look) follow(ctx context.Context, upTo int64) error {
	if err := l.brain.follow(ctx, upTo); err != nil {
		return err
	}
	return l.brain.trained()
}

// stand puts the case into the world as it stood before an event, or after it.
// It returns nil where there was nothing yet.
func (l *look) stand(at *signals.Event, after bool) *signals.Case {
	w := l.brain.w
	c := l.full
	if c == nil {
		c = w.Case(l.st.Case)
	}
	if c == nil {
		return nil
	}
	all := c.Events()
	n, found := slices.BinarySearchFunc(all, at, signals.CompareEvents)
	if found && after {
		n++
	}
	if n == 0 {
		return nil
	}
	if n == len(all) {
		l.restore()
		return c
	}
	l.full = c
	if l.of != c || len(l.part.Events()) > n { // else it grows: folding anew at each step costs the square of the steps
		l.of, l.part = c, signals.Fold(slices.Clone(all[:n]))
	}
	for _, e := range all[len(l.part.Events()):n] {
		l.part.Apply(e)
	}
	w.Hold(l.part)
	return l.part
}

// restore puts the whole case back into the world.
func (l *look) restore() {
	if l.full != nil {
		l.brain.w.Hold(l.full)
		l.full = nil
	}
}

// time judges what time alone brought: the wish that is due, or the posts that
// came in the room.
func (l *look) time(judged bool) {
	c := l.brain.w.Case(l.st.Case)
	if c == nil {
		return
	}
	for n := 0; !l.wish.IsZero() && !l.wish.After(l.now) && !l.unread() && n < 1000; n++ {
		at := l.wish
		l.judge(c, nil, at, true)
		judged = true
		if !l.wish.After(at) {
			break // it wants the same again: nothing would change
		}
	}
	if room := l.brain.w.Room(c.Key.Channel()); !judged && room != nil && l.st.Posts > 0 && room.Count >= l.st.Posts {
		at := c.Last
		if n := len(room.Posts); n > 0 && room.Posts[n-1].Event.At.After(at) {
			at = room.Posts[n-1].Event.At
		}
		l.judge(c, nil, at, true)
	}
	l.out.Look = l.wish
	if !l.wish.IsZero() && !l.wish.After(l.now) && l.unread() {
		l.out.Look = l.now.Add(unreadPause)
	}
}

// judge asks the brain once and keeps the case's wishes.
func (l *look) judge(c *signals.Case, e *signals.Event, at time.Time, last bool) {
	w := l.brain.w
	clock := l.now // also where the source's clock is ahead of it: hours, budgets and days are ours
	var got decide.Looked
	if last {
		got = w.Look(c, e, at, clock)
	} else {
		got = w.CatchUp(c, e, at, clock)
	}
	l.found = append(l.found, got.Found...)
	l.wish, l.out.Posts = got.At, 0
	if got.Posts > 0 {
		if room := w.Room(c.Key.Channel()); room != nil {
			l.out.Posts = room.Count + got.Posts
		}
	}
	l.out.Wakes = append(l.out.Wakes, got.Also...)
}
