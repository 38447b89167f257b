package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store/storetest"
)

// org changes the organisation.
func (f *floor) org(field, to, text string) {
	f.t.Helper()
	f.asked++
	require.NoError(f.t, f.bot.Accept(f.t.Context(), signals.Delivery{Events: []*signals.Event{{ID: fmt.Sprint("andon/test/org/", f.asked), Kind: signals.RosterSet, Case: orgKey, Field: field, To: to, Text: text, At: f.clock.now()}}}))
}

// twoTeams is a floor on which Ann is of Web, with Carl, and Bea leads Payments.
func twoTeams(t *testing.T, url string, change func(*bot.Config)) *floor {
	f := newFloorOn(t, url, change)
	f.org("person", "ann", `{"id":"ann","name":"Ann","team":"Web","accounts":["jira/jira/ann","slack/T1/U3"]}`)
	return f
}

// people puts so many more people into a team.
func (f *floor) people(team string, n int) {
	for i := range n {
		id := fmt.Sprint(strings.ToLower(team), i)
		f.org("person", id, fmt.Sprintf(`{"id":%q,"name":%q,"team":%q}`, id, id, team))
	}
}

// rules counts the standing routes that the journal tells of.
func (f *floor) rules() (n int) {
	entries, err := f.db.Follow(f.t.Context(), 0, 10_000)
	require.NoError(f.t, err)
	org := signals.NewOrg(signals.DefaultPolicy())
	for _, e := range entries {
		if e.Kind == signals.RosterSet {
			require.NoError(f.t, org.Apply(e.Event))
		}
	}
	return len(org.Rules(f.clock.now()))
}

// otherAsk is another ask than askWords.
const otherAsk = "Does anybody know where I get the export of last month? The page says permission denied, can somebody help me?"

// TestADirectRouteIsWiredOnce: Bea and Ann are brought together, and from then on
// what Ann's team sees of that kind goes to whoever may be asked in Bea's. Two
// replicas make one rule, and a restart changes nothing.
func TestADirectRouteIsWiredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := twoTeams(t, url, func(c *bot.Config) { c.Admins, c.Digest.Leads = []string{"carl"}, true })
		key := f.ask("C1", 100, signals.Public)
		other := f.replica()
		both(f, other, func(x *floor) error {
			_, err := x.bot.Ask(t.Context(), view.Asked{ID: fmt.Sprint("race", x == f), Kind: view.Pressed, User: "slack/T1/U1", Action: "together", Value: key})
			return err
		})
		require.Equal(t, 1, f.rules())
		group := ""
		for k, to := range f.said.posts {
			if to == "slack/T1/G77" {
				group = k
			}
		}
		require.Contains(t, f.shows(group), "Web and Payments agreed on this route on 4 March. The next unanswered_ask from Web goes to Payments first, until 2 June. Either team can take that back.")
		require.Contains(t, f.shows(group), "[Take the route back]")

		// Nobody owns the other channel; without the route nobody of Payments is asked first.
		f.start()
		f.org("team", "Payments", `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"},{"channel":"slack/T1/C1"}]}`)
		f.org("team", "Web", `{"id":"Web","lead":"carl","owns":[{"channel":"slack/T1/C9"}]}`)
		next := f.askWith("C9", 9000, otherAsk, signals.Public)
		require.NotEmpty(t, next)
		require.Contains(t, f.shows(next), "Why you: You lead Payments; Web and Payments agreed on this route on 4 March.")
		r := f.records("C9", 9000)[0]
		require.Equal(t, "bea", r.Nudges[0].To)
		require.Equal(t, "web>payments|unanswered_ask", r.Rule)
		said := f.asks("U2", "routes")
		require.Contains(t, said, "1. Web → Payments for unanswered_ask")
		require.Contains(t, said, "Agreed on 4 March, until 2 June. No figures: one of the teams has fewer than 5 people.")
		f.people("Web", 5)
		f.people("Payments", 5)
		said = f.asks("U2", "routes")
		require.Contains(t, said, "Taken once: 0 received, 0 solved. Too few to say what it saved.")
		require.NotContains(t, said, "Bea")
		digest := f.asks("U2", "digest now")
		require.Contains(t, digest, "Standing routes, since each stands")
		require.Contains(t, digest, "Web → Payments for unanswered_ask | 1 | 0 | 0 | Too few to say what it saved")
		require.NoError(t, f.bot.Save(t.Context()))
		f.start() // from a snapshot
		require.Equal(t, said, f.asks("U2", "routes"))

		require.Contains(t, f.press("slack/T1/U3", "unwire", group).Card.Text(), "taken back")
		require.Zero(t, f.rules())
		require.Contains(t, f.shows(group), "The standing route has ended.")
		require.Contains(t, f.press("slack/T1/U1", "unwire", group).Card.Text(), "no standing route any more")
	})
}

