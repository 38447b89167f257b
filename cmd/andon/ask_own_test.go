package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
)

func TestAwayAndBack(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "away until monday backup <@U1|bea>"), "away until Mon 9 Mar 09:00, and I do not write to you until then. bea is asked instead.")
	e := o.last(signals.AwaySet)
	require.Equal(t, []string{"dora", "2026-03-09T08:00:00Z", "bea"}, []string{e.To, e.Text, e.Ref}, "nine o'clock in Berlin")
	require.Contains(t, o.ask("U3", "settings"), "count as away")
	require.Contains(t, o.ask("U3", "back"), "Welcome back")
	require.Contains(t, o.ask("U3", "back"), "You are not away")
	require.Contains(t, o.ask("U3", "away"), "until Wed 4 Mar 09:00")
}

func TestSettingsOfOnesOwn(t *testing.T) {
	o := newOffice(t, nil)
	for text, want := range map[string]string{
		"settings zone europe/berlin": "Your zone: Europe/Berlin", "settings hours 9-17": "Your hours: 09:00-17:00", "settings days mon-thu": "Your days: mon-thu", "settings backup @dora": "Your backup: Dora", "settings thanks on": "Your thanks: on", "settings digest off": "Your digest: off",
	} {
		require.Contains(t, o.ask("U2", text), want, text)
	}
	got := o.ask("U2", "settings")
	for _, want := range []string{"zone | Europe/Berlin | you", "hours | 09:00-17:00 | you", "days | mon-thu | you", "backup | Dora | you", "thanks | on | you", "digest | off | you", "opted out | no"} {
		require.Contains(t, got, want)
	}
	require.NotContains(t, got, "For everybody", "what holds for all is for admins")
	require.Contains(t, o.ask("U2", "settings hours default"), "no longer set by you")
	require.Contains(t, o.ask("U2", "settings"), "hours | 09:00-18:00 | the configuration")
	require.Contains(t, o.ask("U2", "snooze PAY-7 tomorrow"), "nothing of PAY-7")
	require.Contains(t, o.ask("U2", "optout"), "You have opted out")
	require.Contains(t, o.ask("U2", "settings"), "opted out | yes | you")
	require.Contains(t, o.ask("U2", "opt out"), "already")
	require.Contains(t, o.ask("U2", "optin"), "counts again")
	require.Contains(t, o.ask("U2", "forget me"), "Ask bea")
	admin := o.ask("U1", "settings")
	for _, want := range []string{"budget | 3 | the file", "group | 5 | default", "stall | shadow | the file", "cord | live | default"} {
		require.Contains(t, admin, want)
	}
}

func TestMutes(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "mute long path here for 2d"), "You hear nothing of long_path in this channel until Thu 5 Mar 11:00")
	e := o.last(signals.Muted)
	require.Equal(t, []string{"slack/T1/U3", "long_path", "slack/T1/C1"}, []string{e.Actor, e.Field, e.Ref})
	require.Contains(t, o.ask("U3", "settings"), "Muted by you: long_path in this channel until Thu 5 Mar 11:00")
	require.NotContains(t, o.ask("U2", "settings"), "Muted", "what somebody does not hear is theirs")
	require.Contains(t, o.ask("U3", "unmute long_path"), "have not muted", "that is another mute")
	require.Contains(t, o.ask("U3", "unmute long_path here"), "again")
	require.NotContains(t, o.ask("U3", "settings"), "Muted")
	require.Contains(t, o.ask("U1", "silence #payments from friday 18:00 until monday"), "I say nothing in this channel from Fri 6 Mar 18:00 until Mon 9 Mar 09:00")
	e = o.last(signals.Muted)
	require.Empty(t, e.Actor)
	require.Equal(t, "2026-03-06T18:00:00Z", e.From)
	require.Contains(t, o.ask("U3", "settings"), "Muted for everybody: anything in this channel from Fri 6 Mar 19:00", "by their own clock")
	require.Contains(t, o.ask("U1", "unmute all here for everybody"), "Everybody hears")
	require.NotContains(t, o.ask("U3", "settings"), "Muted")
	require.Contains(t, o.ask("U1", "mute stall for everybody"), "Nobody hears of stall until")
}

// TestMuteSaysHowToEndIt: what an answer says of the way back does it.
func TestMuteSaysHowToEndIt(t *testing.T) {
	for text, want := range map[string][2]string{
		"mute stall":                         {"You hear nothing of stall until", "unmute stall"},
		"mute stall here":                    {"You hear nothing of stall in this channel until", "unmute stall here"},
		"mute all for 2d":                    {"You hear nothing of anybody's signals until", "unmute all"},
		"mute stall for everybody":           {"Nobody hears of stall until", "unmute stall for everybody"},
		"mute all in #payments for everyone": {"Nobody hears of anything in this channel until", "unmute all here for everybody"},
	} {
		o := newOffice(t, nil)
		got := o.ask("U1", text)
		require.Contains(t, got, want[0], text)
		_, again, _ := strings.Cut(got, "To end that earlier say ")
		require.Equal(t, want[1], strings.TrimSuffix(again, "."), text)
		require.Contains(t, o.ask("U1", want[1]), "again.", text)
	}
}

func TestModes(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U1", "mode stall ask"), "stall is in mode ask now, which asks an admin first")
	require.Contains(t, o.ask("U1", "mode"), "stall | ask | Slack")
	require.Contains(t, o.ask("U1", "mode hedged live in PAY"), "hedged in PAY is in mode live")
	require.Contains(t, o.ask("U1", "mode"), "hedged in PAY | live | Slack")
	require.Contains(t, o.ask("U1", "mode stall default"), "what the configuration says again")
	require.Contains(t, o.ask("U1", "mode"), "stall | shadow | the file")
}

