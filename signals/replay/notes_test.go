package replay

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func moves(items ...signals.Event) []*signals.Event {
	key := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
	all := []*signals.Event{{ID: "jira/s/1/created", Case: key, Kind: signals.Opened, At: begin, Audience: signals.Public,
		Set: []signals.Value{{Field: signals.FieldTeam, To: "Alpha"}, {Field: signals.FieldHolder, To: "jira/s/ann"}}}}
	for i := range items {
		e := items[i]
		e.Case, e.Actor = key, "jira/s/ann"
		e.ID = fmt.Sprintf("jira/s/1/%d.%d", e.Seq.Entry, e.Seq.Item)
		e.At = begin.Add(time.Duration(e.Seq.Entry) * time.Hour)
		if e.Audience == "" {
			e.Audience = signals.Public
		}
		all = append(all, &e)
	}
	return all
}

// TestHandOversOfAPersonAndATeamAtOnce: an entry that changes the holder before
// the team is a hand-over of teams too.
func TestHandOversOfAPersonAndATeamAtOnce(t *testing.T) {
	res, _ := everything(t, moves(
		signals.Event{Kind: signals.Assigned, To: "jira/s/bob", Seq: signals.Seq{Entry: 1}},
		signals.Event{Kind: signals.TeamMoved, From: "Alpha", To: "Beta", Seq: signals.Seq{Entry: 1, Item: 1}},
	), live())
	require.NotNil(t, res.notes.pairs[pair{"Alpha", "Beta"}])
	require.Equal(t, 1, res.notes.pairs[pair{"Alpha", "Beta"}].count)
}

// TestHiddenMovesAreNotReported: a move that not everybody may see is in no
// figure about teams.
func TestHiddenMovesAreNotReported(t *testing.T) {
	res, _ := everything(t, moves(
		signals.Event{Kind: signals.TeamMoved, From: "Alpha", To: "Mergers", Seq: signals.Seq{Entry: 1}, Audience: signals.MembersOf("jira/s/sec")},
		signals.Event{Kind: signals.TeamMoved, From: "Mergers", To: "Beta", Seq: signals.Seq{Entry: 2}},
	), live())
	for p := range res.notes.pairs {
		require.NotContains(t, []string{p.from, p.to}, "Mergers")
	}
	require.NotContains(t, res.notes.people, "Mergers")
}

// TestTheNarrowerVersionStays: of two versions of an event the one that fewer
// may see stays, in whatever order they were read.
func TestTheNarrowerVersionStays(t *testing.T) {
	open, narrow := *moves()[0], *moves()[0]
	narrow.Audience = signals.MembersOf("jira/s/sec")
	for _, order := range [][]*signals.Event{{&open, &narrow}, {&narrow, &open}} {
		var l Log
		require.NoError(t, l.Add(order))
		got := l.ordered()
		require.Len(t, got, 1)
		require.Equal(t, narrow.Audience, got[0].Audience)
	}
}
