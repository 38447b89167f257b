package slack

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestSaysAway(t *testing.T) {
	for _, c := range []struct {
		emoji, text string
		want        bool
	}{
		{"palm_tree", "", true}, {":palm_tree:", "Vacationing", true}, {"", "On vacation until Monday", true}, {"", "OOO", true}, {"", "ooo - back 3 May", true}, {"", "Out of Office!", true},
		{"baby_bottle", "Parental leave", true}, {"face_with_thermometer", "Out sick", true}, {"", "im Urlaub", true}, {"", "PTO (back Tue)", true},
		{"calendar", "In a meeting", false}, {"bus", "Commuting", false}, {"house_with_garden", "Working remotely", false}, {"", "", false}, {"", "zoological", false},
		{"", "back from vacation", false}, {"palm_tree", "Back from Spain", false}, {"", "vacation planning", false}, {"", "on leave-approval duty", true}, {"", "cooordination", false},
	} {
		require.Equal(t, c.want, saysAway(c.emoji, c.text), "%s %s", c.emoji, c.text)
	}
}

func changed(status string, more string) []byte {
	return []byte(fmt.Sprintf(`{"type":"event_callback","event_id":"E1","event":{"type":"user_change","event_ts":"1600000000.000100","user":{"id":"U1","real_name":"Ada Bell","tz":"Europe/Oslo","profile":{"status_text":%q%s}}}}`, status, more))
}

// TestProfileTellsAbsence: a live change of the status makes an absence, for
// people whom the roster lists too.
func TestProfileTellsAbsence(t *testing.T) {
	at := time.Unix(1600000000, 100_000).UTC()
	for _, c := range []struct {
		name, status, more string
		was                bool
		want               string // the end
	}{
		{"until a time", "vacation", `,"status_expiration":1600500000`, false, time.Unix(1600500000, 0).UTC().Format(time.RFC3339)},
		{"without an end", "ooo", "", false, at.Add(awayDay).Format(time.RFC3339)},
		{"over already", "vacation", `,"status_expiration":1500000000`, false, ""},
		{"something else", "lunch", "", false, ""},
		{"back again", "", "", true, at.Format(time.RFC3339)},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, _, err := Normalize("T1", changed(c.status, c.more), LiveOptions{
				Listed: func(string) bool { return true }, Away: func(id string) bool { require.Equal(t, "slack/T1/U1", id); return c.was },
			})
			require.NoError(t, err)
			if c.want == "" {
				require.Empty(t, events)
				return
			}
			require.Len(t, events, 1)
			require.Equal(t, signals.AwaySet, events[0].Kind)
			require.Equal(t, "slack/T1/U1", events[0].To)
			require.Equal(t, c.want, events[0].Text)
			require.Equal(t, signals.Restricted, events[0].Audience)
			_, err = signals.FoldOrg(signals.Policy{}, events, at.Add(time.Hour))
			require.NoError(t, err)
		})
	}
	events, _, err := Normalize("T1", changed("ooo", ""), LiveOptions{Manager: func(string) string { return "slack/T1/U9" }})
	require.NoError(t, err)
	require.Len(t, events, 2)
	d := NewDirectory("T1", LiveOptions{})
	d.Heard(changed("ooo", ""), events)
	require.True(t, d.Options().Away("slack/T1/U1"))
	back, _, err := Normalize("T1", changed("", ""), d.Options())
	require.NoError(t, err)
	d.Heard(changed("", ""), back)
	require.False(t, d.Options().Away("slack/T1/U1"))
}

// asked is PeopleEvents of a workspace with these people.
func asked(t testing.TB, members string, o PeopleOptions, now time.Time) []*signals.Event {
	t.Helper()
	_, p := told(t, map[string]map[string]string{
		"users.list":        one(`{"ok":true,"members":[` + members + `]}`),
		"team.profile.get":  one(`{"ok":true,"profile":{"fields":[{"id":"Xf1","label":"Pronouns","type":"text"},{"id":"Xf2","label":"manager","type":"user"}]}}`),
		"users.profile.get": one(`{"ok":true,"profile":{"fields":{"Xf2":{"value":"U9,U8","alt":""}}}}`),
	})
	events, _, err := p.PeopleEvents(t.Context(), o, now)
	require.NoError(t, err)
	again, _, err := p.PeopleEvents(t.Context(), o, now)
	require.NoError(t, err)
	require.Equal(t, events, again)
	return events
}

