package detect

import (
	"fmt"
	"slices"
	"time"

	"andon/signals"
	"andon/signals/text"
)

// BouncedAsk finds an ask that was sent on twice or more, "not us, try #other":
// whoever asks finds out who is not in charge, one after the other. Being sent
// on once is Deflected's; sent into a process counts for that alone.
var BouncedAsk = Detector{
	Name:    "bounced_ask",
	Doc:     "somebody who asked was sent on to others twice or more, and nobody has helped",
	Sources: []string{signals.Slack},
	Likes:   true,
	Detect:  bouncedAsk,
}

// bouncedTimes is how often an ask must have been sent on.
const bouncedTimes = 2

// bouncedWithin is how long an ask that is put again elsewhere counts as the same.
const bouncedWithin = 72 * time.Hour

// bouncedAlike is how many alike cases are looked at for the same ask elsewhere.
const bouncedAlike = 8

func bouncedAsk(s *Snapshot) []signals.Signal {
	ask, sent, later := s.bounces()
	if len(sent) < bouncedTimes || settledLater(s, ask, sent[len(sent)-1], later) {
		return nil
	}
	last := sent[len(sent)-1]
	due := last.Event.At.Add(s.Policy().Detect.Deflected.After)
	if s.Now.Before(due) {
		s.LookAt(due)
		return nil
	}
	score := 0.0
	evidence := []string{ask.Event.ID}
	for _, p := range sent {
		score = max(score, s.Models.Read(p).Scores[text.Bounce])
		evidence = append(evidence, p.Event.ID)
	}
	reason := fmt.Sprintf("Somebody who asked for help was sent on to others %s, the last time %s ago; nobody has helped since.", times(len(sent)), lasted(s.Now.Sub(last.Event.At)))
	out := s.Signal("bounced_ask", last.Event.ID, score, reason, evidence...)
	out.About = ask.Event.Actor
	return []signals.Signal{out}
}

// bounces returns the ask of the case, the posts that sent it on, in time order,
// and what was said in the case after the last of them.
func (s *Snapshot) bounces() (ask *signals.Post, sent, later []*signals.Post) {
	posts := s.Case.Posts
	if s.Case.Key.Source != signals.Slack || len(posts) < 2 || !IsRoot(posts[0]) || signals.IsBot(posts[0].Event.Actor) {
		return nil, nil, nil
	}
	ask = posts[0]
	here, end := s.sentOn(s.Case)
	if len(here) == 0 || !needsHelp(s, posts[:end], ask.Event.Actor) {
		return ask, nil, nil
	}
	if len(here) < bouncedTimes {
		here = append(s.sentOnBefore(ask), here...)
	}
	return ask, here, posts[end+1:]
}

// sentOn returns the posts of a thread that send its author on to others, one
// of each person, and where the last of them stands.
func (s *Snapshot) sentOn(c *signals.Case) (sent []*signals.Post, last int) {
	for i, p := range c.Posts {
		if i == 0 || p.Event.Actor == c.Posts[0].Event.Actor || !sendsAway(s, p) || !s.Models.Read(p).Has(text.Bounce, bounceLeast) {
			continue
		}
		if !slices.ContainsFunc(sent, func(q *signals.Post) bool { return q.Event.Actor == p.Event.Actor }) {
			sent = append(sent, p)
		}
		last = i
	}
	return sent, last
}

// sentOnBefore returns the posts that sent the same person on with an alike ask
// shortly before, as far as everybody may see them.
func (s *Snapshot) sentOnBefore(ask *signals.Post) (sent []*signals.Post) {
	for _, like := range s.Models.Alike(s.Case, bouncedAlike) {
		c := like.Case
		if c.Key.Source != signals.Slack || len(c.Posts) == 0 || s.Case.Opened.Sub(c.Opened) > bouncedWithin || s.Org.Who(c.Posts[0].Event.Actor) != s.Org.Who(ask.Event.Actor) {
			continue
		}
		if like.Score < s.Policy().Detect.Echo.Likeness && !s.nearDuplicate(c.Posts[0], ask) {
			continue
		}
		before, _ := s.sentOn(c)
		for _, p := range before {
			if p.Event.Audience == signals.Public && signals.CompareEvents(p.Event, ask.Event) < 0 {
				sent = append(sent, p)
			}
		}
	}
	slices.SortStableFunc(sent, func(a, b *signals.Post) int { return signals.CompareEvents(a.Event, b.Event) })
	return sent
}

// nearDuplicate reports whether two posts are the same text but for a few words.
func (s *Snapshot) nearDuplicate(a, b *signals.Post) bool {
	return s.Models.Read(a).Shingles().Resemblance(s.Models.Read(b).Shingles()) >= text.NearDuplicate
}

// Shingles are those of what a post says and repeats.
func (r *Reading) Shingles() text.Shingles {
	return text.ShinglesOf(append(text.Plain(r.Doc.Prose), text.Plain(r.Doc.Quoted)...))
}