// TestARouteNeverLeadsToWhoLeft: the lead has left, whoever agreed is asked; when
// they left too it goes its usual way. Who does not answer is followed as ever.
func TestARouteNeverLeadsToWhoLeft(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), func(c *bot.Config) { c.Admins = []string{"carl"} })
	f.press("slack/T1/U1", "together", f.ask("C1", 100, signals.Public))
	f.org("team", "Payments", `{"id":"Payments","lead":"paul"}`)
	f.org("person", "paul", `{"id":"paul","name":"Paul","team":"Payments","left":true,"accounts":["slack/T1/U8"]}`)
	f.org("team", "Web", `{"id":"Web","lead":"carl","owns":[{"channel":"slack/T1/C9"},{"channel":"slack/T1/C1"}]}`)
	f.clock.set(f.clock.now().Truncate(24 * time.Hour).Add(34 * time.Hour)) // ten in the morning
	f.askWith("C9", 90000, otherAsk, signals.Public)
	f.until(f.clock.now().AddDate(0, 0, 3), true)
	list := f.records("C9", 90000)[0].Nudges
	require.Equal(t, "bea", list[0].To)
	require.Equal(t, "took the like on before; Web and Payments agreed on this route on 4 March", list[0].Route)
	require.Equal(t, "carl", list[len(list)-1].To, "she did not answer")

	f.org("person", "bea", `{"id":"bea","name":"Bea","team":"Payments","left":true,"accounts":["slack/T1/U1"]}`)
	f.clock.set(f.clock.now().Truncate(24 * time.Hour).Add(34 * time.Hour))
	f.ask("C9", 400000, signals.Public)
	r := f.records("C9", 400000)[0]
	require.Equal(t, "carl", r.Nudges[0].To)
	require.Empty(t, r.Rule, "nobody could take it")
}

// TestWhoTookItUpKeepsTheRoute: Bea takes it up and keeps the way; Ann is told, and
// takes it back. Nobody who is in no team makes one, and 0 switches it off.
func TestWhoTookItUpKeepsTheRoute(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), nil)
	key := f.ask("C1", 100, signals.Public)
	require.NotContains(t, f.shows(key), "Keep this route", "before she took it up")
	f.press("slack/T1/U1", "claim", key)
	require.Zero(t, f.rules(), "taking it up makes none")
	require.Contains(t, f.shows(key), "[Keep this route]")
	require.Nil(t, f.press("slack/T1/U1", "wire", key).Card)
	require.Equal(t, 1, f.rules())
	require.Contains(t, f.shows(key), "[Take the route back]")
	told := ""
	for k := range f.said.posts {
		if strings.HasPrefix(k, "r") {
			told = k
		}
	}
	require.Contains(t, f.shows(told), "Web and Payments agreed on this route on 4 March.")
	require.Contains(t, f.press("slack/T1/U2", "unwire", told).Card.Text(), "for somebody else")
	require.Contains(t, f.press("slack/T1/U3", "unwire", told).Card.Text(), "taken back")
	require.Zero(t, f.rules())
	require.Contains(t, f.shows(told), "has ended")
	require.Contains(t, f.shows(key), "[Keep this route]")
	f.press("slack/T1/U1", "wire", key)
	require.Equal(t, 1, f.rules(), "she may keep it again")
	require.Contains(t, f.shows(told), "[Take the route back]")

	for name, change := range map[string]func(*floor){
		"Ann is in no team": func(f *floor) {
			f.org("person", "ann", `{"id":"ann","name":"Ann","accounts":["slack/T1/U3"]}`)
		},
		"one team":     func(f *floor) { f.org("person", "ann", `{"id":"ann","team":"Payments","accounts":["slack/T1/U3"]}`) },
		"switched off": func(f *floor) { f.conf.Policy.Routes.Last = 0; f.start() },
	} {
		t.Run(name, func(t *testing.T) {
			f := twoTeams(t, storetest.SQLite(t), nil)
			change(f)
			key := f.ask("C1", 100, signals.Public)
			f.press("slack/T1/U1", "claim", key)
			require.NotContains(t, f.shows(key), "Keep this route")
			f.press("slack/T1/U1", "together", key)
			require.Zero(t, f.rules())
		})
	}
}

