package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
	"andon/signals/replay"
	"andon/store/storetest"
)

// drilled is the only drill that there is, with its record; nil where it did not
// begin.
func (f *floor) drilled() (*signals.Case, *signals.Record) {
	f.t.Helper()
	var cases []*signals.Case
	require.NoError(f.t, f.db.Standings(f.t.Context(), signals.Drills, func(st signals.Standing) error {
		found, err := f.db.CaseEvents(f.t.Context(), 0, st.Case)
		if err != nil {
			return err
		}
		var events []*signals.Event
		for _, e := range found[st.Case] {
			events = append(events, e.Event)
		}
		cases = append(cases, signals.Fold(events))
		return nil
	}))
	require.Len(f.t, cases, 1)
	records, err := f.db.Records(f.t.Context(), cases[0].Key)
	require.NoError(f.t, err)
	if len(records) == 0 {
		return cases[0], nil
	}
	require.Len(f.t, records, 1)
	return cases[0], records[0]
}

// told is the card of a notice whose id begins with some words, and whom it went to.
func (f *floor) told(begins string) (text, to string) {
	f.t.Helper()
	for key, c := range f.said.cards {
		if strings.HasPrefix(key, begins) {
			return drawn(c), f.said.posts[key]
		}
	}
	return "", ""
}

// joins makes a team as large as it has to be for its figures to be shown.
func (f *floor) joins(team string, n int) {
	var events []*signals.Event
	for i := range n {
		id := fmt.Sprint(strings.ToLower(team), i)
		events = append(events, &signals.Event{
			ID: "andon/test/joins/" + id, Kind: signals.RosterSet, Case: orgKey, Field: "person", To: id, Text: fmt.Sprintf(`{"id":%q,"team":%q}`, id, team), At: time.Unix(1, 0).UTC(),
		})
	}
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: events}))
	f.drain()
}

// drillFloor is a floor on which Ann is an admin.
func drillFloor(t *testing.T, url string) *floor {
	return newFloorOn(t, url, func(c *bot.Config) { c.Admins = []string{"slack/T1/U3"}; c.Rooms = nil })
}

