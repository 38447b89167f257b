package demo

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/integrations/slack/fakeslack"
)

// Answer lets one person answer andon, if somebody is due to, and reports
// whether one did. It tells of what andon said since the last time, too.
func (w *World) Answer(ctx context.Context) (bool, error) {
	messages := w.Slack.Messages()
	w.hear(messages)
	now := w.Clock.Now()
	for i := range w.reactions {
		r := &w.reactions[i]
		if done, err := w.fill(ctx, r); done || err != nil {
			return done, err
		}
		if !w.answered[r.Name].IsZero() {
			continue
		}
		m, told := r.find(messages, w.answered)
		since := sent(m.TS)
		if before := w.answered[r.On]; r.On != "" && !r.Next {
			told, since = told && !before.IsZero(), before
		}
		due := told && !now.Before(since.Add(r.After))
		switch {
		case due && r.Press != "" && len(w.Slack.Modals(slackID(cmp.Or(receiver(&m), r.Who)))) > 0:
			continue // a visitor is at work there
		case due:
			return true, w.answer(ctx, r, &m)
		case !r.By.IsZero() && !now.Before(r.By):
			w.answered[r.Name] = now
			w.follow(r, fallbackOf(r))
			return true, nil
		}
	}
	return false, nil
}

// find is the message that a reaction answers: the first of andon that fits.
func (r *reaction) find(messages []fakeslack.Message, answered map[string]time.Time) (fakeslack.Message, bool) {
	for _, m := range messages {
		if m.User != Bot || m.Deleted || m.To != "" || len(m.Blocks) == 0 {
			continue
		}
		who := receiver(&m)
		if r.In == "" && (who == "" || r.Who != "" && who != r.Who) || r.In != "" && m.Channel != channelID(r.In) {
			continue
		}
		if since := answered[r.On]; r.Next && (since.IsZero() || sent(m.TS).Before(since)) {
			continue
		}
		all := m.Text + string(m.Blocks)
		if !slices.ContainsFunc(r.About, func(part string) bool { return !strings.Contains(all, part) }) {
			return m, true
		}
	}
	return fakeslack.Message{}, false
}

// receiver is the id of the person in whose direct messages a message stands, ""
// where it stands elsewhere.
func receiver(m *fakeslack.Message) string {
	if id, direct := strings.CutPrefix(m.Channel, "D"); direct && find(strings.ToLower(id)) != nil {
		return strings.ToLower(id)
	}
	return ""
}

// sent is when a message was written.
func sent(ts string) time.Time {
	whole, part, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(whole, 10, 64)
	us, perr := strconv.ParseInt(part, 10, 64)
	if err != nil || perr != nil {
		return time.Time{}
	}
	return time.Unix(s, us*1000).UTC()
}

// answer presses what the reaction presses, and begins what follows.
func (w *World) answer(ctx context.Context, r *reaction, m *fakeslack.Message) error {
	who := cmp.Or(receiver(m), r.Who)
	pressed := true
	if r.Press != "" {
		click, found := clickOn(m, r)
		if !found {
			w.line(Odd, fmt.Sprintf("%s finds no %q to press in the message about %s", nameOf(who), r.Press, strings.Join(r.About, ", ")), "")
			pressed = false
		} else {
			click.User = slackID(who)
			if err := w.Slack.Click(ctx, click); err != nil {
				if ctx.Err() != nil {
					return err
				}
				w.line(Odd, fmt.Sprintf("%s could not press %s: %v", nameOf(who), r.Press, err), "")
			} else if r.Fill != nil {
				w.filling[r.Name] = w.Clock.Now().Add(fillWithin)
				w.fillers[r.Name] = who
			}
		}
	}
	w.answered[r.Name], w.actor = w.Clock.Now(), who
	if r.Note != "" && pressed {
		w.line(Did, strings.ReplaceAll(r.Note, "{who}", nameOf(who)), w.sightOf(m))
	}
	w.follow(r, who)
	return nil
}

