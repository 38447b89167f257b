package replay

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// ticket invents an issue that goes through teams, an hour each, and is closed
// by the holder.
func ticket(id int, at time.Time, holder string, teams ...string) []*signals.Event {
	k := signals.Key{Source: signals.Jira, Site: "s", ID: fmt.Sprint(id)}
	out := []*signals.Event{{
		ID: k.String() + "/created", Case: k, Kind: signals.Opened, Actor: fmt.Sprint("jira/s/raiser", id%9), At: at, Text: "words", Audience: signals.Public,
		Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + k.ID}, {Field: signals.FieldProject, To: "PAY"}, {Field: signals.FieldTeam, To: teams[0]}},
	}}
	add := func(kind signals.Kind, from, to string) {
		n := len(out)
		at = at.Add(time.Hour)
		out = append(out, &signals.Event{ID: fmt.Sprintf("%s/%d", k, n), Case: k, Kind: kind, Seq: signals.Seq{Entry: int64(n)}, Actor: holder, At: at, From: from, To: to, Audience: signals.Public})
	}
	for i := 1; i < len(teams); i++ {
		add(signals.TeamMoved, teams[i-1], teams[i])
	}
	add(signals.Assigned, "", holder)
	add(signals.Status, "open", "doing")
	add(signals.Closed, "", "Done")
	return out
}

// town is a history in which what begins at A ends at B, and what begins at C
// comes back to C.
func town(t *testing.T, n int) *Input {
	in := &Input{}
	for i := range n {
		at := begin.Add(time.Duration(i) * 6 * time.Hour)
		e := ticket(i, at, fmt.Sprint("jira/s/solver", i%7), "A", "B")
		if i%3 == 0 {
			e = ticket(i, at, fmt.Sprint("jira/s/solver", i%7), "C", "B", "C")
		}
		require.NoError(t, in.Play.Add(e))
	}
	return in
}

func evaluate(t *testing.T, in *Input) *Card {
	card, err := Evaluate(in, Options{Policy: live()}, Scoring{Split: 0.7, Resamples: 50, Seed: 1})
	require.NoError(t, err)
	return card
}

func (k *Card) find(t *testing.T, task, measure string, entries int) ScoreRow {
	for _, r := range k.Rows {
		if r.Task == task && r.Measure == measure && r.Entries == entries {
			return r
		}
	}
	t.Fatalf("no row %s, %s, %d", task, measure, entries)
	return ScoreRow{}
}

func TestEvaluate(t *testing.T) {
	card := evaluate(t, town(t, 300))
	require.Equal(t, 300, card.Cases)
	require.Equal(t, 90, card.Scored)
	require.Equal(t, 209, card.Learnt, "the last one before the cut was still open then")
	require.Equal(t, 3, card.Teams)
	require.Equal(t, 1, card.Projects)
	require.False(t, card.Afterwards())

	back := card.find(t, tasks[2], "AUC", 1)
	require.Equal(t, 90, back.Cases)
	require.Equal(t, 30, back.Came)
	require.InDelta(t, 1, back.Ours.Value, 0.001, "the first team tells it")
	require.InDelta(t, 1, back.Naive.Value, 0.001)
	require.Equal(t, NotShown, back.Verdict, "as good as naive is not better")

	gone := card.find(t, tasks[2], "AUC", 3)
	require.Equal(t, 60, gone.Cases, "what had come back is not asked about")
	require.Equal(t, TooFew, gone.Verdict)
	require.Equal(t, TooFew, card.find(t, tasks[1], "AUC", 1).Verdict, "nothing wanders here")

	last := card.find(t, "final team of what is handed over, once the first is known", "right one first", 0)
	require.Equal(t, 90, last.Cases)
	require.InDelta(t, 1, last.Naive.Value, 0.001)
	next := card.find(t, nextTask, "right one first", 0)
	require.Equal(t, 120, next.Cases)
	require.InDelta(t, 1, next.Naive.Value, 0.001)
	require.Equal(t, NotThere, card.find(t, "earlier twin of a duplicate, at the creation", "right one first", 0).Verdict)
	require.Equal(t, card, again(t, card), "the same each time")
}

// again evaluates the town a second time, with the result of the first, which
// is not compared.
func again(t *testing.T, card *Card) *Card {
	out := evaluate(t, town(t, 300))
	out.Result = card.Result
	return out
}

func TestTheFutureDoesNotCount(t *testing.T) {
	all := stories(evaluate(t, town(t, 60)).Result.World, func(*signals.Case) bool { return true })
	require.Empty(t, habits(all, false)[0].first, "nothing had closed before the first case")
	require.Empty(t, habits(all, false)[0].person)
	require.Equal(t, []string{"C", "B"}, habits(all, false)[30].first)
}