// TestDrillTakesTheRealWay: Ann plans a drill of a channel; two replicas begin it
// once at its time, Bea is told in a marked message, solves it, Ann confirms, and
// the chain is reported by teams. It is in no other sum.
func TestDrillTakesTheRealWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := drillFloor(t, url)
		f.joins("Payments", 5)
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{wondered("C1", 50, tuesday.Add(-time.Hour), "U2", "good morning")}}))
		f.drain()
		said := f.asks("U3", "drill at today 14:00")
		require.Contains(t, said, "[DRILL] A drill of #billing is planned")
		require.Contains(t, said, "It begins on Tue 3 Mar 14:00.")
		require.Contains(t, f.asks("U3", "drill list"), "planned for Tue 3 Mar 14:00")
		f.start() // it survives a restart
		other := f.replica()
		f.until(tuesday.Add(4*time.Hour-time.Minute), true)
		c, r := f.drilled()
		require.Nil(t, r, "it is not time yet")

		f.clock.set(tuesday.Add(4 * time.Hour))
		both(f, other, looksAt(c.Key))
		_, r = f.drilled()
		require.NotNil(t, r)
		require.Len(t, r.Nudges, 1)
		n := r.Nudges[0]
		require.Equal(t, "bea", n.To)
		require.Equal(t, signals.Sent, n.State, n.Why)
		require.Len(t, f.fake.Messages(), 1)
		require.True(t, strings.HasPrefix(f.fake.Messages()[0].Text, "[DRILL]"), f.fake.Messages()[0].Text)
		shown := f.shows(n.Message)
		for _, want := range []string{"[DRILL] Practice for #billing", "This is a drill: nothing is broken. Press as you would.", "You lead Payments, which owns this channel.", "[*I'm on it*]", "[Solved]"} {
			require.Contains(t, shown, want)
		}
		for _, never := range []string{"ticket", "Not useful", "Bring us together", "Ann"} {
			require.NotContains(t, shown, never)
		}
		require.Contains(t, f.asks("U1", "list"), "Nothing is open that you may see.")
		require.Contains(t, f.asks("U3", "status"), "Nothing open concerns you.")
		require.Contains(t, f.asks("U3", "list all"), "Nothing is open that you may see.")

		f.clock.set(f.clock.now().Add(11 * time.Minute))
		f.press("slack/T1/U1", "claim", n.Message)
		f.press("slack/T1/U1", "solved", n.Message)
		ask, to := f.told("d")
		require.Contains(t, ask, "[DRILL] Is it solved?")
		require.Equal(t, "slack/T1/U3", to)
		require.Contains(t, f.press("slack/T1/U1", "drill.solved", r.Signal.Key()).Card.Text(), "Only who started the drill")
		f.press("slack/T1/U3", "drill.still", r.Signal.Key())
		ask, _ = f.told("d")
		require.Contains(t, ask, "[DRILL] It goes on")
		f.press("slack/T1/U1", "solved", n.Message)
		f.press("slack/T1/U3", "drill.solved", r.Signal.Key())

		_, r = f.drilled()
		require.True(t, r.Over)
		require.True(t, r.Ledger.Reached(signals.ConfirmedBy))
		require.Empty(t, r.Ledger.Died)
		require.Equal(t, "[DRILL] The drill is over", strings.SplitN(f.shows(n.Message), "\n", 2)[0])
		require.NotContains(t, f.shows(n.Message), "[Solved]", "the buttons are gone")
		ask, _ = f.told("d")
		require.NotContains(t, ask, "[*Solved*]")
		for _, who := range []string{"starter", "admins", "place"} {
			report, _ := f.told("drill/" + c.Key.ID + "/report/" + who)
			require.Contains(t, report, "[DRILL] How far the drill of #billing came", who)
			require.Contains(t, report, "The chain holds: it was confirmed after", who)
			require.Contains(t, report, "Payments", who)
			require.NotContains(t, report, "Bea", who)
			require.NotContains(t, report, "Ann", who)
		}
		require.Empty(t, f.desk.made, "no ticket is made")
		for _, m := range f.fake.Messages() {
			require.True(t, strings.HasPrefix(m.Text, "[DRILL]"), m.Text)
		}
		require.Contains(t, f.asks("U3", "suppressed"), "Nothing was put aside")
		require.Contains(t, f.asks("U3", "drill list"), "No drill is planned")
		require.Contains(t, f.asks("U3", "drill"), "part of another drill within 7 days")
	})
}

// TestDrillOfASmallTeamIsForFew: nobody answers; the drill dies with a reason. The
// team is small, so neither the admins nor the channel learn how long it took.
func TestDrillOfASmallTeamIsForFew(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	require.Contains(t, f.asks("U3", "drill pay"), "A drill of PAY begins")
	f.until(tuesday.AddDate(0, 0, 6), true)
	c, r := f.drilled()
	require.True(t, r.Over)
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
	require.Equal(t, signals.Ignored, r.Nudges[0].State)
	report, to := f.told("drill/" + c.Key.ID + "/report/starter")
	require.Equal(t, "slack/T1/U3", to)
	require.Contains(t, report, "It stopped before it was received: ")
	require.Contains(t, report, "no answer in time")
	require.NotContains(t, report, "Bea")
	report, to = f.told("drill/" + c.Key.ID + "/report/lead/Payments")
	require.NotEmpty(t, report)
	require.Equal(t, "slack/T1/U1", to, "the lead of the team")
	for _, who := range []string{"admins", "place"} {
		report, _ = f.told("drill/" + c.Key.ID + "/report/" + who)
		require.Empty(t, report, who)
	}
	require.Contains(t, f.shows(r.Nudges[0].Message), "[DRILL] The drill is over")
}

// TestDrillFindsThatSomebodyLeft: the lead has left and nobody stands in: the
// drill says that nobody could be asked, and to whom it is to be mended.
func TestDrillFindsThatSomebodyLeft(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	gone := &signals.Event{ID: "andon/test/gone", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "bea", Text: `{"id":"bea","name":"Bea","team":"Payments","left":true,"accounts":["slack/T1/U1"]}`, At: time.Unix(2, 0).UTC()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{gone}}))
	f.drain()
	f.asks("U3", "drill PAY")
	c, r := f.drilled()
	require.True(t, r.Over)
	require.Equal(t, signals.Transmitted, r.Ledger.Died)
	report, _ := f.told("drill/" + c.Key.ID + "/report/starter")
	require.Contains(t, report, "It stopped before it was transmitted: nobody known to ask.")
	require.Contains(t, report, "To mend: team Payments")
	require.NotContains(t, report, "Bea")
	report, _ = f.told("drill/" + c.Key.ID + "/report/admins")
	require.NotEmpty(t, report, "nobody was asked, so it is nobody's time")
}

