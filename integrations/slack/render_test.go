package slack

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"andon/bot/view"
	"andon/integrations/slack/fakeslack"
)

func blocksOf(t testing.TB, c *view.Card) (text string, blocks gjson.Result) {
	text, list, err := render("T1", c, native)
	require.NoError(t, err)
	b, err := json.Marshal(list)
	require.NoError(t, err)
	return text, gjson.ParseBytes(b)
}

func TestRenderWhole(t *testing.T) {
	text, blocks := blocksOf(t, &view.Card{
		Key: "k", Kind: "nudge", Title: "PAY-17 <went> to & fro",
		Lines:   []view.Paragraph{{Text: "could you take it?", Mention: "slack/T1/U7"}, {Text: "It went *through* two_teams."}, {Mention: "slack/T1/C9"}, {Text: "for you", Mention: "slack/T2/U9"}, {}},
		Facts:   []view.Fact{{Name: "Team", Value: "payments"}, {Value: "alone"}, {}},
		Links:   []view.Link{{Text: "PAY-17", URL: "https://jira.example/PAY-17?a=1&b=2"}, {Text: "trap", URL: "javascript:alert(1)"}, {}},
		Actions: []view.Action{{ID: "claim", Text: "I take it", Value: "n1"}, {ID: "mute", Text: "Never again", Danger: true}},
		Footer:  "sent by\nandon",
	})
	require.Equal(t, strings.Join([]string{
		"PAY-17 &lt;went&gt; to &amp; fro", "<@U7> could you take it?", "It went *through* two_teams.", "<#C9>", "for you", "Team: payments", "alone",
		"PAY-17 (https://jira.example/PAY-17?a=1&amp;b=2)", "trap (javascript:alert(1))", "sent by\nandon",
	}, "\n"), text)
	require.JSONEq(t, `[
	{"type":"header","text":{"type":"plain_text","text":"PAY-17 <went> to & fro","emoji":false}},
	{"type":"rich_text","elements":[
	  {"type":"rich_text_section","elements":[{"type":"user","user_id":"U7"},{"type":"text","text":" could you take it?"}]},
	  {"type":"rich_text_section","elements":[{"type":"text","text":"It went *through* two_teams."}]},
	  {"type":"rich_text_section","elements":[{"type":"channel","channel_id":"C9"}]},
	  {"type":"rich_text_section","elements":[{"type":"text","text":"for you"}]}]},
	{"type":"rich_text","elements":[
	  {"type":"rich_text_section","elements":[{"type":"text","text":"Team: ","style":{"bold":true}},{"type":"text","text":"payments"}]},
	  {"type":"rich_text_section","elements":[{"type":"text","text":"alone"}]}]},
	{"type":"rich_text","elements":[
	  {"type":"rich_text_section","elements":[{"type":"link","url":"https://jira.example/PAY-17?a=1&b=2","text":"PAY-17"}]},
	  {"type":"rich_text_section","elements":[{"type":"text","text":"trap (javascript:alert(1))"}]}]},
	{"type":"actions","elements":[
	  {"type":"button","text":{"type":"plain_text","text":"I take it","emoji":false},"action_id":"claim","value":"n1"},
	  {"type":"button","text":{"type":"plain_text","text":"Never again","emoji":false},"action_id":"mute","style":"danger"}]},
	{"type":"context","elements":[{"type":"plain_text","text":"sent by andon","emoji":false}]}]`, blocks.Raw)
}

// traps are texts that would ping, link or change the look where Slack reads
// markup.
var traps = []string{"<!channel>", "<!here|x>", "<!subteam^S1>", "<@U9>", "<#C9>", "<https://evil.example|good>", "*b* _i_ ~s~ `c`", "&lt;!channel&gt;", "> quote", ":boom:", "@channel", "\u202eevil\u2066", "\x00\x1b[31m", "\ufffc"}

