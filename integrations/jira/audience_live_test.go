package jira

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

func browse(holders ...string) string {
	var lines []string
	for _, h := range holders {
		lines = append(lines, `{"id":1,"holder":{`+h+`},"permission":"BROWSE_PROJECTS"}`)
	}
	lines = append(lines, `{"id":2,"holder":{"type":"anyone"},"permission":"ADD_COMMENTS"}`)
	return `{"expand":"permissions","id":10000,"name":"Default","permissions":[` + strings.Join(lines, ",") + `]}`
}

func members(local string) signals.Audience { return signals.MembersOf("jira/jira/" + local) }

func TestProjectAudience(t *testing.T) {
	const anyone, user = `"type":"anyone"`, `"type":"applicationRole"`
	const group = `"type":"group","parameter":"staff","value":"5b1c"`
	for _, x := range []struct {
		name    string
		project string // "" is 404, a number is a status
		scheme  string
		want    signals.Audience
		why     string
	}{
		{"anyone", `{"key":"PAY"}`, browse(anyone), signals.Public, "anyone"},
		{"every user", `{"key":"PAY"}`, browse(group, user), signals.Public, "logged in"},
		{"users of one product", `{"key":"PAY"}`, browse(`"type":"applicationRole","parameter":"jira-servicedesk"`), members("project:PAY"), "some groups"},
		{"one group", `{"key":"PAY"}`, browse(group, group), members("group:staff"), "only the group staff"},
		{"two groups", `{"key":"PAY"}`, browse(group, `"type":"group","parameter":"admins"`), members("project:PAY"), "some groups"},
		{"a group and a role", `{"key":"PAY"}`, browse(group, `"type":"projectRole","parameter":"10002"`), members("project:PAY"), "some groups"},
		{"a role", `{"key":"PAY"}`, browse(`"type":"projectRole","parameter":"10002"`), members("project:PAY"), "some groups"},
		{"a group, and reporters for their own issues", `{"key":"PAY"}`, browse(`"type":"reporter"`, group), members("group:staff"), "only the group"},
		{"reporters for their own issues", `{"key":"PAY"}`, browse(`"type":"reporter"`), signals.Restricted, "of their own"},
		{"customers", `{"key":"PAY"}`, browse(`"type":"sd.customer.portal.only"`), signals.Restricted, "of their own"},
		{"a kind of tomorrow", `{"key":"PAY"}`, browse(`"type":"everyone-on-mars","parameter":"public"`), signals.Restricted, "not understood"},
		{"a group without a name", `{"key":"PAY"}`, browse(`"type":"group"`), signals.Restricted, "not understood"},
		{"nobody", `{"key":"PAY"}`, browse(), signals.Restricted, "nobody"},
		{"a private project whose scheme says anyone", `{"key":"PAY","isPrivate":true}`, browse(anyone), members("project:PAY"), "private"},
		{"a private project whose scheme is hidden", `{"key":"PAY","isPrivate":true}`, "403", members("project:PAY"), "private"},
		{"not private, which proves nothing", `{"key":"PAY","isPrivate":false}`, "403", signals.Restricted, "may not read"},
		{"the scheme is hidden", `{"key":"PAY"}`, "404", signals.Restricted, "may not read"},
		{"the project is hidden", "404", browse(anyone), signals.Restricted, "may not see"},
	} {
		t.Run(x.name, func(t *testing.T) {
			dialects(t, func(t *testing.T, s *scripted, c *Client) {
				says := func(route, body string) {
					switch body {
					case "403", "404":
						s.says(route, int(body[0]-'0')*100+int(body[2]-'0'), `{"errorMessages":["no"],"errors":{}}`)
					default:
						s.says(route, 200, body)
					}
				}
				says("GET project/PAY", x.project)
				says("GET project/PAY/permissionscheme", x.scheme)
				// What our own account may do must not matter.
				s.says("GET mypermissions", 200, `{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`)
				a, why, err := c.ProjectAudience(context.Background(), "PAY")
				require.NoError(t, err)
				require.Equal(t, x.want, a)
				require.Contains(t, why, x.why)
				require.Zero(t, s.count("GET mypermissions"))
			})
		})
	}
}