// TestAskModeTakesOnlyPlacesThatThereAre: a word that is no place is no project.
func TestAskModeTakesOnlyPlacesThatThereAre(t *testing.T) {
	o := newOffice(t, nil)
	for text, want := range map[string]string{
		"mode stall live everywhere": `"everywhere" is no channel and no project that I know`, "mode stall shadow in PYA": "Did you mean PAY?", "mode stall live in PAY-7": "Did you mean PAY?",
	} {
		require.Contains(t, o.ask("U1", text), want, text)
	}
	require.Nil(t, o.last(signals.ModeSet))
	require.Contains(t, o.ask("U1", "mode stall live in pay."), "stall in PAY is in mode live")
}

func TestWatching(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "watch #payments"), "I watch this channel")
	require.Contains(t, o.ask("U3", "unwatch"), "do not watch this channel any more")
	require.Equal(t, []string{"join slack/T1/C1", "leave slack/T1/C1"}, o.places.calls)
	require.Equal(t, "off", o.last(signals.Watched).Field)
	o.places.fail = forbidden{errors.New("x")}
	require.Contains(t, o.ask("U3", "watch <#C5|secret>"), "cannot join it: andon is not in the channel")
	require.Contains(t, o.ask("U1", "unwatch <#C5>"), "could not leave it")
}

func TestLinkAnAccount(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "link https://x.atlassian.net/jira/people/5b10a2844c20"), "5b10a2844c20 counts as yours")
	e := o.last(signals.RosterSet)
	require.Equal(t, []string{"account", "jira/jira/5b10a2844c20"}, []string{e.Field, e.To})
	require.JSONEq(t, `{"person":"dora","how":"self"}`, e.Text)
	require.Contains(t, o.ask("U3", "link 5b10a2844c20"), "I know already")
	require.Contains(t, o.ask("U2", "link 5b10a2844c20"), "belongs to somebody else")
}

// registry is a Jira that knows whose accounts there are.
type registry struct {
	scripted
	accounts map[string]bool
	fail     error
}

func (r *registry) HasAccount(_ context.Context, id string) (bool, error) {
	return r.accounts[id], r.fail
}

// TestAskLinkBelievesTheSite: what the site does not know is nobody's account,
// and what somebody linked they can unlink.
func TestAskLinkBelievesTheSite(t *testing.T) {
	site := &registry{accounts: map[string]bool{"acct-17": true}}
	o := newOffice(t, func(c *bot.Config) { c.Sources["jira/jira"] = site })
	require.Contains(t, o.ask("U3", "link ../../etc"), "is no Jira account")
	require.Contains(t, o.ask("U3", "link etc"), `Jira knows no person's account "etc", so nothing was linked`)
	require.Contains(t, o.ask("U3", "unlink"), "You have linked no Jira account")
	site.fail = errors.New("time-out")
	require.Contains(t, o.ask("U3", "link acct-17"), "could not be asked just now")
	site.fail = nil
	require.NotEqual(t, "account", o.last(signals.RosterSet).Field)
	require.Contains(t, o.ask("U9", "link acct-17"), "counts as yours")
	require.Contains(t, o.ask("U9", "unlink acct-17"), "does not count as yours any more", "of whom the roster knows nothing")
	require.Contains(t, o.ask("U3", "link acct-17"), "acct-17 counts as yours. To take that back say unlink acct-17.")
	require.Contains(t, o.ask("U2", "unlink acct-17"), "You have linked no Jira account", "another's")
	require.Contains(t, o.ask("U3", "unlink acct-18"), "You linked acct-17.")
	require.Contains(t, o.ask("U3", "unlink"), "does not count as yours any more")
	require.Contains(t, o.ask("U2", "link acct-17"), "counts as yours", "it is nobody's again")
}

func TestWhoAndTogether(t *testing.T) {
	o := newOffice(t, nil)
	require.Contains(t, o.ask("U3", "who pay invoices arrive twice"), "bea ")
	r := o.reply(o.asks("U3", "who PAY-7"))
	require.Len(t, r.Card.Actions, 1)
	press := view.Asked{ID: "b", Kind: view.Pressed, User: "slack/T1/U3", Action: r.Card.Actions[0].ID, Value: r.Card.Actions[0].Value}
	require.Contains(t, o.reply(press).Card.Text(), "I opened a direct message with you and bea")
	o.reply(press)
	o.drain()
	cards := o.said.said("intro")
	require.Len(t, cards, 1, "once, however often it is pressed")
	require.Contains(t, cards[0].Text(), "PAY-7 Invoices arrive twice")
	press.Value = "bea|jira/jira/8"
	require.Contains(t, o.reply(press).Card.Text(), "not there any more", "of what they may not see they cannot speak")
	press.Value = "nonsense"
	require.Contains(t, o.reply(press).Card.Text(), "too old")
}

func TestPathShowsOnesOwnTimeToOneself(t *testing.T) {
	o := newOffice(t, nil)
	k := signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}
	require.NoError(t, o.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{ID: k.String() + "/9.0", Case: k, Kind: signals.Assigned, Actor: "jira/jira/ann", To: "jira/jira/carl", At: tuesday, Seq: signals.Seq{Entry: 9}, Audience: signals.Public}}}))
	o.drain()
	o.clock.set(tuesday.Add(3 * 3_600_000_000_000))
	require.Contains(t, o.ask("U2", "path PAY-7"), "Your own time with it: 3 hours")
	require.NotContains(t, o.ask("U1", "path PAY-7"), "hours")
}
