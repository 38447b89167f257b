package demo

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"andon/integrations/slack/fakeslack"
)

// pageOf is the address, within the demonstration, of a channel as somebody sees
// it; "andon" is their direct message with it.
func pageOf(who, where string) string {
	if where == "andon" {
		return pageAt(who, "D"+slackID(who)[1:], "")
	}
	return pageAt(who, channelID(where), "")
}

// pageAt is pageOf for the id of a channel, with a thread open unless that is "".
func pageAt(who, channel, thread string) string {
	q := url.Values{"as": {slackID(who)}, "channel": {channel}}
	if thread != "" {
		q.Set("thread", thread)
	}
	return "/?" + q.Encode()
}

// sight is where a beat is to be seen, "" where it leaves nothing to see.
func (w *World) sight(b *beat) string {
	switch {
	case b.See != "":
		return b.See
	case b.Do == files, b.Do == changes, b.Do == comments, b.Do == links:
		return "/browse/" + url.PathEscape(b.Where)
	case b.Re != "":
		at := w.names[b.Re]
		return pageAt(b.Who, at.channel, cmp.Or(at.thread, at.ts))
	case b.Where == together:
		return pageAt(b.Who, w.group(slackID(b.Who)), "")
	case b.Do == says, b.Do == commands, b.Do == creates:
		return pageOf(b.Who, b.Where)
	}
	return ""
}

// sightOf is where a message of andon is to be seen, by somebody who reads it:
// in a group that is who asked for it.
func (w *World) sightOf(m *fakeslack.Message) string {
	if who := receiver(m); who != "" {
		return pageOf(who, "andon")
	}
	who := cmp.Or(firstMentioned(m.Text), "nora")
	if strings.HasPrefix(m.Channel, "G") {
		who = cmp.Or(w.actor, who)
	}
	for _, r := range rooms {
		if channelID(r.Name) == m.Channel && len(r.Members) > 0 {
			who = r.Members[0]
		}
	}
	return pageAt(who, m.Channel, m.Thread)
}

// firstMentioned is the id of the first person whom a text mentions, "" for none.
func firstMentioned(text string) string {
	_, rest, _ := strings.Cut(text, "<@U")
	id, _, found := strings.Cut(rest, ">")
	if p := find(strings.ToLower(id)); found && p != nil {
		return p.ID
	}
	return ""
}

// On is a moment of the story by its day and hour, such as "Tue 10:05"; the Monday
// after the week is Next. It panics where there is no such moment.
func On(moment string) time.Time { return on(moment) }

// Channel is the id of a channel by its name.
func Channel(name string) string { return channelID(name) }

// Page is the address of a channel as somebody sees it, by their names; "andon"
// is their direct message with it. Put it behind the address of the demonstration.
func Page(who, where string) string { return pageOf(who, where) }
