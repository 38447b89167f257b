package alertmanager_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/alertmanager"
	"andon/signals"
)

var (
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	opts = alertmanager.Options{Site: "main", Audience: signals.Public}
)

const never = "0001-01-01T00:00:00Z"

// sent is one alert as an Alertmanager sends it.
type sent struct {
	Status       string            `json:"status,omitempty"`
	Labels       map[string]string `json:"labels,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	StartsAt     string            `json:"startsAt,omitempty"`
	EndsAt       string            `json:"endsAt,omitempty"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
	Fingerprint  string            `json:"fingerprint,omitempty"`
}

func clock(t time.Time) string { return t.Format(time.RFC3339Nano) }

func firing(start time.Time) sent {
	return sent{
		Status: "firing", StartsAt: clock(start), EndsAt: never, Fingerprint: "3f2a91c4d5e6f708",
		Labels:       map[string]string{"alertname": "HighErrorRate", "service": "checkout", "severity": "critical", "team": "Payments", "instance": "web-1:9090", "level": "page"},
		Annotations:  map[string]string{"summary": "5 % of requests fail", "description": "Since the last release.\nSee the graph.", "runbook_url": "https://runbooks.example/errors"},
		GeneratorURL: "https://ops:secret@prometheus.example/graph?g0.expr=up",
	}
}

func resolved(start, end time.Time) sent {
	a := firing(start)
	a.Status, a.EndsAt = "resolved", clock(end)
	return a
}

func payload(t testing.TB, alerts ...sent) []byte {
	b, err := json.Marshal(map[string]any{
		"version": "4", "groupKey": `{}:{alertname="HighErrorRate"}`, "receiver": "andon", "status": "firing", "truncatedAlerts": 0,
		"alerts": alerts, "groupLabels": map[string]string{}, "commonLabels": map[string]string{}, "commonAnnotations": map[string]string{}, "externalURL": "http://am.example",
	})
	require.NoError(t, err)
	return b
}

func normalize(t testing.TB, received time.Time, alerts ...sent) []*signals.Event {
	out, err := alertmanager.Normalize(payload(t, alerts...), opts, received)
	require.NoError(t, err)
	return out
}

func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func TestFiring(t *testing.T) {
	start := noon.Add(-time.Minute)
	events := normalize(t, noon, firing(start))
	require.Len(t, events, 2)
	key := signals.Key{Source: signals.Alerts, Site: "main", ID: "3f2a91c4d5e6f708"}
	for i, want := range []signals.Event{
		{ID: key.String() + "/opened", Kind: signals.Opened, Text: "HighErrorRate: 5 % of requests fail"},
		{ID: key.String() + "/firing/" + micros(start), Kind: signals.Firing, Text: "5 % of requests fail"},
	} {
		e := events[i]
		require.Equal(t, want.ID, e.ID)
		require.Equal(t, want.Kind, e.Kind)
		require.Equal(t, want.Text, e.Text)
		require.Equal(t, key, e.Case)
		require.Equal(t, start, e.At)
		require.Equal(t, signals.Public, e.Audience)
		require.True(t, signals.IsBot(e.Actor))
	}

	c := signals.Fold(events)
	require.Equal(t, "HighErrorRate: 5 % of requests fail", c.Title)
	require.Equal(t, "Since the last release.\nSee the graph.", c.Body)
	require.Equal(t, "checkout", c.Project)
	require.Equal(t, "HighErrorRate", c.Type)
	require.Equal(t, "critical", c.Priority)
	require.Equal(t, "Payments", c.Team)
	require.Equal(t, "HighErrorRate/3f2a91", c.Label)
	require.Empty(t, c.Level, "the label level is no support level")
	require.Equal(t, map[string]string{
		"service": "checkout", "instance": "web-1:9090", "label level": "page",
		"generatorURL": "https://prometheus.example/graph?g0.expr=up", "runbook_url": "https://runbooks.example/errors",
	}, c.Fields, "and no password")
	policy := signals.DefaultPolicy()
	require.True(t, policy.IsUrgent(c.Priority))
}

