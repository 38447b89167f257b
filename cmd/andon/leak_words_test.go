package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
	"andon/signals"
)

// says answers what somebody types.
func (f *floor) says(a view.Asked) string {
	f.asked++
	a.ID = "says" + string(rune('a'+f.asked))
	if a.Kind == "" {
		a.Kind = view.Command
	}
	r, err := f.bot.Ask(f.t.Context(), a)
	require.NoError(f.t, err)
	f.clock.set(f.clock.now().Add(time.Minute))
	f.drain()
	if r.Modal != nil {
		return form(r.Modal)
	}
	if r.Card == nil {
		return ""
	}
	return drawn(r.Card)
}

// TestWhoIsNotInAPrivateChannelDoesNotDecideAboutIt: those who are in it said
// that it is not to be watched.
func TestWhoIsNotInAPrivateChannelDoesNotDecideAboutIt(t *testing.T) {
	f := newFloor(t, nil)
	private := signals.MembersOf("slack/T1/C2")
	joined := &signals.Event{ID: "in/U1", Kind: signals.Joined, Case: signals.SlackThread("T1", "C2", ""), To: "slack/T1/U1", At: tuesday.Add(-time.Hour), Audience: private}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{joined}, Rooms: map[string]string{"slack/T1/C2": "merger"}}))
	f.says(view.Asked{User: "slack/T1/U1", Channel: "slack/T1/C2", Text: "unwatch"})
	require.NoError(t, f.bot.Follow(t.Context()))
	on, said := f.bot.Watches("slack/T1/C2")
	require.True(t, said)
	require.False(t, on)
	got := f.says(view.Asked{User: "slack/T1/U2", Channel: "slack/T1/C1", Text: "watch <#C2|merger>"})
	require.NoError(t, f.bot.Follow(t.Context()))
	on, _ = f.bot.Watches("slack/T1/C2")
	require.False(t, on, got)
	require.NotContains(t, got, "merger")
}

// TestNobodyIsPromisedWhatIsNotSo: who writes it in a channel is read there.
func TestNobodyIsPromisedWhatIsNotSo(t *testing.T) {
	f := newFloor(t, nil)
	got := f.says(view.Asked{Kind: view.Mention, User: "slack/T1/U3", Channel: "slack/T1/C1", Message: "slack/T1/C1/1772532100.000300", Text: "pull refunds are paid twice anonymously"})
	require.NotContains(t, got, "Nobody is told that it was you")
	require.NotContains(t, got, "You pulled the cord")
}

// TestGuestsDoNotReadWhatIsForTheCompany: public is what everybody in the company
// may see, and a guest is not.
func TestGuestsDoNotReadWhatIsForTheCompany(t *testing.T) {
	f := newFloor(t, nil)
	guest := &signals.Event{ID: "andon/test/guest", Kind: signals.RosterSet, Case: orgKey, Field: "person", To: "slack/T1/U8", Text: `{"id":"slack/T1/U8","name":"Gus","external":true}`, At: time.Unix(1, 0).UTC()}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: append(pingpong("7", tuesday.Add(-10*time.Minute)), guest)}))
	f.drain()
	require.Contains(t, f.says(view.Asked{User: "slack/T1/U3", Channel: "slack/T1/C1", Text: "status PAY-7"}), "Invoices")
	for _, text := range []string{"status PAY-7", "path PAY-7", "who PAY-7", "list all", "why PAY-7", "similar PAY-7"} {
		require.NotContains(t, f.says(view.Asked{User: "slack/T1/U8", Channel: "slack/T1/C1", Text: text}), "Invoices", text)
	}
}
