package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// tuesday is 2026-03-03 11:00 in Berlin, four weeks before the clocks change.
var tuesday = time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)

func testGrammar(t testing.TB, now time.Time) *grammar {
	org := signals.NewOrg(signals.DefaultPolicy())
	for id, text := range map[string]string{
		"bea": `{"id":"bea","name":"Bea Kern","accounts":["slack/T1/U1"],"zone":"Europe/Berlin","hours":"08:30-17:00"}`,
		"ann": `{"id":"ann","name":"Ann Lee","accounts":["slack/T1/U2"]}`, "ann2": `{"id":"ann2","name":"Ann Low"}`,
		"old": `{"id":"old","name":"Olga","left":true}`,
	} {
		require.NoError(t, org.Apply(&signals.Event{Kind: signals.RosterSet, Field: "person", To: id, Text: text}))
	}
	return &grammar{now: now, cal: org.Calendar("bea"), org: org, me: "slack/T1/U1", here: "slack/T1/C9", channel: func(name string) (string, bool) {
		return "slack/T1/C1", name == "payments"
	}}
}

func TestTimes(t *testing.T) {
	g := testGrammar(t, tuesday)
	for words, want := range map[string]string{
		"30m": "03-03 11:30", "2h": "03-03 13:00", "2h30m": "03-03 13:30", "1.5h": "03-03 12:30", "2 hours": "03-03 13:00", "an hour": "03-03 12:00", "for 3d": "03-06 11:00", "in 1w": "03-10 11:00",
		"tomorrow 9am": "03-04 09:00", "tomorrow": "03-04 08:30", "tomorrow at 9": "03-04 09:00", "9am tomorrow": "03-04 09:00", "Tomorrow 9:30 PM": "03-04 21:30",
		"monday 14:00": "03-09 14:00", "next week": "03-09 08:30", "next monday": "03-09 08:30", "next tuesday": "03-10 08:30", "tuesday": "03-10 08:30", "tuesday 15:00": "03-03 15:00",
		"17:30": "03-03 17:30", "10:30": "03-04 10:30", "at noon": "03-03 12:00", "12am": "03-04 00:00", "today 17:00": "03-03 17:00",
		"2026-12-01": "12-01 08:30", "2026-12-01 09:00": "12-01 09:00", "2026-12-01T09:00": "12-01 09:00", "1 december": "12-01 08:30", "dec 1st 10am": "12-01 10:00",
		"until friday": "03-06 08:30", "until friday 18:00.": "03-06 18:00", "2026-03-29 02:30": "03-29 03:30",
	} {
		at, err := g.needWhen(split(words))
		require.NoError(t, err, words)
		require.Equal(t, want, at.In(g.zone()).Format("01-02 15:04"), words)
	}
	for words, want := range map[string]string{
		"": "until when", "soon": "do not understand the time", "yesterday": "do not understand", "2026-03-01": "is over already", "today 9:00": "is over already", "today": "is over already",
		"25:00": "no time of day", "tomorrow 25:00": "no time of day", "13pm": "no time of day", "2026-13-01": "no day", "30 february": "no day", "9999d": "too long", "2031-01-01": "too far ahead", "0m": "too short",
		"99999999h": "do not understand", "2h tomorrow": "do not understand", "tomorrow 9am or so": "do not understand",
	} {
		_, err := g.needWhen(split(words))
		require.ErrorContains(t, err, want, words)
		require.Regexp(t, `2h|9am`, err.Error(), "it says how to say it: %q", words)
	}
}

