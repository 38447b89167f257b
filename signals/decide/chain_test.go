package decide

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/snap"
)

// row lets PAY-1 of ann's wait for PLT-3 of bob's, which waits for NET-7 of
// cat's. The audiences are those of the three issues. Jira tells of a link at
// both of its ends.
func row(t *testing.T, pay, plt, net signals.Audience) *story {
	s := newStory(t, nil)
	for id, team := range map[string]string{"ann": "Payments", "cat": "Network"} {
		s.person(signals.Person{ID: id, Team: team, Accounts: []string{"jira/s/" + id}})
	}
	s.org(signals.Event{Kind: signals.RosterSet, Field: "person", To: "bob", Text: `{"team":"Platform","accounts":["jira/s/bob"]}`})
	open := func(id, label, who string, a signals.Audience) {
		s.happens(issue(id), monday, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "x", Audience: a, Set: []signals.Value{{Field: signals.FieldLabel, To: label}, {Field: signals.FieldHolder, To: "jira/s/" + who}}})
	}
	open("7", "NET-7", "cat", net)
	open("3", "PLT-3", "bob", plt)
	open("1", "PAY-1", "ann", pay)
	link := func(from, phrase, label string, a signals.Audience) {
		s.happens(issue(from), monday.Add(time.Hour), signals.Event{Kind: signals.Linked, Actor: "jira/s/eve", Ref: "jira/s/label:" + label, Field: "Blocks", Text: "This issue " + phrase + " " + label, Audience: a})
	}
	link("3", "is blocked by", "NET-7", plt)
	link("7", "blocks", "PLT-3", net)
	link("1", "is blocked by", "PLT-3", pay)
	link("3", "blocks", "PAY-1", plt)
	s.later(s.w.Cases[issue("1")], monday.Add(6*24*time.Hour))
	return s
}

// TestAHiddenIssueOfAChainIsNotNamed: whoever may not see the one in the middle
// is told of the rest, and nothing of its team or its name; whoever may not see
// the last one is not told at all.
func TestAHiddenIssueOfAChainIsNotNamed(t *testing.T) {
	secret := signals.MembersOf("jira/s/security:1")
	s := row(t, signals.Public, signals.Public, signals.Public)
	r, n := s.only()
	require.Equal(t, "it waits for Platform, who waits for Network, where nothing has moved for 5 days", r.Signal.Reason)
	require.Equal(t, "cat", n.To)

	s = row(t, signals.Public, secret, signals.Public)
	r, n = s.only()
	require.Equal(t, signals.Restricted, narrower(r.Signal.Audience, "other"), "it rests on what is not public")
	require.Equal(t, "cat", n.To, n.Why)
	require.Equal(t, "it waits for an issue that you may not see, which waits for Network, where nothing has moved for 5 days", n.Signal.Reason)
	require.Equal(t, signals.Public, n.Signal.Audience)
	own, ok := s.w.Seen(r, signals.Viewer{Person: "ann"})
	require.True(t, ok)
	require.NotContains(t, own.Reason, "Platform")
	for _, id := range own.Evidence {
		require.NotContains(t, id, "jira/s/3/")
	}
	full, ok := s.w.Seen(r, signals.Viewer{Person: "bob", Groups: map[string]bool{secret.Group(): true}})
	require.True(t, ok)
	require.Contains(t, full.Reason, "Platform")

	s = row(t, signals.Public, signals.Public, secret)
	r, n = s.only()
	require.Empty(t, n.To, "nobody who may see the last one is known")
	_, ok = s.w.Seen(r, signals.Viewer{Person: "ann"})
	require.False(t, ok)
}

// TestChainsSurviveARestart: what is linked to what is in the snapshot.
func TestChainsSurviveARestart(t *testing.T) {
	s := row(t, signals.Public, signals.Public, signals.Public)
	s.happens(issue("9"), monday.Add(2*time.Hour), signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "y", Set: []signals.Value{{Field: signals.FieldParent, To: "PAY-1"}}})
	var first bytes.Buffer
	out := snap.NewWriter(&first)
	s.w.Save(out)
	require.NoError(t, out.Close())
	in := snap.NewReader(bytes.NewReader(first.Bytes()), int64(first.Len()))
	again, err := LoadWorld(in, signals.DefaultPolicy(), Options{Routes: true, Detectors: []string{"blocked_chain"}})
	require.NoError(t, err)
	require.Equal(t, s.w.refs, again.refs)
	require.NotEmpty(t, again.refs)
	require.Len(t, s.w.Kin(signals.Everything).(*kin).children(issue("1")), 1)
	s.happens(issue("9"), monday.Add(3*time.Hour), signals.Event{Kind: signals.Edited, Field: signals.FieldParent, From: "PAY-1", To: "PAY-2"})
	require.Empty(t, s.w.Kin(signals.Everything).(*kin).children(issue("1")))
}