// What is sent again is what was heard already, whoever sends it and whenever.
func TestRepeats(t *testing.T) {
	start, end := noon, noon.Add(5*time.Minute)
	ids := func(events []*signals.Event) (out []string) {
		for _, e := range events {
			out = append(out, e.ID)
		}
		return out
	}
	first := normalize(t, start.Add(time.Second), firing(start))
	reworded := firing(start)
	reworded.Annotations["summary"] = "7 % of requests fail"
	require.Equal(t, ids(first), ids(normalize(t, start.Add(4*time.Hour), reworded)), "repeat_interval")
	healed := normalize(t, end.Add(time.Second), resolved(start, end))
	require.Equal(t, ids(first), ids(healed)[:2], "a resolved alert did fire")
	require.Equal(t, ids(healed), ids(normalize(t, end.Add(time.Hour), resolved(start, end))))
	again := normalize(t, end.Add(2*time.Minute), firing(end.Add(time.Minute)))
	require.Equal(t, first[0].ID, again[0].ID, "one case, opened once")
	require.NotEqual(t, first[1].ID, again[1].ID, "a firing of its own")
	require.Equal(t, first[1].Case, again[1].Case)
	other := opts
	other.Site = "second"
	events, err := alertmanager.Normalize(payload(t, firing(start)), other, noon)
	require.NoError(t, err)
	require.NotEqual(t, first[0].ID, events[0].ID, "another site's alert is another alert")
}

// The journal keeps the first event of an id: whatever later deliveries make of
// it, and in whatever order they come, the case stays what it was.
func TestOpenedIsWhatWasHeardFirst(t *testing.T) {
	one, two := noon, noon.Add(time.Hour)
	second := firing(two)
	second.Labels["team"] = "Platform"
	deliveries := [][]*signals.Event{
		normalize(t, two.Add(time.Second), second),
		normalize(t, two.Add(2*time.Second), resolved(one, one.Add(time.Minute))),
		normalize(t, two.Add(3*time.Second), firing(two)),
	}
	var journal []*signals.Event
	for _, d := range deliveries {
		for _, e := range d {
			if !slices.ContainsFunc(journal, func(o *signals.Event) bool { return o.ID == e.ID }) {
				journal = append(journal, e)
			}
		}
	}
	c := signals.Fold(journal)
	require.Equal(t, "Platform", c.Team)
	require.Equal(t, two, c.Opened)
	require.Len(t, c.Path, 1)
	require.Equal(t, []signals.Kind{signals.Firing, signals.Recovered, signals.Opened, signals.Firing}, kinds(c.Events()))
}

func kinds(events []*signals.Event) (out []signals.Kind) {
	for _, e := range events {
		out = append(out, e.Kind)
	}
	return out
}

func TestTimes(t *testing.T) {
	start := noon.Add(-time.Hour)
	change := func(a sent, starts, ends string) sent {
		a.StartsAt, a.EndsAt = starts, ends
		return a
	}
	prefix := "alerts/main/3f2a91c4d5e6f708/"
	unsure := prefix + "recovered/after/" + micros(start)
	for name, c := range map[string]struct {
		alert    sent
		began    time.Time
		healed   time.Time // zero: it fires still
		recovery string
	}{
		"firing says nothing of its end":  {alert: change(firing(start), clock(start), never), began: start},
		"firing until the future":         {alert: change(firing(start), clock(start), clock(noon.Add(time.Hour))), began: start},
		"firing with an end long ago":     {alert: change(firing(start), clock(start), clock(start.Add(-time.Hour))), began: start},
		"firing with an end that is none": {alert: change(firing(start), clock(start), "soon"), began: start},
		"resolved":                        {alert: resolved(start, start.Add(time.Minute)), began: start, healed: start.Add(time.Minute), recovery: prefix + "recovered/" + micros(start.Add(time.Minute))},
		"at once":                         {alert: resolved(start, start), began: start, healed: start, recovery: prefix + "recovered/" + micros(start)},
		"another zone":                    {alert: change(resolved(start, start), "2026-03-02T12:00:00+01:00", "2026-03-02T12:30:00.000000999+01:00"), began: start, healed: start.Add(30 * time.Minute), recovery: prefix + "recovered/" + micros(start.Add(30*time.Minute))},
		"resolved without an end":         {alert: change(resolved(start, start), clock(start), ""), began: start, healed: noon, recovery: unsure},
		"resolved at the zero time":       {alert: change(resolved(start, start), clock(start), never), began: start, healed: noon, recovery: unsure},
		"resolved before it fired":        {alert: resolved(start, start.Add(-time.Minute)), began: start, healed: noon, recovery: unsure},
		"resolved in the future":          {alert: resolved(start, noon.Add(time.Hour)), began: start, healed: noon, recovery: prefix + "recovered/" + micros(noon.Add(time.Hour))},
		"all in the future":               {alert: resolved(noon.Add(time.Hour), noon.Add(2*time.Hour)), began: noon, healed: noon, recovery: prefix + "recovered/" + micros(noon.Add(2*time.Hour))},
		"the year 9999":                   {alert: resolved(start, time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)), began: start, healed: noon, recovery: prefix + "recovered/253402300799000000"},
	} {
		t.Run(name, func(t *testing.T) {
			events := normalize(t, noon, c.alert)
			require.Equal(t, c.began, events[0].At)
			require.Equal(t, c.began, events[1].At)
			if c.healed.IsZero() {
				require.Equal(t, []signals.Kind{signals.Opened, signals.Firing}, kinds(events))
				return
			}
			require.Equal(t, []signals.Kind{signals.Opened, signals.Firing, signals.Recovered}, kinds(events))
			require.Equal(t, c.healed, events[2].At)
			require.Equal(t, c.recovery, events[2].ID)
			later, err := alertmanager.Normalize(payload(t, c.alert), opts, noon.Add(24*time.Hour))
			require.NoError(t, err)
			for i := range events {
				require.Equal(t, events[i].ID, later[i].ID, "a repetition keeps its id")
			}
		})
	}
}

