package detect_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/signals/detect"
)

// TestAskedOf: whom a comment puts a question to.
func TestAskedOf(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct{ by, text, want string }{
		"who holds it asks who raised it": {"jira/s/bob", "Which terminal did you use?", "jira/s/ann"},
		"who raised it asks who holds it": {"jira/s/ann", "Which log do you need from me?", "jira/s/bob"},
		"a mention":                       {"jira/s/bob", "[~eve] could you look at the certificate?", "jira/s/eve"},
		"a name":                          {"jira/s/bob", "Eve, could you look at the certificate?", "eve"},
		"a name after a greeting":         {"jira/s/bob", "Hi Eve Stone, could you look at the certificate?", "eve"},
		"a name before a colon":           {"jira/s/bob", "eve: could you look at the certificate?", "eve"},
		"of those who took part":          {"jira/s/bob", "Sam, could you look at the certificate?", "jira/s/sam1"},
		"a name of two":                   {"jira/s/bob", "Kim, could you look at the certificate?", "jira/s/ann"},
		"their own name":                  {"jira/s/bob", "Bob, could you look at the certificate?", "jira/s/ann"},
		"no name":                         {"jira/s/bob", "Please, could you look at the certificate?", "jira/s/ann"},
		"a bystander asks by name":        {"jira/s/sam1", "Eve, could you look at the certificate?", "eve"},
		"a bystander asks nobody":         {"jira/s/sam1", "Could you look at the certificate?", ""},
		"no question":                     {"jira/s/bob", "Eve, the certificate is old.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			org := signals.NewOrg(signals.DefaultPolicy())
			for id, full := range map[string]string{"ann": "Ann", "bob": "Bob", "eve": "Eve Stone", "sam1": "Sam Brook", "sam2": "Sam Field", "kim1": "Kim Brook", "kim2": "Kim Field"} {
				text, err := json.Marshal(signals.Person{ID: id, Name: full, Zone: "UTC", Accounts: []string{"jira/s/" + id}})
				require.NoError(t, err)
				require.NoError(t, org.Apply(&signals.Event{ID: "andon/" + id, Kind: signals.RosterSet, Field: "person", To: id, Text: string(text), At: at.Add(-time.Hour)}))
			}
			k := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
			event := func(n int64, e signals.Event) *signals.Event {
				e.ID, e.Case, e.At, e.Seq.Entry, e.Audience = k.String()+"/"+string(rune('0'+n)), k, at.Add(time.Duration(n)*time.Hour), n, signals.Public
				return &e
			}
			c := signals.Fold([]*signals.Event{
				event(1, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: "Refund twice", Set: []signals.Value{{Field: signals.FieldHolder, To: "jira/s/bob"}, {Field: signals.FieldStatus, To: "Open"}}}),
				event(2, signals.Event{Kind: signals.Said, Actor: "jira/s/sam1", Text: "It is the old certificate."}),
				event(3, signals.Event{Kind: signals.Said, Actor: tt.by, Text: tt.text}),
			})
			got := detect.UnansweredAsk.Detect(&detect.Snapshot{Case: c, Problem: signals.NewProblem(c), Models: &models{readings: map[readKey]*detect.Reading{}}, Org: org, Now: at.Add(14 * 24 * time.Hour)})
			if tt.want == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Equal(t, []string{tt.want, tt.by}, []string{got[0].Asked, got[0].About})
		})
	}
}

// TestAskedOfOneByTwoIDs: whom the directory and the roster both name is one person,
// and by one id, however often it is asked.
func TestAskedOfOneByTwoIDs(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	org := signals.NewOrg(signals.DefaultPolicy())
	for i, p := range []signals.Person{{ID: "slack/s/UZOE", Name: "Zoe"}, {ID: "zoe", Name: "Zoe", Accounts: []string{"slack/s/UZOE", "jira/s/zoe"}}, {ID: "bob", Name: "Bob", Accounts: []string{"jira/s/bob"}}} {
		text, err := json.Marshal(p)
		require.NoError(t, err)
		require.NoError(t, org.Apply(&signals.Event{ID: "andon/" + p.ID, Kind: signals.RosterSet, Field: "person", To: p.ID, Text: string(text), At: at.Add(time.Duration(i) * time.Minute)}))
	}
	k := signals.Key{Source: signals.Jira, Site: "s", ID: "1"}
	c := signals.Fold([]*signals.Event{
		{ID: "1", Case: k, At: at.Add(time.Hour), Kind: signals.Opened, Actor: "jira/s/ann", Text: "Refund twice", Audience: signals.Public},
		{ID: "2", Case: k, At: at.Add(2 * time.Hour), Kind: signals.Said, Actor: "jira/s/bob", Text: "Zoe, could you look at the certificate?", Seq: signals.Seq{Entry: 2}, Audience: signals.Public},
	})
	for range 30 {
		got := detect.UnansweredAsk.Detect(&detect.Snapshot{Case: c, Problem: signals.NewProblem(c), Models: &models{readings: map[readKey]*detect.Reading{}}, Org: org, Now: at.Add(14 * 24 * time.Hour)})
		require.Len(t, got, 1)
		require.Equal(t, "slack/s/UZOE", got[0].Asked)
	}
}
