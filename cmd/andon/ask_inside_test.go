package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
)

// TestTheFormKnowsWhoIsInside: nobody has andon speak in a private channel that
// they are not in.
func TestTheFormKnowsWhoIsInside(t *testing.T) {
	for name, tt := range map[string]struct {
		user, channel string
		fail          error
		said          bool
	}{
		"a member":                        {"U1", "C2", nil, true},
		"nobody of it":                    {"U3", "C2", nil, false},
		"who left":                        {"U2", "C2", nil, false},
		"Slack is away: who wrote there":  {"U2", "C2", errors.New("away"), true},
		"Slack is away: who is not known": {"U3", "C2", errors.New("away"), false},
		"a public one":                    {"U3", "C1", nil, true},
		"an unknown one":                  {"U3", "C9", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			g := &guestBook{meetings: &meetings{}, in: map[string][]string{"slack/T1/C2": {"slack/T1/U1"}}, fail: tt.fail}
			o := newOffice(t, func(c *bot.Config) { c.Rooms = g })
			r := o.reply(view.Asked{ID: "s", Kind: view.Submit, User: "slack/T1/" + tt.user, Action: "raise.signal", Entered: map[string]string{"words": "it burns", "channel": "slack/T1/" + tt.channel, "name": "no"}})
			require.Equal(t, tt.said, len(o.said.said("cord")) == 1)
			require.Equal(t, tt.said, r.Errors["channel"] == "", r.Errors)
		})
	}
}