// Nothing that is in a text becomes markup, in no part of a card.
func TestRenderPingsNobody(t *testing.T) {
	for _, trap := range traps {
		_, blocks := blocksOf(t, &view.Card{
			Title: trap, Lines: []view.Paragraph{{Text: trap}, {Text: trap, Mention: trap}, {Text: trap, Mention: "slack/T1/U7>" + trap}}, Facts: []view.Fact{{Name: trap, Value: trap}},
			Links: []view.Link{{Text: trap, URL: "https://a.example/"}, {Text: "t", URL: trap}}, Footer: trap, Actions: []view.Action{{ID: "x", Text: "a" + trap}},
			Stops: []view.Stop{{Name: trap, Stay: trap, Mark: trap}}, Tables: []view.Table{{Title: trap, Columns: []string{trap}, Rows: [][]string{{trap}}}}, Charts: []view.Chart{{Title: trap, Unit: trap, Labels: []string{trap}, Series: []view.Series{{Name: trap, Values: []float64{1}}}}},
		})
		require.Empty(t, special(blocks), trap)

		text, _, err := render("T1", &view.Card{Title: trap, Lines: []view.Paragraph{{Text: trap, Mention: trap}}, Facts: []view.Fact{{Name: trap, Value: trap}}, Links: []view.Link{{Text: trap, URL: trap}}, Footer: "x" + trap, Stops: []view.Stop{{Name: trap, Stay: trap, Mark: trap}},
			Tables: []view.Table{{Title: trap, Columns: []string{trap}, Rows: [][]string{{trap}}}}, Charts: []view.Chart{{Title: trap, Unit: trap, Labels: []string{trap}, Series: []view.Series{{Name: trap, Values: []float64{1}}}}}}, native)
		require.NoError(t, err)
		require.NotContains(t, text, "<", trap)
		text, _, err = render("T1", &view.Card{Title: "t", Fallback: "x" + trap}, native)
		require.NoError(t, err)
		require.NotContains(t, text, "<", trap)
		require.NotContains(t, text, "\u202e")
	}
}

// special lists what in blocks is read for markup, or mentions somebody.
func special(v gjson.Result) (found []string) {
	if kind := v.Get("type").Str; v.IsObject() && (kind == "mrkdwn" || kind == "markdown" || kind == "user" || kind == "channel" || kind == "usergroup" || kind == "broadcast" || kind == "emoji") {
		found = append(found, v.Raw)
	}
	if v.IsObject() || v.IsArray() {
		v.ForEach(func(_, inner gjson.Result) bool {
			found = append(found, special(inner)...)
			return true
		})
	}
	return found
}

func TestRenderLinks(t *testing.T) {
	for url, want := range map[string]bool{
		"https://a.example": true, "http://a.example/x?y=1#z": true, "HTTPS://a.example": true, "ftp://a.example": false, "javascript:alert(1)": false, "slack://user": false,
		"//a.example": false, "a.example": false, "": false, "https://": false, "https://bank.example@evil.example/": false, "https://a.example/<!channel>": false,
		"https://a.example/ b": false, "https://a.example/|x": false, "https://a.example/\n": false, "https://a.example/" + strings.Repeat("x", maxURL): false,
	} {
		_, blocks := blocksOf(t, &view.Card{Title: "t", Links: []view.Link{{Text: "words", URL: url}}})
		require.Equal(t, want, strings.Contains(blocks.Raw, `"type":"link"`), url)
		require.Contains(t, blocks.Raw, "words", url)
	}
}

func TestRenderCuts(t *testing.T) {
	long := strings.Repeat("ä", 20000)
	text, blocks := blocksOf(t, &view.Card{Title: long, Lines: []view.Paragraph{{Text: long}}, Footer: long})
	require.Equal(t, strings.Repeat("ä", maxHeader-1)+"…", blocks.Get("0.text.text").Str)
	require.Equal(t, strings.Repeat("ä", maxSection-1)+"…", blocks.Get("1.elements.0.elements.0.text").Str)
	require.Equal(t, maxFooter, utf8.RuneCountInString(blocks.Get("2.elements.0.text").Str))
	require.Equal(t, maxText, utf8.RuneCountInString(text))
	require.True(t, strings.HasSuffix(text, "…"))

	lines := make([]view.Paragraph, 2000)
	for i := range lines {
		lines[i] = view.Paragraph{Text: fmt.Sprint("line ", i)}
	}
	_, blocks = blocksOf(t, &view.Card{Title: "t", Lines: lines})
	shown := blocks.Get("1.elements").Array()
	require.Len(t, shown, 101)
	require.Equal(t, "… and 1900 more", shown[100].Get("elements.0.text").Str)

	label := blocksLabel(t, strings.Repeat("x", 100))
	require.Equal(t, strings.Repeat("x", maxLabel-1)+"…", label)
}