func TestPeopleEvents(t *testing.T) {
	const ada = `{"id":"U1","real_name":"Ada Bell","tz":"Europe/Oslo","profile":{"status_text":"vacation","status_expiration":1600500000}}`
	const ben = `{"id":"U2","real_name":"Ben Cole","profile":{"status_emoji":":palm_tree:"}}`
	const others = `{"id":"U3","deleted":true},{"id":"B1","is_bot":true},{"id":"UB","is_bot":true,"profile":{"status_text":"vacation"}},{"id":"U4","real_name":"Guest","is_restricted":true}`
	o := PeopleOptions{Listed: func(id string) bool { return id == "slack/T1/U2" }, Who: func(id string) string { return "who:" + id }}
	now := time.Unix(1600000000, 0).UTC()
	had := asked(t, ada+","+ben+","+others, o, now)
	var lines []string
	for _, e := range had {
		require.Equal(t, ProfilesKey, e.Case)
		lines = append(lines, string(e.Kind)+" "+e.To+" "+e.Text)
	}
	require.Equal(t, []string{
		`roster slack/T1/U1 {"id":"slack/T1/U1","name":"Ada Bell","manager":"who:slack/T1/U9","zone":"Europe/Oslo"}`,
		`roster slack/T1/U4 {"id":"slack/T1/U4","name":"Guest","manager":"who:slack/T1/U9","external":true}`,
		`away slack/T1/U1 2020-09-19T07:20:00Z`,
		`away slack/T1/U2 2020-09-14T14:26:40Z`,
	}, lines, "who left before anybody knew them is nobody")

	o.Had = had
	require.Empty(t, asked(t, ada+","+ben+","+others, o, now.Add(time.Hour)), "nothing changed")
	next := asked(t, ada+","+ben+","+others, o, now.Add(24*time.Hour))
	require.Len(t, next, 1, "where no end is known it goes on for another day")
	require.Equal(t, "slack/T1/U2", next[0].To)

	back := asked(t, `{"id":"U1","real_name":"Ada Bell","tz":"Asia/Tokyo","deleted":true},`+ben, o, now.Add(time.Hour))
	require.Len(t, back, 2)
	require.Contains(t, back[0].Text, `"left":true`)
	require.Equal(t, back[1].From, back[1].Text, "the absence is taken back")
	o.Had = append(o.Had, back...)
	require.Empty(t, asked(t, `{"id":"U1","real_name":"Ada Bell","tz":"Asia/Tokyo","deleted":true},`+ben, o, now.Add(2*time.Hour)))
}

// TestPeopleEventsWithoutManagers: neither the scope nor the field is needed.
func TestPeopleEventsWithoutManagers(t *testing.T) {
	for _, profile := range []string{`{"ok":false,"error":"missing_scope"}`, `{"ok":true,"profile":{"fields":[]}}`} {
		s, p := told(t, map[string]map[string]string{"users.list": one(`{"ok":true,"members":[{"id":"U1","real_name":"Ada"}]}`), "team.profile.get": one(profile)})
		events, accounts, err := p.PeopleEvents(t.Context(), PeopleOptions{}, noon)
		require.NoError(t, err)
		require.Len(t, events, 1)
		require.Len(t, accounts, 1)
		require.Len(t, s.calls(), 2)
	}
	_, p := told(t, nil)
	_, _, err := p.PeopleEvents(t.Context(), PeopleOptions{}, noon)
	require.Error(t, failure(t, err))
}

// TestPeopleEventsSettle: whatever the statuses are, told once is told.
func TestPeopleEventsSettle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := Account{Person: Person{ID: "slack/T1/U1"}, Emoji: rapid.SampledFrom([]string{"", "palm_tree", "bus"}).Draw(rt, "emoji"), Status: rapid.SampledFrom([]string{"", "ooo", "back from vacation"}).Draw(rt, "status")}
		now := noon.Add(time.Duration(rapid.IntRange(0, 1e6).Draw(rt, "now")) * time.Second)
		if rapid.Bool().Draw(rt, "ends") {
			a.StatusUntil = now.Add(time.Duration(rapid.IntRange(-1000, 1e6).Draw(rt, "until")) * time.Second)
		}
		had := period{now.Add(-time.Hour), now.Add(time.Duration(rapid.IntRange(-1000, 1e5).Draw(rt, "had")) * time.Second)}
		e := absence(&a, had.lasts(now), now)
		if e == nil || !news(e, had, a.StatusUntil.IsZero(), now) {
			return
		}
		had, ok := periodOf(e)
		if !ok {
			rt.Fatal("an absence that cannot be read")
		}
		later := now.Add(time.Minute)
		if e = absence(&a, had.lasts(later), later); e != nil && had.lasts(later) && news(e, had, a.StatusUntil.IsZero(), later) {
			rt.Fatalf("told again: %+v", e)
		}
	})
}
