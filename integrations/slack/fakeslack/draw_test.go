package fakeslack

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/integrations/slack/fakeslack/webdriver"
)

var rewrite = flag.Bool("update", false, "rewrite testdata/blocks/*.html")

// drawn is the script that draws blocks as the page does, and returns their HTML.
const drawn = `
const [list] = arguments;
return Promise.all([import('/_ui/static/blocks.js'), import('/_ui/static/mrkdwn.js')]).then(([b, m]) => {
  m.world.people.set('U1', {id: 'U1', name: 'ada'}); m.world.people.set('U2', {id: 'U2', name: 'bo'});
  Object.assign(m.world, {zone: 'Europe/Rome', now: 1772442060, me: 'U1', emoji: true});
  const people = [{id: 'U1', real: 'Ada Example'}, {id: 'U2', real: 'Bo Sample'}];
  const box = document.createElement('div');
  box.append(...b.blocks(list, {ref: {as: 'U1'}, people: () => people, channels: () => [{id: 'C1', name: 'general'}], act: () => {}, form: []}));
  return box.innerHTML;
})`

// Every kind of block looks as its file says. What is chosen or ticked is a
// property, which HTML does not show; TestBrowser looks at that.
func TestBlocksAreDrawn(t *testing.T) {
	_, _, server := stand(t, small)
	b := webdriver.New(t)
	files, err := filepath.Glob("testdata/blocks/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		b.Open(server.URL + "/") // numbers of fields begin again
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		var got string
		b.Eval(&got, drawn, json.RawMessage(blocksOf(t, name)))
		got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
		golden := strings.TrimSuffix(file, ".json") + ".html"
		if *rewrite {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err, "go test -run TestBlocksAreDrawn -update writes it")
		require.Equal(t, string(want), got, name)
		if name != "unknown" {
			require.NotContains(t, got, "is not drawn here", name)
		}
	}
}

// What Slack would refuse is no sample.
func TestSamplesAreValid(t *testing.T) {
	fake := New(Options{})
	t.Cleanup(fake.Close)
	fake.files["F1"] = &file{id: "F1", done: true, looks: 1}
	for _, name := range []string{"header", "section", "mrkdwn", "context", "divider", "actions", "image", "rich_text", "markdown", "table", "data_table", "chart_bar", "chart_line", "chart_area", "chart_pie"} {
		require.Nil(t, fake.checkMessage(blocksOf(t, name)), name)
	}
}

// hostile are texts that try to become more than text.
var hostile = []string{
	`<img src=x onerror="window.broken=1">`, `<script>window.broken=1</script>`, `"><svg onload=window.broken=1>`, `<javascript:window.broken=1|click>`, `<data:text/html,<script>window.broken=1</script>|x>`,
	`<JaVaScRiPt:window.broken=1>`, `<https://example.com" onmouseover="window.broken=1|x>`, `<@U1" onclick="window.broken=1>`, `<#C1|<b>x</b>>`, `<!date^1^{constructor}{__proto__}^javascript:window.broken=1|<b>x</b>>`,
	`<!subteam^S1|<img src=x onerror=window.broken=1>>`, ":constructor: :__proto__: :toString:", "`<b>x</b>` ```<b>x</b>```", "*<b>x</b>* _<i>_ ~<s>~", "&lt;img src=x onerror=window.broken=1&gt;", "\u202e&amp;lt;script&amp;gt;\x00", strings.Repeat("*_~`<", 400), strings.Repeat("&gt; ", 500),
}

func TestHostileTextStaysText(t *testing.T) {
	_, _, server := stand(t, small)
	b := webdriver.New(t)
	b.Open(server.URL + "/")
	var out struct {
		Tags, Attributes, Links []string
		Broken                  bool
	}
	for _, text := range hostile {
		obj := func(kind string) map[string]string { return map[string]string{"type": kind, "text": text} }
		list := []any{
			map[string]any{"type": "section", "text": obj("mrkdwn"), "fields": []any{obj("plain_text")}}, map[string]any{"type": "header", "text": obj("plain_text")}, map[string]any{"type": "markdown", "text": text}, map[string]any{"type": text, "block_id": text},
			map[string]any{"type": "image", "image_url": text, "alt_text": text, "title": obj("plain_text")}, map[string]any{"type": "actions", "block_id": text, "elements": []any{map[string]any{"type": "button", "text": obj("plain_text"), "action_id": text, "style": text, "url": text}}},
			map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{obj("text"), map[string]any{"type": "link", "url": text, "text": text}, map[string]any{"type": "emoji", "name": text}, map[string]any{"type": "date", "timestamp": text, "format": text, "url": text}}}}},
			map[string]any{"type": "data_table", "caption": text, "rows": []any{[]any{obj("raw_text")}, []any{obj("raw_text")}}}, map[string]any{"type": "alert", "level": text, "text": obj("mrkdwn")},
			map[string]any{"type": "data_visualization", "title": text, "chart": map[string]any{"type": "pie", "segments": []any{map[string]any{"label": text, "value": 1}}}}, map[string]any{"type": "card", "title": obj("mrkdwn"), "body": obj("mrkdwn")},
		}
		b.Eval(&out, strings.Replace(drawn, "return box.innerHTML", `document.body.append(box);
  const all = [...box.querySelectorAll('*')];
  return {Tags: all.map((e) => e.localName), Attributes: all.flatMap((e) => e.getAttributeNames()), Links: all.flatMap((e) => [e.getAttribute('href'), e.getAttribute('src')]).filter(Boolean), Broken: Boolean(window.broken)}`, 1), list)
		for _, bad := range []string{"script", "iframe", "object", "style", "link", "form", "b", "base"} {
			require.NotContains(t, out.Tags, bad, text)
		}
		for _, a := range out.Attributes {
			require.False(t, strings.HasPrefix(a, "on"), "%s from %q", a, text)
		}
		for _, link := range out.Links {
			require.Regexp(t, `^(https?://|mailto:|/files/)`, link, text)
		}
		require.False(t, out.Broken, text)
	}
	var broken bool
	b.Eval(&broken, "return Boolean(window.broken)")
	require.False(t, broken)
}

// A message is hostile from end to end, from the first answer on.
func TestHostileMessagesOnThePage(t *testing.T) {
	o := small
	o.TeamName, o.Channels = `</script><script>window.broken=1</script>`, []Channel{{ID: "C1", Name: `</script><img src=x onerror=window.broken=1>`, Topic: hostile[0]}}
	o.People = []Person{{ID: "U1", Name: hostile[0], RealName: hostile[2], Title: hostile[1]}}
	fake, _, server := stand(t, o)
	for _, text := range hostile {
		fake.Say("C1", "U1", "", text)
	}
	b := webdriver.New(t)
	b.Open(server.URL + "/")
	b.WaitText("Everybody here is invented")
	b.Click("#me")
	var broken bool
	b.Eval(&broken, "return Boolean(window.broken) || document.querySelectorAll('script').length !== 2")
	require.False(t, broken)
	require.Len(t, fake.Messages(), len(hostile))
	require.Empty(t, b.Complaints())
}