// TestDrillOfSomebodyWhoLeft is called off: nobody could say whether it is solved,
// and nobody would read its report.
func TestDrillOfSomebodyWhoLeft(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY at today 14:00")
	f.leaves("ann", "", "U3")
	f.until(tuesday.Add(5*time.Hour), true)
	c, r := f.drilled()
	require.Nil(t, r)
	d, _ := signals.DrillOf(c)
	require.Equal(t, "whoever asked for it has left the company", d.Why)
	require.False(t, d.Off.IsZero())
	require.Empty(t, f.fake.Messages())
}

// TestDrillWaitsForQuiet: a cord is open when a drill is due: it is postponed
// once, and called off when it is still no time.
func TestDrillWaitsForQuiet(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY at today 14:00")
	pull := func(n int, at time.Time) {
		f.until(at, true)
		e := wondered("C1", n, at, "U2", "/andon pull checkout is down")
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
		f.drain()
	}
	pull(100, tuesday.Add(3*time.Hour+30*time.Minute))
	f.until(tuesday.Add(4*time.Hour), true)
	c, r := f.drilled()
	require.Nil(t, r)
	d, _ := signals.DrillOf(c)
	require.True(t, d.Postponed)
	require.Equal(t, time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC), d.At.UTC(), "nine o'clock in Berlin, the next day")
	said, to := f.told("drill/" + c.Key.ID + "/postponed")
	require.Equal(t, "slack/T1/U3", to)
	require.Contains(t, said, "a cord or something urgent is open there. It is postponed once, to Wed 4 Mar 08:00.")
	pull(200, d.At.Add(-time.Hour))
	f.until(d.At.Add(time.Minute), true)
	c, r = f.drilled()
	require.Nil(t, r)
	said, _ = f.told("drill/" + c.Key.ID + "/off")
	require.Contains(t, said, "is called off")
	require.Contains(t, said, "a cord or something urgent is open there")
}

// TestDrillEndsWhenAnIncidentBegins: something real ends a drill within half an
// hour, and nobody is asked any further.
func TestDrillEndsWhenAnIncidentBegins(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY")
	_, r := f.drilled()
	require.False(t, r.Over)
	e := wondered("C9", 300, tuesday.Add(5*time.Minute), "U2", "checkout is down, all hands please")
	f.until(tuesday.Add(5*time.Minute), true)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}, Rooms: map[string]string{"slack/T1/C9": "inc-7"}}))
	f.drain()
	f.until(tuesday.Add(40*time.Minute), true)
	_, r = f.drilled()
	require.True(t, r.Over)
	require.Equal(t, "an incident is under way", r.Ledger.Why)
	require.Contains(t, f.asks("U3", "drill PAY"), "No drill is begun now: an incident is under way.")
}

// TestDrillIsAskedForWithCare: who may, when, and what is not understood.
func TestDrillIsAskedForWithCare(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	require.Contains(t, f.asks("U2", "drill PAY"), "Only admins, and the lead of the team")
	require.Contains(t, f.asks("U3", "drill at today 23:00"), "outside the working hours")
	require.Contains(t, f.asks("U3", "drill NOPE"), "no channel, no project and no time")
	require.Contains(t, f.asks("U3", "drill PAY in 200 days"), "90 days are the most")
	require.Contains(t, f.asks("U3", "drill cancel zzzzzz"), "I know no drill")
	require.Contains(t, f.asks("U3", "drill <#C2|plans>"), "I know no channel or project", "an admin who is not in it does not learn that it is there")
	said := f.asks("U1", "drill PAY random this week")
	require.Contains(t, said, "Nobody is told when, you neither.")
	c, _ := f.drilled()
	d, _ := signals.DrillOf(c)
	require.True(t, d.Hidden)
	require.True(t, d.At.After(tuesday) && d.At.Before(time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)), d.At)
	listed := f.asks("U1", "drill list")
	require.Contains(t, listed, "some time that nobody is told")
	require.NotContains(t, listed, d.At.Format("15:04"))
	require.Contains(t, f.asks("U2", "drill cancel "+c.Key.ID), "Only admins, and the lead")
	require.Contains(t, f.asks("U1", "drill cancel "+c.Key.ID), "is called off")
	f.until(tuesday.AddDate(0, 0, 7), true)
	_, r := f.drilled()
	require.Nil(t, r)
	require.Empty(t, f.fake.Messages())
}

