package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

// TestACordThatReachesNobody is not let die in silence: who pulled it is told,
// once and nobody else, and the admins are, without a name.
func TestACordThatReachesNobody(t *testing.T) {
	for name, tt := range map[string]struct {
		text, channel string
		mode          signals.Mode
		why           string
		seen          bool // by the admins
		who           string
	}{
		"nobody known":  {"pull the till is on fire", "C1", "", "nobody is known who could help", true, "slack/T1/U2"},
		"anonymously":   {"pull the till is on fire anonymously", "C1", "", "nobody is known who could help", true, "carl"},
		"private":       {"pull the till is on fire", "C2", "", "nobody is known who could help", false, "slack/T1/U2"},
		"in shadow":     {"pull the till is on fire", "C1", signals.Shadow, "cord is in shadow mode", true, "slack/T1/U2"},
		"it is handled": {"pull on PAY-7 the till is on fire", "C1", "", "", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(c *bot.Config) {
				c.AsLive, c.Policy.Mode, c.Policy.Modes = tt.mode == "", signals.Live, map[string]signals.Mode{"cord": tt.mode}
			})
			a := o.asks("U2", tt.text)
			a.Channel = "slack/T1/" + tt.channel
			o.reply(a)
			o.drain()
			told := map[string][]*view.Card{}
			for i, card := range o.said.cards {
				if card.Title == "Your cord has reached nobody yet" || card.Title == "A cord reached nobody" {
					told[o.said.to[i]] = append(told[o.said.to[i]], card)
				}
			}
			if tt.why == "" {
				require.Empty(t, told)
				return
			}
			require.Len(t, told, 2)
			require.Len(t, told[tt.who], 1)
			require.Contains(t, told[tt.who][0].Text(), "I told nobody: "+tt.why+".")
			require.Contains(t, told[tt.who][0].Text(), "till is on fire")
			require.Len(t, told["admin"], 1)
			text := told["admin"][0].Text()
			require.Contains(t, text, "Nobody was told: "+tt.why+".")
			require.NotContains(t, text, "arl", "who pulled it is nobody's matter")
			if tt.seen {
				require.Contains(t, text, "till is on fire")
			} else {
				require.NotContains(t, text, "till")
			}
			o.clock.set(o.clock.now().Add(time.Hour))
			o.start()
			require.NoError(t, o.bot.Look(t.Context(), o.last(signals.Pulled).Case))
			o.drain()
			require.Len(t, o.said.said("notice"), 2, "once each")
		})
	}
}
