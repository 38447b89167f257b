package jira

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// issueWith is an issue with the given members of "fields" and entries of the
// changelog.
func issueWith(fields, histories string) string {
	if fields != "" {
		fields = "," + fields
	}
	return `{"id":"17","key":"PAY-17","names":{"customfield_1":"Team","customfield_2":"Area"},` +
		`"fields":{"created":"2026-11-02T10:00:00.000+0000","summary":"wrong sum"` + fields + `},"changelog":{"histories":[` + histories + `]}}`
}

// told renders events one a line: kind, time of the month, what changed, text.
func told(events []*signals.Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString(strings.TrimPrefix(e.ID, "jira/jira/17/") + " " + string(e.Kind) + " " + e.At.Format("02T15:04"))
		for _, s := range []string{e.Field, e.From + ">" + e.To, e.Text, e.Ref} {
			if s != "" && s != ">" {
				b.WriteString(" [" + strings.ReplaceAll(s, "jira/jira/", "~") + "]")
			}
		}
		for _, v := range e.Set {
			b.WriteString(" " + v.Field + "=" + strings.ReplaceAll(v.To, "jira/jira/", "~"))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestNormalize(t *testing.T) {
	const entry = `{"id":"5","created":"2026-11-03T10:00:00.000+0000","author":{"accountId":"ines"},"items":[`
	const later = `{"id":"6","created":"2026-11-04T10:00:00.000+0000","author":{"accountId":"otto"},"items":[`
	for _, c := range []struct{ name, raw, want string }{
		{
			"values at creation are rewound and every item tells what really followed",
			issueWith(`"assignee":{"accountId":"otto"},"customfield_1":{"value":"Mail"},"status":{"name":"Open"}`,
				entry+`{"field":"assignee","fieldId":"assignee","from":null,"to":"ines","toString":"Ines"},{"field":"Team","fieldtype":"custom","fieldId":"customfield_1","fromString":"Web","toString":"Ledger"}]},`+
					later+`{"field":"assignee","fieldId":"assignee","from":"ines","to":"otto"},{"field":"Team","fieldtype":"custom","fieldId":"customfield_1","fromString":"Ledger","toString":"Mail"}]}`),
			`created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Open team=Web
5.0 assigned 03T10:00 [>~ines]
5.1 team 03T10:00 [Web>Ledger]
6.0 assigned 04T10:00 [~ines>~otto]
6.1 team 04T10:00 [Ledger>Mail]
`,
		}, {
			"an item without a difference stays",
			issueWith(`"status":{"name":"Open"}`, entry+`{"field":"status","fieldId":"status","fromString":"Open","toString":"Open"}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Open\n5.0 status 03T10:00 [Open>Open]\n",
		}, {
			"closed by a resolution, reopened, closed by the status alone",
			issueWith(`"status":{"name":"Done"}`,
				entry+`{"field":"status","fromString":"Open","toString":"Resolved"},{"field":"resolution","fromString":null,"toString":"Fixed"}]},`+
					later+`{"field":"resolution","fromString":"Fixed","toString":null},{"field":"status","fromString":"Resolved","toString":"Open"}]},`+
					`{"id":"7","created":"2026-11-05T10:00:00.000+0000","items":[{"field":"status","fromString":"Open","toString":"Done"}]},`+
					`{"id":"8","created":"2026-11-06T10:00:00.000+0000","items":[{"field":"status","fromString":"Done","toString":"Done"}]}`),
			`created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Open
5.0 status 03T10:00 [Open>Resolved]
5.1 edited 03T10:00 [resolution] [>Fixed]
5.closed closed 03T10:00 [>Fixed]
6.0 edited 04T10:00 [resolution] [Fixed>]
6.1 status 04T10:00 [Resolved>Open]
6.reopened reopened 04T10:00
7.0 status 05T10:00 [Open>Done]
7.closed closed 05T10:00 [>Done]
8.0 status 06T10:00 [Done>Done]
`,
		}, {
			"a status that Jira files under done",
			issueWith(`"status":{"name":"Shipped","statusCategory":{"key":"done"}}`, entry+`{"field":"status","fromString":"Open","toString":"Shipped"}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Open\n5.0 status 03T10:00 [Open>Shipped]\n5.closed closed 03T10:00 [>Shipped]\n",
		}, {
			"links by the label of the other end, gone again",
			issueWith(``, entry+`{"field":"Link","to":"PAY-3","toString":"This issue duplicates PAY-3"},{"field":"Link","to":"WEB-1","toString":"This issue eats WEB-1"}]},`+
				later+`{"field":"Link","from":"PAY-3","fromString":"This issue duplicates PAY-3","to":null}]}`),
			`created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY
5.0 linked 03T10:00 [Duplicate] [This issue duplicates PAY-3] [~label:PAY-3]
5.1 linked 03T10:00 [eats] [This issue eats WEB-1] [~label:WEB-1]
6.0 unlinked 04T10:00 [Duplicate] [This issue duplicates PAY-3] [~label:PAY-3]
`,
		}, {
			"links without history stand at the last update",
			issueWith(`"updated":"2026-11-09T10:00:00Z","issuelinks":[{"id":"3","type":{"name":"Blocks","inward":"is blocked by"},"inwardIssue":{"key":"PAY-2"}}]`, ``),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY\nl3 linked 09T10:00 [Blocks] [This issue is blocked by PAY-2] [~label:PAY-2]\n",
		}, {
			"a moved issue",
			issueWith(`"project":{"key":"PAY"}`, entry+`{"field":"Key","fromString":"WEB-4","toString":"PAY-17"},{"field":"project","from":"1","fromString":"Website","to":"2","toString":"Payments"}]}`),
			"created opened 02T10:00 [wrong sum] label=WEB-4 project=WEB\n5.0 edited 03T10:00 [label] [WEB-4>PAY-17]\n5.1 edited 03T10:00 [project] [WEB>PAY]\n",
		}, {
			"components come and go one by one",
			issueWith(`"components":[{"name":"ledger"},{"name":"mail"}]`, entry+`{"field":"Component","from":null,"toString":"mail","to":"9"},{"field":"Component","from":"8","fromString":"web","toString":null}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY component=ledger component=web\n5.0 edited 03T10:00 [component] [>mail]\n5.1 edited 03T10:00 [component] [web>]\n",
		}, {
			"newest entry first, equal times",
			issueWith(`"status":{"name":"C"}`,
				`{"id":"9","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fromString":"B","toString":"C"}]},{"id":"8","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fromString":"A","toString":"B"}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=A\n8.0 status 03T10:00 [A>B]\n9.0 status 03T10:00 [B>C]\n",
		}, {
			"entries without or with repeated ids keep the order of the file",
			issueWith(`"status":{"name":"D"}`,
				`{"created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fromString":"A","toString":"B"}]},{"id":"3","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fromString":"B","toString":"C"}]},`+
					`{"id":"3","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fromString":"C","toString":"D"}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=A\n~1.0 status 03T10:00 [A>B]\n3.0 status 03T10:00 [B>C]\n3~2.0 status 03T10:00 [C>D]\n",
		}, {
			"comments, one of them edited later",
			issueWith(`"comment":{"comments":[{"id":"4","author":{"accountId":"ines"},"created":"2026-11-03T10:00:00.000+0000","updated":"2026-11-03T10:00:02.000+0000","body":"I look \"now\""},`+
				`{"id":"5","created":"2026-11-03T11:00:00.000+0000","updated":"2026-11-04T11:00:00.000+0000","body":"solved"}]}`, ``),
			`created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY
c4 said 03T10:00 [I look "now"]
c5 said 03T11:00 […]
c5@1793790000000 edited 04T11:00 [solved] [~17/c5]
`,
		}, {
			"Atlassian documents",
			issueWith(`"description":{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"Seen"}]},{"type":"paragraph","content":[{"type":"text","text":"by "},{"type":"mention","attrs":{"text":"@Ines"}},{"type":"hardBreak"},{"type":"inlineCard","attrs":{"url":"https://example.org/1"}}]}]}`, ``),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY description=Seen\nby @Ines\nhttps://example.org/1\n",
		}, {
			"Data Center: user keys, no field ids",
			issueWith(`"assignee":{"name":"ines","key":"JIRAUSER1"},"customfield_2":"south"`,
				entry+`{"field":"assignee","fieldtype":"jira","from":"JIRAUSER2","to":"JIRAUSER1"},{"field":"Area","fieldtype":"custom","fromString":"north","toString":"south"}]}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY assignee=~JIRAUSER2 Area=north\n5.0 assigned 03T10:00 [~JIRAUSER2>~JIRAUSER1]\n5.1 edited 03T10:00 [Area] [north>south]\n",
		}, {
			"odd unimportant fields",
			issueWith(`"assignee":[1],"priority":7,"status":"Open","components":{"a":1},"labels":3,"comment":[],"issuelinks":"none","customfield_2":{"a":{"b":[]}},"customfield_3":[1],"customfield_4":1.50,"customfield_5":true,"reporter":"rosa","updated":"soon"`, `7,{"items":{}, "created":"2026-11-03T10:00:00Z"}`),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Open priority=7 customfield_4=1.5 customfield_5=true\n",
		}, {
			"computed fields tell the future and are left out",
			issueWith(`"customfield_2":"2026-11-20T10:00:00.000+0000","customfield_3":"10000_*:*_1_*:*_2000","customfield_4":"2026-11-01T10:00:00.000+0000"`, ``),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY customfield_4=2026-11-01T10:00:00.000+0000\n",
		}, {
			"without a changelog the final values stand at the resolution",
			`{"id":"17","key":"PAY-17","fields":{"created":"2026-11-02T10:00:00.000+0000","updated":"2026-11-09T10:00:00.000+0000","resolutiondate":"2026-11-08T10:00:00.000+0000","summary":"wrong sum","status":{"name":"Done"},"resolution":{"name":"Fixed"},"assignee":{"accountId":"ines"}}}`,
			`created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY
final.assignee assigned 08T10:00 [>~ines]
final.status status 08T10:00 [>Done]
final.closed closed 08T10:00 [>Fixed]
`,
		}, {
			"imported with a resolution that came later",
			issueWith(`"status":{"name":"Closed"},"resolution":{"name":"Fixed"},"resolutiondate":"2026-11-08T10:00:00.000+0000"`, ``),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY\nfinal.status status 08T10:00 [>Closed]\nfinal.closed closed 08T10:00 [>Fixed]\n",
		}, {
			"resolved at once",
			issueWith(`"status":{"name":"Closed"},"resolution":{"name":"Fixed"},"resolutiondate":"2026-11-02T10:00:00.000+0000"`, ``),
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY status=Closed\ncreated.closed closed 02T10:00 [>Fixed]\n",
		}, {
			"dates as numbers, with a colon, before the creation",
			`{"id":17,"key":"PAY-17","fields":{"created":1793613600000,"summary":"wrong sum"},"changelog":{"histories":[{"id":4,"created":"1793613500000","items":[{"field":"labels","toString":"a"}]},{"id":5,"created":"2026-11-03T12:00:00.123456+02:00","items":[{"field":"labels","fromString":"a","toString":"a b"}]}]}}`,
			"created opened 02T10:00 [wrong sum] label=PAY-17 project=PAY\n4.0 edited 02T10:00 [labels] [>a]\n5.0 edited 03T10:00 [labels] [a>a b]\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			events, err := Normalize([]byte(c.raw), &Options{Team: "TEAM"})
			require.NoError(t, err)
			require.Equal(t, c.want, told(events))
		})
	}
}