func blocksLabel(t testing.TB, label string) string {
	_, blocks := blocksOf(t, &view.Card{Title: "t", Actions: []view.Action{{ID: "a", Text: label}}})
	return blocks.Get("1.elements.0.text.text").Str
}

func TestCutEscaped(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"a&amp;b", 7, "a&amp;b"}, {"a&amp;bc", 7, "a&amp;…"}, {"a&amp;bc", 6, "a…"}, {"<@U7> hello", 5, "…"}, {"<@U7> hello", 7, "<@U7> …"}, {"äöü", 2, "ä…"}, {"", 1, ""},
	} {
		require.Equal(t, c.want, cutEscaped(c.text, c.most), "%q at %d", c.text, c.most)
	}
}

func TestRenderRefuses(t *testing.T) {
	many := make([]view.Action, 30)
	for i := range many {
		many[i] = view.Action{ID: fmt.Sprint(i), Text: "x", Value: strings.Repeat("v", 1900)}
	}
	for _, c := range []struct {
		name string
		card view.Card
		want string
	}{
		{"nothing", view.Card{Key: "k"}, "says nothing"},
		{"blank", view.Card{Title: " \n\x00"}, "says nothing"},
		{"button without id", view.Card{Title: "t", Actions: []view.Action{{Text: "x"}}}, "its id"},
		{"button with a long id", view.Card{Title: "t", Actions: []view.Action{{ID: strings.Repeat("i", 256), Text: "x"}}}, "its id"},
		{"button without text", view.Card{Title: "t", Actions: []view.Action{{ID: "x", Text: "  "}}}, "no text"},
		{"button with a long value", view.Card{Title: "t", Actions: []view.Action{{ID: "x", Text: "x", Value: strings.Repeat("v", 2001)}}}, "its value"},
		{"two buttons with one id", view.Card{Title: "t", Actions: []view.Action{{ID: "x", Text: "x"}, {ID: "x", Text: "y"}}}, "another one"},
		{"buttons without end", view.Card{Title: "t", Actions: many}, "buttons alone"},
	} {
		_, _, err := render("T1", &c.card, native)
		require.ErrorContains(t, err, c.want, c.name)
	}
	_, blocks := blocksOf(t, &view.Card{Title: "t", Actions: shorten(many)})
	require.Len(t, blocks.Array(), 1+6, "rows of five")
	require.Len(t, blocks.Get("6.elements").Array(), maxButtons)
}

func shorten(actions []view.Action) []view.Action {
	for i := range actions {
		actions[i].Value = ""
	}
	return actions
}

