package lint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// company begins an organisation in which everything is in order: each test
// breaks one thing.
type company struct {
	t      *testing.T
	people map[string]map[string]any
	teams  map[string]map[string]any
	more   []*signals.Event // of the organisation
	seen   *Seen
	policy signals.Policy
	reach  map[string]string
}

func orderly(t *testing.T) *company {
	c := &company{t: t, people: map[string]map[string]any{}, teams: map[string]map[string]any{}, seen: &Seen{}, policy: signals.DefaultPolicy(), reach: map[string]string{}}
	for _, id := range []string{"ada", "ben", "cay", "boss"} {
		c.people[id] = map[string]any{"name": strings.ToUpper(id[:1]) + id[1:], "team": "Pay", "manager": "boss", "backup": "ben", "zone": "Europe/Berlin", "accounts": []string{"jira/j/" + id, "slack/T/U" + id}}
	}
	c.people["ben"]["backup"] = "ada"
	delete(c.people["boss"], "manager")
	c.people["cay"]["team"] = "Web"
	c.teams["Pay"] = map[string]any{"lead": "ada", "owns": []map[string]any{{"project": "PAY"}, {"channel": "slack/T/C1"}}}
	c.teams["Web"] = map[string]any{"lead": "cay", "owns": []map[string]any{{"project": "WEB"}}}
	for day := range 200 {
		at := now.AddDate(0, 0, day-199)
		for i, p := range []string{"PAY", "WEB"} {
			who := []string{"ada", "cay", "ben", "boss"}[(day+i)%4]
			c.saw(signals.Event{Kind: signals.Opened, Case: signals.Key{Source: "jira", Site: "j", ID: fmt.Sprint(day, p)}, At: at, Actor: "jira/j/" + who,
				Set: []signals.Value{{Field: "project", To: p}, {Field: "component", To: p + "-core"}, {Field: "team", To: []string{"Pay", "Web"}[i]}, {Field: "summary", To: "words"}}})
		}
		c.saw(signals.Event{Kind: signals.Said, Case: signals.SlackThread("T", "C1", "1"), At: at, Actor: "slack/T/Uben"})
	}
	return c
}

// saw is what everybody may see, unless the event says otherwise.
func (c *company) saw(e signals.Event) {
	e.Audience = cmp.Or(e.Audience, signals.Public)
	c.seen.Observe(&e)
}

func (c *company) org() *signals.Org {
	var events []*signals.Event
	add := func(field, id string, v any) {
		raw, err := json.Marshal(v)
		require.NoError(c.t, err)
		events = append(events, &signals.Event{ID: field + id, Kind: signals.RosterSet, Field: field, To: id, Text: string(raw), At: time.Unix(0, 0)})
	}
	for id, p := range c.people {
		add("person", id, p)
	}
	for id, t := range c.teams {
		add("team", id, t)
	}
	org, err := signals.FoldOrg(c.policy, append(events, c.more...), now)
	require.NoError(c.t, err)
	return org
}

func (c *company) check(more func(in *Input)) []Finding {
	in := &Input{Org: c.org(), Now: now, Seen: c.seen, Detectors: []string{"stall", "echo"}, Admins: []string{"boss"}, Jira: true, Slack: true, Reach: func(p string) string { return c.reach[p] }}
	if more != nil {
		more(in)
	}
	return Check(in)
}

func short(list []Finding) (out []string) {
	for _, f := range list {
		out = append(out, fmt.Sprintf("%s %s: %s", f.Level, f.Place, f.Rule))
	}
	return out
}

func (c *company) tell(e signals.Event) {
	e.ID = fmt.Sprint("more/", len(c.more))
	if e.At.IsZero() {
		e.At = now.AddDate(0, 0, -1)
	}
	c.more = append(c.more, &e)
}

func owns(list ...map[string]any) []map[string]any { return list }