// TestDrillIsHandedOnAndTeachesNothing: Bea says that it is for Carl. He is asked,
// in a marked message, and nothing is remembered. He takes it and does no more:
// the drill ends at its limit, with its reason.
func TestDrillIsHandedOnAndTeachesNothing(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY")
	_, r := f.drilled()
	m := f.press("slack/T1/U1", "refuse", r.Nudges[0].Message).Modal
	require.Contains(t, form(m), "[DRILL] Not me")
	f.send("slack/T1/U1", m, "whom", "slack/T1/U2")
	_, r = f.drilled()
	require.Len(t, r.Nudges, 2)
	require.Equal(t, "carl", r.Nudges[1].To)
	require.Contains(t, f.shows(r.Nudges[1].Message), "[DRILL] Practice for PAY")
	entries, err := f.db.Follow(t.Context(), 0, 10000)
	require.NoError(t, err)
	for _, e := range entries {
		require.NotEqual(t, "hint", e.Field)
	}
	f.press("slack/T1/U2", "claim", r.Nudges[1].Message)
	f.until(tuesday.AddDate(0, 0, 8), true)
	c, r := f.drilled()
	require.True(t, r.Over)
	require.Equal(t, signals.Corrected, r.Ledger.Died)
	require.Equal(t, "the drill ended after 5 days", r.Ledger.Why)
	require.Contains(t, f.press("slack/T1/U2", "solved", r.Nudges[1].Message).Card.Text(), "already")
	report, _ := f.told("drill/" + c.Key.ID + "/report/starter")
	require.Contains(t, report, "It stopped before it was corrected: the drill ended after 5 days.")
	require.Contains(t, report, "Payments, then Web")
}

// TestDrillOfAnUnknownTeamIsForFew: somebody of no known team took part, so how
// long it took is nobody else's business, however large the other team is.
func TestDrillOfAnUnknownTeamIsForFew(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.joins("Payments", 5)
	dora := &signals.Event{ID: "andon/test/dora", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "dora", Text: `{"id":"dora","name":"Dora","accounts":["slack/T1/U4"]}`, At: time.Unix(2, 0).UTC()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{dora}}))
	f.asks("U3", "drill PAY")
	_, r := f.drilled()
	f.send("slack/T1/U1", f.press("slack/T1/U1", "refuse", r.Nudges[0].Message).Modal, "whom", "slack/T1/U4")
	_, r = f.drilled()
	require.Equal(t, "dora", r.Nudges[1].To)
	f.press("slack/T1/U4", "solved", r.Nudges[1].Message)
	f.press("slack/T1/U3", "drill.solved", r.Signal.Key())
	c, r := f.drilled()
	require.True(t, r.Over)
	report, _ := f.told("drill/" + c.Key.ID + "/report/starter")
	require.Contains(t, report, "The chain holds")
	report, _ = f.told("drill/" + c.Key.ID + "/report/lead/Payments")
	require.NotContains(t, report, "Dora")
	report, _ = f.told("drill/" + c.Key.ID + "/report/admins")
	require.Empty(t, report)
}

