package detect

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/text"
)

func TestWordCount(t *testing.T) {
	lex := text.DefaultLexicon()
	for _, c := range []struct {
		prose string
		class wordClass
		want  int
	}{
		{"it doesn't work at all", wcNotWork, 1},
		{"It DOES NOT WORK", wcNotWork, 2}, // "does not work" and "not work",
		{"it does not. Work goes on", wcNotWork, 0},
		{"an error and two errors", wcError, 2},
		{"terror", wcError, 0},
		{"anyone else seen it?", wcAnyoneElse, 1},
		{"how do i pay?", wcHow, 2},
		{"", wcBug, 0},
	} {
		var n wordCount
		n.count(lex, c.prose)
		require.Equal(t, c.want, n.of[c.class], c.prose)
	}
}

func TestVersions(t *testing.T) {
	for word, want := range map[string]bool{"1.6": true, "v2.10.3": true, "10": false, "a.b": false, "3.x": true, "e.g": false, "v": false} {
		require.Equal(t, want, isVersion(word), word)
	}
	var n wordCount
	n.count(nil, "from 2.3 to v2.4.1.")
	require.Equal(t, 2, n.versions)
}

func TestProblemWeightsFit(t *testing.T) {
	require.Len(t, text.FaultFamilies, int(wordClasses)-1)
	require.Equal(t, "error", text.FaultFamilies[wcError-1])
	require.Equal(t, "yes", text.FaultFamilies[wcYes-1])
	require.Len(t, problemWeights, len((&problemTalk{}).features())+1, "one weight for each fact and the constant")
}

func TestProblemScoreOrder(t *testing.T) {
	lex := text.DefaultLexicon()
	score := func(prose string) float64 {
		var n problemTalk
		n.add("ann", true, NewReading(lex, prose))
		return logistic(problemWeights, n.features())
	}
	report := score("since the update to 2.4 the page crashes with an error when I log in, it worked fine before. is this a known bug?")
	require.Greater(t, report, 0.8)
	require.Less(t, score("how can I change my name? is there a way?"), 0.3)
	require.Less(t, score("thanks, that is nice, I would like to learn more"), 0.2)
	require.Less(t, score("happy to announce our new release, with many new features"), 0.4)
}

func TestProblemScoreBounds(t *testing.T) {
	words := strings.Fields("error bug issue problem broken fails cannot isn't version update when fine happening weird still slow how want possible which thanks new feature lol think same file fixed use yes 2.4.1 server")
	lex := text.DefaultLexicon()
	rapid.Check(t, func(t *rapid.T) {
		var n problemTalk
		for i := range rapid.IntRange(1, 5).Draw(t, "posts") {
			prose := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 20).Draw(t, "words"), " ")
			n.add([]string{"ann", "bob"}[i%2], i%2 == 0, NewReading(lex, prose))
		}
		p := logistic(problemWeights, n.features())
		require.True(t, p >= 0 && p <= 1, "%v", p)
	})
}

func FuzzWordCount(f *testing.F) {
	f.Add("it doesn't work since 2.4.1 ’ é")
	f.Add("'.'..'a.")
	lex := text.DefaultLexicon()
	f.Fuzz(func(t *testing.T, s string) {
		var n wordCount
		n.count(lex, s)
		require.LessOrEqual(t, n.words, len(s))
		faultIn(lex, s)
	})
}

func TestIsTracker(t *testing.T) {
	for url, want := range map[string]bool{
		"https://git.example.com/shop/cart/issues/17":     true,
		"https://git.example.com/shop/cart/issues/new":    false,
		"https://git.example.com/shop/cart/pull/4":        true,
		"https://jira.example.com/browse/PAY-17":          true,
		"https://example.com/docs/issues":                 false,
		"https://bugs.example.com/show_bug.cgi?id=12":     true,
		"https://git.example.com/a/b/-/merge_requests/12": true,
	} {
		require.Equal(t, want, isTracker(url), url)
	}
}

func TestFaultIn(t *testing.T) {
	lex := text.DefaultLexicon()
	require.Equal(t, "the checkout fails for everybody", faultIn(lex, "Hello! the checkout fails for everybody"))
	require.Empty(t, faultIn(lex, "nice weather"))
	require.LessOrEqual(t, len(strings.Fields(faultIn(lex, strings.Repeat("word ", 40)+"error "+strings.Repeat("word ", 40)))), quoteWords)
}

func TestPulls(t *testing.T) {
	emoji := []string{"rotating_light"}
	for text, want := range map[string]bool{
		"/andon pull invoices are wrong": true, "Pulling the andon cord": true, "I’m pulling the cord: it burns": true, ":rotating_light: help": true,
		"pulling the cordon": false, "we pulled the cord": false, "help :rotating_light:": false, ":eyes: pulling the cord": false, "": false, ":": false, "pulling the cord?": false,
	} {
		require.Equal(t, want, pulls(text, emoji), text)
	}
}

func TestAnnounced(t *testing.T) {
	for prose, want := range map[string]time.Duration{
		"next update in 2 hours": 2 * time.Hour, "Next update in 30 minutes.": 30 * time.Minute, "update in 45 min": 45 * time.Minute,
		"next update in a while": 0, "next update in 99999999999 hours": 0, "an update in": 0, "update in 500 hours": 24 * time.Hour,
	} {
		require.Equal(t, want, announced(prose), prose)
	}
}

func TestIncidentName(t *testing.T) {
	patterns := []string{"inc-*", "incident-*"}
	require.True(t, incidentName("inc-7", patterns))
	require.True(t, incidentName("#Incident-checkout", patterns))
	require.False(t, incidentName("income", patterns))
	require.False(t, incidentName("", patterns))
	require.False(t, incidentName("x", []string{"["}))
}

func TestRecurring(t *testing.T) {
	require.True(t, recurring("flaky again, rerun"))
	require.True(t, recurring("I restart it every time"))
	require.False(t, recurring("run it again"))
}

func TestEnough(t *testing.T) {
	s := &Snapshot{Org: signals.NewOrg(signals.DefaultPolicy())}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var reports []report
		for i, who := range rapid.SliceOfN(rapid.SampledFrom([]string{"ann", "bob", "cat", "dan"}), 0, 12).Draw(t, "who") {
			reports = append(reports, report{who: who, event: &signals.Event{ID: who, At: at.Add(time.Duration(i) * time.Hour)}})
		}
		got := s.enough(reports, 3, 5*time.Hour)
		if got == nil {
			return
		}
		require.Len(t, got, 3)
		require.LessOrEqual(t, got[2].event.At.Sub(got[0].event.At), 5*time.Hour)
		people := []string{got[0].who, got[1].who, got[2].who}
		slices.Sort(people)
		require.Len(t, slices.Compact(people), 3)
	})
}