// An alert that fires anew in the very moment in which it healed.
func TestHealsBeforeItFiresAnew(t *testing.T) {
	mid := noon.Add(-time.Minute)
	events := normalize(t, noon, firing(mid), resolved(noon.Add(-time.Hour), mid))
	require.Equal(t, []signals.Kind{signals.Opened, signals.Firing, signals.Recovered, signals.Firing}, kinds(events))
}

// The project is what teams own, as far as the labels tell.
func TestProject(t *testing.T) {
	for _, c := range []struct{ labels, want string }{
		{"alertname=Up service=checkout namespace=shop job=node", "checkout"},
		{"alertname=Up app=cart namespace=shop", "cart"},
		{"alertname=Up namespace=shop job=kube-state-metrics", "shop"},
		{"alertname=Up job=node", "node"},
		{"alertname=Up", "Up"},
		{"severity=page", ""},
	} {
		a := firing(noon)
		a.Labels = map[string]string{}
		for pair := range strings.FieldsSeq(c.labels) {
			name, value, _ := strings.Cut(pair, "=")
			a.Labels[name] = value
		}
		require.Equal(t, c.want, signals.Fold(normalize(t, noon, a)).Project, c.labels)
	}
}

func TestLabelsOfTheSite(t *testing.T) {
	a := firing(noon)
	a.Labels = map[string]string{"alertname": "DiskFull", "owner": "Storage", "urgency": "P1", "component": "volumes", "team": "none", "severity": "page", "assignee": "ann"}
	o := opts
	o.TeamLabel, o.SeverityLabel = "owner", "urgency"
	events, err := alertmanager.Normalize(payload(t, a), o, noon)
	require.NoError(t, err)
	c := signals.Fold(events)
	require.Equal(t, "Storage", c.Team)
	require.Equal(t, "P1", c.Priority)
	require.Equal(t, []string{"volumes"}, c.Components)
	require.Empty(t, c.Holder, "a label hands nothing to anybody")
	require.Equal(t, "none", c.Fields["label team"])
	require.Equal(t, "ann", c.Fields["label assignee"])
	require.Equal(t, "page", c.Fields["severity"])
}

func TestTitle(t *testing.T) {
	with := func(name string, annotations map[string]string) sent {
		a := firing(noon)
		a.Annotations = annotations
		delete(a.Labels, "alertname")
		if name != "" {
			a.Labels["alertname"] = name
		}
		return a
	}
	for _, c := range []struct {
		alert sent
		want  string
	}{
		{with("Up", nil), "Up"},
		{with("Up", map[string]string{"summary": " \n "}), "Up"},
		{with("Up", map[string]string{"description": "two\nlines\x00 \u202f"}), "Up: two lines"},
		{with("Up", map[string]string{"message": "down", "description": "long"}), "Up: down"},
		{with("Up", map[string]string{"summary": "Up"}), "Up"},
		{with("", map[string]string{"summary": "down"}), "alert 3f2a91c4d5e6f708: down"},
		{with("", nil), "alert 3f2a91c4d5e6f708"},
	} {
		require.Equal(t, c.want, signals.Fold(normalize(t, noon, c.alert)).Title)
	}
}

