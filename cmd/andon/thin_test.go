package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/integrations/slack"
	"andon/signals"
	"andon/store/storetest"
)

// TestThinChannelsAreToldToTheLeads: Web and Payments hand each other issues and
// never talk. Both leads hear of it, once in the quarter, whoever of two replicas
// looks; where they talk in an incident alone it says where.
func TestThinChannelsAreToldToTheLeads(t *testing.T) {
	for name, x := range map[string]struct {
		incident string // what the channel is called in which both write, "" for none
		more     int    // people in each team
		want     []string
		never    []string
	}{
		"tickets alone":   {"", 5, []string{"reach each other only through tickets: in the channels that I watch", "They handed issues to each other 12 times, and the middle hand-off lay", "Channels that I do not watch I know nothing of."}, []string{"Bea", "Carl"}},
		"incidents alone": {"inc-7", 5, []string{"talk only when there is a major incident", "in #inc-7 alone"}, []string{"only through tickets"}},
		"few people":      {"", 0, []string{"only through tickets", "one of the teams has fewer than 5 people"}, []string{"12 times"}},
		"they talk":       {"general", 5, nil, []string{"is thin"}},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(t *testing.T, url string) {
				f := thinFloor(t, url, x.incident, x.more)
				f.opens()
				other := f.replica()
				for _, at := range []time.Duration{0, 7 * 24 * time.Hour, 7*24*time.Hour + time.Minute, 14 * 24 * time.Hour} {
					f.clock.set(time.Date(2026, 6, 8, 14, 0, 0, 0, time.UTC).Add(at)) // Mondays
					both(f, other, does((*bot.Bot).ThinDue))
				}
				said, told := f.posts(), []string(nil)
				for _, m := range f.fake.Messages() {
					if strings.Contains(m.Text, "The way between Payments and Web is thin") {
						told = append(told, m.Channel)
					}
				}
				if x.want != nil {
					require.ElementsMatch(t, []string{"D1", "D2"}, told, "each lead once")
				}
				for _, w := range x.want {
					require.Contains(t, said, w)
				}
				for _, n := range x.never {
					require.NotContains(t, said, n)
				}
				list := f.asks("U1", "routes")
				require.Equal(t, x.want != nil, strings.Contains(list, "in the channels that I watch"), list)
				require.NotContains(t, f.asks("U3", "routes"), "in the channels that I watch", "Ann leads nobody")
			}
			if name == "tickets alone" {
				storetest.Each(t, run)
				return
			}
			run(t, storetest.SQLite(t))
		})
	}
}

// TestWhoWantsNoDigestIsNotToldOfThinChannels, and the other lead is.
func TestWhoWantsNoDigestIsNotToldOfThinChannels(t *testing.T) {
	f := thinFloor(t, storetest.SQLite(t), "", 5)
	f.clock.set(time.Date(2026, 6, 8, 14, 0, 0, 0, time.UTC))
	f.asks("U1", "settings digest off")
	require.NoError(t, f.bot.ThinDue(t.Context()))
	f.drain()
	for _, m := range f.fake.Messages() {
		require.NotContains(t, m.Text, "is thin", "nothing but the cord may speak yet")
	}
	f.opens()
	for range 2 {
		require.NoError(t, f.bot.ThinDue(t.Context()))
		f.drain()
		f.clock.set(f.clock.now().AddDate(0, 0, 7))
	}
	var told []string
	for _, m := range f.fake.Messages() {
		if strings.Contains(m.Text, "is thin") {
			told = append(told, m.Channel)
		}
	}
	require.Equal(t, []string{"D2"}, told)
}

// TestThinChannelsOfWhoLeft: one of the leads has left, so the other hears of it
// alone; nothing is done about it, so it is told again in the next quarter, and not
// before.
func TestThinChannelsOfWhoLeft(t *testing.T) {
	f := thinFloor(t, storetest.SQLite(t), "", 5)
	f.opens()
	f.leaves("carl", "Web", "U2")
	told := map[string]int{}
	for _, day := range []string{"2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29", "2026-07-06", "2026-07-13"} {
		at, err := time.Parse(time.DateOnly, day)
		require.NoError(t, err)
		f.clock.set(at.Add(14 * time.Hour)) // Mondays
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{wondered("C1", int(f.clock.now().Sub(tuesday).Seconds()), f.clock.now(), "U1", "good morning")}}))
		require.NoError(t, f.bot.ThinDue(t.Context()))
		f.drain()
		told[day] = f.heard("D1")
	}
	require.Equal(t, map[string]int{"2026-06-08": 0, "2026-06-15": 1, "2026-06-22": 1, "2026-06-29": 1, "2026-07-06": 2, "2026-07-13": 2}, told)
	require.Contains(t, f.posts(), "The way between Payments and Web is thin")
	require.Zero(t, f.heard("D2"))
}

