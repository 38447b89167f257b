package decide

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func encode(t *testing.T, v any) string {
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

// TestNobodyOutsideIsTold pulls the cord in a private channel: the likely
// resolver is not a member, so nobody outside hears of it.
func TestNobodyOutsideIsTold(t *testing.T) {
	for _, member := range []bool{true, false} {
		s := newStory(t, nil)
		private := signals.MembersOf("slack/s/CX")
		if member {
			s.org(signals.Event{Kind: signals.Joined, Case: signals.Key{Source: signals.Slack, Site: "s", ID: "CX"}, To: "slack/s/UBOB"})
		}
		root := signals.SlackThread("s", "CX", "1.0")
		s.happens(root, monday, signals.Event{ID: "slack/s/CX/1.0", Kind: signals.Said, Actor: "slack/s/UANN", Text: "the merger data room is down", Audience: private})
		s.happens(root, monday.Add(time.Minute), signals.Event{ID: "slack/s/CX/1.1", Kind: signals.Said, Actor: "slack/s/UBOB", Text: "on it", Audience: private})
		s.happens(root, monday.Add(2*time.Minute), signals.Event{Kind: signals.Pulled, Actor: "slack/s/UANN", Ref: "slack/s/CX/1.0", Text: "please help", Audience: private})
		for _, r := range s.w.Book.Records {
			require.Equal(t, private, r.Signal.Audience)
			for _, n := range r.Nudges {
				if said := n.State == signals.Sent; said && !member {
					require.True(t, s.w.viewer(n.To).Sees(private), "%s is no member and was told: %s", n.To, n.Signal.Reason)
				}
			}
		}
		require.NotEmpty(t, s.w.Book.Records)
	}
}

// TestTheReasonIsMadeForItsReader lets an issue have a hop that the holder may
// not see: for them the path is shorter, and there is nothing to tell.
func TestTheReasonIsMadeForItsReader(t *testing.T) {
	s := newStory(t, nil)
	secret := signals.MembersOf("jira/s/security:7")
	s.happens(issue("1"), monday.Add(-3*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "x", Set: []signals.Value{{Field: signals.FieldHolder, To: "jira/s/bob"}, {Field: signals.FieldTeam, To: "A"}}})
	s.happens(issue("1"), monday.Add(-2*time.Hour), signals.Event{Kind: signals.TeamMoved, From: "A", To: "Mergers", Audience: secret})
	s.happens(issue("1"), monday.Add(-time.Hour), signals.Event{Kind: signals.TeamMoved, From: "Mergers", To: "C"})
	s.happens(issue("1"), monday, signals.Event{Kind: signals.TeamMoved, From: "C", To: "D"})
	r, n := s.only()
	require.Equal(t, "long_path", r.Signal.Detector)
	require.NotEqual(t, signals.Sent, n.State, "bob sees two hand-offs, which is no long path")
	require.NotContains(t, n.Why, "Mergers")
}

func TestNarrower(t *testing.T) {
	x, y := signals.MembersOf("x"), signals.MembersOf("y")
	for _, c := range []struct{ a, b, want signals.Audience }{
		{signals.Public, signals.Public, signals.Public},
		{signals.Public, x, x},
		{x, signals.Public, x},
		{x, x, x},
		{x, y, signals.Restricted},
		{signals.Public, signals.Restricted, signals.Restricted},
	} {
		require.Equal(t, c.want, narrower(c.a, c.b))
	}
}
