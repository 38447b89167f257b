package company

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Talk that belongs to something else: to an issue, to a channel, to the list of things that only look bad.

// ticketTalk lets people speak of ordinary issues soon after they were opened, and links the issue back at times.
func (w *world) ticketTalk(r *rand.Rand) {
	for _, is := range w.c.Issues {
		p := is.Fields.IssueType.Name
		if is.planned || is.waiting || is.holder == nil || is.holder == is.reporter || (p != "Incident" && p != "Bug") || chance(r, 0.55) {
			continue
		}
		name := pick(r, []string{teamChannel(is.mainTeam), teamChannel(is.mainTeam), "help-engineering", "customers"})
		v := is.topic.vars(r)
		w.bindIssue(v, is)
		s := scene{ch: w.chans[name], at: is.opened.Add(between(r, 2*time.Minute, 40*time.Minute)), vars: v, threaded: chance(r, 0.75)}
		s.cast = map[byte]*Person{'A': is.reporter, 'B': is.holder}
		if s.at = is.reporter.nextWork(r, s.at); s.at.IsZero() {
			continue
		}
		if !is.holder.onDuty(s.at) || !is.holder.onDuty(s.at.Add(time.Hour)) { // a colleague answers
			if s.cast['B'] = duty(r, w.team(is.mainTeam), s.at, is.reporter); s.cast['B'] == nil {
				continue
			}
		}
		if is.Fields.Resolution != nil {
			s.fixed = is.closedAt()
		}
		said := w.play(r, s, pick(r, w.g.list("ticket")))
		if len(said) > 0 && chance(r, 0.35) {
			w.remark(is, is.reporter, said[0].at.Add(2*time.Minute), "see "+w.permalink(s.ch, said[0]))
		}
	}
}

// closedAt is when the last resolution was set.
func (is *Issue) closedAt() time.Time {
	var at time.Time
	for _, h := range is.Changelog.Histories {
		for _, it := range h.Items {
			if it.Field == "resolution" && it.To != nil {
				at = h.at
			}
		}
	}
	return at
}

// remark puts a comment where it belongs in time, also into the past of an issue that is already written.
func (w *world) remark(is *Issue, by *Person, at time.Time, text string) {
	at = at.Truncate(time.Second)
	if !at.Before(w.end) || at.Before(is.opened) || by.gone(at) {
		return
	}
	w.seq.comment++
	s := jiraTime(at)
	c := Comment{ID: fmt.Sprint(w.seq.comment), Author: by.user(), Body: text, Created: s, Updated: s, at: at}
	list := is.Fields.Comment.List
	i := len(list)
	for i > 0 && list[i-1].at.After(at) {
		i--
	}
	list = append(list, Comment{})
	copy(list[i+1:], list[i:])
	list[i] = c
	is.Fields.Comment.List = list
	is.Fields.Comment.Total++
	if at.After(is.last) {
		is.last, is.Fields.Updated = at, s
	}
}

// jiraBot tells teams of changes in their ordinary issues.
func (w *world) jiraBot(r *rand.Rand) {
	for _, is := range w.c.Issues {
		ch := w.chans[teamChannel(is.mainTeam)]
		link := "<" + w.issueURL(is) + "|" + is.Key + ">"
		if chance(r, 0.25) {
			w.postBot(r, ch, bots[2], is.opened.Add(3*time.Second), link+" created: "+is.Fields.Summary)
		}
		for _, h := range is.Changelog.Histories {
			for _, it := range h.Items {
				if it.Field == "status" && chance(r, 0.18) {
					w.postBot(r, ch, bots[2], h.at.Add(3*time.Second), link+" moved to "+*it.ToString)
				}
			}
		}
	}
}

// joins lets a few people come into channels during the history.
func (w *world) joins(r *rand.Rand) {
	for _, ch := range w.c.Channels {
		for range 1 + r.IntN(3) {
			p := pick(r, ch.Members)
			if at := p.workday(r, later(w.start, ch.Created), w.end); !at.IsZero() {
				ch.add(r, at, &Message{Subtype: "channel_join", User: p.SlackID, Text: "<@" + p.SlackID + "> has joined the channel", by: p})
			}
		}
	}
}

// negativeTalk plays every script that looks like trouble and is none, at least once.
func (w *world) negativeTalk(r *rand.Rand) {
	where := []string{"random", "general", "help-engineering", "customers", "product-support", "team-payments", "team-parcels", "team-routing", "team-platform", "team-apps", "team-data"}
	for n := range w.scaled(2*len(w.g.list("negatives")), w.o.Messages, 6000) {
		line := w.g.list("negatives")[n%len(w.g.list("negatives"))]
		head, script, _ := strings.Cut(line, " = ")
		detector, note, _ := strings.Cut(head, ": ")
		for range 20 {
			ch := w.chans[pick(r, where)]
			a := pick(r, ch.Members)
			at := a.workday(r, w.start, w.end.AddDate(0, 0, -1))
			if at.IsZero() || a.gone(at) {
				continue
			}
			b := duty(r, ch.Members, at, a)
			if b == nil {
				continue
			}
			v := w.talkVars(r, ch, at, strings.Contains(line, "solved it"))
			if strings.Contains(script, "{$key") {
				if v["trouble"] == "" {
					continue // no issue yet
				}
			} else {
				v["trouble"] = w.trouble(r, pick(r, w.topics), v)
			}
			if detector == "unanswered_ask" {
				v["how"], _, _ = strings.Cut(w.g.say(r, "howto", v), " => ")
			}
			s := scene{ch: ch, at: at, cast: map[byte]*Person{'A': a, 'B': b}, vars: v, threaded: chance(r, 0.6)}
			if said := w.play(r, s, script); len(said) > 0 {
				w.negative(ch.where(said[0]), detector, note)
				break
			}
		}
	}
}
