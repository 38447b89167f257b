package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// deeds are what people do with a nudge, and what the journal says of it. Where
// something can be done anew it may stand there again when somebody does: the
// latest counts.
var deeds = []struct {
	action string
	kind   signals.Kind // "": a group is brought together
	form   bool
	anew   bool
}{
	{action: "solved", kind: signals.Closed},
	{action: "snooze", kind: signals.Snoozed, anew: true},
	{action: "claim", kind: signals.Claimed, anew: true},
	{action: "useless", kind: signals.Useless, form: true},
	{action: "refuse", kind: signals.Refused, form: true},
	{action: "together"},
}

// TestClicksDuringTrouble lets Slack miss that a click was acknowledged. It
// delivers the click again, or the person clicks once more on a connection that
// is new: the deed happens once.
func TestClicksDuringTrouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		if os.Getenv(allTroubles) == "" {
			t.Skip(skipTrouble)
		}
		o := newOrdeal(t, url, trouble{})
		o.pass(38 * time.Hour)
		for _, d := range deeds {
			if m, ok := o.button(d.action); ok {
				o.twice(m, d.action, d.kind, d.form)
			} else {
				t.Errorf("nobody was asked something that they could answer by %s", d.action)
			}
			if d.form {
				continue
			}
			if m, ok := o.button(d.action); ok {
				o.again(m, d.action, d.kind, d.anew)
			}
		}
		require.Empty(t, o.errs.but(nil))
	})
}

// pass lets time pass in which nothing goes wrong.
func (o *ordeal) pass(until time.Duration) {
	for ; o.into() < until; o.clock.set(o.next()) {
		o.post()
		o.turn(false)
	}
}

// button finds a direct message with a button that nobody was made to press yet.
func (o *ordeal) button(action string) (fakeslack.Message, bool) {
	if o.pressed == nil {
		o.pressed = make(map[string]bool)
	}
	for _, m := range o.slack.Messages() {
		id, _ := choice(m, action)
		if id != "" && m.User == "UANDON" && !m.Deleted && strings.HasPrefix(m.Channel, "D") && !o.pressed[m.Key] {
			o.pressed[m.Key] = true
			return m, true
		}
	}
	return fakeslack.Message{}, false
}

// choice is the button for something, or the menu in which it stands; "" where
// there is neither.
func choice(m fakeslack.Message, action string) (id string, values []string) {
	gjson.GetBytes(m.Blocks, `#.elements|@flatten`).ForEach(func(_, e gjson.Result) bool {
		switch e.Get("action_id").Str {
		case action:
			id, values = action, firstChoice(m, action)
		case "more":
			for _, v := range e.Get("options.#.value").Array() {
				if strings.HasPrefix(v.Str, action+":") {
					id, values = "more", []string{v.Str}
				}
			}
		}
		return id == ""
	})
	return id, values
}

// press presses a button as whoever the direct message is with.
func (o *ordeal) press(m fakeslack.Message, action string) error {
	ctx, cancel := context.WithTimeout(o.t.Context(), 10*time.Second)
	defer cancel()
	id, values := choice(m, action)
	return o.slack.Click(ctx, fakeslack.Click{User: "U" + m.Channel[1:], Channel: m.Channel, TS: m.TS, Action: id, Values: values})
}

// twice has a click, or the form that it opens, delivered twice.
func (o *ordeal) twice(m fakeslack.Message, action string, kind signals.Kind, form bool) {
	before := o.done()
	double := func() {
		require.NoError(o.t, o.slack.Inject(fakeslack.Fault{Kind: fakeslack.Duplicate, Method: "interactive", Count: 1}))
	}
	if !form {
		double()
	}
	require.NoError(o.t, o.press(m, action), action)
	user := "U" + m.Channel[1:]
	o.svc.ears.inbox.Wait() // a form is opened after the click is acknowledged
	require.Equal(o.t, form, len(o.slack.Modals(user)) > 0, action)
	for _, v := range o.slack.Modals(user) {
		double()
		problems, err := o.slack.Submit(o.t.Context(), user, v.ID, (&month{town: o.town}).filled(v))
		require.NoError(o.t, err, action)
		require.Empty(o.t, problems, action)
	}
	o.slack.Heal()
	o.turn(false)
	o.happenedOnce(m, action, kind, before)
}

// again breaks the connection on which a click was delivered, before Slack has
// its acknowledgement; the person clicks once more, if there is still a button.
func (o *ordeal) again(m fakeslack.Message, action string, kind signals.Kind, anew bool) {
	before := o.done()
	o.opened = o.slack.Deliveries().Opened - 1 // one of the two is opened anew
	require.NoError(o.t, o.slack.Inject(fakeslack.Fault{Kind: fakeslack.Cut, Method: "interactive", Count: 1}))
	_ = o.press(m, action) // whether it was done before the connection broke nobody knows
	o.slack.Heal()
	o.reconnect()
	o.turn(false)
	o.clock.set(o.clock.now().Add(time.Minute))
	if err := o.press(m, action); err != nil {
		require.ErrorContains(o.t, err, "there is no action", action)
	}
	o.turn(false)
	if now := o.done(); anew && now[kind] == before[kind]+2 {
		before[kind]++ // it was done both times
	}
	o.happenedOnce(m, action, kind, before)
}

// done counts what people did, by kind, and the groups that were brought together.
func (o *ordeal) done() map[signals.Kind]int {
	out := make(map[signals.Kind]int)
	for _, e := range o.entries() {
		if strings.HasPrefix(e.ID, "andon/") {
			out[e.Kind]++
		}
	}
	out[""] = o.mine(func(m fakeslack.Message) bool { return strings.HasPrefix(m.Key, "g") && !m.Deleted })
	return out
}

func (o *ordeal) happenedOnce(m fakeslack.Message, action string, kind signals.Kind, before map[signals.Kind]int) {
	now := o.done()
	require.Equal(o.t, before[kind]+1, now[kind], "%s: %s", action, o.whispered())
	require.Equal(o.t, 1, o.standing(m.Key), action)
}

// whispered is what was last said to one person alone.
func (o *ordeal) whispered() (text string) {
	for _, m := range o.slack.Messages() {
		if m.To != "" {
			text = m.Text
		}
	}
	return text
}