// TestProjectAudienceUnanswered: what may be known tomorrow is an error today,
// and never a guess.
func TestProjectAudienceUnanswered(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		for _, status := range []int{401, 500} {
			s.says("GET project/PAY", 200, `{"key":"PAY"}`)
			s.says("GET project/PAY/permissionscheme", status, `{"errorMessages":["no"],"errors":{}}`)
			a, _, err := c.ProjectAudience(context.Background(), "PAY")
			require.Error(t, err)
			require.Equal(t, signals.Restricted, a)
		}
		s.says("GET project/WEB", 401, `{"errorMessages":["no"],"errors":{}}`)
		_, _, err := c.ProjectAudience(context.Background(), "WEB")
		require.ErrorIs(t, err, ErrAuth)
		a, why, err := c.ProjectAudience(context.Background(), "../x")
		require.NoError(t, err)
		require.Equal(t, signals.Restricted, a)
		require.Contains(t, why, "no project key")
	})
}

func TestSchemeWithoutItsGrants(t *testing.T) {
	s := newScripted(t, false)
	c := s.client()
	s.says("GET project/PAY", 200, `{"key":"PAY"}`)
	s.says("GET project/PAY/permissionscheme", 200, `{"id":10000,"name":"Default"}`)
	s.says("GET permissionscheme/10000", 200, browse(`"type":"anyone"`))
	a, _, err := c.ProjectAudience(context.Background(), "PAY")
	require.NoError(t, err)
	require.Equal(t, signals.Public, a)
	s.says("GET permissionscheme/10000", 403, `{"errorMessages":["no"]}`)
	a, _, err = c.ProjectAudience(context.Background(), "PAY")
	require.NoError(t, err)
	require.Equal(t, signals.Restricted, a)
}

func TestAudiences(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		s.says("GET project", 200, `[{"id":"1","key":"PAY"},{"id":"2","key":"WEB"}]`)
		s.says("GET project/PAY", 200, `{"key":"PAY"}`)
		s.says("GET project/PAY/permissionscheme", 200, browse(`"type":"anyone"`))
		got, err := c.Audiences(context.Background())
		require.NoError(t, err)
		require.Equal(t, signals.Public, got["PAY"].Audience)
		require.Equal(t, signals.Restricted, got["WEB"].Audience)
		require.Contains(t, got["WEB"].Why, "may not see project WEB")
		got, err = c.Audiences(context.Background(), "PAY")
		require.NoError(t, err)
		require.Len(t, got, 1)
		s.says("GET project", 500, `{"errorMessages":["no"]}`)
		_, err = c.Audiences(context.Background())
		require.Error(t, err)
	})
}