// thinFloor is two teams that hand issues to each other in May, and talk of their
// own in channels of their own.
func thinFloor(t *testing.T, url, incident string, more int) *floor {
	f := twoTeams(t, url, func(c *bot.Config) { c.Admin = slack.Admin; c.Policy.Mode = signals.Shadow; c.AsLive = false })
	f.people("Web", more)
	f.people("Payments", more)
	f.org("team", "Web", `{"id":"Web","lead":"carl"}`)
	start := time.Date(2026, 4, 20, 9, 0, 0, 0, time.UTC)
	var events []*signals.Event
	rooms := map[string]string{"slack/T1/C1": "billing"}
	said := func(ch, who string, at time.Time) {
		k := signals.SlackThread("T1", ch, fmt.Sprintf("%d.000100", at.Unix()))
		events = append(events, &signals.Event{ID: k.String() + who, Case: k, Kind: signals.Said, Actor: "slack/T1/" + who, At: at, Text: "good morning", Audience: signals.Public})
	}
	for i := range 12 {
		at := start.AddDate(0, 0, 4*i)
		said("C1", "U1", at)
		said("C9", "U2", at)
		k := signals.Key{Source: signals.Jira, Site: "jira", ID: fmt.Sprint(500 + i)}
		add := func(n int, kind signals.Kind, from, to string, at time.Time) {
			e := &signals.Event{ID: fmt.Sprintf("%s/%d", k, n), Case: k, Kind: kind, Actor: "jira/jira/ann", From: from, To: to, At: at, Seq: signals.Seq{Entry: int64(n)}, Audience: signals.Public}
			if kind == signals.Opened {
				e.Set = []signals.Value{{Field: signals.FieldTeam, To: "Web"}}
			}
			events = append(events, e)
		}
		add(1, signals.Opened, "", "", at)
		add(2, signals.TeamMoved, "Web", "Payments", at.Add(time.Hour))
		add(3, signals.Closed, "", "Done", at.Add(50*time.Hour))
	}
	if incident != "" {
		rooms["slack/T1/C7"] = incident
		said("C7", "U1", start.AddDate(0, 0, 10))
		said("C7", "U2", start.AddDate(0, 0, 10))
	}
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: events, Rooms: rooms, Learn: true}))
	f.drain()
	return f
}

// opens lets one detector ask, so that leads are told of what concerns them.
func (f *floor) opens() {
	e := &signals.Event{ID: "andon/test/opens", Kind: signals.ModeSet, Case: orgKey, Field: "hedged", To: string(signals.Ask), At: f.clock.now()}
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
}

// TestALiaisonIsProposedOnce: in the digest of each lead, the teams and not who;
// of small teams without figures.
func TestALiaisonIsProposedOnce(t *testing.T) {
	for people, often := range map[int]string{5: "12 times", 0: "often"} {
		t.Run(often, func(t *testing.T) { liaisonOnce(t, people, often) })
	}
}

func liaisonOnce(t *testing.T, people int, often string) {
	f := thinFloor(t, storetest.SQLite(t), "general", people)
	f.conf.Digest, f.conf.Policy.Routes.Liaison = bot.Digest{Leads: true, Weekday: time.Monday, Hour: 9}, 12
	f.start()
	require.NoError(t, f.db.SetCursor(t.Context(), "digests since", "2026-05-01T00:00:00Z"))
	for _, day := range []int{1, 8, 15} {
		f.clock.set(time.Date(2026, 6, day, 14, 0, 0, 0, time.UTC))
		require.NoError(t, f.bot.DigestDue(t.Context()))
		f.drain()
	}
	proposed, digests := 0, 0
	for _, m := range f.fake.Messages() {
		digests += strings.Count(m.Text, "The week of")
		proposed += strings.Count(m.Text, "Payments and Web handed issues to each other "+often+" in 90 days. A liaison between the two may save both some waiting; their leads choose who.")
	}
	require.Equal(t, 2, proposed, "once to each lead")
	require.Equal(t, 4, digests, "the first week is for looking")
	require.Contains(t, f.asks("U1", "routes"), "A liaison between the two")
	require.NotContains(t, f.asks("U3", "routes"), "A liaison between the two", "Ann leads nobody")
}
