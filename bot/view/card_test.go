package view

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCardText(t *testing.T) {
	for _, c := range []struct {
		name string
		card Card
		want string
	}{
		{"empty", Card{}, ""},
		{"everything", Card{
			Key: "k", Kind: "nudge", Title: "PAY-17 went to and fro",
			Lines:  []Paragraph{{Text: "could you take it?", Mention: "slack/T1/U7"}, {Text: "It has been with two teams."}},
			Facts:  []Fact{{"Team", "payments"}, {"", "no name"}, {"No value", " "}},
			Links:  []Link{{"PAY-17", "https://jira.example/PAY-17"}, {"", "https://a.example"}, {"words only", ""}, {"https://b.example", "https://b.example"}},
			Footer: "andon", Actions: []Action{{ID: "claim", Text: "I take it"}}, Fallback: "not part of it",
		}, strings.Join([]string{
			"PAY-17 went to and fro", "@U7 could you take it?", "It has been with two teams.", "Team: payments", "no name", "No value",
			"PAY-17 (https://jira.example/PAY-17)", "https://a.example", "words only", "https://b.example", "andon",
		}, "\n")},
		{"control characters", Card{Title: "a\x1b[31mb\u202ec"}, "a[31mbc"},
		{"an id of another form", Card{Lines: []Paragraph{{Mention: "someone"}}}, "@someone"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.card.Text()) })
	}
}

func TestCardTextWith(t *testing.T) {
	c := Card{Lines: []Paragraph{{Text: "hello", Mention: "slack/T1/U7"}, {Text: "you", Mention: "jira/site/x"}}}
	got := c.TextWith(func(id string) string {
		if id == "slack/T1/U7" {
			return "<@U7>"
		}
		return ""
	})
	require.Equal(t, "<@U7> hello\nyou", got)
}