// TestDrillIsTheSameInAReplay: a replay of the journal decides what was decided
// live, and its report is the same with the drill and without it.
func TestDrillIsTheSameInAReplay(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY at today 14:00")
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	f.until(tuesday.AddDate(0, 0, 6), true)
	_, r := f.drilled()
	entries, err := f.db.Follow(t.Context(), 0, 10000)
	require.NoError(t, err)
	run := func(drills bool) *replay.Result {
		var in replay.Input
		for _, e := range entries {
			if drills || !e.Case.IsDrill() {
				require.NoError(t, in.Play.Add([]*signals.Event{e.Event}))
			}
		}
		res, err := replay.Run(&in, replay.Options{Policy: signals.DefaultPolicy(), Nudges: true, AsLive: true, After: 6 * 24 * time.Hour}, nowhere{})
		require.NoError(t, err)
		return res
	}
	with := run(true)
	all, real := with.World.Book.Records, with.World.Book.Real()
	require.Len(t, all, len(real)+1)
	i := slices.IndexFunc(all, func(r *signals.Record) bool { return r.IsDrill() })
	require.Equal(t, recordLines(r), recordLines(all[i]))
	a, b := replay.Summarize(with), replay.Summarize(run(false))
	require.Equal(t, b.Cases, a.Cases)
	require.Equal(t, b.Detectors, a.Detectors)
	require.Equal(t, b.Deaths, a.Deaths)
	require.Equal(t, b.PerPerson, a.PerPerson)
	require.Equal(t, b.Early, a.Early)
	require.Equal(t, b.Sample, a.Sample)
}

// TestDrillThatWasMissedIsPostponed: nobody ran andon when it was due.
func TestDrillThatWasMissedIsPostponed(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY at today 11:00")
	f.clock.set(tuesday.Add(3 * time.Hour))
	f.start()
	f.until(f.clock.now().Add(time.Minute), true)
	c, r := f.drilled()
	require.Nil(t, r)
	d, _ := signals.DrillOf(c)
	require.True(t, d.Postponed)
	require.Equal(t, "it was missed by more than an hour", d.Why)
	f.until(d.At.Add(time.Minute), true)
	_, r = f.drilled()
	require.NotNil(t, r, "the second time it begins")
}

// TestDrillIsCalledOffOnTheWay: who started it may end it, and nobody is asked
// any further.
func TestDrillIsCalledOffOnTheWay(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.asks("U3", "drill PAY")
	c, _ := f.drilled()
	require.Contains(t, f.asks("U3", "drill list"), "under way since")
	f.clock.set(f.clock.now().Add(time.Minute))
	f.asks("U3", "drill cancel "+c.Key.ID)
	_, r := f.drilled()
	require.True(t, r.Over)
	require.Equal(t, "the drill was called off", r.Ledger.Why)
	require.Contains(t, f.shows(r.Nudges[0].Message), "[DRILL] The drill is over")
	require.Contains(t, f.asks("U3", "drill cancel "+c.Key.ID), "over already")
}

// TestDrillsAreCountedApart: a drill is in the digest's own line and in none of
// its sums, eats no budget, and joins no real message.
func TestDrillsAreCountedApart(t *testing.T) {
	f := drillFloor(t, storetest.SQLite(t))
	f.conf.Digest = bot.Digest{Channel: "slack/T1/C1", Weekday: time.Monday, Hour: 9}
	f.start()
	f.asks("U3", "drill PAY")
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	_, r := f.drilled()
	real := f.record("7")
	require.NotEqual(t, r.Nudges[0].Message, real.Nudges[0].Message)
	require.NotContains(t, f.shows(real.Nudges[0].Message), "[DRILL]")
	told, _, err := f.db.Told(t.Context(), "bea", 10)
	require.NoError(t, err)
	i := slices.IndexFunc(told, func(m signals.Told) bool { return m.ID == r.Nudges[0].Message })
	require.GreaterOrEqual(t, i, 0)
	require.True(t, told[i].Asked, "it counts against nobody's budget")
	f.clock.set(f.clock.now().Add(time.Minute))
	for _, who := range []string{"U1", "U3"} {
		var tab string
		for _, card := range f.homeOf("slack/T1/" + who) {
			tab += drawn(card) + "\n"
		}
		require.Contains(t, tab, map[string]string{"U1": "PAY-7", "U3": "Signals you raised"}[who], "what is real is there")
		require.NotContains(t, strings.ToLower(tab), "drill")
	}
	reply, err := f.bot.Ask(t.Context(), view.Asked{ID: "digest", Kind: view.Command, User: "slack/T1/U3", Channel: "slack/T1/C1", Text: "digest now"})
	require.NoError(t, err)
	text := reply.Card.Text()
	records, err := f.db.Records(t.Context(), signals.Key{Source: signals.Jira, Site: "jira", ID: "7"})
	require.NoError(t, err)
	require.Contains(t, text, signals.Counted(len(records), "signal")+" found")
	require.Contains(t, text, "Drills, counted apart: 1 drill began.")
}