// TestCheck breaks one thing at a time.
func TestCheck(t *testing.T) {
	for name, x := range map[string]struct {
		broken func(c *company)
		want   []string
		says   string // part of what the first one says
	}{
		"all is in order":      {func(*company) {}, nil, ""},
		"the lead left":        {func(c *company) { c.people["cay"]["left"] = true }, []string{"broken team Web: empty-team", "weak team Web: gone-contact"}, "nobody is in it, and it owns project WEB"},
		"left, and no backup":  {func(c *company) { c.people["ada"]["left"] = true; delete(c.people["ada"], "backup") }, []string{"broken team Pay: gone-contact"}, "Ada, who leads Pay, has left the company"},
		"opted out is private": {func(c *company) { c.people["ada"]["opted_out"] = true; delete(c.people["ada"], "backup") }, []string{"broken team Pay: gone-contact"}, "Ada, who leads Pay, cannot be asked"},
		"an empty team":        {func(c *company) { c.people["cay"]["team"] = "Pay" }, []string{"broken team Web: empty-team"}, "nobody is in it"},
		"no lead":              {func(c *company) { delete(c.teams["Web"], "lead") }, []string{"broken team Web: no-lead"}, "neither a lead nor a first contact"},
		"a lead of nowhere":    {func(c *company) { c.teams["Web"]["lead"] = "who" }, []string{"broken team Web: unknown-contact"}, "who, who leads Web, is not in the roster"},
		"away alone":           {func(c *company) { delete(c.people["cay"], "backup"); away(c, "cay") }, []string{"broken team Web: away-alone"}, "is away until 25 November, and nobody stands in"},
		"away, somebody there": {func(c *company) { away(c, "cay") }, nil, ""},
		"no backup":            {func(c *company) { delete(c.people["cay"], "backup") }, []string{"weak team Web: no-backup"}, "Cay, who leads Web, has no backup"},
		"the backup left":      {func(c *company) { c.people["ben"]["left"] = true }, []string{"weak team Pay: gone-backup", "weak team Web: gone-backup"}, "Ben"},
		"the backup is deaf":   {func(c *company) { c.reach["ben"] = "no account" }, []string{"weak team Pay: deaf-backup", "weak team Web: deaf-backup"}, "no account"},
		"cannot be told":       {func(c *company) { c.reach["cay"] = "no account" }, []string{"broken team Web: no-slack"}, "no account"},
		"no manager":           {func(c *company) { delete(c.people["cay"], "manager") }, []string{"note team Web: no-manager"}, ""},
		"the manager left":     {func(c *company) { c.people["boss"]["left"] = true }, []string{"broken andon: no-admin", "weak team Pay: gone-manager", "weak team Web: gone-manager"}, ""},
		"no zone":              {func(c *company) { delete(c.people["cay"], "zone") }, []string{"note team Web: no-zone"}, "UTC"},
		"a zone of the team":   {func(c *company) { delete(c.people["cay"], "zone"); c.teams["Web"]["zone"] = "Asia/Tokyo" }, nil, ""},
		"no Jira account":      {func(c *company) { c.people["cay"]["accounts"] = []string{"slack/T/Ucay"} }, []string{"weak team Web: no-jira", "note team Web: quiet-contact"}, "/andon link"},
		"quiet": {func(c *company) {
			c.people["dan"] = c.people["cay"]
			c.people["dan"] = clone(c.people["cay"], "dan")
			c.teams["Web"]["lead"] = "dan"
		}, []string{"note team Web: quiet-contact"}, "was not heard of lately, neither in Jira nor in Slack"},
		"nobody owns a project": {func(c *company) { c.teams["Web"]["owns"] = owns(map[string]any{"component": "web-core"}) }, []string{"weak project WEB: no-owner"}, ""},
		"partly owned": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB", "component": "web-core"})
		}, []string{"note project WEB: partly-owned"}, ""},
		"a channel of nobody": {func(c *company) { c.teams["Pay"]["owns"] = owns(map[string]any{"project": "PAY"}) }, []string{"note channel C1: no-owner"}, ""},
		"not watched": {func(c *company) {
			c.teams["Pay"]["owns"] = owns(map[string]any{"project": "PAY"})
			c.tell(signals.Event{Kind: signals.Watched, Ref: "slack/T/C1", Field: "off"})
		}, nil, ""},
		"an unknown team": {func(c *company) {
			delete(c.teams, "Web")
			c.teams["Pay"]["owns"] = owns(map[string]any{"project": "PAY"}, map[string]any{"project": "web"}, map[string]any{"channel": "C1"})
		}, []string{"weak team Web: unknown-team"}, ""},
		"an alias is known": {func(c *company) {
			c.teams["Net"] = c.teams["Web"]
			c.teams["Net"]["aliases"] = []string{"web"}
			c.people["cay"]["team"] = "Net"
			delete(c.teams, "Web")
		}, nil, ""},
		"a shadowed rule": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"project": "pay"})
		}, []string{"idle team Web: shadowed-rule"}, "its rule for project pay is never first: a rule of Pay takes all of it"},
		"fewer words": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"words": []string{"cart", "shop"}}, map[string]any{"words": []string{"Shop"}})
		}, []string{"idle team Web: shadowed-rule"}, "another rule of its own"},
		"more words": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"words": []string{"shop"}}, map[string]any{"words": []string{"cart", "shop"}})
		}, nil, ""},
		"an impossible rule": {func(c *company) {
			c.teams["Pay"]["owns"] = append(c.teams["Pay"]["owns"].([]map[string]any), map[string]any{"project": "PAY", "channel": "C1"})
		}, []string{"idle team Pay: impossible-rule"}, "no case is both"},
		"an unseen project": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"project": "OLD"})
		}, []string{"idle team Web: never-seen"}, "no case of that project"},
		"an unseen component": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"component": "cart"})
		}, []string{"idle team Web: never-seen"}, "no case of that component"},
		"of another project": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"project": "WEB", "component": "pay-core"})
		}, []string{"idle team Web: never-seen"}, "never had that component"},
		"an unheard channel": {func(c *company) {
			c.teams["Web"]["owns"] = owns(map[string]any{"project": "WEB"}, map[string]any{"channel": "C7"})
		}, []string{"idle team Web: never-seen"}, "nothing was ever heard"},
		"a silent channel": {func(c *company) { c.teams["Web"]["channel"] = "slack/T/C7" }, []string{"note team Web: silent-channel"}, "C7"},
		"a mode of one off": {func(c *company) {
			c.policy.Modes = map[string]signals.Mode{"stall": "off"}
			c.tell(signals.Event{Kind: signals.ModeSet, Field: "stall", To: "live", Ref: "PAY"})
		}, []string{"idle mode of stall: mode-of-off"}, "its mode live in PAY never counts"},
		"a mode nowhere":    {func(c *company) { c.tell(signals.Event{Kind: signals.ModeSet, Field: "stall", To: "live", Ref: "OLD"}) }, []string{"idle mode of stall: mode-nowhere"}, ""},
		"a mode of nothing": {func(c *company) { c.tell(signals.Event{Kind: signals.ModeSet, Field: "gone", To: "live"}) }, []string{"idle mode of gone: no-detector"}, ""},
		"a silence nowhere": {func(c *company) {
			c.tell(signals.Event{Kind: signals.Muted, Ref: "slack/T/C9", To: now.AddDate(0, 0, 3).Format(time.RFC3339)})
		}, []string{"idle silence in C9: silence-nowhere"}, ""},
		"one's own mute": {func(c *company) {
			c.tell(signals.Event{Kind: signals.Muted, Actor: "ben", Ref: "slack/T/C9", To: now.AddDate(0, 0, 3).Format(time.RFC3339)})
		}, nil, ""},
		"a mute of one off": {func(c *company) {
			c.policy.Modes = map[string]signals.Mode{"stall": "off"}
			c.tell(signals.Event{Kind: signals.Muted, Field: "stall", To: now.AddDate(0, 0, 3).Format(time.RFC3339)})
		}, []string{"idle silence in every place: silence-of-off"}, ""},
		"on call, gone": {func(c *company) {
			onCall(c, "ben")
			c.people["ben"]["left"] = true
			c.people["ada"]["backup"] = "cay"
			c.people["cay"]["backup"] = "ada"
			c.people["boss"]["backup"] = ""
		}, []string{"weak team Web: gone-on-call"}, "Ben, who is on call for Web, cannot be asked"},
		"on call, deaf":         {func(c *company) { onCall(c, "boss"); c.reach["boss"] = "no account" }, []string{"broken team Web: deaf-on-call"}, "no account"},
		"on call, away":         {func(c *company) { onCall(c, "boss"); away(c, "boss") }, []string{"weak team Web: away-on-call"}, "is away until 25 November"},
		"a pattern of no field": {func(c *company) { c.policy.Escalate = []signals.Pattern{{Field: "Severity"}} }, []string{"idle policy.escalate: never-a-field"}, "no event ever had the field Severity"},
		"of no value":           {func(c *company) { c.policy.Escalate = []signals.Pattern{{Field: "Component", To: []string{"x"}}} }, []string{"idle policy.escalate: never-a-value"}, "never had the value x"},
		"of a value": {func(c *company) {
			c.policy.Escalate = []signals.Pattern{{Field: "Component", To: []string{"x", "pay-CORE"}}, {Field: "summary", To: []string{"y"}}}
		}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := orderly(t)
			x.broken(c)
			list := c.check(nil)
			require.Equal(t, x.want, short(list))
			for _, f := range list {
				require.NotEmpty(t, f.Do)
				require.NotRegexp(t, `\d+ (hours|days|times)|opted`, f.What)
			}
			if len(list) > 0 {
				require.Contains(t, list[0].What+list[0].Do, x.says)
			}
			again := c.check(nil)
			require.Equal(t, list, again)
		})
	}
}