// TestAskingWhoMakesARoute: Ann raised it and asks who can help; being introduced
// makes a route, and says so. Only people of the two teams end it.
func TestAskingWhoMakesARoute(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), nil)
	f.org("person", "dora", `{"id":"dora","name":"Dora","team":"Desk","accounts":["slack/T1/U5"]}`)
	require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("7", tuesday.Add(-10*time.Minute))}))
	f.drain()
	require.Contains(t, f.press("slack/T1/U3", "answer.together", "bea|jira/jira/7").Card.Text(), "I opened a direct message with you and Bea.")
	require.Equal(t, 1, f.rules())
	intro := ""
	for k := range f.said.posts {
		if strings.HasPrefix(k, "intro/") {
			intro = k
		}
	}
	require.Contains(t, f.shows(intro), "agreed on this route on 3 March.")
	require.Contains(t, f.asks("U5", "routes"), "Web → Payments", "the signal was public")
	button := f.said.cards[intro].Actions[0]
	require.Equal(t, "Take the route back", button.Text)
	require.Contains(t, f.press("slack/T1/U5", button.ID, button.Value).Card.Text(), "Only people of Web and Payments")
	require.Equal(t, 1, f.rules())
	require.Contains(t, f.press("slack/T1/U3", button.ID, button.Value).Card.Text(), "The route has ended")
	require.Zero(t, f.rules())
}

// TestRoutesByHand: people of the two teams and admins add, renew and end a route;
// TestTheEndOfARouteIsSaidWhereItWasTold: the route stood before the two were
// brought together, as it does for the slower one of two who press at once.
func TestTheEndOfARouteIsSaidWhereItWasTold(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), nil)
	require.Contains(t, f.asks("U1", "routes add Web -> Payments for unanswered_ask"), "The route stands")
	f.press("slack/T1/U1", "together", f.ask("C1", 100, signals.Public))
	require.Equal(t, 1, f.rules())
	for key, to := range f.said.posts {
		if to == "slack/T1/G77" {
			require.Contains(t, f.shows(key), "The next unanswered_ask from Web goes to Payments first")
			f.press("slack/T1/U3", "unwire", key)
			require.Contains(t, f.shows(key), "The standing route has ended.")
			return
		}
	}
	require.Fail(t, "nobody was brought together")
}

// TestARouteOfLongNamesIsEnded from the list, whose choices Slack takes to 150
// letters.
func TestARouteOfLongNamesIsEnded(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), func(c *bot.Config) { c.Admins = []string{"carl"} })
	names := []string{strings.Repeat("Customer ", 10) + "A", strings.Repeat("Customer ", 10) + "B"}
	for _, n := range names {
		f.org("team", n, fmt.Sprintf(`{"id":%q}`, n))
	}
	require.Contains(t, f.asks("U2", "routes add "+names[0]+" -> "+names[1]+" for stall"), "The route stands")
	r, err := f.bot.Ask(t.Context(), view.Asked{ID: "list", Kind: view.Command, User: "slack/T1/U2", Channel: "slack/T1/C1", Text: "routes"})
	require.NoError(t, err)
	require.Len(t, r.Card.Actions, 2)
	end := r.Card.Actions[0]
	require.LessOrEqual(t, len(end.Options[0].Value), 150)
	f.press("slack/T1/U2", end.ID, end.Options[0].Value)
	require.Contains(t, f.asks("U2", "routes"), "No route stands")
}

