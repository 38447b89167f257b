package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/signals"
	"andon/store/storetest"
)

// pulpit is a mouth that remembers what it was given, to whom and when.
type pulpit struct {
	mouth
	now  func() time.Time
	said []utterance
}

type utterance struct {
	to   string
	card *view.Card
	at   time.Time
}

func (p *pulpit) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	p.said = append(p.said, utterance{target, card, p.now()})
	return p.mouth.Post(ctx, target, card)
}

// digests lists when each target was said a digest, by target.
func (p *pulpit) digests(zone *time.Location) map[string][]string {
	out := make(map[string][]string)
	for _, u := range p.said {
		if u.card.Kind == "digest" {
			out[u.to] = append(out[u.to], u.at.In(zone).Format("Mon 2006-01-02 15:04"))
		}
	}
	return out
}

func (p *pulpit) digest(t *testing.T, to string) *view.Card {
	for _, u := range p.said {
		if u.card.Kind == "digest" && u.to == to {
			return u.card
		}
	}
	require.Fail(t, "no digest was said", "to %s", to)
	return nil
}

const digestChannel = "slack/T1/C0DIGEST"

var digestRoom = signals.SlackThread("T1", "CPRIV", "1")

// houses are two teams of five people in different places, one of two, and who
// leads them.
func houses() []*signals.Event {
	var out []*signals.Event
	add := func(field, to string, v any) {
		text, _ := json.Marshal(v) // of maps of strings
		out = append(out, &signals.Event{ID: "andon/test/" + field + "/" + to, Kind: signals.RosterSet, Case: orgKey, Field: field, To: to, Text: string(text), At: time.Unix(0, 0).UTC()})
	}
	person := func(id, team, zone string) {
		add("person", id, map[string]any{"id": id, "name": strings.ToUpper(id[:1]) + id[1:], "team": team, "zone": zone, "accounts": []string{"jira/jira/" + id, "slack/T1/U" + strings.ToUpper(id)}})
	}
	for i, id := range []string{"bea", "ben", "bob", "bia", "bill"} {
		person(id, "Payments", "Europe/Berlin")
		person([]string{"carl", "cleo", "cora", "cyra", "chen"}[i], "Web", "America/New_York")
	}
	person("kim", "Small", "Asia/Kolkata")
	person("kai", "Small", "Asia/Kolkata")
	add("team", "Payments", map[string]any{"id": "Payments", "lead": "bea", "owns": []map[string]string{{"project": "PAY"}}})
	add("team", "Web", map[string]any{"id": "Web", "lead": "carl"})
	add("team", "Small", map[string]any{"id": "Small", "lead": "kim"})
	// Bea is in a private channel, Carl is not.
	out = append(out, &signals.Event{ID: "slack/T1/CPRIV/joined", Kind: signals.Joined, Case: digestRoom, To: "slack/T1/UBEA", At: time.Unix(0, 0).UTC()})
	return out
}

// digester is a service that says digests, with these houses, at a time, and has
// watched for long.
func digester(t *testing.T, at time.Time, more func(*bot.Config)) (*stepper, *pulpit) {
	p := &pulpit{}
	s := newStepper(t, storetest.SQLite(t), at, signals.DefaultPolicy(), func(c *bot.Config) {
		c.Poster, p.now = p, c.Now
		c.Admins = []string{"ben"}
		c.Digest = bot.Digest{Channel: digestChannel, Leads: true, Weekday: time.Monday, Hour: 9, Zone: "Europe/Berlin"}
		if more != nil {
			more(c)
		}
	})
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: houses()}))
	require.NoError(t, s.db.SetCursor(t.Context(), "digests since", at.AddDate(0, 0, -30).Format(time.RFC3339)))
	s.drain()
	return s, p
}

// digestsUntil lets time pass in half hours, and says what comes due.
func (s *stepper) digestsUntil(t *testing.T, end time.Time) {
	for !s.clock.now().After(end) {
		require.NoError(t, s.bot.DigestDue(t.Context()))
		s.drain()
		s.clock.set(s.clock.now().Add(30 * time.Minute))
	}
}

// TestDigestsComeAtNineLocally, over both changes of the clocks.
func TestDigestsComeAtNineLocally(t *testing.T) {
	for name, c := range map[string]struct{ from, berlin, newYork, kolkata string }{
		"forward in Berlin":   {"2026-03-28", "Mon 2026-03-30 07:00", "Mon 2026-03-30 13:00", "Mon 2026-03-30 03:30"},
		"back in Berlin":      {"2026-10-24", "Mon 2026-10-26 08:00", "Mon 2026-10-26 13:00", "Mon 2026-10-26 03:30"},
		"forward in New York": {"2026-03-07", "Mon 2026-03-09 08:00", "Mon 2026-03-09 13:00", "Mon 2026-03-09 03:30"},
		"back in New York":    {"2026-10-31", "Mon 2026-11-02 08:00", "Mon 2026-11-02 14:00", "Mon 2026-11-02 03:30"},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := time.Parse(time.DateOnly, c.from)
			require.NoError(t, err)
			s, p := digester(t, from, nil)
			s.digestsUntil(t, from.AddDate(0, 0, 4))
			require.Equal(t, map[string][]string{digestChannel: {c.berlin}, "bea": {c.berlin}, "carl": {c.newYork}, "kim": {c.kolkata}}, p.digests(time.UTC))
			for _, u := range p.said {
				require.NotContains(t, u.card.Text(), "late")
			}
		})
	}
}