func away(c *company, who string) {
	c.tell(signals.Event{Kind: signals.AwaySet, To: who, Text: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)})
}

func onCall(c *company, who string) {
	text, err := json.Marshal(signals.Duty{Shifts: []signals.Shift{{From: now.Add(-time.Hour), Until: now.Add(time.Hour)}}})
	require.NoError(c.t, err)
	c.tell(signals.Event{Kind: signals.RosterSet, Field: "oncall", To: who, Ref: "Web", Text: string(text)})
}

func clone(p map[string]any, id string) map[string]any {
	out := map[string]any{}
	for k, v := range p {
		out[k] = v
	}
	out["accounts"] = []string{"jira/j/" + id}
	return out
}

// TestDrift: another team resolves what one owns. A figure is shown of teams of
// enough people alone.
func TestDrift(t *testing.T) {
	for name, x := range map[string]struct {
		shares []Share
		group  int
		want   string
	}{
		"small teams":      {[]Share{{"Web", 0.8}, {"Pay", 0.01}}, 5, "it owns project PAY, and history shows that Web resolves it these days"},
		"large teams":      {[]Share{{"web", 0.8}}, 1, "it owns project PAY, and history shows that Web resolves it these days (80 of 100 next ones, by what it learnt)"},
		"both do":          {[]Share{{"Web", 0.8}, {"Pay", 0.3}}, 1, ""},
		"nobody is sure":   {[]Share{{"Web", 0.5}}, 1, ""},
		"the owner":        {[]Share{{"Pay", 0.9}}, 1, ""},
		"nothing is known": {nil, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := orderly(t)
			c.policy.Group = x.group
			list := c.check(func(in *Input) {
				in.Resolves = func(project, _ string) []Share {
					if project != "PAY" {
						return nil
					}
					return x.shares
				}
			})
			if x.want == "" {
				require.Empty(t, list)
				return
			}
			require.Equal(t, []string{"note team Pay: map-drift"}, short(list))
			require.Equal(t, x.want, list[0].What)
		})
	}
}

