package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// Swept reads from the histories of the watched channels what was not heard
// live: after a start, after a gap, and every now and then to be sure. Poster,
// Directory, Accept, Cursor and SetCursor are needed. It is not to be copied.
//
// For every channel a cursor says up to when its history was read. A channel
// without one is met for the first time: what is found in it is learnt, and
// nobody is told of it. What is found later is delivered as it would have been
// live, and what was heard already is accepted again without effect.
type Swept struct {
	Poster    *Poster
	Directory *Directory
	Accept    Accept
	Cursor    func(ctx context.Context, name string) (string, error) // "" where there is none
	SetCursor func(ctx context.Context, name, value string) error

	Back  time.Duration                             // how far back a channel is read that is met for the first time, default 14 days
	First func(ctx context.Context, channel string) // told of such a channel once it was read; nil: nobody
	Log   *slog.Logger                              // nil: none

	timer func(d time.Duration) <-chan time.Time // nil: time.After

	turn sync.Mutex // one sweep at a time

	mu   sync.Mutex
	want *time.Time // a gap that began then waits to be read; zero: everything since the cursors
	late time.Time  // see Behind
	once bool       // everything that was wanted has been read before
	runs bool
	bell chan struct{}
}

const (
	sweptBack  = 14 * 24 * time.Hour
	sweptSkew  = 2 * time.Minute // how far Slack's clock may be from ours, and a delivery behind its message
	sweptTries = 5               // of one channel, when Slack asks to wait
	sweptRest  = 5 * time.Minute // before what could not be read is tried again; it doubles
	sweptMost  = 6 * time.Hour
)

// CursorOf is the name of the cursor of a channel.
func CursorOf(channel string) string { return channel + "/swept" }

// Want asks for what was said since a time, or with a zero time since the
// cursors. It returns at once; Run reads it. It is what Socket.OnGap may call.
func (s *Swept) Want(from time.Time) {
	s.keep(from)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.late.IsZero() && (!from.IsZero() || !s.once) {
		s.late = s.Poster.w.Now()
	}
	select {
	case s.ring() <- struct{}{}:
	default:
	}
}

// keep remembers what is to be read with the next thing that is asked for.
func (s *Swept) keep(from time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.want == nil || from.Before(*s.want) { // the zero time is before every other
		s.want = &from
	}
}

// ring is the channel on which Run is woken. It is called with the lock held.
func (s *Swept) ring() chan struct{} {
	if s.bell == nil {
		s.bell = make(chan struct{}, 1)
	}
	return s.bell
}

// Run reads what was asked for by Want until ctx ends. What cannot be read is
// logged, and read from its cursor after a rest, or the next time.
func (s *Swept) Run(ctx context.Context) {
	s.mu.Lock()
	bell := s.ring()
	s.runs = true
	s.mu.Unlock()
	rest, again := sweptRest, (<-chan time.Time)(nil)
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-again:
		}
		if !s.Directory.Listed() {
			continue // who lists the channels wants it again; until then it is behind
		}
		s.mu.Lock()
		from := s.want
		s.want = nil
		s.mu.Unlock()
		if from == nil {
			continue
		}
		if err := s.Sweep(ctx, *from); err != nil && ctx.Err() == nil {
			s.keep(*from)
			s.log().Warn("not all of the history could be read; it is read again", "team", s.Directory.team, "again_in", rest, "error", err)
			again, rest = s.after(rest), min(2*rest, sweptMost)
			continue
		}
		rest, again = sweptRest, nil
		s.caughtUp()
	}
}

// Behind tells since when it is known that something may have been missed that is
// not read yet but will be by Run: at a start, and after a gap. What is read every
// now and then to be sure does not count.
func (s *Swept) Behind() (since time.Time, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.late, s.runs && !s.late.IsZero()
}

// caughtUp notes that a sweep came to its end, unless more is wanted already.
func (s *Swept) caughtUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.want == nil {
		s.late, s.once = time.Time{}, true
	}
}

// after tells when a rest is over, on real time.
func (s *Swept) after(d time.Duration) <-chan time.Time {
	if s.timer != nil {
		return s.timer(d)
	}
	return time.After(d)
}

// Sweep reads all watched channels: since a time that lies behind their cursors,
// which stay where they are then, else since their cursors, which move. One that
// cannot be read does not keep the others from it; the error names all of them.
func (s *Swept) Sweep(ctx context.Context, from time.Time) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	ctx = WithLane(ctx, LaneDigest)
	var problems []error
	for _, c := range s.Directory.Watched() {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(problems, err)...)
		}
		if err := s.channel(ctx, c.ID, from); err != nil {
			problems = append(problems, fmt.Errorf("channel %s: %w", c.ID, err))
		}
	}
	return errors.Join(problems...)
}

// channel reads one channel. Its cursor moves to the time at which the reading
// began, unless a part before was left out.
func (s *Swept) channel(ctx context.Context, channel string, from time.Time) error {
	value, err := s.Cursor(ctx, CursorOf(channel))
	if err != nil {
		return err
	}
	start := s.Poster.w.Now()
	since, err := time.Parse(time.RFC3339Nano, value)
	switch {
	case value == "" || err != nil:
		return s.meet(ctx, channel, start)
	case from.After(since):
		return s.read(ctx, channel, from.Add(-sweptSkew), s.Accept)
	}
	if err := s.read(ctx, channel, since.Add(-sweptSkew), s.Accept); err != nil {
		return err
	}
	return s.SetCursor(ctx, CursorOf(channel), start.UTC().Format(time.RFC3339Nano))
}

// meet reads a channel for the first time, to learn from it. The latest of it is
// left to be heard live, or to be read the next time: it is no history yet.
func (s *Swept) meet(ctx context.Context, channel string, start time.Time) error {
	start = start.Add(-sweptSkew)
	err := s.read(ctx, channel, start.Add(-cmp.Or(s.Back, sweptBack)), func(ctx context.Context, d signals.Delivery) error {
		if at, err := ParseTS(gjson.GetBytes(d.Envelope.Body, "event.ts").Str); err == nil && at.After(start) {
			return nil
		}
		d.Learn = true
		return s.Accept(ctx, d)
	})
	if err != nil {
		return err
	}
	if err := s.SetCursor(ctx, CursorOf(channel), start.UTC().Format(time.RFC3339Nano)); err != nil {
		return err
	}
	if s.First != nil {
		s.First(ctx, channel)
	}
	return nil
}

// read reads one channel, as often as Slack asks to wait.
func (s *Swept) read(ctx context.Context, channel string, since time.Time, accept Accept) error {
	for try := 1; ; try++ {
		err := s.Poster.Sweep(ctx, channel, since, s.Directory.Options(), func(ctx context.Context, d signals.Delivery) error {
			if err := accept(ctx, d); err != nil {
				return err
			}
			s.Directory.Heard(d.Envelope.Body, d.Events)
			return nil
		})
		var f *Failure
		if err == nil || !errors.As(err, &f) || f.Wait == 0 || try == sweptTries {
			return err
		}
		if s.Poster.limits.sleep(ctx, f.Wait) != nil {
			return err
		}
	}
}

func (s *Swept) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}
