package decide

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

const day = 24 * time.Hour

// likeStory is a story that knows what is like what, with dan who owns card
// payments and eve who leads the team that holds them.
func likeStory(t *testing.T) *story {
	p := signals.DefaultPolicy()
	p.Mode = signals.Live
	p.Detect.CameBack.Likeness = 0.2 // among so few issues nothing is surely alike
	s := &story{t: t, w: NewWorld(signals.NewOrg(p), Options{Routes: true, Index: true, Detectors: []string{"long_path"}})}
	for _, id := range []string{"ann", "bob", "dan", "eve"} {
		s.person(signals.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Accounts: []string{"jira/s/" + id, "slack/s/U" + strings.ToUpper(id)}})
	}
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "D", Text: `{"lead":"eve"}`})
	s.org(signals.Event{Kind: signals.RosterSet, Field: "team", To: "Checkout", Text: `{"lead":"dan","owns":[{"words":["card payments"]}]}`})
	for i, other := range []string{"Printer on floor three jams", "Search finds no umlauts", "Export of invoices hangs", "Login page is blank", "Mail arrives late"} {
		s.reports("9"+string(rune('0'+i)), other, monday.Add(-20*day+time.Duration(i)*time.Hour), signals.Public)
	}
	return s
}

// reports lets ann open an issue.
func (s *story) reports(id, title string, at time.Time, audience signals.Audience) *signals.Case {
	c := s.happens(issue(id), at, signals.Event{Kind: signals.Opened, Actor: "jira/s/ann", Text: title, Audience: audience, Set: []signals.Value{{Field: signals.FieldTeam, To: "A"}, {Field: signals.FieldLabel, To: "PAY-" + id}}})
	s.w.Memory.Remember(c)
	return c
}

// walks lets an issue go through four teams, which is a long path.
func (s *story) walks(c *signals.Case, at time.Time, audience signals.Audience) *Record {
	for i, to := range []string{"B", "C", "D"} {
		s.happens(c.Key, at.Add(time.Duration(i)*time.Minute), signals.Event{Kind: signals.TeamMoved, From: string(rune('A' + i)), To: to, Audience: audience})
	}
	return s.w.Book.Records[len(s.w.Book.Records)-1]
}

const fault = "Card payments fail with error 4711 after the gateway timeout"

// TestTheLikeOfWhatWasPutAside: another issue, very like one that was put aside,
// goes past who did that, and tells when; never who.
func TestTheLikeOfWhatWasPutAside(t *testing.T) {
	for name, x := range map[string]struct {
		put    []signals.Event // what became of the first issue, a day later each
		like   string          // title of the second one
		to     string
		before string
	}{
		"snoozed":             {[]signals.Event{{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(5 * day))}}, fault, "eve", "It was put aside before: snoozed on 3 March (PAY-1)."},
		"won't do":            {[]signals.Event{{Kind: signals.Closed, Actor: "jira/s/dan", To: "Won't Do"}}, fault, "eve", "It was put aside before: closed as Won't Do on 3 March (PAY-1)."},
		"closed by a program": {[]signals.Event{{Kind: signals.Closed, Actor: "jira/s/bot:sweeper", To: "Stale"}}, fault, "dan", "It was put aside before: closed by a program on 3 March (PAY-1)."},
		"two of them":         {[]signals.Event{{Kind: signals.Priority, Actor: "jira/s/dan", From: "High", To: "Low"}, {Kind: signals.Closed, Actor: "jira/s/dan", To: "Cannot Reproduce"}}, fault, "eve", "It was put aside before: lowered from High to Low on 3 March (PAY-1), closed as Cannot Reproduce on 4 March (PAY-1)."},
		"and solved":          {[]signals.Event{{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(5 * day))}, {Kind: signals.Closed, Actor: "jira/s/dan", To: "Fixed"}}, fault, "dan", ""},
		"by who raised it":    {[]signals.Event{{Kind: signals.Priority, Actor: "jira/s/ann", From: "High", To: "Low"}, {Kind: signals.Closed, Actor: "jira/s/ann", To: "Won't Do"}}, fault, "dan", ""},
		"in private":          {[]signals.Event{{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(5 * day)), Audience: signals.MembersOf("slack/s/C9")}}, fault, "eve", ""},
		"something else":      {[]signals.Event{{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(5 * day))}}, "Card payments need a new logo in the footer of the receipts", "dan", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := likeStory(t)
			first := s.reports("1", fault, monday, signals.Public)
			for i, e := range x.put {
				s.happens(first.Key, monday.Add(time.Duration(i+1)*day), e)
			}
			r := s.walks(s.reports("2", x.like, monday.Add(7*day), signals.Public), monday.Add(7*day+time.Hour), signals.Public)
			require.Equal(t, x.to, r.Nudges[0].To, r.Nudges[0].Why)
			require.Equal(t, x.before, r.Nudges[0].Signal.Before)
		})
	}
}