// TestCheckWithoutHistory: what only history can tell is not said.
func TestCheckWithoutHistory(t *testing.T) {
	c := orderly(t)
	c.teams["Web"]["owns"] = owns(map[string]any{"project": "OLD"})
	c.policy.Escalate = []signals.Pattern{{Field: "Severity"}}
	for name, seen := range map[string]*Seen{"none": nil, "nothing": {}, "short": {First: now.AddDate(0, 0, -3), Last: now, Projects: map[string]Place{"OLD": {Last: now, Public: true}}, Fields: map[string]*Values{"x": {}}}} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, short(c.check(func(in *Input) { in.Seen = seen })))
		})
	}
}

// TestCheckLeaksNoPrivatePlace: a project of which only restricted events tell
// is named to nobody but whoever holds the database.
func TestCheckLeaksNoPrivatePlace(t *testing.T) {
	c := orderly(t)
	c.seen.Observe(&signals.Event{Kind: signals.Opened, Case: signals.Key{Source: "jira", Site: "j", ID: "9"}, At: now, Audience: signals.Restricted, Set: []signals.Value{{Field: "project", To: "SEC"}, {Field: "team", To: "Moles"}}})
	c.seen.Observe(&signals.Event{Kind: signals.Said, Case: signals.SlackThread("T", "GPRIV", "1"), At: now, Audience: signals.Restricted})
	c.tell(signals.Event{Kind: signals.ModeSet, Field: "stall", To: "live", Ref: "slack/T/GPRIV"})
	c.policy.Modes = map[string]signals.Mode{"stall": "off"}
	room := func(in *Input) { in.Room = func(string) string { return "#layoffs" } }
	require.NotContains(t, fmt.Sprint(c.check(room)), "layoffs")
	c.more, c.policy.Modes = nil, nil
	require.Empty(t, c.check(nil))
	require.Equal(t, []string{"weak project SEC: no-owner", "weak team Moles: unknown-team", "note channel GPRIV: no-owner"}, short(c.check(func(in *Input) { in.Restricted = true })))
}