// TestAMissedDigestIsSaidLateAndOnce: the service is down on Monday; it is said
// on Tuesday, in everybody's working hours, and says so.
func TestAMissedDigestIsSaidLateAndOnce(t *testing.T) {
	saturday := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	s, p := digester(t, saturday, nil)
	require.NoError(t, s.bot.DigestDue(t.Context()))
	require.Empty(t, p.said, "the first digest is of the first whole week that is due")
	s.clock.set(time.Date(2026, 11, 17, 10, 15, 0, 0, time.UTC)) // Tuesday: 11:15 in Berlin, 5:15 in New York
	s.start()
	for range 3 {
		require.NoError(t, s.bot.DigestDue(t.Context()))
		s.drain()
	}
	require.Equal(t, map[string][]string{digestChannel: {"Tue 2026-11-17 10:15"}, "bea": {"Tue 2026-11-17 10:15"}, "kim": {"Tue 2026-11-17 10:15"}}, p.digests(time.UTC))
	require.Contains(t, p.digest(t, digestChannel).Text(), "This is Monday's digest, late.")
	require.Contains(t, p.digest(t, digestChannel).Title, "The week of 9 to 15 November")
	// The process dies between saying it and remembering that.
	require.NoError(t, s.db.SetCursor(t.Context(), "digest/"+digestChannel, "2026-W46"))
	s.start()
	s.digestsUntil(t, time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC))
	require.Equal(t, []string{"Tue 2026-11-17 10:15"}, p.digests(time.UTC)[digestChannel], "never twice")
	require.Equal(t, []string{"Tue 2026-11-17 14:15"}, p.digests(time.UTC)["carl"])
	// Three weeks later only the latest is said.
	s.clock.set(time.Date(2026, 12, 16, 10, 0, 0, 0, time.UTC))
	require.NoError(t, s.bot.DigestDue(t.Context()))
	s.drain()
	require.Equal(t, []string{"Tue 2026-11-17 10:15", "Wed 2026-12-16 10:00"}, p.digests(time.UTC)[digestChannel])
}

// TestWhoGetsADigest: a lead who said no gets none, one who is away gets it when
// they are back, and whoever asked for one gets it.
func TestWhoGetsADigest(t *testing.T) {
	saturday := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	s, p := digester(t, saturday, func(c *bot.Config) { c.Digest.Channel = "" })
	say := func(id, kind string, e signals.Event) {
		e.ID, e.Case, e.At, e.Kind = "andon/test/"+id, orgKey, saturday, signals.Kind(kind)
		require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{&e}}))
	}
	say("1", "roster", signals.Event{Field: "own", To: "carl", Text: `{"digest":false}`})
	say("2", "roster", signals.Event{Field: "own", To: "slack/T1/UBEN", Text: `{"digest":true}`})
	say("3", "away", signals.Event{To: "kim", Text: "2026-11-18T00:00:00Z"})
	say("4", "roster", signals.Event{Field: "own", To: "bill", Text: `{"digest":true,"opted_out":true}`})
	s.digestsUntil(t, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	require.Equal(t, map[string][]string{"bea": {"Mon 2026-11-16 08:00"}, "ben": {"Mon 2026-11-16 08:00"}, "kim": {"Wed 2026-11-18 03:30"}}, p.digests(time.UTC))
	require.Contains(t, p.digest(t, "kim").Text(), "late")
}

// handedAround is an issue of an audience that some teams hand around, two hours each.
func handedAround(id, title string, at time.Time, audience signals.Audience, teams ...string) []*signals.Event {
	k := signals.Key{Source: signals.Jira, Site: "jira", ID: id}
	made := []*signals.Event{{
		ID: k.String() + "/created", Kind: signals.Opened, Actor: "jira/jira/ann", Text: title,
		Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + id}, {Field: signals.FieldTeam, To: teams[0]}, {Field: signals.FieldProject, To: "PAY"}},
	}}
	for i, to := range teams[1:] {
		made = append(made, &signals.Event{ID: fmt.Sprintf("%s/%d.0", k, i+1), Kind: signals.TeamMoved, Actor: "jira/jira/ann", From: teams[i], To: to, Seq: signals.Seq{Entry: int64(i + 1)}})
	}
	for i, e := range made {
		e.Case, e.Audience, e.At = k, audience, at.Add(time.Duration(i)*2*time.Hour)
	}
	return made
}

