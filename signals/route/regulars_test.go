package route

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// chat lets people write in threads of one channel and returns the last thread.
func chat(m *Model, at time.Time, posts ...[2]string) *signals.Case {
	var c *signals.Case
	for i, p := range posts {
		if i == 0 || p[0] == "new" {
			c = &signals.Case{}
			p = [2]string{p[1], "how do I do this?"}
		}
		e := &signals.Event{ID: fmt.Sprint("slack/s/C1/", at.UnixNano(), i), Case: signals.SlackThread("s", "C1", fmt.Sprint(at.UnixNano(), i)), Kind: signals.Said,
			Actor: "slack/s/" + p[0], Text: p[1], At: at.Add(time.Duration(i) * time.Minute), Seq: signals.Seq{Entry: int64(i)}, Audience: signals.Public}
		if i > 0 && len(c.Events()) > 0 {
			e.Case = c.Key
		}
		c.Apply(e)
		m.Observe(c, e)
	}
	return c
}

func TestRegularsAreAsked(t *testing.T) {
	m, now := New(Options{}), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 5 {
		chat(m, now.Add(time.Duration(i)*time.Hour), [2]string{"", "ann"}, [2]string{"bob", "like this"}, [2]string{"bot:ci", "noted"}, [2]string{"ann", "thanks"})
	}
	c := chat(m, now.Add(24*time.Hour), [2]string{"", "cat"})
	org := signals.NewOrg(signals.DefaultPolicy())
	got := Pick(m, org, c, &signals.Signal{Detector: "unanswered_ask", Need: signals.NeedResolver}, now.Add(25*time.Hour))
	require.Equal(t, "slack/s/bob", got[0].To)
	require.Contains(t, got[0].Why, "answer others in this channel")
	for _, g := range got {
		require.NotEqual(t, "slack/s/cat", g.To, "who asks is not asked")
		require.NotEqual(t, "slack/s/ann", g.To, "who only asked is not among them")
	}

	late := Pick(m, org, c, &signals.Signal{Need: signals.NeedResolver}, now.AddDate(1, 0, 0))
	require.Empty(t, late[0].To, "who answered a year ago is not proposed")
}

func TestRegularsAreBounded(t *testing.T) {
	g := make(regulars)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := signals.Fold([]*signals.Event{{ID: "slack/s/C1/1", Case: signals.SlackThread("s", "C1", "1"), Kind: signals.Said, Actor: "slack/s/ann", At: now}})
	for i := range 3 * regularMost {
		e := &signals.Event{Kind: signals.Said, Actor: fmt.Sprintf("slack/s/u%04d", i), At: now.Add(time.Duration(i) * time.Hour)}
		g.heard(c, e)
		if i < 2 {
			for range 50 {
				g.heard(c, e)
			}
		}
	}
	require.Len(t, g["slack/s/C1"], regularMost)
	require.Equal(t, []string{"slack/s/u0001", "slack/s/u0000"}, g.of("slack/s/C1", now.Add(3*regularMost*time.Hour))[:2])
}