// TestSeenIsAFold: order does not matter, nor a stop in between.
func TestSeenIsAFold(t *testing.T) {
	events := make([]signals.Event, 0, 400)
	for i := range 400 {
		events = append(events, signals.Event{Kind: signals.Edited, Case: signals.Key{Source: "jira", Site: "j", ID: "1"}, At: now.Add(time.Duration(i) * time.Minute), Actor: fmt.Sprint("jira/j/", i%7), Field: "Team", From: "a", To: fmt.Sprint(i % 9)},
			signals.Event{Kind: signals.Edited, Case: signals.Key{Source: "jira", Site: "j", ID: "1"}, At: now, Field: "Free", To: fmt.Sprint(i)})
	}
	var a, b Seen
	for i := range events {
		a.Observe(&events[i])
	}
	slices.Reverse(events)
	for i := range events {
		if i == 300 {
			body, err := b.Save()
			require.NoError(t, err)
			kept, err := LoadSeen(body)
			require.NoError(t, err)
			b = *kept
		}
		b.Observe(&events[i])
	}
	x, err := a.Save()
	require.NoError(t, err)
	y, err := b.Save()
	require.NoError(t, err)
	require.Equal(t, string(x), string(y))
	require.True(t, a.Fields["free"].Many)
	require.Empty(t, a.Fields["free"].Had)
	require.NotContains(t, string(x), "words")
	_, err = LoadSeen([]byte("{"))
	require.ErrorContains(t, err, "read what lint has seen")
}

// TestAlertsAreNoProject: what only alerts are filed under needs no owner as a
// project does; once an issue is there, too, it does.
func TestAlertsAreNoProject(t *testing.T) {
	c := orderly(t)
	opened := func(source string) {
		c.seen.Observe(&signals.Event{Kind: signals.Opened, Case: signals.Key{Source: source, Site: "j", ID: "9"}, At: now, Audience: signals.Public, Set: []signals.Value{{Field: "project", To: "QueueLag"}}})
	}
	opened(signals.Alerts)
	require.Empty(t, c.check(nil))
	opened(signals.Jira)
	opened(signals.Alerts)
	require.Equal(t, []string{"weak project QUEUELAG: no-owner"}, short(c.check(nil)))
}