// fallbackOf is who acts where andon told nobody: a person of the story.
func fallbackOf(r *reaction) string {
	if r.Who != "" {
		return r.Who
	}
	return map[string]string{"gift": "anya", "wishlist": "carmen", "deflected": "raj", "bounced": "marek", "echo": "raj", "prices": "otis", "budget": "nora"}[r.Name]
}

// follow puts what follows a reaction into what is to come.
func (w *World) follow(r *reaction, who string) {
	now := w.Clock.Now()
	for _, b := range r.Then {
		b.At = now.Add(b.At.Sub(begin))
		if b.Who == recipient {
			b.Who = who
		}
		if b.Who == "" {
			continue
		}
		w.schedule(b)
	}
}

// hear tells of what andon said since the last time. What it says to many at
// once is one line.
func (w *World) hear(messages []fakeslack.Message) {
	type news struct {
		text, look string
		places     []string
		people     []string
	}
	var all []*news
	for i := range messages {
		m := &messages[i]
		id := m.Channel + "/" + m.TS
		if m.User != Bot || m.Deleted || w.seen[id] {
			continue
		}
		w.seen[id] = true
		if m.To != "" {
			w.heardAnswer(m)
			continue
		}
		text := gist(w.readable(m.Text))
		k := slices.IndexFunc(all, func(x *news) bool { return x.text == text })
		if k < 0 {
			k, all = len(all), append(all, &news{text: text, look: w.sightOf(m)})
		}
		switch who := receiver(m); {
		case who != "":
			all[k].people = append(all[k].people, nameOf(who))
		case strings.HasPrefix(m.Channel, "C"):
			all[k].places = append(all[k].places, "in #"+w.roomName(m.Channel))
		default:
			all[k].places = append(all[k].places, "in a group message")
		}
	}
	for _, x := range all {
		if n := len(x.people); n > 2 {
			x.people = []string{strconv.Itoa(n) + " people"}
		}
		if len(x.people) > 0 {
			x.places = append(x.places, "to "+strings.Join(x.people, " and "))
		}
		w.line(Said, "andon writes "+strings.Join(x.places, " and ")+": "+x.text, x.look)
	}
}

// awaited is a command of the story to which andon has not answered yet.
type awaited struct {
	b     beat
	since time.Time
}

// heardAnswer tells of a command when andon has answered it: of one that andon
// does not know, that.
func (w *World) heardAnswer(m *fakeslack.Message) {
	i := slices.IndexFunc(w.awaited, func(a awaited) bool { return slackID(a.b.Who) == m.To && !sent(m.TS).Before(a.since) })
	if i < 0 {
		return // of a visitor
	}
	b := w.awaited[i].b
	w.awaited = slices.Delete(w.awaited, i, i+1)
	switch {
	case strings.HasPrefix(m.Text, "I do not know") || strings.HasPrefix(m.Text, "I know nothing"):
		w.line(Odd, nameOf(b.Who)+" asked "+b.Text+", and andon answers: "+oneLine(m.Text), "")
	case b.Note != "":
		w.line(Told, b.Note, w.sight(&b))
	}
}

// readable is a text of Slack with people and channels by their names.
func (w *World) readable(s string) string {
	return mentions.ReplaceAllStringFunc(s, func(x string) string {
		id := x[2 : len(x)-1]
		if x[1] == '#' {
			return "#" + w.roomName(id)
		}
		return "@" + nameOf(strings.ToLower(strings.TrimPrefix(id, "U")))
	})
}

// mentions are people and channels in a text of Slack.
var mentions = regexp.MustCompile(`<[@#][A-Z0-9]+>`)

// roomName is what a channel is called.
func (w *World) roomName(channel string) string {
	for _, r := range rooms {
		if channelID(r.Name) == channel {
			return r.Name
		}
	}
	return cmp.Or(w.created[channel], strings.ToLower(strings.TrimPrefix(channel, "C")))
}

// gist is what a message says first: its title, and the line below it.
func gist(s string) string {
	title, rest, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if rest, _, _ = strings.Cut(rest, "\n"); rest != "" {
		title += ": " + rest
	}
	return oneLine(title)
}

// oneLine is the beginning of a text, on one line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 150 {
		return string(r[:149]) + "…"
	}
	return s
}