// TestWhatIsLongAgoCountsNoMore: as long as things count that come back.
func TestWhatIsLongAgoCountsNoMore(t *testing.T) {
	for after, want := range map[time.Duration]string{10 * day: "eve", 18 * day: "dan"} {
		s := likeStory(t)
		s.w.Org.Policy.Detect.CameBack.Window = 14 * day
		first := s.reports("1", fault, monday, signals.Public)
		s.happens(first.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Closed, Actor: "jira/s/dan", To: "Won't Do"})
		at := monday.Add(after)
		r := s.walks(s.reports("2", fault, at, signals.Public), at.Add(time.Hour), signals.Public)
		require.Equal(t, want, r.Nudges[0].To)
	}
}

// TestSuppressionsAreTold: each with when and until when, and who for the
// brain's own use.
func TestSuppressionsAreTold(t *testing.T) {
	s := likeStory(t)
	c := s.reports("1", fault, monday, signals.Public)
	s.walks(c, monday.Add(time.Hour), signals.Public)
	s.happens(c.Key, monday.Add(2*time.Hour), signals.Event{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(3 * day))})
	s.happens(c.Key, monday.Add(3*time.Hour), signals.Event{Kind: signals.Useless, Actor: "slack/s/UEVE", Field: "noise", Ref: "long_path|x|y|0|dan"})
	got := s.w.Suppressions(s.w.Case(c.Key), s.w.Book.of(c.Key), monday.Add(day))
	require.Len(t, got, 2)
	require.Equal(t, []string{"snoozed", "long_path", "slack/s/UDAN"}, []string{got[0].What, got[0].Detector, got[0].By})
	require.Equal(t, monday.Add(3*day), got[0].Until.UTC())
	require.Equal(t, []string{"called not useful", "long_path"}, []string{got[1].What, got[1].Detector})
	require.Len(t, s.w.Suppressions(s.w.Case(c.Key), s.w.Book.of(c.Key), monday.Add(2*time.Hour)), 1, "as of its time")
}

// TestConsideredAsItIsPlaced: who asks whom a nudge might go to sees the same
// choice, and not who put it aside.
func TestConsideredAsItIsPlaced(t *testing.T) {
	s := likeStory(t)
	first := s.reports("1", fault, monday, signals.Public)
	s.happens(first.Key, monday.Add(day), signals.Event{Kind: signals.Snoozed, Actor: "slack/s/UDAN", To: stamp(monday.Add(5 * day))})
	r := s.walks(s.reports("2", fault, monday.Add(7*day), signals.Public), monday.Add(7*day+time.Hour), signals.Public)
	why, chosen, _ := passed(s.w.Consider(r, r.Nudges[0], r.Nudges[0].At))
	require.Equal(t, "eve", chosen)
	require.Equal(t, elseHears, why["dan"])
	require.NotContains(t, why["dan"], "aside")
}

// TestTheChannelHearsWithoutAName: its owner put the problem aside before.
func TestTheChannelHearsWithoutAName(t *testing.T) {
	s := likeStory(t)
	for owner, want := range map[string][2]string{
		"slack/s/UDAN": {"", "is where it is spoken of"},
		"eve":          {"eve", "is where it is spoken of; Dan leads Checkout"},
		"":             {"", "is where it is spoken of; Dan leads Checkout"},
	} {
		own, why := s.w.unlessBarred(map[string]bool{"dan": true}, owner, "is where it is spoken of; Dan leads Checkout")
		require.Equal(t, want, [2]string{own, why})
	}
}

// TestThreadsThatBeginAlike: chat has no titles, so a thread is the like of another
// by the words that it begins with.
func TestThreadsThatBeginAlike(t *testing.T) {
	s := likeStory(t)
	s.w.Org.Policy.Detect.CameBack.Likeness = 0.6
	says := func(ts, text string, at time.Time) *signals.Case {
		c := s.happens(signals.SlackThread("s", "C1", ts), at, signals.Event{Kind: signals.Said, Actor: "slack/s/UANN", Text: text})
		s.w.Memory.Remember(c)
		return c
	}
	old := says("1", "the nightly price import failed", monday)
	s.happens(old.Key, monday.Add(time.Hour), signals.Event{Kind: signals.Useless, Actor: "slack/s/UDAN", Ref: "workaround|"})
	before := func(c *signals.Case) []Suppression {
		return s.w.Before(c, &signals.Signal{Detector: "workaround", Case: c.Key, At: monday.Add(2 * day)}, s.w.Book.of)
	}
	again := before(says("2", "the nightly price import failed", monday.Add(day)))
	require.Len(t, again, 1)
	require.Equal(t, "called not useful", again[0].What)
	require.Empty(t, before(says("3", "the weekly stock report failed", monday.Add(day))))
}