func TestNormalizeRefuses(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"login page", "\n<!DOCTYPE html><html>", "login page"},
		{"broken", `{"id":"1",`, "no valid JSON"},
		{"empty", ``, "no valid JSON"},
		{"no issue", `{"a":1}`, "neither a numeric id nor a key"},
		{"no fields", `{"id":"1","key":"PAY-1"}`, "PAY-1 has no fields"},
		{"an error of Jira", `{"errorMessages":["Issue does not exist"]}`, "Issue does not exist"},
		{"no date", `{"id":"1","fields":{}}`, "created"},
		{"absurd date", `{"id":"1","fields":{"created":"0001-01-01T00:00:00.000+0000"}}`, "outside of the years 1970 to 2200"},
		{"absurd number", `{"id":"1","fields":{"created":1e300}}`, "outside of the years"},
		{"30 February", `{"id":"1","fields":{"created":"2026-02-30T00:00:00.000+0000"}}`, "in no known form"},
		{"absurd entry", `{"id":"1","fields":{"created":"2026-02-03T00:00:00.000+0000"},"changelog":{"histories":[{"id":"2","created":"2999-01-01T00:00:00Z"}]}}`, `history entry "2"`},
		{"a deep hole", strings.Repeat("[", 1_000_000), "nested deeper"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Normalize([]byte(c.raw), nil)
			require.ErrorContains(t, err, c.want)
		})
	}
}