func TestBounds(t *testing.T) {
	a := firing(noon)
	for i := range 500 {
		a.Labels["label_"+strconv.Itoa(i)] = strings.Repeat("ä", 5000)
	}
	a.Labels[strings.Repeat("n", 5000)] = "x"
	a.Annotations["summary"], a.Annotations["description"] = strings.Repeat("ö", 1<<20), strings.Repeat("ü", 1<<20)
	a.GeneratorURL = "https://prometheus.example/" + strings.Repeat("x", 5000)
	a.Annotations["runbook_url"] = "javascript:alert(1)"
	events := normalize(t, noon, a)
	size := 0
	for _, e := range events {
		size += len(e.Text)
		for _, v := range e.Set {
			size += len(v.Field) + len(v.To)
			require.NotContains(t, v.To, "�", "cut between two characters")
		}
	}
	require.Less(t, size, 32<<10)
	c := signals.Fold(events)
	require.NotContains(t, c.Fields, "generatorURL", "half a link leads nowhere")
	require.NotContains(t, c.Fields, "runbook_url", "only links to the web")
}

func TestWrongBodies(t *testing.T) {
	for body, want := range map[string]string{
		``:                              "it is no JSON, or is cut off, at byte 0",
		`{"version":"4","alerts":[`:     "cut off",
		`[]`:                            "expected an object, found array",
		`{}`:                            `version is "", and only "4"`,
		`{"version":"3","alerts":[{}]}`: `version is "3", and only "4"`,
		`{"version":4,"alerts":[{}]}`:   "version: expected a string, found number",
		`{"version":"4"}`:               "alerts is missing or empty",
		`{"version":"4","alerts":[]}`:   "alerts is missing or empty",
		`{"version":"4","alerts":{}}`:   "alerts: expected a list, found object",
		`{"version":"4","alerts":[]} x`: "it is no JSON",
		`{"version":"4","alerts":[7]}`:  "alerts[0]: expected an object, found number",
		`{"version":"4","alerts":[{}]}`: `alerts[0]: status is "", neither "firing" nor "resolved"`,
		`{"version":"4","alerts":[{"status":"firing"}]}`:                                                                     "labels and fingerprint are missing",
		`{"version":"4","alerts":[{"status":"firing","labels":{"a":"b"}}]}`:                                                  "startsAt is missing",
		`{"version":"4","alerts":[{"status":"firing","labels":{"a":1}}]}`:                                                    "expected a string, found number",
		`{"version":"4","alerts":[{"status":"firing","fingerprint":"a/b"}]}`:                                                 "fingerprint is not made of",
		`{"version":"4","alerts":[{"status":"firing","fingerprint":"ab","startsAt":"yesterday"}]}`:                           "startsAt is no time such as",
		`{"version":"4","alerts":[{"status":"firing","fingerprint":"ab","startsAt":"1970-01-01T00:00:00Z"}]}`:                "startsAt is missing or before 2000",
		`{"version":"4","alerts":[{"status":"resolved","fingerprint":"ab","startsAt":"2026-01-01T00:00:00Z","endsAt":"x"}]}`: "endsAt is no time such as",
	} {
		events, err := alertmanager.Normalize([]byte(body), opts, noon)
		require.ErrorContains(t, err, want, body)
		require.Empty(t, events)
	}
}

// One alert that cannot be read does not take the others with it.
func TestOneWrongAlert(t *testing.T) {
	bad := firing(noon)
	bad.Status = "pending"
	events, err := alertmanager.Normalize(payload(t, bad, firing(noon)), opts, noon)
	require.Len(t, events, 2)
	var reject signals.Reject
	require.True(t, errors.As(err, &reject))
	require.Equal(t, "alerts[0]", reject.Where)
	require.Contains(t, string(reject.Raw), `"pending"`)

	events, err = alertmanager.Normalize(payload(t, slices.Repeat([]sent{bad}, 250)...), opts, noon)
	require.Empty(t, events)
	require.ErrorContains(t, err, "and 150 more")
}
