package main

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// do does what a line tells. What happens in Jira is in the history of the issue
// and comes with the time.
func (p *teller) do(l storyLine) {
	switch {
	case p.f.issues[l.what] != nil:
	case strings.HasPrefix(l.what, "#"):
		p.inRoom(l)
	case l.verb == "clicks":
		p.clicks("U"+strings.ToUpper(l.what), l.arg(0))
	case l.verb == "asks":
		p.asks(l.what, l.arg(0), l.arg(1))
	default:
		require.Fail(p.t, "nobody can do that", "%s %s", l.what, l.verb)
	}
}

// inRoom lets somebody say something in a thread, or put an emoji on its root.
func (p *teller) inRoom(l storyLine) {
	room, thread, _ := strings.Cut(strings.TrimPrefix(l.what, "#"), "/")
	user, root := "U"+strings.ToUpper(l.arg(0)), p.ts[room+"/"+thread]
	switch l.verb {
	case "said":
		done := p.slack.Do(p.t.Context(), fakeslack.Deed{Do: "say", As: user, Channel: roomID(room), Thread: root, Text: l.arg(1)})
		require.True(p.t, done.OK, "%v", done)
		if root == "" {
			p.ts[room+"/"+thread] = done.TS
		}
	case "react":
		done := p.slack.Do(p.t.Context(), fakeslack.Deed{Do: "react", As: user, Channel: roomID(room), TS: root, Emoji: l.arg(1)})
		require.True(p.t, done.OK, "%v", done)
	default:
		require.Fail(p.t, "nobody can do that in a channel", l.verb)
	}
}

// clicks presses a button of the latest message that somebody has with it.
func (p *teller) clicks(user, action string) {
	for _, m := range slices.Backward(p.slack.Messages()) {
		if m.Channel != "D"+user[1:] || m.Deleted || !strings.Contains(string(m.Blocks), `"action_id":"`+action+`"`) {
			continue
		}
		require.NoError(p.t, p.slack.Click(p.t.Context(), fakeslack.Click{User: user, Channel: m.Channel, TS: m.TS, Action: action}))
		p.svc.ears.inbox.Wait()
		return
	}
	require.Fail(p.t, "nothing to click", "%s has no message with %s:\n%s%s", user, action, p.found(), p.said())
}

// asks writes a command, and remembers what is answered.
func (p *teller) asks(who, command, room string) {
	had := len(p.slack.Messages())
	user := "U" + strings.ToUpper(who)
	require.NoError(p.t, p.slack.Command(p.t.Context(), user, roomID(cmp.Or(room, p.f.rooms[0])), "/andon "+command))
	require.NoError(p.t, p.show.settle(p.t.Context(), p.svc.handlers()))
	var b strings.Builder
	for _, m := range p.slack.Messages()[had:] {
		if m.To == user {
			b.WriteString(html.UnescapeString(m.Text))
		}
	}
	require.NotEmpty(p.t, b.String(), command)
	p.ear.note(p.clock.now(), fmt.Sprintf("%s asks %q and reads", who, command), &view.Card{Key: "", Title: b.String()})
}

// overhearer remembers what is said, to whom and when, and how it reads later.
type overhearer struct {
	bot.Poster
	now func() time.Time

	mu    sync.Mutex
	heard []*overheard
}

type overheard struct {
	at      time.Time
	to, key string
	first   string
	last    string
}

func (o *overhearer) note(at time.Time, to string, card *view.Card) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.heard = append(o.heard, &overheard{at, to, card.Key, drawn(card), drawn(card)})
}

func (o *overhearer) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	at, err := o.Poster.Post(ctx, target, card)
	if err == nil {
		o.note(o.now(), "to "+target, card)
	}
	return at, err
}

func (o *overhearer) Update(ctx context.Context, at signals.Copy, card *view.Card) error {
	err := o.Poster.Update(ctx, at, card)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, h := range o.heard {
		if err == nil && card.Key != "" && h.key == card.Key {
			h.last = drawn(card)
		}
	}
	return err
}

// said is what was said, in its order, and what stands there in the end where that
// is something else.
func (p *teller) said() string {
	p.ear.mu.Lock()
	defer p.ear.mu.Unlock()
	var b strings.Builder
	indented := func(text string) {
		for line := range strings.SplitSeq(text, "\n") {
			if i := strings.Index(line, " Ask me why "); i >= 0 {
				line = line[:i]
			}
			b.WriteString(strings.TrimRight("  "+p.plain(line), " ") + "\n")
		}
	}
	for _, h := range p.ear.heard {
		fmt.Fprintf(&b, "%s %s\n", h.at.UTC().Format("2006-01-02 15:04"), p.plain(h.to))
		indented(h.first)
		if h.last != h.first {
			b.WriteString("in the end\n")
			indented(h.last)
		}
	}
	return b.String()
}

// plain takes out what differs from run to run, or means nothing to a reader.
func (p *teller) plain(s string) string {
	for _, name := range p.f.rooms {
		s = strings.ReplaceAll(s, "slack/T1/"+roomID(name), "#"+name)
	}
	for name, url := range map[string]string{"JIRA": p.f.conf.Jira[0].URL, "SLACK": strings.TrimSuffix(p.f.conf.Slack[0].URL, "/api/")} {
		s = strings.ReplaceAll(s, url, name)
	}
	return strings.ReplaceAll(s, "slack/T1/U", "@")
}

// found is what the service found and decided.
func (p *teller) found() string {
	var all []*signals.Record
	require.NoError(p.t, p.svc.db.Since(p.t.Context(), time.Time{}, func(r *signals.Record) error { all = append(all, r); return nil }))
	return told(all)
}

// told writes records down, as people who read a story want to know of them.
func told(records []*signals.Record) string {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b *signals.Record) int {
		return cmp.Or(a.Signal.At.Compare(b.Signal.At), cmp.Compare(a.Signal.Key(), b.Signal.Key()))
	})
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%s %s %s raised by %s: %q\n", stamp(r.Signal.At), r.Signal.Detector, r.Signal.Case, cmp.Or(r.Raiser, "nobody"), r.Signal.Reason)
		for _, n := range r.Nudges {
			fmt.Fprintf(&b, "  %d %s %s %s: %s (%s)\n", n.Step, stamp(n.At), cmp.Or(n.To, "nobody"), n.State, n.Why, n.Route)
		}
		for _, a := range r.Asks {
			fmt.Fprintf(&b, "  asked %s %s: %s\n", stamp(a.At), a.State, a.Why)
		}
		l := r.Ledger
		for _, s := range signals.Stages {
			if l.Reached(s) {
				fmt.Fprintf(&b, "  %s %s\n", stamp(l.Times[s]), s)
			}
		}
		if l.Died != "" {
			fmt.Fprintf(&b, "  %s stopped before %s: %s\n", stamp(l.DiedAt), l.Died, l.Why)
		}
	}
	return b.String()
}
