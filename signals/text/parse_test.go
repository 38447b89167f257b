package text

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, raw string
		want      Doc
	}{
		{"plain", "The build is red.", Doc{Prose: "The build is red."}},
		{"empty", "", Doc{}},
		{"slack mention and channel", "<@U12> try <#C3|payments>", Doc{Prose: "@U12 try #payments", Mentions: []string{"U12"}, Channels: []string{"C3"}}},
		{"slack channel without a name", "see <#C3>", Doc{Prose: "see #C3", Channels: []string{"C3"}}},
		{"slack groups", "<!here> <!subteam^S9|@ops> look", Doc{Prose: "@here @S9 look", Mentions: []string{"here", "S9"}}},
		{"slack date", "until <!date^1392734382^{date}|Feb 18>", Doc{Prose: "until Feb 18"}},
		{"slack link with label", "in <https://x.example/a?b=1|the page>?", Doc{Prose: "in the page?", URLs: []string{"https://x.example/a?b=1"}}},
		{"slack bare link", "<https://x.example/a?b=1>", Doc{Prose: LinkMark, URLs: []string{"https://x.example/a?b=1"}}},
		{"bare link ends before the stop", "see https://x.example/a?b=1.", Doc{Prose: "see " + LinkMark + ".", URLs: []string{"https://x.example/a?b=1"}}},
		{"entities", "a &lt;b&gt; &amp; c", Doc{Prose: "a <b> & c"}},
		{"fence on lines", "it says\n```\nboom: x\n```\nwhy?", Doc{Prose: "it says\n\nwhy?", Code: "boom: x"}},
		{"fence inside a line", "it says ```boom``` now", Doc{Prose: "it says  now", Code: "boom"}},
		{"lone fence", "a ``` b\nc", Doc{Prose: "a ``` b\nc"}},
		{"inline code", "run `make x` now", Doc{Prose: "run `make x` now", Code: "make x"}},
		{"quote", "> it broke\n&gt; again\nreally?", Doc{Prose: "really?", Quoted: "it broke\nagain"}},
		{"wiki code", "{code:java|title=A.java}\nint a;\n{code}\nfails", Doc{Prose: "fails", Code: "int a;"}},
		{"wiki noformat in a line", "x {noformat}y{noformat} z", Doc{Prose: "x  z", Code: "y"}},
		{"wiki quote", "{quote}\nold\n{quote}\nnew", Doc{Prose: "new", Quoted: "old"}},
		{"wiki bq", "bq. old\nnew", Doc{Prose: "new", Quoted: "old"}},
		{"wiki heading", "h3. Steps\n# open", Doc{Prose: "Steps\n# open"}},
		{"wiki link", "[the page|https://x.example/1] and [https://x.example/2] and [not a link]", Doc{Prose: "the page and " + LinkMark + " and [not a link]", URLs: []string{"https://x.example/1", "https://x.example/2"}}},
		{"smart link", "[https://x.example/1|https://x.example/1|smart-link]", Doc{Prose: LinkMark, URLs: []string{"https://x.example/1"}}},
		{"wiki mention", "[~ann] or [~accountid:5b1]", Doc{Prose: "@ann or @5b1", Mentions: []string{"ann", "5b1"}}},
		{"wiki image and attachment", "look !shot.png|thumbnail! [^log.txt]", Doc{Prose: "look  "}},
		{"wiki colour", "{color:red}bad{color} {unknown} {", Doc{Prose: "bad {unknown} {"}},
		{"lone code macro", "use the {code} macro", Doc{Prose: "use the  macro"}},
		{"keys", "PAY-17, see PAY-17 and https://j.example/browse/OPS_2-9", Doc{Prose: "PAY-17, see PAY-17 and " + LinkMark, URLs: []string{"https://j.example/browse/OPS_2-9"}, Keys: []string{"PAY-17", "OPS_2-9"}}},
		{"no keys", "UTF-8 SHA-256 X-1 pay-17 PAY-17a A1-2-3 VER-1.2", Doc{Prose: "UTF-8 SHA-256 X-1 pay-17 PAY-17a A1-2-3 VER-1.2"}},
		{"bare channel and name", "ask @ann in #payments, not issue #12", Doc{Prose: "ask @ann in #payments, not issue #12", Mentions: []string{"ann"}, Channels: []string{"payments"}}},
		{"mail address", "write to ann@x.example", Doc{Prose: "write to ann@x.example"}},
		{"stack in prose", "it died\njava.lang.IllegalStateException: no\n\tat a.b.C.d(C.java:1)\nhelp", Doc{Prose: "it died\nhelp", Code: "java.lang.IllegalStateException: no\n\tat a.b.C.d(C.java:1)"}},
		{"log line in prose", "look:\n2024-01-02 10:00:00 ERROR no\n", Doc{Prose: "look:", Code: "2024-01-02 10:00:00 ERROR no"}},
		{"crlf", "a\r\nb\r\n", Doc{Prose: "a\nb"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Parse(c.raw)
			require.Equal(t, strings.TrimRight(c.want.Prose, " "), strings.TrimRight(got.Prose, " "))
			require.Equal(t, c.want.Code, got.Code)
			require.Equal(t, c.want.Quoted, got.Quoted)
			require.Equal(t, c.want.Mentions, got.Mentions)
			require.Equal(t, c.want.Channels, got.Channels)
			require.Equal(t, c.want.URLs, got.URLs)
			require.Equal(t, c.want.Keys, got.Keys)
		})
	}
}

// A Doc that is used again holds nothing of the text before.
func TestParseIntoForgets(t *testing.T) {
	var d Doc
	ParseInto(&d, "<@U1> in <#C1|x> `code` PAY-1 https://x.example/ \n> q")
	ParseInto(&d, "plain")
	require.Equal(t, "plain", d.Prose)
	require.Empty(t, d.Code+d.Quoted)
	require.Empty(t, len(d.Mentions)+len(d.Channels)+len(d.URLs)+len(d.Keys))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"```a```", "{code}x{code}", "<@U1> <#C|n> <http://a|b>", "[a|http://b]", "> q\nbq. r", "&lt;", "!a.png!", "PAY-1", "\tat a.b(C.java:1)", "`", "{quote}"} {
		f.Add(s)
	}
	l := DefaultLexicon()
	f.Fuzz(func(t *testing.T, s string) {
		d := Parse(s)
		if len(d.Prose) > 2*len(s)+8 {
			t.Fatalf("prose grew from %d to %d bytes", len(s), len(d.Prose))
		}
		for _, h := range l.Find(&d) {
			if h.Start < 0 || h.End > len(d.Prose) || h.Start >= h.End || d.Prose[h.Start:h.End] != h.Phrase || !(h.Weight > 0 && h.Weight <= 1) {
				t.Fatalf("hit %+v in %q", h, d.Prose)
			}
		}
		for _, w := range Tokens(s, nil) {
			if w == "" {
				t.Fatal("empty token")
			}
		}
		if n := len(Templates(d.Code, 5)); n > 5 {
			t.Fatalf("%d templates", n)
		}
	})
}
