package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// passed is who was passed over and why, and chosen who was chosen.
func passed(list []Considered) (why map[string]string, chosen string, next []string) {
	why = make(map[string]string)
	for _, x := range list {
		switch {
		case x.Chosen:
			chosen = x.To
		case x.Passed != "":
			why[x.To] = x.Passed
		default:
			next = append(next, x.To)
		}
	}
	return why, chosen, next
}

func TestConsider(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(s *story)
		who    string
		why    string
	}{
		"who raised it": {func(*story) {}, "ann", "raised it"},
		"has left":      {func(s *story) { s.person(signals.Person{ID: "dan", Left: true}) }, "dan", "has left the company"},
		"opted out":     {func(s *story) { s.person(signals.Person{ID: "dan", OptedOut: true}) }, "dan", "has opted out"},
		"is away": {func(s *story) {
			s.org(signals.Event{Kind: signals.AwaySet, To: "dan", At: monday.Add(-time.Hour), Text: "2026-03-12T00:00:00Z"})
		}, "dan", "is away until 12 March"},
		"said that it is not for them": {func(s *story) {
			h := signals.Hint{Not: "dan", At: monday.Add(-240 * time.Hour), Until: monday.Add(1920 * time.Hour)}
			s.org(signals.Event{Kind: signals.RosterSet, Field: "hint", To: h.ID(), At: h.At, Text: encode(s.t, h)})
		}, "dan", "is not the one for this, as was said on 20 February; that counts until 21 May"},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := stepStory(t, nil)
			tt.before(s)
			s.wanders("2", monday.Add(time.Minute))
			r := s.w.Book.Records[1]
			was := encode(t, r)
			why, chosen, _ := passed(s.w.Consider(r, r.Nudges[0], monday.Add(time.Minute)))
			require.Equal(t, r.Nudges[0].To, chosen)
			require.Equal(t, tt.why, why[tt.who])
			require.Equal(t, was, encode(t, r), "asking changes nothing")
		})
	}
}

func TestConsiderFurtherSteps(t *testing.T) {
	s, c := stepStory(t, nil)
	r := s.record()
	first := r.Nudges[0].To
	_, chosen, next := passed(s.w.Consider(r, r.Nudges[0], monday))
	require.Equal(t, first, chosen)
	require.NotEmpty(t, next)
	s.says(c, time.Hour, signals.Refused, bare(first), "")
	why, chosen, _ := passed(s.w.Consider(r, r.Nudges[1], monday.Add(time.Hour)))
	require.Equal(t, next[0], chosen)
	require.Equal(t, r.Nudges[1].To, chosen)
	require.Equal(t, askedBefore, why[first])
}

// TestConsiderWhoWasNamed: who was named and cannot be asked was thought of.
func TestConsiderWhoWasNamed(t *testing.T) {
	s, c := stepStory(t, nil)
	s.person(signals.Person{ID: "fay", Left: true, Accounts: []string{"slack/s/Ufay"}})
	r := s.record()
	s.says(c, time.Hour, signals.Refused, bare(r.Nudges[0].To), "slack/s/Ufay")
	why, chosen, _ := passed(s.w.Consider(r, r.Nudges[1], monday.Add(time.Hour)))
	require.Equal(t, "has left the company", why["fay"])
	require.Equal(t, r.Nudges[1].To, chosen)

	thread := signals.SlackThread("s", "C1", "1.0")
	s.happens(thread, monday, signals.Event{ID: "slack/s/C1/1.0", Kind: signals.Pulled, Actor: "slack/s/Ucat", To: "slack/s/Ufay", Text: "Card payments fail"})
	r = s.w.Book.Records[1]
	why, chosen, _ = passed(s.w.Consider(r, r.Nudges[0], monday))
	require.Equal(t, "has left the company", why["fay"])
	require.Equal(t, r.Nudges[0].To, chosen)
}

func TestConsiderInPrivate(t *testing.T) {
	s, _, r := heldInPrivate(t)
	s.person(signals.Person{ID: "eve", Accounts: []string{"slack/s/Ueve"}})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Owners", Text: encode(t, signals.Team{ID: "Owners", Lead: "eve", Owns: []signals.Owned{{Channel: "slack/s/CX", Person: "bob"}}})})
	why, chosen, _ := passed(s.w.Consider(r, r.Nudges[0], r.Nudges[0].At))
	require.Equal(t, mayNotSee, why["eve"])
	require.Equal(t, r.Nudges[0].To, chosen)
}

func TestConsiderNobody(t *testing.T) {
	s := newStory(t, nil)
	s.org(signals.Event{Kind: signals.RosterSet, Field: "own", To: "bob", Text: `{"opted_out":true}`})
	s.wanders("1", monday)
	r := s.record()
	why, chosen, next := passed(s.w.Consider(r, r.Nudges[0], monday))
	require.Empty(t, chosen)
	require.Empty(t, next)
	require.Equal(t, map[string]string{"jira/s/ann": "raised it", "bob": "has opted out"}, why)
}

func TestEvidenceAndJoined(t *testing.T) {
	s := newStory(t, nil)
	c := s.wanders("1", monday)
	r := s.record()
	require.Len(t, s.w.Evidence(r.Signal), len(r.Signal.Evidence))
	require.Equal(t, []signals.Key{c.Key}, s.w.Joined(c.Key))
	require.Equal(t, []*Record{r}, s.w.Book.Running(c.Key))
	require.Empty(t, s.w.Evidence(&signals.Signal{Case: issue("9"), Evidence: []string{"x"}}))
}