// pulledCord is a cord that somebody pulled in a public channel.
func pulledCord(id, actor string, at time.Time) []*signals.Event {
	k := signals.SlackThread("T1", "C1", id)
	return []*signals.Event{{ID: k.String(), Case: k, Kind: signals.Pulled, Actor: actor, Text: "the till is stuck", At: at, Audience: signals.Public}}
}

// TestWhatADigestSays: sums of what everybody who reads it may see, about teams
// that are large enough, with thanks to those who wish to be thanked.
func TestWhatADigestSays(t *testing.T) {
	monday := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	s, p := digester(t, monday, nil)
	require.NoError(t, s.bot.DigestDue(t.Context()))
	secret := signals.MembersOf("slack/T1/CPRIV")
	happen := func(at time.Time, events []*signals.Event) {
		s.until(at, true)
		for _, e := range events {
			s.until(e.At, true)
			require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{e}}))
			s.drain()
		}
	}
	tuesday := monday.Add(33 * time.Hour)
	happen(tuesday, handedAround("1", "Invoices arrive twice", tuesday, signals.Public, "Payments", "Web", "Payments", "Web", "Payments"))
	happen(tuesday.Add(10*time.Hour), handedAround("2", "A secret merger", tuesday.Add(10*time.Hour), secret, "Payments", "Web", "Payments", "Web", "Payments"))
	happen(tuesday.Add(24*time.Hour), handedAround("3", "Search is slow", tuesday.Add(24*time.Hour), signals.Public, "Payments", "Small", "Web", "Small", "Payments"))
	thanks := &signals.Event{ID: "andon/test/thanks", Case: orgKey, Kind: signals.RosterSet, Field: "own", To: "bob", Text: `{"thanks":true}`, At: monday}
	happen(thanks.At, []*signals.Event{thanks})
	for i, who := range []string{"slack/T1/UBOB", "slack/T1/UCLEO", "own/anonymous/x1"} {
		at := tuesday.Add(40*time.Hour + time.Duration(i)*time.Hour)
		happen(at, pulledCord(fmt.Sprintf("170000000%d.000100", i), who, at))
	}
	s.until(monday.AddDate(0, 0, 7), true)
	s.digestsUntil(t, monday.AddDate(0, 0, 7).Add(20*time.Hour))

	said, bea, carl := p.digest(t, digestChannel).Text(), p.digest(t, "bea").Text(), p.digest(t, "carl").Text()
	t.Log(said)
	require.NotContains(t, said, "secret", "what is private is not in the channel's digest")
	require.NotContains(t, carl, "secret")
	require.Contains(t, bea, "PAY-2 A secret merger", "Bea may see it")
	require.Contains(t, said, "PAY-1 Invoices arrive twice | Payments → Web → Payments → Web → Payments | Payments |")
	require.Contains(t, said, "PAY-3 Search is slow | Payments → a small team → Web → a small team → Payments | Payments |")
	require.NotContains(t, said, "Small")
	require.Equal(t, 1, strings.Count(said, "Teams of fewer than 5 people are left out."))
	require.Contains(t, said, "Web | 6 | 2\n", "two hours each time, a small team's left out")
	require.Contains(t, said, "Payments ↔ Web | 2 | 2")
	require.Contains(t, bea, "Payments ↔ Web | 4 | 4")
	require.Contains(t, said, "Thank you for pulling the cord: Bob.")
	for _, name := range []string{"Cleo", "anonymous", "Carl", "Bea", "Kim"} {
		require.NotContains(t, said, name, "people are named for thanks alone, where they wish that")
	}
	require.Contains(t, said, "cord | 3 | ")
}

// TestTheDigestNow is for admins, for them alone.
func TestTheDigestNow(t *testing.T) {
	wednesday := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC)
	s, p := digester(t, wednesday, nil)
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: handedAround("1", "Invoices arrive twice", wednesday.Add(-9*time.Hour), signals.Public, "Payments", "Web", "Payments", "Web", "Payments")}))
	s.drain()
	ask := func(user string) view.Reply {
		r, err := s.bot.Ask(t.Context(), view.Asked{ID: "q1", Kind: view.Command, User: user, Text: "digest now"})
		require.NoError(t, err)
		require.True(t, r.Ephemeral)
		return r
	}
	require.Contains(t, ask("slack/T1/UBEN").Card.Text(), "The week so far, since Monday 9 November")
	require.NotContains(t, ask("slack/T1/UCARL").Card.Text(), "The week so far")
	require.Empty(t, p.digests(time.UTC))
}