func TestWeekdaysComeAgain(t *testing.T) {
	g := testGrammar(t, time.Date(2026, 3, 9, 6, 0, 0, 0, time.UTC)) // Monday 7:00 in Berlin
	at, err := g.needWhen([]string{"monday"})
	require.NoError(t, err)
	require.Equal(t, "03-09 08:30", at.In(g.zone()).Format("01-02 15:04"), "work has not begun yet")
	g.now = g.now.Add(4 * time.Hour)
	at, err = g.needWhen([]string{"monday"})
	require.NoError(t, err)
	require.Equal(t, "03-16 08:30", at.In(g.zone()).Format("01-02 15:04"))
	require.Equal(t, "Mon 16 Mar 08:30", g.tell(at))
	require.Equal(t, "Fri 1 Jan 2027 01:00", g.tell(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)))
	g.now = time.Date(2026, 3, 6, 20, 0, 0, 0, time.UTC) // Friday evening
	require.Equal(t, "Mon 9 Mar 08:30", g.tell(g.nextWorkday()))
}

func TestSpoken(t *testing.T) {
	for text, want := range map[string][2]string{
		"": {"", ""}, "status PAY-1": {"status", "PAY-1"}, "<@U7|andon> please, status PAY-1": {"status", "PAY-1"}, "hey <@U7> can you show me list": {"list", ""},
		"STATUS: PAY-1": {"status", "PAY-1"}, "opt out": {"optout", ""}, "opt-in": {"optin", ""}, "?": {"", ""}, "help!": {"help", ""}, "  pull   the  cord": {"pull", "the  cord"},
	} {
		name, rest := spoken(text, true)
		require.Equal(t, want, [2]string{name, rest}, text)
	}
	name, _ := spoken("<@U7> status", false)
	require.NotEqual(t, "status", name, "a command is not spoken to anybody")
	for text, want := range map[string]string{"PAY-1 please": "PAY-1", "PAY-1 Thanks!": "PAY-1", "please": "", "a pleased": "a pleased", "İ please": "İ"} {
		require.Equal(t, want, withoutThanks(text))
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"":                               nil,
		" a  b\tc ":                      {"a", "b", "c"},
		"x <https://a.b/c|see it, do> y": {"x", "<https://a.b/c|see it, do>", "y"},
		"<@U1|bea kern>, hi":             {"<@U1|bea kern>,", "hi"},
		"a < b > c":                      {"a", "< b >", "c"},
		"<unclosed and on":               {"<unclosed", "and", "on"},
	} {
		require.Equal(t, want, split(text), text)
	}
}

func TestReferences(t *testing.T) {
	const link = "https://x.slack.com/archives/C1/p1700000000123456"
	for word, want := range map[string]string{
		"PAY-17": "PAY-17", "pay-17,": "PAY-17", "(PAY-17)": "PAY-17", "<https://a.example/browse/PAY-17|PAY-17 Title here>": "PAY-17", "https://a.example/browse/pay-17?x=1&amp;y=2": "PAY-17",
		"https://a.example/browse/PAY-17?focusedCommentId=1#comment-1": "PAY-17", "https://a.example/jira/software/c/projects/PAY/boards/3?selectedIssue=PAY-18": "PAY-18",
		"https://a.example/secure/RapidBoard.jspa?rapidView=1&amp;selectedIssue=PAY-18": "PAY-18", "https://a.example/projects/PAY/issues/PAY-19/": "PAY-19", "https://a.example/jira/servicedesk/projects/PAY/queues/custom/4/PAY-20": "PAY-20",
		"<" + link + ">": link, link + "?thread_ts=1700000000.1&amp;cid=C1": link + "?thread_ts=1700000000.1&cid=C1",
	} {
		got, ok := caseRef(word)
		require.True(t, ok, word)
		require.Equal(t, want, got)
	}
	for _, word := range []string{"", "PAY", "17", "PAY-", "-17", "https://a.example/", "https://pay-17.example", "ftp://a/browse/PAY-1", "invoices"} {
		_, ok := caseRef(word)
		require.False(t, ok, word)
	}
}

