package signals_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func own(to, text string) signals.Event {
	return signals.Event{Kind: signals.RosterSet, Field: "own", To: to, Text: text}
}

func person(id, text string) signals.Event {
	return signals.Event{Kind: signals.RosterSet, Field: "person", To: id, Text: text}
}

const bobWritten = `{"zone":"Asia/Kolkata","hours":"10:00-16:00","backup":"cat","accounts":["slack/T1/U1","jira/main/bob"]}`

// TestOwnWordsCountMore: in whichever order roster and own words come.
func TestOwnWordsCountMore(t *testing.T) {
	roster, word := person("bob", bobWritten), own("slack/T1/U1", `{"zone":"Europe/Berlin","backup":"eve","opted_out":true}`)
	for _, events := range [][]signals.Event{{roster, word}, {word, roster}, {roster, word, roster}} {
		o := orgAt(t, 9, orgEvents(events...))
		p := o.Person("jira/main/bob")
		require.Equal(t, []any{"Europe/Berlin", "10:00-16:00", "eve", true}, []any{p.Zone, p.Hours, p.Backup, p.OptedOut})
		require.Equal(t, "Asia/Kolkata", o.People["bob"].Zone, "the roster stays as it is")
		require.Equal(t, "Europe/Berlin", o.Calendar("bob").Zone.String())
		ok, why, backup := o.Available("bob", monday)
		require.Equal(t, []any{false, "has opted out", "eve"}, []any{ok, why, backup})
		s := o.Settings("slack/T1/U1")
		require.Equal(t, signals.Setting{Value: "Europe/Berlin", From: signals.OfOwn}, s.Zone)
		require.Equal(t, signals.Setting{Value: "10:00-16:00", From: signals.OfRoster}, s.Hours)
		require.Equal(t, signals.Setting{Value: "mon-fri", From: signals.OfPolicy}, s.Days)
		require.Equal(t, signals.Setting{Value: "yes", From: signals.OfOwn}, s.OptedOut)
		require.Equal(t, signals.Setting{Value: "no", From: signals.OfPolicy}, s.Thanks)
	}
}

func TestOwnWordsAreTakenBack(t *testing.T) {
	for _, tt := range []struct {
		name string
		last signals.Event
		zone string
		out  bool
		said bool
	}{
		{"a further one leaves the rest", own("bob", `{"thanks":true}`), "Europe/Berlin", true, true},
		{"one part", own("slack/T1/U1", `{"zone":"","opted_out":null}`), "Asia/Kolkata", false, true},
		{"the opposite", own("bob", `{"opted_out":false}`), "Europe/Berlin", false, true},
		{"all of it, under any id", own("jira/main/bob", ""), "Asia/Kolkata", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := orgAt(t, 9, orgEvents(person("bob", bobWritten), own("slack/T1/U1", `{"zone":"Europe/Berlin","opted_out":true}`), tt.last))
			require.Equal(t, tt.zone, o.Person("bob").Zone)
			require.Equal(t, tt.out, o.OptedOut("jira/main/bob"))
			_, said := o.Personal("bob")
			require.Equal(t, tt.said, said)
		})
	}
}

func TestStrangersAndFormerAccounts(t *testing.T) {
	o := orgAt(t, 9, orgEvents(own("slack/T1/U9", `{"opted_out":true}`)))
	require.True(t, o.OptedOut("slack/T1/U9"), "whom the roster does not know")
	ok, _, _ := o.Available("slack/T1/U9", monday)
	require.False(t, ok)
	o = orgAt(t, 9, orgEvents(own("slack/T1/U1", `{"opted_out":true}`), person("bob", bobWritten), person("bob", `{}`), person("cat", `{"accounts":["slack/T1/U1"]}`)))
	require.False(t, o.OptedOut("bob"))
	require.True(t, o.OptedOut("cat"), "the account is cat's now")
	for _, bad := range []string{`{`, `{"zone":"Mars/One"}`, `{"hours":"late"}`, `{"days":"never"}`} {
		o, err := signals.FoldOrg(signals.DefaultPolicy(), orgEvents(person("bob", bobWritten), own("bob", bad)), monday.AddDate(1, 0, 0))
		require.Error(t, err, bad)
		require.Equal(t, "Asia/Kolkata", o.Person("bob").Zone)
	}
}

