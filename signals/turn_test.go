package signals_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func TestTurn(t *testing.T) {
	policy := signals.DefaultPolicy()
	said := func(actor, text string) signals.Event {
		return signals.Event{Kind: signals.Said, Actor: actor, Text: text}
	}
	status := func(from, to string) signals.Event {
		return signals.Event{Kind: signals.Status, Actor: "bob", From: from, To: to}
	}
	toBob := signals.Event{Kind: signals.Assigned, Actor: "dan", To: "bob"}
	for _, tt := range []struct {
		name   string
		events []signals.Event
		role   signals.Role
		since  int // which event, 0 is the creation
	}{
		{"just raised", nil, signals.TeamRole, 0},
		{"handed over", []signals.Event{toBob}, signals.Holder, 1},
		{"the holder works", []signals.Event{toBob, said("bob", "looking"), status("Open", "In Progress")}, signals.Holder, 1},
		{"the holder asks", []signals.Event{toBob, said("bob", "which card was it? ")}, signals.Originator, 2},
		{"the answer", []signals.Event{toBob, said("bob", "which card?"), said("ann", "a blue one")}, signals.Holder, 3},
		{"a third one asks", []signals.Event{toBob, said("cat", "any news?")}, signals.Holder, 1},
		{"it waits by status", []signals.Event{toBob, status("Open", "Waiting for customer")}, signals.Originator, 2},
		{"it waits no longer", []signals.Event{toBob, status("Open", "Waiting for customer"), status("Waiting for customer", "Open")}, signals.Holder, 3},
		{"handed to nobody", []signals.Event{toBob, {Kind: signals.Assigned, From: "bob"}, {Kind: signals.TeamMoved, From: "Payments"}}, signals.Nobody, 3},
		{"closed", []signals.Event{toBob, {Kind: signals.Closed, Actor: "bob"}}, signals.Nobody, 2},
		{"opened again", []signals.Event{toBob, {Kind: signals.Closed, Actor: "bob"}, {Kind: signals.Reopened, Actor: "ann"}}, signals.Holder, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			h.add(signals.Event{Kind: signals.Opened, Actor: "ann", Set: []signals.Value{{Field: signals.FieldTeam, To: "Payments"}}})
			for _, e := range tt.events {
				h.add(e)
			}
			got := signals.TurnOf(signals.Fold(h.events), &policy)
			require.Equal(t, tt.role, got.Role)
			require.Equal(t, h.events[tt.since].At, got.Since)
			require.NotEmpty(t, got.Why)
			require.Equal(t, map[signals.Role]string{signals.Holder: "bob", signals.Originator: "ann"}[tt.role], got.Person)
		})
	}
}

func TestTurnInChat(t *testing.T) {
	policy := signals.DefaultPolicy()
	h := newHistory()
	h.key = signals.SlackThread("T1", "C1", "1")
	require.Equal(t, signals.Nobody, signals.TurnOf(&signals.Case{Key: h.key}, &policy).Role)
	for i, tt := range []struct {
		actor string
		role  signals.Role
		since int
	}{{"ann", signals.Others, 0}, {"ann", signals.Others, 0}, {"slack/T1/bot:B1", signals.Others, 0}, {"bob", signals.Originator, 3}, {"cat", signals.Originator, 4}, {"ann", signals.Others, 5}} {
		h.add(signals.Event{Kind: signals.Said, Actor: tt.actor, Text: "text"})
		got := signals.TurnOf(signals.Fold(h.events), &policy)
		require.Equal(t, tt.role, got.Role, i)
		require.Equal(t, h.events[tt.since].At, got.Since, i)
	}
}
