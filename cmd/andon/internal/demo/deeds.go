package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"andon/cmd/andon/internal/company"
	"andon/integrations/slack/fakeslack"
)

// sorted puts beats into the order of their times; those of one moment stay as
// they were.
func sorted(beats []beat) []beat {
	slices.SortStableFunc(beats, func(a, b beat) int { return a.At.Compare(b.At) })
	return beats
}

// do does one beat.
func (w *World) do(ctx context.Context, b *beat) error {
	switch b.Do {
	case tells:
		return nil
	case files, changes, comments, links:
		return w.doInJira(b)
	case fires, heals:
		return w.alert(ctx, b)
	}
	return w.doInSlack(ctx, b)
}

func (w *World) doInSlack(ctx context.Context, b *beat) error {
	who := slackID(b.Who)
	switch b.Do {
	case says:
		return w.say(ctx, b)
	case reacts:
		at, err := w.named(b.Re)
		if err != nil {
			return err
		}
		return w.Slack.React(at.channel, who, at.ts, b.Text, true)
	case commands:
		_, err := w.Slack.Type(ctx, fakeslack.Deed{As: who, Channel: w.channel(b.Where, b.Who), Text: b.Text})
		return err
	case creates:
		w.created[channelID(b.Where)] = b.Where
		w.Slack.Create(fakeslack.Channel{ID: channelID(b.Where), Name: b.Where, Topic: b.Text}, who)
		return nil
	case opens:
		w.Slack.OpenHome(who, "home")
		return nil
	}
	return fmt.Errorf("nobody can %q in Slack", b.Do)
}

// say writes a message, as a reply where the beat says to what.
func (w *World) say(ctx context.Context, b *beat) error {
	d := fakeslack.Deed{As: slackID(b.Who), Channel: w.channel(b.Where, b.Who), Text: b.Text}
	if d.Channel == "" {
		return nil // nobody was brought together
	}
	if b.Re != "" {
		at, err := w.named(b.Re)
		if err != nil {
			return err
		}
		d.Channel, d.Thread = at.channel, cmp.Or(at.thread, at.ts)
	}
	ts, err := w.Slack.Type(ctx, d)
	if err == nil && b.Name != "" {
		w.names[b.Name] = place{d.Channel, ts, d.Thread}
	}
	return err
}

// channel is the id of a channel by its name; "andon" is somebody's direct
// message with it.
func (w *World) channel(name, who string) string {
	switch name {
	case "andon":
		return "D" + slackID(who)[1:]
	case together:
		return w.group(slackID(who))
	}
	return channelID(name)
}

// group is the latest group message in which andon brought somebody together
// with others, "" where there is none.
func (w *World) group(user string) (channel string) {
	for _, m := range w.Slack.Messages() {
		if m.User == Bot && m.Channel[0] != 'D' && !slices.ContainsFunc(rooms, func(r room) bool { return channelID(r.Name) == m.Channel }) && strings.HasPrefix(m.Channel, "G") {
			channel = m.Channel
		}
	}
	return channel
}

func (w *World) named(name string) (place, error) {
	at, ok := w.names[name]
	if !ok {
		return at, fmt.Errorf("there is no message %q yet", name)
	}
	return at, nil
}

func (w *World) doInJira(b *beat) error {
	if b.Do == files {
		is := newIssue(20_000+len(w.issues), b.Where, b.Who, b.At, *b.File)
		if up := w.issues[b.File.Parent]; up != nil {
			is.Fields.Parent = &company.Named{ID: up.ID, Key: up.Key}
		}
		w.issues[b.Where] = is
		return w.put(is)
	}
	is := w.issues[b.Where]
	if is == nil {
		return fmt.Errorf("there is no issue %s", b.Where)
	}
	switch b.Do {
	case comments:
		is.comment(b.Who, b.At, b.Text)
	case links:
		other := w.issues[b.Text]
		if other == nil {
			return fmt.Errorf("there is no issue %s", b.Text)
		}
		is.waitsFor(other, b.Who, b.At)
		if err := w.put(other); err != nil {
			return err
		}
	default:
		if err := is.change(b.Who, b.At, b.Set); err != nil {
			return err
		}
	}
	return w.put(is)
}

// alerts are what the company's monitoring may tell of: a name with its labels.
var alerts = map[string]map[string]string{
	"MailLag":  {"alertname": "MailLag", "team": "Platform", "severity": "warning", "queue": "mails", "summary": "The mail queue is more than five minutes behind"},
	"QueueLag": {"alertname": "QueueLag", "team": "Platform", "severity": "warning", "queue": "orders", "summary": "The order queue is more than five minutes behind"},
}

// alert tells the service that an alert fires or has healed.
func (w *World) alert(ctx context.Context, b *beat) error {
	labels, known := alerts[b.Where]
	if !known {
		return fmt.Errorf("nobody knows the alert %s", b.Where)
	}
	a := map[string]any{
		"status": "firing", "labels": labels, "annotations": map[string]string{"summary": labels["summary"]}, "startsAt": b.At.Format(time.RFC3339),
		"endsAt": "0001-01-01T00:00:00Z", "fingerprint": "5f0c" + number(b.Where), "generatorURL": "",
	}
	if b.Do == heals {
		a["status"], a["startsAt"], a["endsAt"] = "resolved", w.fired[b.Where].Format(time.RFC3339), b.At.Format(time.RFC3339)
	} else {
		w.fired[b.Where] = b.At
	}
	body, err := json.Marshal(map[string]any{"version": "4", "status": a["status"], "receiver": "andon", "alerts": []any{a}})
	if err != nil {
		return fmt.Errorf("write an alert: %w", err)
	}
	return w.send(ctx, body)
}
