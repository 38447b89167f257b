package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
)

func TestDefaultsEncodeToNothing(t *testing.T) {
	out, err := Default().YAML()
	require.NoError(t, err)
	require.Empty(t, out)
}

func TestYAML(t *testing.T) {
	c := Default()
	c.Jira = []Jira{{Site: "north", URL: "https://north.example", Token: "never", TeamField: "Team", Done: []string{"Done", "no", "123", "${X}"}, Audience: "public"}}
	c.Policy.Modes["stall"] = signals.Ask
	c.Policy.Watch = 21 * 24 * time.Hour
	c.Policy.Escalate = []signals.Pattern{{Field: "level", To: []string{"L3"}}, {Raised: true}}
	c.Policy.Waiting = []string{}
	c.Policy.Detect.Echo.People = 4
	c.Roster.People = []Person{{ID: "ann", Left: true, Since: "2026-03-01"}}
	out, err := c.YAML()
	require.NoError(t, err)
	require.Equal(t, `jira:
    - site: north
      url: https://north.example
      team_field: Team
      done: [Done, no, "123", '$${X}']
      audience: public
policy:
    modes:
        stall: ask
    watch: 21d
    escalate:
        - field: level
          to: [L3]
        - raised: true
    waiting: []
    detect:
        echo:
            people: 4
roster:
    people:
        - id: ann
          left: true
          since: "2026-03-01"
`, string(out))
	f, err := Parse("", out, options(nil))
	require.NoError(t, err)
	c.Jira[0].Token = ""
	require.Equal(t, c, f.Config)
}

// TestYAMLRoundTrip reads back what was written, whatever the texts are.
func TestYAMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		word := rapid.StringMatching(`[ -~äß\n\t'"{}$#:&*!|>%@-]{1,12}[a-z~$0-9]`)
		c.Jira = []Jira{{Site: "s", User: word.Draw(t, "user"), TeamField: word.Draw(t, "team"), Fields: rapid.SliceOfN(word, 1, 3).Draw(t, "fields"), Audience: "public"}}
		c.Policy.Budget = rapid.IntRange(1, maxCount).Draw(t, "budget")
		c.Policy.Repeat = time.Duration(rapid.Int64Range(1, int64(most/time.Second)).Draw(t, "repeat")) * time.Second
		c.Policy.Detect.CameBack.Likeness = rapid.Float64Range(0, 1).Draw(t, "likeness")
		c.Policy.Holidays = map[string][]string{rapid.StringMatching(`[a-zA-Z0-9 /.]{1,9}`).Draw(t, "region"): {"2026-12-25"}}
		c.Roster.People = []Person{{ID: "a", Name: word.Draw(t, "name"), External: rapid.Bool().Draw(t, "external")}}
		out, err := c.YAML()
		require.NoError(t, err)
		f, err := Parse("", out, options(nil))
		require.NoError(t, err, "%s", out)
		require.Equal(t, c, f.Config, "%s", out)
	})
}