func TestAudienceOf(t *testing.T) {
	comment := `"comment":{"comments":[{"id":"4","created":"2026-11-03T10:00:00.000+0000","body":"x"` + "%" + `}]}`
	pay, group := `"project":{"key":"PAY"}`, signals.MembersOf("jira/jira/group:staff")
	level := `"security":{"id":"5","name":"Managers"}`
	role := `,"visibility":{"type":"role","value":"Developers"}`
	for _, c := range []struct {
		name           string
		of             map[string]signals.Audience
		fields         string
		limit          string
		issue, comment signals.Audience
	}{
		{"nil: as ever", nil, pay, "", signals.Public, signals.Public},
		{"nil, with a security level", nil, level, "", members("security:5"), members("security:5")},
		{"open", map[string]signals.Audience{"PAY": signals.Public}, pay, "", signals.Public, signals.Public},
		{"open, with a limited comment", map[string]signals.Audience{"PAY": signals.Public}, pay, role, signals.Public, members("role:Developers")},
		{"open, with an internal comment", map[string]signals.Audience{"PAY": signals.Public}, pay, `,"jsdPublic":false`, signals.Public, signals.Restricted},
		{"open, with a security level", map[string]signals.Audience{"PAY": signals.Public}, pay + "," + level, "", members("security:5"), members("security:5")},
		{"a group", map[string]signals.Audience{"PAY": group}, pay, "", group, group},
		{"a group, with a limited comment", map[string]signals.Audience{"PAY": group}, pay, role, group, signals.Restricted},
		{"a group, with a security level", map[string]signals.Audience{"PAY": group}, pay + "," + level, "", signals.Restricted, signals.Restricted},
		{"restricted", map[string]signals.Audience{"PAY": signals.Restricted}, pay, "", signals.Restricted, signals.Restricted},
		{"restricted, with a security level", map[string]signals.Audience{"PAY": signals.Restricted}, pay + "," + level, "", signals.Restricted, signals.Restricted},
		{"an unknown project", map[string]signals.Audience{"WEB": signals.Public}, pay, "", signals.Restricted, signals.Restricted},
		{"an unknown project, with a security level", map[string]signals.Audience{"WEB": signals.Public}, pay + "," + level, "", signals.Restricted, signals.Restricted},
		{"no project is known", map[string]signals.Audience{}, pay, "", signals.Restricted, signals.Restricted},
		{"another case is another project", map[string]signals.Audience{"pay": signals.Public}, pay, "", signals.Restricted, signals.Restricted},
		{"the project by the key of the issue", map[string]signals.Audience{"PAY": group}, `"status":{"name":"Open"}`, "", group, group},
		{"a moved issue is where it is now", map[string]signals.Audience{"WEB": group, "PAY": signals.Public}, `"project":{"key":"WEB"}`, "", group, group},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := issueWith(c.fields+","+strings.Replace(comment, "%", c.limit, 1),
				`{"id":"5","created":"2026-11-03T10:00:00.000+0000","items":[{"field":"status","fieldId":"status","fromString":"A","toString":"B"}]}`)
			// Options.Audience must not widen what the map says.
			events, err := Normalize([]byte(raw), &Options{AudienceOf: c.of, Audience: signals.Public})
			require.NoError(t, err)
			require.Len(t, events, 3)
			for _, e := range events {
				want := c.issue
				if e.Kind == signals.Said {
					want = c.comment
				}
				require.Equal(t, want, e.Audience, "%s %s", e.Kind, e.ID)
			}
		})
	}
}

func TestFollowAudiences(t *testing.T) {
	dialects(t, func(t *testing.T, s *scripted, c *Client) {
		c.opts.AudienceOf = map[string]signals.Audience{"OPS": signals.MembersOf("jira/jira/group:ops")}
		c.FollowAudiences(time.Hour)
		s.says("GET project/PAY", 200, `{"key":"PAY"}`)
		s.says("GET project/PAY/permissionscheme", 200, browse(`"type":"anyone"`))
		s.says("GET project/OPS", 200, `{"key":"OPS"}`)
		s.says("GET project/OPS/permissionscheme", 200, browse(`"type":"anyone"`))
		audience := func(raw string) (signals.Audience, error) {
			o, err := c.reading(context.Background(), []byte(raw))
			if err != nil {
				return "", err
			}
			events, err := Normalize([]byte(raw), &o)
			require.NoError(t, err)
			return events[0].Audience, nil
		}
		pay := issueWith(`"project":{"key":"PAY"}`, "")
		for range 3 {
			a, err := audience(pay)
			require.NoError(t, err)
			require.Equal(t, signals.Public, a)
		}
		require.Equal(t, 1, s.count("GET project/PAY"), "asked once an hour")
		a, err := audience(issueWith(`"project":{"key":"OPS"}`, ""))
		require.NoError(t, err)
		require.Equal(t, signals.MembersOf("jira/jira/group:ops"), a, "what the operator said stays")
		a, err = audience(issueWith(`"project":{"key":"WEB"}`, ""))
		require.NoError(t, err)
		require.Equal(t, signals.Restricted, a, "what our account may not look at")

		now := c.clock().Add(2 * time.Hour)
		c.clock = func() time.Time { return now }
		c.sleep = func(ctx context.Context, d time.Duration) error { now = now.Add(d); return ctx.Err() }
		s.says("GET project/PAY/permissionscheme", 200, browse(`"type":"group","parameter":"staff"`))
		a, err = audience(pay)
		require.NoError(t, err)
		require.Equal(t, members("group:staff"), a)

		now = now.Add(2 * time.Hour)
		s.on("GET project/PAY", func(w http.ResponseWriter, _ *http.Request, _ []byte) { lose(w) })
		_, err = audience(pay)
		require.Error(t, err, "nothing is stored with a guess while Jira cannot be asked")
	})
}
