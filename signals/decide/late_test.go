package decide

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func said(root signals.Key, id, who, text string, at time.Time) *signals.Event {
	return &signals.Event{
		ID: "slack/s/C1/" + id, Case: root, Kind: signals.Said, Actor: "slack/s/" + who, Text: text, At: at,
		Seq: signals.Seq{Entry: at.UnixMicro()}, Audience: signals.Public,
	}
}

func take(t *testing.T, w *World, events ...*signals.Event) *signals.Case {
	var c *signals.Case
	for _, e := range events {
		var err error
		c, err = w.Take(e)
		require.NoError(t, err)
	}
	return c
}

func texts(r *signals.Room) (out []string) {
	for _, p := range r.Posts {
		out = append(out, p.Text)
	}
	return out
}

// TestALatePostFindsItsPlace: a post that was heard late stands in its room
// once, in its place, and edits of the case still reach the room.
func TestALatePostFindsItsPlace(t *testing.T) {
	w := newStory(t, nil).w
	root := signals.SlackThread("s", "C1", "1.0")
	other := signals.SlackThread("s", "C1", "2.0")
	first, late, last := said(root, "1.0", "UANN", "one", monday), said(root, "1.1", "UBOB", "two", monday.Add(time.Minute)), said(root, "1.2", "UANN", "four", monday.Add(3*time.Minute))
	take(t, w, first, last, said(other, "2.0", "UBOB", "three", monday.Add(2*time.Minute)), late)
	room := w.Rooms["slack/s/C1"]
	require.Equal(t, []string{"one", "two", "three", "four"}, texts(room))
	require.Equal(t, 4, room.Count)
	require.Len(t, room.Since(monday.Add(time.Minute)), 3)
	edit := &signals.Event{ID: "slack/s/C1/e", Case: root, Kind: signals.Edited, Ref: first.ID, Text: "ONE", At: monday.Add(time.Hour), Audience: signals.Public}
	take(t, w, edit, late, first, edit)
	require.Equal(t, []string{"ONE", "two", "three", "four"}, texts(room))
	require.Equal(t, 4, room.Count)
	take(t, w, &signals.Event{ID: "slack/s/C1/gone", Case: root, Kind: signals.Deleted, At: monday.Add(2 * time.Hour), Audience: signals.Public})
	require.Equal(t, []string{"three"}, texts(room), "a thread that was deleted is gone from its room")
}

// TestHearingTwiceJoinsOnce: what is heard twice and then taken back leaves no
// join behind; what is heard late still joins.
func TestHearingTwiceJoinsOnce(t *testing.T) {
	w := newStory(t, nil).w
	opened := &signals.Event{ID: "jira/s/7/created", Case: issue("7"), Kind: signals.Opened, At: monday, Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-7"}}, Audience: signals.Public}
	c := take(t, w, opened)
	w.Memory.Observe(c, opened)
	root := signals.SlackThread("s", "C1", "1.0")
	first, names, last := said(root, "1.0", "UANN", "one", monday), said(root, "1.1", "UANN", "see PAY-7", monday.Add(time.Minute)), said(root, "1.2", "UANN", "two", monday.Add(2*time.Minute))
	take(t, w, first, last, names, names)
	require.Len(t, w.joins.Members(root), 2, "heard late, joined all the same")
	take(t, w, &signals.Event{ID: "slack/s/C1/d", Case: root, Kind: signals.Deleted, Ref: names.ID, At: monday.Add(time.Hour), Audience: signals.Public})
	require.Len(t, w.joins.Members(root), 1)

	link := func(id string, kind signals.Kind, at time.Duration) *signals.Event {
		return &signals.Event{ID: "jira/s/7/" + id, Case: issue("7"), Kind: kind, Field: "Duplicate", Ref: "jira/s/8", At: monday.Add(at), Audience: signals.Public}
	}
	on := link("on", signals.Linked, time.Hour)
	take(t, w, on, on)
	require.Len(t, w.joins.Members(issue("7")), 2)
	take(t, w, link("off", signals.Unlinked, 3*time.Hour))
	require.Len(t, w.joins.Members(issue("7")), 1)
	take(t, w, link("on2", signals.Linked, 2*time.Hour)) // heard after the end of it
	require.Len(t, w.joins.Members(issue("7")), 1)
}

// TestLikeCasesAreAsTheyStand: an earlier case that was folded again, or of which
// somebody once said something in private, is found as it stands now.
func TestLikeCasesAreAsTheyStand(t *testing.T) {
	w := NewWorld(signals.NewOrg(signals.DefaultPolicy()), Options{Index: true})
	open := func(id string, at time.Time) *signals.Case {
		e := &signals.Event{ID: "jira/s/" + id + "/created", Case: issue(id), Kind: signals.Opened, Text: "Invoices are printed twice on the third printer", At: at, Audience: signals.Public}
		c := take(t, w, e)
		w.Memory.Remember(c)
		return c
	}
	open("1", monday)
	c := take(t, w,
		&signals.Event{ID: "jira/s/1/x", Case: issue("1"), Kind: signals.Status, To: "Doing", At: monday.Add(2 * time.Hour), Audience: signals.Public},
		&signals.Event{ID: "jira/s/1/y", Case: issue("1"), Kind: signals.Said, Text: "secret", At: monday.Add(time.Hour), Audience: signals.MembersOf("jira/s/sec")},
		&signals.Event{ID: "jira/s/1/z", Case: issue("1"), Kind: signals.Closed, To: "Fixed", At: monday.Add(3 * time.Hour), Audience: signals.Public})
	require.Len(t, c.Posts, 1)
	likes := w.Memory.Alike(open("2", monday.Add(48*time.Hour)), 5)
	require.Len(t, likes, 1)
	require.False(t, likes[0].Case.ClosedAt.IsZero(), "it was closed since")
	require.Empty(t, likes[0].Case.Posts, "what was said in private is not part of it")
}

// TestOffIsAsOfNow: a detector that is turned on later finds from then on, one
// that is turned off finds nothing any more.
func TestOffIsAsOfNow(t *testing.T) {
	p := signals.DefaultPolicy()
	p.Mode, p.Modes = signals.Off, nil
	s := newStory(t, nil)
	s.w = NewWorld(signals.NewOrg(p), Options{Routes: true})
	s.wanders("1", monday)
	require.Empty(t, s.w.Book.Records)
	s.org(signals.Event{Kind: signals.ModeSet, Field: "long_path", To: string(signals.Live)})
	s.wanders("2", monday.Add(time.Hour))
	require.Len(t, s.w.Book.Records, 1)
	s.org(signals.Event{Kind: signals.ModeSet, Field: "long_path", To: string(signals.Off)})
	s.wanders("3", monday.Add(2*time.Hour))
	require.Len(t, s.w.Book.Records, 1)
}