func TestLearnIsNotScored(t *testing.T) {
	in := town(t, 200)
	in.Learn, in.Play = in.Play, Log{}
	for i := range 40 {
		require.NoError(t, in.Play.Add(ticket(1000+i, begin.Add(time.Duration(2000+i)*time.Hour), "jira/s/solver1", "C", "B", "C")))
	}
	card := evaluate(t, in)
	require.Equal(t, 40, card.Scored)
	require.Equal(t, 200, card.Learnt)
	require.True(t, card.Cut.IsZero())
}

func TestWrittenAfterwards(t *testing.T) {
	in := &Input{}
	for i := range 120 {
		e := ticket(i, begin.Add(time.Duration(i)*6*time.Hour), fmt.Sprint("jira/s/solver", i%7), "A", []string{"B", "C", "D", "E"}[i%4])
		e[0].Set = append(e[0].Set, signals.Value{Field: signals.FieldHolder, To: fmt.Sprint("jira/s/solver", i%4)})
		require.NoError(t, in.Play.Add(append(e[:2:2], e[3:]...)))
	}
	card := evaluate(t, in)
	require.True(t, card.Afterwards())
	for _, r := range card.Rows {
		require.False(t, r.Part == partRoutes && r.Verdict == Better, r.Task)
	}
}

func TestDuplicates(t *testing.T) {
	in := &Input{}
	for i := range 60 {
		e := ticket(i, begin.Add(time.Duration(i)*6*time.Hour), "jira/s/solver", "A")
		e[0].Text = fmt.Sprintf("printer%d stuck%d", i/2, i/2)
		if i%2 == 1 {
			last := e[len(e)-1]
			last.To = "Duplicate"
			l := *last
			l.ID, l.Kind, l.Field, l.Ref = last.ID+"l", signals.Linked, "Duplicate", fmt.Sprintf("jira/s/label:PAY-%d", i-1)
			l.Seq.Item = 1
			e = append(e, &l)
		}
		require.NoError(t, in.Play.Add(e))
	}
	row := evaluate(t, in).find(t, "earlier twin of a duplicate, at the creation", "right one first", 0)
	require.Equal(t, 9, row.Cases)
	require.InDelta(t, 1, row.Naive.Value, 0.001)
	require.Equal(t, TooFew, row.Verdict)
}

func TestSmallGroupsAreNotNamed(t *testing.T) {
	card := evaluate(t, town(t, 300))
	for _, r := range card.Weak {
		require.Contains(t, []string{"A", "B", "C", "PAY"}, r.Name)
	}
	o := Options{Policy: live()}
	o.Policy.Group = 1000
	card, err := Evaluate(town(t, 300), o, Scoring{Split: 0.7, Resamples: 20})
	require.NoError(t, err)
	require.Empty(t, card.Weak)
	require.Positive(t, card.Small)
}

// TestCardSaysWhatIsNotForetold: a model that has learnt too little is not
// judged, and is not taken for one that finds no weakness either.
func TestCardSaysWhatIsNotForetold(t *testing.T) {
	card := evaluate(t, town(t, 60))
	require.Equal(t, tasks[:], card.Silent)
	row := card.find(t, tasks[2], "AUC", 1)
	require.False(t, row.Came < 3, "some came to it: %d", row.Came)
	require.Equal(t, TooFew, row.Verdict)
	require.Zero(t, card.Compared)
	card = evaluate(t, town(t, 300))
	require.Equal(t, tasks[:2], card.Silent, "of returns it has learnt enough")
	require.Positive(t, card.Compared)
}

func TestNoTickets(t *testing.T) {
	k := signals.Key{Source: signals.Slack, Site: "T", ID: "C1/1"}
	in := &Input{}
	require.NoError(t, in.Play.Add([]*signals.Event{{ID: k.String() + "/1", Case: k, Kind: signals.Said, Actor: "slack/T/U1", At: begin, Text: "hello", Audience: signals.Public}}))
	card := evaluate(t, in)
	require.Zero(t, card.Cases)
	for _, r := range card.Rows {
		require.Equal(t, NotThere, r.Verdict)
	}
}

// TestWarningsAreScored: what begins at C comes back, and at_risk says so before
// it does; a case that was warned of and did not come to it counts against it.
func TestWarningsAreScored(t *testing.T) {
	w := evaluate(t, town(t, 400)).Warnings
	require.Positive(t, w.Warned)
	require.Equal(t, w.Came, w.Warned, "what comes back is warned of, and nothing else")
	require.InDelta(t, 1, w.Right.Value, 1e-9)
	require.InDelta(t, 1, w.Caught.Value, 1e-9)
	require.Positive(t, w.Ahead)

	in := town(t, 280)
	for i := range 120 { // from then on nothing comes back
		require.NoError(t, in.Play.Add(ticket(1000+i, begin.Add(time.Duration(280+i)*6*time.Hour), fmt.Sprint("jira/s/solver", i%7), "C", "B", "A")))
	}
	w = evaluate(t, in).Warnings
	require.Positive(t, w.Warned)
	require.Zero(t, w.Came)
	require.Zero(t, w.Right.Value)
	require.False(t, w.Caught.Known)
}
