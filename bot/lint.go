package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"andon/signals"
	"andon/signals/detect"
	"andon/signals/lint"
)

// linting is what lint has seen of the journal. It follows by itself: what it
// keeps is small, and the world need not wait for it.
type linting struct {
	mu     sync.Mutex
	seen   *lint.Seen
	pos    int64
	heeded string // mark of the latest forgetting that it knows of
}

// The snapshots of what lint has seen, and who can read them.
const (
	lintSnapshot = "lint"
	lintVersion  = "2"
)

// How long one round of following may take, in real time, for the task and for
// somebody who waits for an answer: a long journal is read in several.
const (
	lintPatience = 8 * time.Second
	lintAnswer   = 1500 * time.Millisecond
)

// follow takes in what was accepted since; whole is false when there is more.
func (l *linting) follow(ctx context.Context, b *Bot, patience time.Duration) (whole bool, err error) {
	began := b.c.Wall()
	if err := l.heed(ctx, b); err != nil {
		return false, err
	}
	for {
		entries, err := b.c.Store.Follow(ctx, l.pos, batch)
		if err != nil {
			return false, err
		}
		for i := range entries {
			l.seen.Observe(entries[i].Event)
			l.pos = entries[i].Pos
		}
		if len(entries) < batch {
			return true, nil
		}
		if b.c.Wall().Sub(began) > patience {
			return false, nil
		}
	}
}

// heed begins anew, from the latest snapshot, when something was forgotten since
// or nothing was seen yet.
func (l *linting) heed(ctx context.Context, b *Bot) error {
	mark, err := b.forgetting(ctx)
	if err != nil || l.seen != nil && mark == l.heeded {
		return err
	}
	l.seen, l.pos, l.heeded = &lint.Seen{}, 0, mark
	pos, body, ok, err := b.c.Store.Snapshot(ctx, lintSnapshot, lintVersion)
	if err != nil || !ok {
		return err
	}
	defer body.Close()
	raw, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read what lint has seen: %w", err)
	}
	seen, err := lint.LoadSeen(raw)
	if err != nil {
		b.log.Warn("what lint has seen is gathered anew", "error", err)
		return nil
	}
	l.seen, l.pos = seen, pos
	return nil
}

// keep stores what was seen.
func (l *linting) keep(ctx context.Context, b *Bot) error {
	body, err := l.seen.Save()
	if err != nil {
		return fmt.Errorf("write what lint has seen: %w", err)
	}
	return b.c.Store.SaveSnapshot(ctx, lintSnapshot, lintVersion, l.pos, body)
}

// Lint looks for what is broken in the chain, and tells the admins of what is
// new and of what is mended: at once where signals reach nobody, else once a day
// at most. It is to be called about every hour, by one replica at a time.
func (b *Bot) Lint(ctx context.Context) error {
	if b.c.Admin == "" || b.c.Poster == nil {
		return nil
	}
	list, whole, err := b.lintNow(ctx)
	if err == nil && whole { // what was not read yet may be what seems to be missing
		err = b.tellLint(ctx, list)
	}
	if err != nil {
		return fmt.Errorf("look for what is broken in the chain: %w", err)
	}
	return nil
}

// lintNow follows the journal and checks; whole is false where there is more of
// the journal than could be read.
func (b *Bot) lintNow(ctx context.Context) (list []lint.Finding, whole bool, err error) {
	l := &b.linting
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.pos
	whole, err = l.follow(ctx, b, lintPatience)
	if err == nil && l.pos > was {
		err = l.keep(ctx, b)
	}
	if err != nil || !whole {
		return nil, false, err
	}
	if err := b.toHead(ctx); err != nil {
		return nil, false, err
	}
	around, err := b.lintAround(ctx)
	if err != nil {
		return nil, false, err
	}
	around.seen = l.seen
	b.mu.Lock()
	defer b.mu.Unlock()
	b.brain.catchUp()
	return lint.Check(b.lintInput(around)), true, nil
}

// linted is what is checked beside the organisation.
type linted struct {
	seen  *lint.Seen        // nil: the journal is still being read
	names map[string]string // what the channels are called
	extra []lint.Finding    // what others found
}