// No event before an edit may hold a word of it.
func TestEditedCommentIsUnknownBefore(t *testing.T) {
	raw := issueWith(`"comment":{"comments":[{"id":"5","created":"2026-11-03T11:00:00.000+0000","updated":"2026-11-04T11:00:00.000+0000","body":"solved"}]}`, ``)
	events, err := Normalize([]byte(raw), nil)
	require.NoError(t, err)
	c := signals.Fold(events[:2])
	require.Equal(t, UnknownText, c.Posts[0].Text)
	c = signals.Fold(events)
	require.Equal(t, "solved", c.Posts[0].Text)
	require.Equal(t, time.Date(2026, 11, 4, 11, 0, 0, 0, time.UTC), c.Posts[0].EditedAt)
}

func TestAudience(t *testing.T) {
	const comments = `"comment":{"comments":[` +
		`{"id":"1","created":"2026-11-03T11:00:00Z","body":"a"},` +
		`{"id":"2","created":"2026-11-03T11:00:00Z","body":"a","visibility":{"type":"role","value":"Developers"}},` +
		`{"id":"3","created":"2026-11-03T11:00:00Z","body":"a","jsdPublic":false},` +
		`{"id":"4","created":"2026-11-03T11:00:00Z","body":"a","properties":[{"key":"sd.public.comment","value":{"internal":true}}]},` +
		`{"id":"5","created":"2026-11-03T11:00:00Z","body":"a","visibility":"odd"},` +
		`{"id":"6","created":"2026-11-03T11:00:00Z","body":"a","jsdPublic":false,"visibility":{"type":"role","value":"Developers"}}]}`
	role := signals.MembersOf("jira/acme/role:Developers")
	level := signals.MembersOf("jira/acme/security:10")
	private := signals.MembersOf("jira/acme/staff")
	for _, c := range []struct {
		name, fields string
		o            Options
		want         []signals.Audience
	}{
		{"open issue", comments, Options{}, []signals.Audience{signals.Public, signals.Public, role, signals.Restricted, signals.Restricted, signals.Restricted, signals.Restricted}},
		{"security level", `"security":{"id":"10"},` + comments, Options{}, []signals.Audience{level, level, signals.Restricted, signals.Restricted, signals.Restricted, signals.Restricted, signals.Restricted}},
		{"odd security level", `"security":[1],` + comments, Options{}, make([]signals.Audience, 7)},
		{"private site", comments, Options{Audience: private}, []signals.Audience{private, private, signals.Restricted, signals.Restricted, signals.Restricted, signals.Restricted, signals.Restricted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Site = "acme"
			events, err := Normalize([]byte(issueWith(c.fields, ``)), &c.o)
			require.NoError(t, err)
			var got []signals.Audience
			for _, e := range events {
				got = append(got, e.Audience)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestWhichFieldsAreKept(t *testing.T) {
	raw := []byte(issueWith(`"customfield_2":"north","customfield_3":"`+strings.Repeat("x", 101)+`","labels":["a"],"environment":"test"`, ``))
	for _, c := range []struct {
		fields []string
		want   string
	}{
		{nil, "Area=north"},
		{[]string{}, ""},
		{[]string{"environment", "AREA"}, "Area=north environment=test"},
	} {
		events, err := Normalize(raw, &Options{Fields: c.fields})
		require.NoError(t, err)
		var got []string
		for _, v := range events[0].Set[2:] {
			got = append(got, v.Field+"="+v.To)
		}
		require.Equal(t, c.want, strings.Join(got, " "))
	}
}

// Nothing of the input may live on in the events.
func TestEventsShareNoMemory(t *testing.T) {
	raw := []byte(issueWith(`"description":"see invoice","assignee":{"accountId":"ines"},"comment":{"comments":[{"id":"1","created":"2026-11-03T11:00:00Z","body":"plain"}]}`,
		`{"id":"5","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"Area","fieldId":"customfield_2","fromString":"north","toString":"south"},{"field":"summary","fromString":"a","toString":"b"},{"field":"Link","to":"PAY-3","toString":"This issue eats PAY-3"}]}`))
	events, err := Normalize(raw, nil)
	require.NoError(t, err)
	before := told(events)
	for i := range raw {
		raw[i] = '#'
	}
	require.Equal(t, before, told(events))
}
