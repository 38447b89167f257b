package decide

import (
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// epic opens an epic with parts, each of which goes from Payments to Platform, is
// reviewed and closed.
func (s *story) epic(id int, parts int, at time.Time) {
	k := func(n int) signals.Key { return issue(strconv.Itoa(n)) }
	open := func(n int, parent string) {
		set := []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + strconv.Itoa(n)}, {Field: signals.FieldProject, To: "PAY"}, {Field: signals.FieldTeam, To: "Payments"}, {Field: signals.FieldHolder, To: "jira/s/bob"}}
		if parent != "" {
			set = append(set, signals.Value{Field: signals.FieldParent, To: parent})
		}
		s.happens(k(n), at, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "x", Set: set})
	}
	open(id, "")
	for n := id + 1; n <= id+parts; n++ {
		open(n, "PAY-"+strconv.Itoa(id))
		s.happens(k(n), at.Add(time.Hour), signals.Event{Kind: signals.Assigned, Actor: "jira/s/bob", From: "jira/s/bob"})
		s.happens(k(n), at.Add(time.Hour), signals.Event{Kind: signals.TeamMoved, Actor: "jira/s/bob", From: "Payments", To: "Platform"})
		s.happens(k(n), at.Add(3*time.Hour), signals.Event{Kind: signals.Assigned, Actor: "jira/s/cat", To: "jira/s/cat"})
		s.happens(k(n), at.Add(4*time.Hour), signals.Event{Kind: signals.Status, Actor: "jira/s/cat", From: "In progress", To: "Code review"})
		s.happens(k(n), at.Add(5*time.Hour), signals.Event{Kind: signals.Said, Actor: "jira/s/cat", Text: "Could you review it today?"})
		s.happens(k(n), at.Add(6*time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/cat", To: "Done"})
	}
	s.happens(k(id), at.Add(6*time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/bob", To: "Done"})
}

func TestTheBillOfAnEpic(t *testing.T) {
	s := newStory(t, nil)
	s.epic(100, 2, monday)
	s.epic(200, 2, monday.AddDate(0, 0, 1))
	s.epic(300, 9, monday.AddDate(0, 0, 1)) // too large to compare
	b := s.w.Bill(s.w.Cases[issue("101")], signals.Viewer{}, monday.AddDate(0, 0, 9))
	require.True(t, b.Epic)
	require.Equal(t, issue("100"), b.Root.Key, "asked by one of its parts")
	require.Equal(t, 3, b.Issues)
	require.Equal(t, []string{"Payments", "Platform"}, b.Teams)
	require.Equal(t, 2, b.Handoffs)
	require.Equal(t, 4, b.Approvals, "a status and a comment of each part")
	require.Equal(t, 8*time.Hour, b.Waiting, "of each part: two hours between the teams, and two in review, closed at 16:00")
	require.Len(t, b.Peers, 1)
	require.Equal(t, b.Handoffs, b.Peers[0].Handoffs)

	secret := s.w.Cases[issue("102")]
	for _, e := range secret.Events() {
		e.Audience = signals.MembersOf("jira/s/security:1")
	}
	s.w.Cases[issue("102")] = signals.Fold(append([]*signals.Event{}, secret.Events()...))
	b = s.w.Bill(s.w.Cases[issue("101")], signals.Viewer{}, monday.AddDate(0, 0, 9))
	require.Equal(t, 2, b.Issues, "what may not be seen is not counted")
	require.Equal(t, 4*time.Hour, b.Waiting)
}

// shelved gives a world the cases that it let go.
type shelved map[signals.Key]*signals.Case

func (s shelved) Case(k signals.Key) *signals.Case { return s[k] }
func (s shelved) Room(string) *signals.Room        { return nil }

// TestABillLacksOnlyItsProject: what is to be taken from the journal is known step
// by step, and the parts of the epics of others are not among it.
func TestABillLacksOnlyItsProject(t *testing.T) {
	s := newStory(t, nil)
	s.epic(100, 2, monday)
	s.epic(200, 2, monday)
	s.epic(300, 9, monday) // too large to compare
	for i := 1; i < 3; i++ {
		s.happens(issue(strconv.Itoa(900+i)), monday, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "x", Set: []signals.Value{{Field: signals.FieldLabel, To: "WEB-" + strconv.Itoa(i)}, {Field: signals.FieldProject, To: "WEB"}, {Field: signals.FieldParent, To: "WEB-9"}}})
	}
	asked := s.w.Cases[issue("101")]
	want := s.w.Bill(asked, signals.Viewer{}, monday.AddDate(0, 0, 9))
	all := shelved(maps.Clone(s.w.Cases))
	clear(s.w.Cases)
	s.w.Cases[asked.Key] = asked
	var steps [][]string
	for {
		var ids []string
		for _, k := range s.w.Lacks(asked, signals.Viewer{}) {
			ids = append(ids, k.ID)
			s.w.Cases[k] = all[k]
		}
		if ids == nil {
			break
		}
		steps = append(steps, ids)
	}
	require.Equal(t, [][]string{{"100"}, {"102", "200"}, {"201", "202"}}, steps)
	require.Equal(t, want, s.w.Bill(asked, signals.Viewer{}, monday.AddDate(0, 0, 9)), "nothing was lacking")
	clear(s.w.Cases)
	s.w.From(all)
	require.Equal(t, want, s.w.Bill(asked, signals.Viewer{}, monday.AddDate(0, 0, 9)), "taken from the source, one by one")
}

// TestABillGoesThroughTheNewestOnly: of very many epics only the newest are taken
// from the journal.
func TestABillGoesThroughTheNewestOnly(t *testing.T) {
	s := newStory(t, nil)
	for i := range 400 {
		s.epic(1000+10*i, 2, monday)
	}
	s.w.Cases = map[signals.Key]*signals.Case{issue("1000"): s.w.Cases[issue("1000")], issue("1001"): s.w.Cases[issue("1001")], issue("1002"): s.w.Cases[issue("1002")]}
	lacks := s.w.Lacks(s.w.Cases[issue("1000")], signals.Viewer{})
	require.Len(t, lacks, mostRead/3)
	require.Contains(t, lacks, issue("4990"))
	require.NotContains(t, lacks, issue("1010"))
}

func TestTheBillOfARow(t *testing.T) {
	s := row(t, signals.Public, signals.Public, signals.Public)
	b := s.w.Bill(s.w.Cases[issue("3")], signals.Viewer{}, monday.AddDate(0, 0, 3))
	require.False(t, b.Epic)
	require.Equal(t, 3, b.Issues)
	require.Equal(t, []string{"Platform", "Payments", "Network"}, b.Teams)
	require.Empty(t, b.Peers)
	s.happens(issue("5"), monday, signals.Event{Kind: signals.Opened, Actor: "jira/s/eve", Text: "alone", Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-5"}}})
	require.Equal(t, 1, s.w.Bill(s.w.Cases[issue("5")], signals.Viewer{}, monday.AddDate(0, 0, 3)).Issues)
}