func TestHintsRunOut(t *testing.T) {
	hint := func(h signals.Hint) signals.Event {
		raw, err := json.Marshal(h)
		require.NoError(t, err)
		return signals.Event{Kind: signals.RosterSet, Field: "hint", To: h.ID(), Text: string(raw)}
	}
	a := signals.Hint{Scope: "PAY", Not: "bob", Instead: "cat", At: monday, Until: monday.AddDate(0, 0, 5)}
	b := signals.Hint{Scope: "PAY", Component: "Checkout", Not: "bob", At: monday.AddDate(0, 0, 1), Until: monday.AddDate(0, 0, 9)}
	events := orgEvents(hint(a), hint(b), signals.Event{Kind: signals.RosterSet, Field: "hint", To: b.ID()})
	pay := &signals.Case{Project: "PAY"}
	checkout := &signals.Case{Project: "PAY", Components: []string{"checkout"}}
	o := orgAt(t, 1, events)
	require.Len(t, o.Hints(pay, monday.AddDate(0, 0, 1)), 1)
	require.Equal(t, []string{b.ID(), a.ID()}, []string{o.Hints(checkout, monday.AddDate(0, 0, 1))[0].ID(), o.Hints(checkout, monday)[1].ID()})
	require.Empty(t, o.Hints(&signals.Case{Project: "OPS"}, monday))
	require.Len(t, o.Hints(checkout, monday.AddDate(0, 0, 6)), 1, "the first has run out")
	require.Len(t, o.AllHints(monday), 2)
	require.Len(t, orgAt(t, 2, events).AllHints(monday), 1, "the second was taken back")
	_, err := signals.FoldOrg(signals.DefaultPolicy(), orgEvents(signals.Event{Kind: signals.RosterSet, Field: "hint", To: "x", Text: "{"}), monday.AddDate(1, 0, 0))
	require.Error(t, err)
}

func TestSilencesAndTheirEnd(t *testing.T) {
	mute := func(who, detector, scope, from, to string) signals.Event {
		return signals.Event{Kind: signals.Muted, Actor: who, Field: detector, Ref: scope, From: from, To: to}
	}
	events := orgEvents(
		person("bob", bobWritten),
		mute("", "", "slack/T1/C1", "2026-03-10T09:00:00Z", "2026-03-12T09:00:00Z"), // Tuesday, planned ahead
		mute("slack/T1/U1", "", "", "", "2026-03-20T09:00:00Z"),
		mute("", "echo", "", "", "2026-03-08T09:00:00Z"),
		mute("bob", "", "", "", "2026-03-01T09:00:00Z"), // Friday: bob hears again
	)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	o := orgAt(t, 3, events)
	for _, tt := range []struct {
		who, detector, scope string
		at                   time.Time
		want                 bool
	}{
		{"cat", "stall", "slack/T1/C1", day(9), false}, {"cat", "stall", "slack/T1/C1", day(11), true}, {"cat", "stall", "slack/T1/C2", day(11), false},
		{"cat", "stall", "slack/T1/C1", day(12), false}, {"bob", "stall", "PAY", day(19), true}, {"jira/main/bob", "echo", "", day(6), true},
		{"cat", "echo", "PAY", day(6), true}, {"cat", "echo", "PAY", day(9), false},
	} {
		_, ok := o.Muted(tt.who, tt.detector, tt.scope, tt.at)
		require.Equal(t, tt.want, ok, tt)
	}
	require.Len(t, o.Mutes(day(5)), 3)
	require.Equal(t, "bob", o.Mutes(day(13))[0].Person, "by person, whatever the account")
	o = orgAt(t, 4, events)
	_, ok := o.Muted("bob", "stall", "PAY", day(19))
	require.False(t, ok, "ended")
	require.Len(t, o.Mutes(day(5)), 2, "the others last")
	_, err := signals.FoldOrg(signals.DefaultPolicy(), orgEvents(mute("", "", "", "soon", "2026-03-08T09:00:00Z")), monday.AddDate(1, 0, 0))
	require.Error(t, err)
}

func TestModesAreListedAndTakenBack(t *testing.T) {
	mode := func(d, scope, to string) signals.Event {
		return signals.Event{Kind: signals.ModeSet, Field: d, Ref: scope, To: to}
	}
	events := orgEvents(mode("stall", "", "live"), mode("stall", "PAY", "ask"), mode("echo", "C1", "off"), mode("stall", "", ""))
	require.Equal(t, []signals.ScopedMode{{Detector: "echo", Scope: "C1", Mode: signals.Off}, {Detector: "stall", Mode: signals.Live}, {Detector: "stall", Scope: "PAY", Mode: signals.Ask}}, orgAt(t, 2, events).Modes())
	o := orgAt(t, 3, events)
	require.Len(t, o.Modes(), 2)
	require.Equal(t, signals.Shadow, o.Mode("stall", "OPS"))
	require.Equal(t, signals.Ask, o.Mode("stall", "PAY"))
}

func TestWatchedChannels(t *testing.T) {
	events := orgEvents(signals.Event{Kind: signals.Watched, Ref: "slack/T1/C1"}, signals.Event{Kind: signals.Watched, Ref: "slack/T1/C1", Field: "off"})
	on, said := orgAt(t, 0, events).Watches("slack/T1/C1")
	require.True(t, on && said)
	on, said = orgAt(t, 1, events).Watches("slack/T1/C1")
	require.True(t, !on && said)
	_, said = orgAt(t, 1, events).Watches("slack/T1/C2")
	require.False(t, said)
}