func (b *Bot) lintAround(ctx context.Context) (out *linted, err error) {
	out = &linted{}
	if out.names, err = b.c.Store.Rooms(ctx); err != nil {
		return nil, err
	}
	if b.c.Findings != nil {
		out.extra, err = b.c.Findings(ctx)
	}
	return out, err
}

// lintInput is what is checked. The lock of the world is held.
func (b *Bot) lintInput(around *linted) *lint.Input {
	org := b.brain.w.Org
	in := &lint.Input{Org: org, Now: b.c.Now(), Seen: around.seen, Admins: slices.Clone(b.c.Admins), Slack: b.c.Poster != nil, Extra: around.extra}
	if in.Admins == nil {
		in.Admins = []string{}
	}
	in.Resolves = func(project, component string) (out []lint.Share) {
		c := &signals.Case{Key: signals.Key{Source: signals.Jira}, Project: project}
		if component != "" {
			c.Components = []string{component}
		}
		for _, x := range b.brain.w.Memory.Routes.Teams(c, org, in.Now, likely) {
			out = append(out, lint.Share{Team: x.Who, Score: x.Score})
		}
		return out
	}
	for _, d := range detect.All() {
		in.Detectors = append(in.Detectors, d.Name)
	}
	for name := range b.c.Sources {
		in.Jira = in.Jira || strings.HasPrefix(name, signals.Jira+"/")
	}
	in.Room = func(id string) string {
		if around.names[id] == "" {
			return ""
		}
		return "#" + strings.TrimPrefix(around.names[id], "#")
	}
	if b.c.Address != nil {
		in.Reach = func(person string) string {
			_, why := b.c.Address(org, person)
			return why
		}
	}
	return in
}

// lintMark is the cursor that holds what the admins were told.
const lintMark = "lint/told"

// lintTold is what the admins were told and is so still, by id of the finding.
type lintTold struct {
	At   time.Time
	Open map[string]string // in a few words, for when it is mended
}

// tellLint tells what is new and what is mended.
func (b *Bot) tellLint(ctx context.Context, list []lint.Finding) error {
	raw, err := b.c.Store.Cursor(ctx, lintMark)
	if err != nil {
		return err
	}
	var had lintTold
	if raw != "" {
		if err := json.Unmarshal([]byte(raw), &had); err != nil {
			return fmt.Errorf("read what the admins were told of lint: %w", err)
		}
	}
	now := b.c.Now().UTC()
	fresh, mended, open := lintNews(list, had.Open)
	urgent := slices.ContainsFunc(fresh, func(f lint.Finding) bool { return f.Level == lint.Broken })
	if len(fresh)+len(mended) == 0 || !urgent && now.Sub(had.At) < 24*time.Hour {
		return nil
	}
	// The id is made of what was told before and of what is told now: after a stop
	// in between it is the same, and told once.
	id := "lint/" + shortID(raw+lintIDs(fresh)+strings.Join(mended, "\n"))
	if err := b.Notice(ctx, id, lintNotice(fresh, mended, len(list), b.slash())); err != nil {
		return err
	}
	body, err := json.Marshal(lintTold{now, open})
	if err != nil {
		return fmt.Errorf("write what the admins were told of lint: %w", err)
	}
	return b.c.Store.SetCursor(ctx, lintMark, string(body))
}

// lintNews compares findings with what was told: what is new, what is mended,
// sorted, and what is so now.
func lintNews(list []lint.Finding, told map[string]string) (fresh []lint.Finding, mended []string, open map[string]string) {
	open = make(map[string]string, len(list))
	for _, f := range list {
		id := f.ID()
		if _, ok := told[id]; !ok {
			fresh = append(fresh, f)
		}
		open[id] = f.Place + ": " + f.What
	}
	for id, words := range told {
		if _, ok := open[id]; !ok {
			mended = append(mended, words)
		}
	}
	slices.Sort(mended)
	return fresh, mended, open
}

func lintIDs(list []lint.Finding) string {
	var b strings.Builder
	for i := range list {
		b.WriteString(list[i].ID() + "\n")
	}
	return b.String()
}