// Whatever a card says, Slack takes it: the fake has Slack's limits.
func TestRenderedCardsAreTaken(t *testing.T) {
	fake, p := stand(t, fakeslack.Options{})
	text := rapid.OneOf(rapid.SampledFrom(traps), rapid.StringN(0, 20, -1), rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom(append(traps, "word ", "ä", "\n", "\xff")).Draw(t, "piece"), rapid.IntRange(0, 2000).Draw(t, "times"))
	}))
	id := rapid.SampledFrom([]string{"", "slack/T1/U7", "slack/T1/C1", "slack/T2/U7", "jira/s/x", "nonsense"})
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		c := &view.Card{
			Key: "k", Title: text.Draw(t, "title"), Footer: text.Draw(t, "footer"), Fallback: text.Draw(t, "fallback"),
			Lines: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) view.Paragraph {
				return view.Paragraph{Text: text.Draw(t, "text"), Mention: id.Draw(t, "mention")}
			}), 0, 8).Draw(t, "lines"),
			Facts: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) view.Fact {
				return view.Fact{Name: text.Draw(t, "name"), Value: text.Draw(t, "value")}
			}), 0, 12).Draw(t, "facts"),
			Links: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) view.Link {
				return view.Link{Text: text.Draw(t, "link"), URL: rapid.SampledFrom([]string{"", "https://a.example/x", "javascript:x", "<!here>"}).Draw(t, "url")}
			}), 0, 8).Draw(t, "links"),
			Actions: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) view.Action {
				n++
				a := view.Action{ID: fmt.Sprint("a", n), Text: "x" + text.Draw(t, "label"), Danger: rapid.Bool().Draw(t, "danger"), Primary: rapid.Bool().Draw(t, "primary"), Confirm: text.Draw(t, "confirm")}
				for i := range rapid.IntRange(0, 3).Draw(t, "options") {
					a.Options = append(a.Options, view.Option{Text: "o" + text.Draw(t, "option"), Value: fmt.Sprint(i)})
				}
				return a
			}), 0, 30).Draw(t, "actions"),
			Stops:  rapid.SliceOfN(stops(text), 0, 20).Draw(t, "stops"),
			Tables: rapid.SliceOfN(tables(text), 0, 3).Draw(t, "tables"),
			Charts: rapid.SliceOfN(charts(text), 0, 4).Draw(t, "charts"),
		}
		if c.Text() == "" && strings.TrimSpace(view.Plain(c.Fallback)) == "" {
			t.Skip("it says nothing")
		}
		_, err := p.Post(t.Context(), "slack/T1/C1", c)
		if err != nil && len(c.Actions) > 6 && strings.Contains(err.Error(), "buttons alone") {
			return // each with its own long texts
		}
		if err != nil {
			require.ErrorContains(t, err, "says nothing")
			return
		}
		all := fake.Messages()
		require.LessOrEqual(t, utf8.RuneCount(all[len(all)-1].Blocks), maxCard)
		require.LessOrEqual(t, utf8.RuneCountInString(all[len(all)-1].Text), maxText)
		require.NotEmpty(t, all[len(all)-1].Text)
	})
}

func stops(text *rapid.Generator[string]) *rapid.Generator[view.Stop] {
	return rapid.Custom(func(t *rapid.T) view.Stop {
		return view.Stop{Name: text.Draw(t, "name"), Stay: text.Draw(t, "stay"), Mark: text.Draw(t, "mark"), Here: rapid.Bool().Draw(t, "here")}
	})
}

// tables have rows that are too short and too long as well.
func tables(text *rapid.Generator[string]) *rapid.Generator[view.Table] {
	return rapid.Custom(func(t *rapid.T) view.Table {
		cells := rapid.SliceOfN(rapid.OneOf(text, rapid.SampledFrom([]string{"1", "-2.5", "1e9", "NaN", ".", "3 h"})), 0, 22)
		return view.Table{Title: text.Draw(t, "title"), Columns: cells.Draw(t, "columns"), Rows: rapid.SliceOfN(cells, 0, 6).Draw(t, "rows")}
	})
}

// charts have series that are too short and too long, and values that cannot be
// drawn.
func charts(text *rapid.Generator[string]) *rapid.Generator[view.Chart] {
	return rapid.Custom(func(t *rapid.T) view.Chart {
		c := view.Chart{Kind: rapid.SampledFrom([]view.ChartKind{view.Bars, view.Curve, view.Pie, "other"}).Draw(t, "kind"), Title: text.Draw(t, "title"), Unit: text.Draw(t, "unit")}
		c.Labels = rapid.SliceOfN(text, 0, 25).Draw(t, "labels")
		value := rapid.OneOf(rapid.Float64Range(-10, 1000), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), 1e300}))
		for range rapid.IntRange(0, 8).Draw(t, "series") {
			c.Series = append(c.Series, view.Series{Name: text.Draw(t, "name"), Values: rapid.SliceOfN(value, 0, 26).Draw(t, "values")})
		}
		return c
	})
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"admin", "slack/T1/U7", "slack/T1/C1/1700000000.000100", "slack/T1/bot:x", "slack//U1", "///"} {
		f.Add(s)
	}
	p, err := NewPoster(Workspace{Team: "T1", Token: "x"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, target string) {
		s, err := p.resolve("test", target)
		if err != nil {
			require.NotEmpty(t, failure(t, err).TerminalReason())
			return
		}
		require.True(t, (s.user == "") != (s.channel == ""))
		require.NotContains(t, s.user+s.channel+s.thread, ">")
	})
}

func raw(t testing.TB, v any) gjson.Result {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return gjson.ParseBytes(b)
}