// others do not. What is exported is what the roster of the file reads back.
func TestRoutesByHand(t *testing.T) {
	f := twoTeams(t, storetest.SQLite(t), func(c *bot.Config) { c.Admins = []string{"carl"} })
	f.org("person", "dora", `{"id":"dora","name":"Dora","team":"Desk","accounts":["slack/T1/U5"]}`)
	f.org("team", "Desk", `{"id":"Desk","lead":"dora"}`)
	require.Contains(t, f.asks("U5", "routes"), "No route stands that you may see.")
	require.Contains(t, f.asks("U5", "routes add Web -&gt; Payments for stall"), "Only people of Web and Payments, and admins")
	require.Contains(t, f.asks("U1", "routes add Web -&gt; Nowhere for stall"), `knows no team "Nowhere"`)
	require.Contains(t, f.asks("U1", "routes add Web -&gt; Payments"), "Say it like routes add")
	require.Contains(t, f.asks("U1", "routes add Web -&gt; Payments for stal"), "I know no detector")
	require.Contains(t, f.asks("U1", "routes add Web -&gt; Web for stall"), "from one team to another")
	require.Contains(t, f.asks("U1", "routes add "+strings.Repeat("Ⱥ", 20)+" -> Web FOR stall"), "The roster knows no team", "letters that grow with their case")
	require.Contains(t, f.asks("U1", "routes add web → payments for long path"), "The route stands: Web → Payments for long_path, until 1 June.")
	require.Contains(t, f.asks("U1", "routes add Web -> Payments for long_path"), "stands already")
	f.clock.set(f.clock.now().Add(time.Minute))
	require.Contains(t, f.asks("U2", "routes add Desk -> Web for stall"), "The route stands")
	require.Contains(t, f.asks("U5", "routes"), "2. Desk → Web for stall")
	require.Contains(t, f.asks("U5", "routes end 1"), "Only people of Web and Payments")
	require.Contains(t, f.asks("U5", "routes end 7"), "There is no standing route")
	f.clock.set(f.clock.now().AddDate(0, 1, 0))
	require.Contains(t, f.asks("U3", "routes renew 1"), "The route stands until 2 July")

	said := f.asks("U2", "routes export")
	file := filepath.Join(t.TempDir(), "andon.yaml")
	teams := "  teams: [{id: Web}, {id: Payments}, {id: Desk}]\n"
	_, yaml, _ := strings.Cut(said, "roster:\n")
	yaml, _, _ = strings.Cut(yaml, "Until each ends")
	require.NoError(t, os.WriteFile(file, []byte("roster:\n"+teams+yaml), 0o600))
	c, err := config.Load(file, configOptions())
	require.NoError(t, err, yaml)
	events, err := c.OrgEvents()
	require.NoError(t, err)
	org, err := signals.FoldOrg(signals.DefaultPolicy(), events, f.clock.now())
	require.NoError(t, err)
	rules := org.Rules(f.clock.now())
	require.Len(t, rules, 2)
	require.Equal(t, "roster:\n"+strings.TrimRight(yaml, "\n")+"\n", signals.RulesYAML(rules))
	alone, err := routesOf(t.Context(), f.db, signals.DefaultPolicy(), f.clock.now())
	require.NoError(t, err)
	require.Equal(t, signals.RulesYAML(rules), alone, "the command line writes the same")

	require.Contains(t, f.press("slack/T1/U5", "routes.end", "web>payments|long_path").Card.Text(), "Only people of")
	require.Contains(t, f.press("slack/T1/U3", "routes.end", "web>payments|long_path").Card.Text(), "The route has ended")
	require.Contains(t, f.press("slack/T1/U3", "routes.end", "web>payments|long_path").Card.Text(), "no standing route any more")
	f.clock.set(f.clock.now().AddDate(0, 3, 0))
	require.Contains(t, f.asks("U2", "routes"), "No route stands", "it ran out")
}
