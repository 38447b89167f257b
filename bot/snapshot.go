package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"runtime"
	"strconv"
	"sync"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/snap"
)

// The snapshot of the world, and the form that it has: one of another form is
// passed over and the world built from the journal.
const (
	worldSnapshot = "world"
	worldForm     = "4"
)

// save stores a snapshot of the world as it stands.
func (b *brain) save(ctx context.Context) error {
	body, err := b.encode()
	if err != nil {
		return err
	}
	if err := b.store(ctx, b.pos, body); err != nil {
		return err
	}
	b.saved = b.pos
	return nil
}

// encode makes the snapshot of the world as it stands.
func (b *brain) encode() ([]byte, error) {
	var body bytes.Buffer
	err := b.write(&body)
	return body.Bytes(), err
}

func (b *brain) write(to io.Writer) error {
	s := snap.NewWriter(to)
	b.w.Save(s)
	s.Count(len(b.later))
	for _, e := range b.later {
		text, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write event %s into the snapshot: %w", e.ID, err)
		}
		s.Bytes(text)
	}
	if err := s.Close(); err != nil {
		return fmt.Errorf("write the snapshot of the models: %w", err)
	}
	return nil
}

// freeze makes the snapshot of a world, and gives up its lock between one slice
// of it and the next. Meanwhile the world takes nothing in, so that the snapshot
// fits its place in the journal: questions are answered as of then, looks wait.
// mu is held, and a training that is due was done.
func (b *Bot) freeze(br *brain) ([]byte, error) {
	c := sync.NewCond(&b.mu)
	br.frozen = c
	defer func() {
		br.frozen = nil
		c.Broadcast()
	}()
	s := &sliced{lock: &b.mu}
	err := br.write(s)
	return s.body.Bytes(), err
}

// sliced takes a snapshot slice by slice, and opens the lock after each.
type sliced struct {
	lock sync.Locker
	body bytes.Buffer
}

func (s *sliced) Write(p []byte) (int, error) {
	s.lock.Unlock()
	defer s.lock.Lock()
	runtime.Gosched()
	return s.body.Write(p)
}

// thawed waits until no snapshot of the world is being made. mu is held.
func (b *Bot) thawed() {
	for c := b.brain.frozen; c != nil; c = b.brain.frozen {
		c.Wait()
	}
}

// store stores a snapshot of how the world stood at a place.
func (b *brain) store(ctx context.Context, pos int64, body []byte) error {
	if err := b.c.Store.SaveSnapshot(ctx, worldSnapshot, worldForm, pos, body); err != nil {
		return fmt.Errorf("store the snapshot of the models: %w", err)
	}
	return nil
}

// restore takes the latest snapshot that can be used. Where there is none the
// world stays empty, at the journal's beginning.
func (b *brain) restore(ctx context.Context) error {
	pos, body, ok, err := b.c.Store.Snapshot(ctx, worldSnapshot, worldForm)
	if err != nil || !ok {
		return err
	}
	defer body.Close()
	raw, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read the snapshot of the models: %w", err)
	}
	fresh := newBrain(b.c, b.watched)
	if err := fresh.read(raw); err != nil {
		b.c.Log.Warn("the snapshot of the models cannot be used; they are built from the journal", "error", err)
		return nil
	}
	fresh.pos, fresh.saved = pos, pos
	*b = *fresh
	b.w.From(b)
	b.tellWatched()
	return nil
}

func (b *brain) read(raw []byte) error {
	r := snap.NewReader(bytes.NewReader(raw), int64(len(raw)))
	w, err := decide.LoadWorld(r, b.c.Policy, b.options())
	if err != nil {
		return err
	}
	for range r.Count(1) {
		e := &signals.Event{}
		if err := json.Unmarshal(r.Bytes(), e); err != nil {
			return err
		}
		b.later = append(b.later, e)
	}
	if err := r.Close(); err != nil {
		return err
	}
	b.w = w
	return nil
}

// policy is a hash of the policy in force.
func (b *brain) policy() string {
	text, err := json.Marshal(b.w.Org.Policy)
	if err != nil {
		return ""
	}
	h := fnv.New64a()
	h.Write(text)
	return strconv.FormatUint(h.Sum64(), 36)
}