func TestPeopleAndChannels(t *testing.T) {
	g := testGrammar(t, tuesday)
	for word, want := range map[string]string{
		"<@U1>": "bea", "<@U1|bea>,": "bea", "<@U99>": "slack/T1/U99", "@bea": "bea", "@Bea.Kern": "bea", "bea": "bea", "me": "bea", "@ann2": "ann2",
	} {
		got, err := g.person(word)
		require.NoError(t, err, word)
		require.Equal(t, want, got, word)
	}
	for word, want := range map[string]string{"@nobody": "nobody called", "@": "whom you mean", "@ann": "several people", "@olga": "nobody called", "<@>": "nobody called"} {
		_, err := g.person(word)
		require.ErrorContains(t, err, want, word)
		require.Contains(t, err.Error(), "@", "it says how to name somebody")
	}
	for word, want := range map[string]string{"<#C1>": "slack/T1/C1", "<#C2|other>": "slack/T1/C2", "#payments": "slack/T1/C1", "here": "slack/T1/C9"} {
		got, err := g.room(word)
		require.NoError(t, err, word)
		require.Equal(t, want, got, word)
	}
	for _, word := range []string{"#nowhere", "payments", "<#C1/../x>", "#"} {
		_, err := g.room(word)
		require.ErrorContains(t, err, "#payments", word)
	}
	require.Equal(t, "@Bea Kern see #ops & a <b> label https://x.example @channel", g.plain("<@U1> see <#C3|ops> &amp; a &lt;b&gt; <https://y.example|label> <https://x.example> <!channel>"))
}

func TestDetectorNames(t *testing.T) {
	g := testGrammar(t, tuesday)
	for words, want := range map[string]string{"stall": "stall", "Long_Path": "long_path", "long path for 2d": "long_path", "ping-pong": "ping_pong", "unanswered ask here": "unanswered_ask", "all": "", "longpath": "long_path"} {
		got, _, err := g.detector(split(words))
		require.NoError(t, err, words)
		require.Equal(t, want, got, words)
	}
	for words, want := range map[string]string{"stal": "stall", "pingpng": "ping_pong", "": "stall"} {
		_, _, err := g.detector(split(words))
		require.ErrorContains(t, err, want)
	}
}

func TestShortIDs(t *testing.T) {
	id := shortID("stall|jira/north/1|x")
	require.Regexp(t, `^[a-z2-7]{6}$`, id)
	require.Equal(t, id, shortID("stall|jira/north/1|x"))
	require.NotEqual(t, id, shortID("stall|jira/north/2|x"))
	for _, word := range []string{id, strings.ToUpper(id), "#" + id, id + "."} {
		got, ok := asShortID(word)
		require.True(t, ok)
		require.Equal(t, id, got)
	}
	_, ok := asShortID("PAY-17")
	require.False(t, ok)
}

// FuzzGrammar reads anything: nothing panics, and a time that is still to come
// is never over.
func FuzzGrammar(f *testing.F) {
	for _, s := range []string{"snooze PAY-17 tomorrow 9am", "away until friday 18:00 backup <@U1|bea>", "2h30m", "dec 31", "<<@>", "feb 29", "next week", "silence <#C1> from 25:00 until", "9999-12-31 23:59", "\xff<@U1|"} {
		f.Add(s, int64(1_772_532_000))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		g := testGrammar(t, time.Unix(unix%4_000_000_000, 0))
		spoken(text, true)
		g.plain(text)
		words := split(text)
		withoutThanks(text)
		for i := range words {
			caseRef(words[i])
			asShortID(words[i])
			_, _ = g.person(words[i])
			_, _ = g.room(words[i])
			if _, n, err := g.detector(words[i:]); err == nil && (n < 1 || n > len(words)-i) {
				t.Fatalf("detector took %d of %d words", n, len(words)-i)
			}
			at, n, err := g.when(words[i:])
			if n < 0 || n > len(words)-i {
				t.Fatalf("when took %d of %d words of %q", n, len(words)-i, text)
			}
			if err == nil && n > 0 && !at.After(g.now) {
				t.Fatalf("%q is over: %s at %s", words[i:], at, g.now)
			}
		}
	})
}
