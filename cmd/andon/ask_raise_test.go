package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

func inputIDs(m *view.Modal) (ids []string) {
	for _, in := range m.Inputs {
		ids = append(ids, in.ID)
	}
	return ids
}

func TestPullInADirectMessageAsksWhere(t *testing.T) {
	o := newOffice(t, nil)
	a := o.asks("U3", "pull it burns anonymously")
	a.Direct, a.TriggerID = true, "t1"
	m := o.reply(a).Modal
	require.NotNil(t, m)
	require.Equal(t, []string{"channel", "words", "helper", "name", "issue"}, inputIDs(m))
	require.Equal(t, "it burns", m.Inputs[1].Value)
	require.Equal(t, "no", m.Inputs[3].Value)

	a.Kind, a.TriggerID, a.ID = view.Mention, "", "dm"
	r := o.reply(a)
	require.Nil(t, r.Modal, "a message gives no right to open a form")
	require.Equal(t, "raise.open", r.Card.Actions[0].ID)
	r = o.reply(view.Asked{ID: "p", Kind: view.Pressed, User: "slack/T1/U3", Action: "raise.open", TriggerID: "t2"})
	require.NotNil(t, r.Modal)

	submit := func(id string, entered map[string]string) view.Reply {
		return o.reply(view.Asked{ID: id, Kind: view.Submit, User: "slack/T1/U3", Action: m.ID, Hidden: m.Hidden, Entered: entered})
	}
	require.Contains(t, submit("s1", map[string]string{"words": " "}).Errors, "words")
	require.Contains(t, submit("s2", map[string]string{"words": "x"}).Errors, "channel")
	require.Contains(t, submit("s3", map[string]string{"words": "x", "issue": "nonsense"}).Errors["issue"], "no issue")
	require.Contains(t, submit("s4", map[string]string{"words": "x", "issue": "PAY-8"}).Errors["issue"], "that you may see")
	require.Nil(t, o.last(signals.Pulled))
	r = submit("s5", map[string]string{"words": "it burns", "channel": "slack/T1/C1", "name": "no", "helper": "slack/T1/U1"})
	require.Contains(t, r.Modal.Lines[0].Text, "Nobody is told that it was you")
	e := o.last(signals.Pulled)
	require.Equal(t, "bea", e.To)
	require.NotContains(t, fmt.Sprintf("%+v", e), "U3")
	require.Contains(t, o.said.said("cord")[0].Text(), "Somebody pulled the cord: it burns")
}

func TestRaiseASignalFromAMessage(t *testing.T) {
	o := newOffice(t, nil)
	message := "slack/T1/C1/200.000000"
	a := view.Asked{ID: "m1", Kind: view.Shortcut, Action: bot.RaiseShortcut, User: "slack/T1/U3", Channel: "slack/T1/C1", Message: message, Text: "good <@U1> morning &amp; co", TriggerID: "t"}
	m := o.reply(a).Modal
	require.NotNil(t, m)
	require.Equal(t, "good @U1 morning & co", m.Inputs[0].Value)
	r := o.reply(view.Asked{ID: "s1", Kind: view.Submit, User: "slack/T1/U3", Action: m.ID, Hidden: m.Hidden, Entered: map[string]string{"words": "this needs somebody", "name": "yes"}})
	require.Contains(t, r.Modal.Lines[0].Text, "You pulled the cord on it")
	e := o.last(signals.Pulled)
	require.Equal(t, message, e.Ref)
	require.Equal(t, "C1/200.000000", e.Case.ID)
	require.Equal(t, signals.Public, e.Audience)
	require.Empty(t, o.said.said("cord"))
	o.drain()
	records, err := o.db.Records(t.Context(), e.Case)
	require.NoError(t, err)
	require.Len(t, records, 1)

	require.NotNil(t, o.reply(view.Asked{ID: "g", Kind: view.Shortcut, Action: bot.PullShortcut, User: "slack/T1/U3", TriggerID: "t"}).Modal)
	require.Contains(t, o.reply(view.Asked{ID: "e", Kind: view.Shortcut, Action: bot.RaiseShortcut, User: "slack/T1/U3"}).Card.Text(), "cannot tell")

	// A message that was not heard: no more than the members of its channel see it.
	r = o.reply(view.Asked{ID: "s2", Kind: view.Submit, User: "slack/T1/U3", Action: m.ID, Hidden: "slack/T1/C5/300.000000 slack/T1/C5/299.000000", Entered: map[string]string{"words": "x y"}})
	require.NotNil(t, r.Modal)
	e = o.last(signals.Pulled)
	require.Equal(t, "C5/299.000000", e.Case.ID)
	require.Equal(t, signals.MembersOf("slack/T1/C5"), e.Audience)
	// An issue and a message in a private place: nobody sees more than before.
	o.reply(view.Asked{ID: "s3", Kind: view.Submit, User: "slack/T1/U1", Action: m.ID, Hidden: "slack/T1/C2/100.000000 ", Entered: map[string]string{"words": "x y", "issue": "PAY-7"}})
	require.Equal(t, signals.MembersOf("slack/T1/C2"), o.last(signals.Pulled).Audience)
}

func TestNotASignal(t *testing.T) {
	o := newOffice(t, nil)
	require.NoError(t, o.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{
		ID: "andon/test/owner", Kind: signals.RosterSet, Case: orgKey, Field: "team", To: "Payments", Text: `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"C1"},{"channel":"C2"}]}`, At: tuesday,
	}}}))
	o.ask("U2", "pull the build is red")
	o.drain()
	e := o.last(signals.Pulled)
	not := func(user, id, message string) string {
		return o.reply(view.Asked{ID: id, Kind: view.Shortcut, Action: bot.NotShortcut, User: "slack/T1/" + user, Channel: "slack/T1/C1", Message: message}).Card.Text()
	}
	require.Contains(t, not("U3", "n1", "slack/T1/C2/100.000000"), "Nobody was told", "whoever may not see it cannot say so")
	require.Nil(t, o.last(signals.Useless))
	require.Contains(t, not("U1", "n2", e.Case.String()), "What cord found here counts as noise")
	require.Equal(t, "noise", o.last(signals.Useless).Field)
	opinions, err := o.db.Opinions(t.Context(), time.Time{})
	require.NoError(t, err)
	require.Len(t, opinions, 1)
	require.Equal(t, "bea", opinions[0].By)
	o.drain()
	require.Contains(t, not("U1", "n3", e.Case.String()), "Nobody was told", "it is over")
	require.Contains(t, not("U1", "n4", ""), "cannot tell")
}
