package fakejira

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseJQL(t *testing.T) {
	plus2 := time.FixedZone("EET", 2*3600)
	ms := func(s string) int64 {
		v, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return v.UnixNano()
	}
	for jql, want := range map[string]query{
		`labels = a-1 ORDER BY created DESC, key asc`: {restrictions: []restriction{{"labels", []string{"a-1"}}}, bounded: true, order: []string{"-created", "key"}},
		`project = PAY`: {restrictions: []restriction{{"project", []string{"PAY"}}}, bounded: true},
		`(project in (PAY, "OPS")) AND updated >= 1772445600000 ORDER BY updated ASC, key ASC`: {
			restrictions: []restriction{{"project", []string{"PAY", "OPS"}}}, since: ms("2026-03-02T10:00:00Z"), bounded: true, order: []string{"updated", "key"}},
		`updated >= "2026-03-02 12:00" order by created`:                           {since: ms("2026-03-02T10:00:00Z"), bounded: true, order: []string{"created"}},
		`updated >= '2026/03/02 12:00'`:                                            {since: ms("2026-03-02T10:00:00Z"), bounded: true},
		`issuekey in (PAY-1,PAY-2)`:                                                {restrictions: []restriction{{"issuekey", []string{"PAY-1", "PAY-2"}}}, bounded: true},
		`key = PAY-1 AND id in (17, 18)`:                                           {restrictions: []restriction{{"issuekey", []string{"PAY-1"}}, {"id", []string{"17", "18"}}}, bounded: true},
		`((project = "A \"b\"")) AND (updated >= 5 AND updated >= 3) ORDER BY key`: {restrictions: []restriction{{"project", []string{`A "b"`}}}, since: 5e6, bounded: true, order: []string{"key"}},
		``:             {},
		`ORDER BY key`: {order: []string{"key"}},
	} {
		got, err := parseJQL(jql, plus2)
		require.NoError(t, err, jql)
		require.Equal(t, want, got, jql)
	}
}

func TestParseJQLRefuses(t *testing.T) {
	for jql, want := range map[string]string{
		`assignee = ines`:                     "Field 'assignee' does not exist",
		`project = PAY OR project = OPS`:      "but got 'OR'",
		`project != PAY`:                      "operator '!=' is not supported",
		`updated > 5`:                         "operator '>' is not supported",
		`updated <= 5`:                        "operator '<=' is not supported",
		`updated >= -5d`:                      "Date value '-5d'",
		`updated >= "soon"`:                   "Date value 'soon'",
		`(project = PAY`:                      "query ends",
		`project = PAY)`:                      "but got ')'",
		`project in PAY`:                      "but got 'PAY'",
		`project in (PAY`:                     "query ends",
		`project in ()`:                       "but got ')'",
		`project =`:                           "query ends",
		`project`:                             "query ends",
		`project = "PAY`:                      "has not been completed",
		`project = PAY AND`:                   "query ends",
		`project = PAY ORDER BY rank`:         "sort using field 'rank'",
		`project = PAY ORDER BY updated DOWN`: "but got 'DOWN'",
		`project = PAY ORDER updated`:         "but got 'updated'",
	} {
		_, err := parseJQL(jql, time.UTC)
		require.ErrorContains(t, err, want, jql)
	}
}

func FuzzJQL(f *testing.F) {
	f.Add(`(project in (PAY, "OPS")) AND updated >= 1772445600000 ORDER BY updated ASC, key ASC`)
	f.Add(`issuekey in ('A-1') and updated >= "2026-03-02 12:00"`)
	f.Fuzz(func(t *testing.T, jql string) {
		q, err := parseJQL(jql, time.UTC)
		if err == nil {
			require.Equal(t, q.bounded, len(q.restrictions) > 0 || q.bounded)
			require.GreaterOrEqual(t, q.since, int64(0))
			for _, r := range q.restrictions {
				require.NotEmpty(t, r.values)
			}
		}
	})
}