// orgWeek draws what happens to an organisation.
func orgWeek(t *rapid.T) []*signals.Event {
	var out []*signals.Event
	ids := []string{"ann", "bob", "slack/T1/U1", "slack/T1/U2", ""}
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	at := monday
	day := func(name string) string {
		return at.Add(time.Duration(rapid.IntRange(-48, 200).Draw(t, name)) * time.Hour).Format(time.RFC3339)
	}
	for i := range rapid.IntRange(0, 30).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "hours")) * time.Hour)
		e := &signals.Event{ID: fmt.Sprint("org/", i), Seq: signals.Seq{Entry: int64(i)}, At: at, To: pick("who", ids...)}
		switch rapid.IntRange(0, 8).Draw(t, "what") {
		case 0:
			e.Kind, e.Field, e.Text = signals.RosterSet, "person", pick("person", "", `{"zone":"Asia/Kolkata","accounts":["slack/T1/U1"]}`, `{"opted_out":true,"accounts":["slack/T1/U1","slack/T1/U2"]}`)
		case 1, 2:
			e.Kind, e.Field, e.Text = signals.RosterSet, "own", pick("own", "", `{"zone":"Europe/Berlin"}`, `{"zone":"","thanks":true}`, `{"opted_out":true}`, `{"opted_out":false,"digest":true}`)
		case 3:
			e.Kind, e.Field, e.Text = signals.RosterSet, "hint", pick("hint", "", `{"scope":"PAY","not":"bob","instead":"ann","until":"`+day("until")+`"}`)
		case 4:
			e.Kind, e.Field, e.Text = signals.RosterSet, "account", pick("account", "", `{"person":"ann","how":"self"}`, `{"person":"bob","how":"email"}`)
		case 5, 6:
			e.Kind, e.Actor, e.Field, e.Ref, e.To = signals.Muted, e.To, pick("detector", "", "stall"), pick("scope", "", "PAY"), day("to")
			if rapid.Bool().Draw(t, "planned") {
				e.From = day("from")
			}
		case 7:
			e.Kind, e.Field, e.Ref, e.To = signals.ModeSet, pick("detector", "", "stall"), pick("scope", "", "PAY"), pick("mode", "", "live", "off")
		case 8:
			e.Kind, e.Ref, e.Field = signals.Watched, pick("channel", "slack/T1/C1", "slack/T1/C2"), pick("off", "", "off")
		}
		out = append(out, e)
	}
	return out
}

// shown is everything that an organisation says.
func shown(t require.TestingT, o *signals.Org, now time.Time) string {
	all := map[string]any{"modes": o.Modes(), "mutes": o.Mutes(now), "hints": o.AllHints(now)}
	for _, id := range []string{"ann", "bob", "slack/T1/U1", "slack/T1/U2"} {
		own, said := o.Personal(id)
		ok, why, backup := o.Available(id, now)
		_, muted := o.Muted(id, "stall", "PAY", now)
		all[id] = []any{o.Person(id), own, said, ok, why, backup, muted, o.Settings(id), o.Calendar(id).Zone.String()}
	}
	for _, ch := range []string{"slack/T1/C1", "slack/T1/C2"} {
		on, said := o.Watches(ch)
		all[ch] = []any{on, said, o.Mode("stall", "PAY"), o.Mode("echo", "")}
	}
	raw, err := json.Marshal(all)
	require.NoError(t, err)
	return string(raw)
}

// TestASnapshotOfTheOrganisation: whoever goes on from a snapshot knows what
// whoever heard everything knows, and asking in between changes nothing.
func TestASnapshotOfTheOrganisation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := orgWeek(t)
		cut := rapid.IntRange(0, len(events)).Draw(t, "cut")
		end := monday.AddDate(0, 0, 60)
		whole, _ := signals.FoldOrg(signals.DefaultPolicy(), slices.Clone(events), end)
		part := signals.NewOrg(signals.DefaultPolicy())
		for _, e := range events[:cut] {
			_ = part.Apply(e)
			if rapid.Bool().Draw(t, "ask") {
				shown(t, part, e.At)
			}
		}
		var saved []byte
		part.Save(func(b []byte) { saved = b })
		again, err := signals.LoadOrg(signals.DefaultPolicy(), func() []byte { return saved })
		require.NoError(t, err)
		require.Equal(t, shown(t, part, end), shown(t, again, end))
		for _, e := range events[cut:] {
			_ = again.Apply(e)
		}
		for _, now := range []time.Time{monday, monday.AddDate(0, 0, 5), end} {
			require.Equal(t, shown(t, whole, now), shown(t, again, now))
		}
	})
}
