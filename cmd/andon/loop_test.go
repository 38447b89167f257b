package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/bot/view"
	"andon/cmd/andon/internal/config"
	"andon/integrations/jira"
	"andon/integrations/jira/fakejira"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/store/storetest"
)

// pingpong is the history of an issue that three teams hand around: it comes
// back to the first one, which is worth a nudge at once.
func pingpong(id string, at time.Time) []*signals.Event {
	k := signals.Key{Source: signals.Jira, Site: "jira", ID: id}
	made := []*signals.Event{{
		ID: k.String() + "/created", Kind: signals.Opened, Actor: "jira/jira/ann", Text: "Invoices arrive twice",
		Set: []signals.Value{{Field: signals.FieldLabel, To: "PAY-" + id}, {Field: signals.FieldTeam, To: "Payments"}, {Field: signals.FieldProject, To: "PAY"}},
	}}
	for i, to := range []string{"Web", "Payments", "Web", "Payments"} {
		from := []string{"Payments", "Web"}[i%2]
		by := map[string]string{"Web": "jira/jira/carl", "Payments": "jira/jira/bea"}[to] // whose team takes it
		made = append(made, &signals.Event{ID: fmt.Sprintf("%s/%d.0", k, i+1), Kind: signals.TeamMoved, Actor: by, From: from, To: to, Seq: signals.Seq{Entry: int64(i + 1)}})
	}
	for i, e := range made {
		e.Case, e.Audience, e.At = k, signals.Public, at.Add(time.Duration(i)*time.Minute)
	}
	return made
}

// staff is an organisation in which both teams can be told something.
func staff() []*signals.Event {
	var out []*signals.Event
	add := func(field, to, text string) {
		out = append(out, &signals.Event{
			ID: "andon/test/" + field + "/" + to, Kind: signals.RosterSet, Case: orgKey, Field: field, To: to, Text: text, At: time.Unix(0, 0).UTC(),
		})
	}
	add("person", "bea", `{"id":"bea","team":"Payments","accounts":["jira/jira/bea","slack/T1/U1"]}`)
	add("person", "carl", `{"id":"carl","team":"Web","accounts":["jira/jira/carl","slack/T1/U2"]}`)
	add("team", "Payments", `{"id":"Payments","lead":"bea","owns":[{"project":"PAY"}]}`)
	add("team", "Web", `{"id":"Web","lead":"carl"}`)
	return out
}

var tuesday = time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)

// nudges lists all nudges of some issues.
func (s *stepper) nudges(ids ...string) (out []*signals.Nudge) {
	var keys []signals.Key
	for _, id := range ids {
		keys = append(keys, signals.Key{Source: signals.Jira, Site: "jira", ID: id})
	}
	records, err := s.db.Records(s.t.Context(), keys...)
	require.NoError(s.t, err)
	for _, r := range records {
		out = append(out, r.Nudges...)
	}
	return out
}

func states(nudges []*signals.Nudge) map[signals.State]int {
	out := make(map[signals.State]int)
	for _, n := range nudges {
		out[n.State]++
	}
	return out
}

// talker is a service that says things to a Slack over HTTP.
type talker struct {
	*stepper
	slack *fakeslack.Server
	wall  *testClock
}

func newTalker(t *testing.T, url string, wrap func(bot.Poster) bot.Poster) *talker {
	var s *stepper
	fake := fakeslack.New(fakeslack.Options{Team: "T1", Token: "xoxb-1", Now: func() time.Time { return s.clock.now() }})
	srv := httptest.NewServer(fake)
	t.Cleanup(func() { fake.Close(); srv.Close() })
	poster, err := slack.NewPoster(slack.Workspace{Team: "T1", Token: "xoxb-1", URL: srv.URL + "/api/", Timeout: 300 * time.Millisecond, AdminChannel: "C0ADMIN", Limits: slack.Limits{Off: true}})
	require.NoError(t, err)
	t.Cleanup(poster.Close)
	wall := &testClock{t: time.Now()}
	s = newStepper(t, url, tuesday, signals.DefaultPolicy(), func(c *bot.Config) {
		c.Poster, c.Wall, c.Admin = wrap(poster), wall.now, slack.Admin
		c.Address = func(org *signals.Org, to string) (string, string) { return slackAddress(org, "T1", to) }
	})
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: staff()}))
	return &talker{s, fake, wall}
}

func same(p bot.Poster) bot.Poster { return p }

// TestSendingLooksBeforeItRepeats loses the answer of Slack in every way that
// it can get lost: the message stands once in the end.
func TestSendingLooksBeforeItRepeats(t *testing.T) {
	for name, fault := range map[string]fakeslack.Fault{
		"time-out after it was stored": {Method: "chat.postMessage", Kind: fakeslack.HangStored, Count: 1},
		"reset after it was stored":    {Method: "chat.postMessage", Kind: fakeslack.ResetStored, Count: 1},
		"reset before it was stored":   {Method: "chat.postMessage", Kind: fakeslack.Reset, Count: 1},
		"unavailable":                  {Method: "chat.postMessage", Kind: fakeslack.Unavailable, Count: 2},
		"too many requests":            {Method: "chat.postMessage", Kind: fakeslack.Limited, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) {
				s := newTalker(t, url, same)
				s.slack.Inject(fault)
				s.say(t, "7")
				require.Len(t, s.standing(), 1)
				require.Equal(t, 1, states(s.nudges("7"))[signals.Sent])
				for _, n := range s.nudges("7") {
					require.NotEqual(t, signals.Sending, n.State)
				}
			})
		})
	}
}

// say lets an issue become worth a nudge now, and works until nothing is left.
func (s *talker) say(t *testing.T, id string) {
	require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: pingpong(id, tuesday.Add(-10*time.Minute))}))
	for range 4 {
		s.drain()
		s.pass(time.Hour)
		require.NoError(t, s.bot.Resend(t.Context()))
		require.NoError(t, s.bot.Recheck(t.Context()))
	}
}

// pass lets time go by on both clocks.
func (s *talker) pass(d time.Duration) {
	s.wall.set(s.wall.now().Add(d))
	s.clock.set(s.clock.now().Add(d))
}

// standing lists the messages that were not deleted.
func (s *talker) standing() (keys []string) {
	for _, m := range s.slack.Messages() {
		if !m.Deleted {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// dying is a poster whose process dies right after Slack took the message.
type dying struct {
	bot.Poster
	left int
}

var errDied = errors.New("the process died")

func (d *dying) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	at, err := d.Poster.Post(ctx, target, card)
	if err == nil && d.left > 0 {
		d.left--
		panic(errDied)
	}
	return at, err
}

// TestACrashBetweenPostAndMarkSaysItOnce lets the sender die when Slack has the
// message and the store does not know.
func TestACrashBetweenPostAndMarkSaysItOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := newTalker(t, url, func(p bot.Poster) bot.Poster { return &dying{Poster: p, left: 1} })
		died := false
		send := s.h.Send
		s.h.Send = func(ctx context.Context, id string) (err error) {
			defer func() {
				if r := recover(); r != nil {
					died, err = true, errDied
				}
			}()
			return send(ctx, id)
		}
		s.say(t, "8")
		require.True(t, died)
		require.Len(t, s.standing(), 1)
		require.Equal(t, 1, states(s.nudges("8"))[signals.Sent])
	})
}

// tardy is a poster whose first message arrives after everybody gave it up.
type tardy struct {
	bot.Poster
	held *view.Card
	to   string
}

func (l *tardy) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	if l.held == nil {
		l.held, l.to = card, target
		return signals.Copy{}, context.DeadlineExceeded
	}
	return l.Poster.Post(ctx, target, card)
}

// TestALateDoubleIsRemoved lets a message that was given up arrive after its
// repetition did.
func TestALateDoubleIsRemoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var l *tardy
		s := newTalker(t, url, func(p bot.Poster) bot.Poster { l = &tardy{Poster: p}; return l })
		require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: pingpong("9", tuesday.Add(-10*time.Minute))}))
		s.drain()
		s.pass(time.Minute)
		s.drain()
		require.Len(t, s.standing(), 1)
		_, err := l.Poster.Post(t.Context(), l.to, l.held)
		require.NoError(t, err)
		require.Len(t, s.standing(), 2)
		require.NoError(t, s.bot.Recheck(t.Context()))
		require.Len(t, s.standing(), 2, "it is too early to be sure")
		s.pass(time.Hour)
		require.NoError(t, s.bot.Recheck(t.Context()))
		require.Len(t, s.standing(), 1)
		said := slices.DeleteFunc(s.nudges("9"), func(n *signals.Nudge) bool { return n.State != signals.Sent })
		require.Len(t, said, 1)
		out, ok, err := s.db.Message(t.Context(), said[0].Message)
		require.NoError(t, err)
		require.True(t, ok)
		require.Len(t, out.Copies, 1)
		require.Equal(t, out.Copies[0].TS, s.onlyTS())
	})
}

func (s *talker) onlyTS() string {
	for _, m := range s.slack.Messages() {
		if !m.Deleted {
			return m.TS
		}
	}
	return ""
}

// many makes n issues of the example company's, under ids and keys of their own.
func many(t testing.TB, n int) []byte {
	raw := exampleIssues(t, 400)
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	var out bytes.Buffer
	for i := range n {
		line := string(lines[i%len(lines)])
		turn := i / len(lines)
		id := between(line, `"id":"`, `"`)
		key := between(line, `"key":"`, `"`)
		line = strings.Replace(line, `"id":"`+id+`"`, `"id":"`+id+strconv.Itoa(100+turn)+`"`, 1)
		line = strings.ReplaceAll(line, `"`+key+`"`, `"`+key+strconv.Itoa(100+turn)+`"`)
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// TestThePastNudgesNobody imports 8,000 issues, and then meets them again at
// the first contact with their Jira: nobody hears of what was there before.
func TestThePastNudgesNobody(t *testing.T) {
	t.Parallel()
	n := 8_000
	if testing.Short() {
		n = 1_000
	}
	raw := many(t, n)
	o := jira.Options{Site: "jira", Team: "Team", Audience: signals.Public}
	h := splitAt(t, raw, o, .999999)
	s := newStepper(t, storetest.SQLite(t), h.end.Add(time.Hour), signals.DefaultPolicy(), nil)
	fake := fakejira.New(fakejira.Options{Now: s.clock.now, Token: "secret"})
	loaded, err := fake.Load(bytes.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, n, loaded)
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	s.learn(h.learn)
	s.watch(srv.URL, o)
	for range 8 {
		s.until(s.clock.now().Add(24*time.Hour), true)
		require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
		s.drain()
	}
	require.Empty(t, s.mouth.said)
	require.Empty(t, s.book())
}

// TestAGapIsToldOnce lets the service sleep for three days while issues
// wander: what is old by then is written down, one notice goes to the admins.
func TestAGapIsToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		src := &scripted{}
		s := newStepper(t, url, tuesday, signals.DefaultPolicy(), func(c *bot.Config) { c.Sources["jira/jira"] = src; c.Admin = "admin" })
		poll := func() {
			require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
			s.drain()
		}
		require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: staff()}))
		poll() // the first contact
		s.clock.set(tuesday.Add(time.Hour))
		poll()
		for i := range 20 { // worth a nudge each, three days ago
			src.next = append(src.next, signals.Delivery{Events: pingpong(strconv.Itoa(100+i), tuesday.Add(2*time.Hour))})
		}
		s.clock.set(tuesday.Add(74 * time.Hour))
		src.next = append(src.next, signals.Delivery{Events: pingpong("500", s.clock.now().Add(-time.Hour))})
		poll()
		poll()
		require.Equal(t, 2, len(s.mouth.said), "one notice, and one message about what is fresh: %v", s.mouth.said)
		notices := slices.DeleteFunc(slices.Collect(maps.Keys(s.mouth.said)), func(k string) bool { return !strings.HasPrefix(k, "gap/jira/jira/") })
		require.Len(t, notices, 1)
		for i := range 20 {
			for _, n := range s.nudges(strconv.Itoa(100 + i)) {
				require.Equal(t, signals.Superseded, n.State)
				require.Contains(t, n.Why, "old when it was first judged")
			}
		}
		require.Positive(t, states(s.nudges("500"))[signals.Sent])
	})
}

// scripted is a source that gives what a test puts there.
type scripted struct{ next []signals.Delivery }

func (s *scripted) Poll(ctx context.Context, cursor string, emit func(context.Context, signals.Delivery, string) error) (string, error) {
	for _, d := range s.next {
		if err := emit(ctx, d, cursor+"."); err != nil {
			return cursor, err
		}
	}
	s.next = nil
	return cursor + ".", nil
}

func (s *scripted) Fetch(context.Context, string) (signals.Delivery, error) {
	return signals.Delivery{}, errors.New("nothing is there")
}

// TestEightWorkersFindTheSame lets eight workers look at everything at once, a
// day's events at a time. What depends on a case alone is exactly as in a replay.
func TestEightWorkersFindTheSame(t *testing.T) {
	t.Parallel()
	raw := exampleIssues(t, lesser(250, 150))
	o := jira.Options{Site: "jira", Team: "Team", Audience: signals.Public}
	h := splitAt(t, raw, o, .3)
	exact := []string{"long_path", "ping_pong", "person_ping_pong", "climb", "unanswered_ask"}
	only := func(book []string) (out []string) {
		for _, line := range book {
			if name, _, _ := strings.Cut(strings.TrimPrefix(line, "signal "), "|"); strings.HasPrefix(line, "signal ") && slices.Contains(exact, name) {
				out = append(out, line)
			}
		}
		return out
	}
	policy := signals.DefaultPolicy()
	want := only(replayed(t, h.learn, h.play, policy, afterwards))
	require.Greater(t, len(want), 5)
	storetest.Each(t, func(t *testing.T, url string) {
		s := newStepper(t, url, h.at.Add(-time.Millisecond), policy, nil)
		s.learn(h.learn)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.db.Work(ctx, s.h) }()
		for i := 0; i < len(h.play); {
			end := h.play[i].At.Add(24 * time.Hour)
			j := i
			var ds []signals.Delivery
			for ; j < len(h.play) && h.play[j].At.Before(end); j++ {
				ds = append(ds, signals.Delivery{Events: h.play[j : j+1]})
			}
			s.clock.set(end)
			require.NoError(t, s.bot.Accept(ctx, ds...))
			i = j
			s.settle()
		}
		for range 4 {
			s.clock.set(s.clock.now().Add(24 * time.Hour))
			s.settle()
		}
		cancel()
		require.NoError(t, <-done)
		require.Equal(t, want, only(s.book()))
	})
}

// settle waits until the workers have nothing left to do at this time.
func (s *stepper) settle() {
	require.Eventually(s.t, func() bool {
		_, err := s.db.Wake(s.t.Context(), s.clock.now(), 1000)
		require.NoError(s.t, err)
		queues, err := s.db.Queue(s.t.Context())
		require.NoError(s.t, err)
		for _, q := range queues {
			if q.Waiting+q.Running+q.Later > 0 {
				return false
			}
		}
		next, err := s.db.NextLook(s.t.Context())
		require.NoError(s.t, err)
		return next.IsZero() || next.After(s.clock.now())
	}, time.Minute, 5*time.Millisecond)
}

// TestConfirmedIsWrittenBackOnce lets the originator confirm that it is solved:
// the issue gets one comment, in the project where that is switched on only,
// and andon does not take its own comment for somebody's word.
func TestConfirmedIsWrittenBackOnce(t *testing.T) {
	for project, want := range map[string]int{"PAY": 1, "OTHER": 0} {
		t.Run(project, func(t *testing.T) {
			s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
			fake := fakejira.New(fakejira.Options{Now: s.clock.now, Token: "secret"})
			require.NoError(t, fake.Put([]byte(`{"id":"7","key":"PAY-7","fields":{"project":{"id":"1","key":"PAY"},"summary":"Invoices arrive twice","status":{"name":"Open"},
				"issuetype":{"name":"Bug"},"created":"2026-03-03T09:00:00.000+0000","updated":"2026-03-03T09:00:00.000+0000","reporter":{"accountId":"ann","displayName":"Ann"},
				"comment":{"comments":[],"total":0}},"changelog":{"histories":[]}}`)))
			srv := httptest.NewServer(fake)
			t.Cleanup(srv.Close)
			src := &jiraSource{
				conf: config.Jira{URL: srv.URL, WriteBack: []config.WriteBack{{Project: project, Comment: true}}},
				site: jira.Site{URL: srv.URL, User: "andon", Token: "secret", Read: jira.Options{Site: "jira", Audience: signals.Public}, Now: s.clock.now, Log: slog.New(slog.DiscardHandler)}, db: s.db,
			}
			t.Cleanup(src.close)
			s.conf.Writers = map[string]bot.Writer{"jira/jira": src}
			s.start()
			k := signals.Key{Source: signals.Jira, Site: "jira", ID: "7"}
			events := pingpong("7", tuesday.Add(-10*time.Minute))
			events = append(events, &signals.Event{ID: "x/closed", Case: k, Kind: signals.Closed, At: tuesday.Add(-4 * time.Minute), Audience: signals.Public},
				&signals.Event{ID: "x/confirmed", Case: k, Kind: signals.Confirmed, Actor: "jira/jira/ann", At: tuesday.Add(-3 * time.Minute), Audience: signals.Public})
			require.NoError(t, s.bot.Accept(t.Context(), signals.Delivery{Events: events}))
			for range 3 {
				s.drain()
			}
			require.Equal(t, want, fake.Requests()["POST issue/{id}/comment"], "one comment, however many signals were confirmed: %v", fake.Requests())
			d, err := src.Fetch(t.Context(), "7")
			require.NoError(t, err)
			for _, e := range d.Events {
				if e.Kind == signals.Said {
					require.True(t, signals.IsBot(e.Actor), e.Actor)
				}
			}
		})
	}
}

// TestTheNightlyComparisonFindsWhatPollsMissed deletes an issue, which no
// search tells of, and lets another be indexed later than any poll looks back.
func TestTheNightlyComparisonFindsWhatPollsMissed(t *testing.T) {
	s := newStepper(t, storetest.SQLite(t), tuesday, signals.DefaultPolicy(), nil)
	fake := fakejira.New(fakejira.Options{Now: s.clock.now, Token: "secret"})
	put := func(id string, at time.Time, team string) {
		stamp := at.Format("2006-01-02T15:04:05.000-0700")
		require.NoError(t, fake.Put([]byte(fmt.Sprintf(`{"id":%q,"key":"PAY-%s","fields":{"project":{"id":"1","key":"PAY"},"summary":"Invoices arrive twice","status":{"name":"Open"},
			"issuetype":{"name":"Bug"},"created":%q,"updated":%q,"reporter":{"accountId":"ann","displayName":"Ann"},"priority":{"name":"Highest"},"team":%q,
			"comment":{"comments":[],"total":0}},"changelog":{"histories":[]}}`, id, id, stamp, stamp, team))))
	}
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	src := &jiraSource{
		conf: config.Jira{URL: srv.URL}, db: s.db,
		site: jira.Site{URL: srv.URL, User: "andon", Token: "secret", Read: jira.Options{Site: "jira", Audience: signals.Public}, Now: s.clock.now, Log: slog.New(slog.DiscardHandler)},
	}
	t.Cleanup(src.close)
	require.NoError(t, s.bot.Watch(t.Context(), "jira/jira", src))
	poll := func() {
		require.NoError(t, s.bot.PollOnce(t.Context(), "jira/jira"))
		s.drain()
	}
	poll() // the first contact
	put("7", tuesday.Add(time.Minute), "")
	s.clock.set(tuesday.Add(2 * time.Minute))
	poll()
	key := func(id string) signals.Key { return signals.Key{Source: signals.Jira, Site: "jira", ID: id} }
	st, ok, err := s.db.Standing(t.Context(), key("7"))
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, st.Look.IsZero(), "an urgent issue without a holder is waited for")

	require.NoError(t, fake.Delete("7"))
	put("9", tuesday.Add(2*time.Hour), "")
	s.clock.set(tuesday.Add(2*time.Hour + time.Minute))
	poll()
	put("8", tuesday.Add(5*time.Minute), "") // nobody could see it until now
	s.clock.set(tuesday.Add(4 * time.Hour))
	poll()
	_, ok, err = s.db.Standing(t.Context(), key("8"))
	require.NoError(t, err)
	require.False(t, ok, "it was indexed later than polls look back")

	require.NoError(t, s.bot.Tasks()["reconcile jira/jira"].Do(t.Context()))
	s.drain()
	_, ok, err = s.db.Standing(t.Context(), key("8"))
	require.NoError(t, err)
	require.True(t, ok)
	news, err := s.db.News(t.Context(), key("7"), 0)
	require.NoError(t, err)
	require.Equal(t, signals.Deleted, news[len(news)-1].Kind)
	s.until(tuesday.Add(48*time.Hour), true)
	require.Empty(t, s.nudges("7"), "nobody hears of what was deleted")
}

// TestAnAddressTellsWhoseAnAccountIs lets Jira show the address of an assignee
// whom the roster knows by that address only.
func TestAnAddressTellsWhoseAnAccountIs(t *testing.T) {
	fake := fakejira.New(fakejira.Options{Token: "secret"})
	fake.AddUser("a1", "Bea", "Bea@north.example")
	fake.AddUser("a2", "Nobody", "")
	for id, who := range map[string]string{"7": "a1", "8": "a2"} {
		require.NoError(t, fake.Put([]byte(fmt.Sprintf(`{"id":%q,"key":"PAY-%s","fields":{"project":{"id":"1","key":"PAY"},"summary":"Invoices arrive twice","status":{"name":"Open"},
			"issuetype":{"name":"Bug"},"created":"2026-03-03T09:00:00.000+0000","updated":"2026-03-03T09:00:00.000+0000","reporter":{"accountId":%q},"assignee":{"accountId":%q},
			"comment":{"comments":[],"total":0}},"changelog":{"histories":[]}}`, id, id, who, who))))
	}
	srv := httptest.NewServer(fake)
	t.Cleanup(srv.Close)
	c := config.Config{Roster: config.Roster{People: []config.Person{{ID: "bea", Email: "bea@north.example"}}}}
	src := &jiraSource{
		conf: config.Jira{URL: srv.URL}, emails: addresses(&c),
		site: jira.Site{URL: srv.URL, User: "andon", Token: "secret", Read: jira.Options{Site: "jira", Audience: signals.Public}, Now: time.Now, Log: slog.New(slog.DiscardHandler)},
	}
	t.Cleanup(src.close)
	org := signals.NewOrg(signals.DefaultPolicy())
	require.NoError(t, org.Apply(&signals.Event{Kind: signals.RosterSet, Field: "person", To: "bea", Text: `{"id":"bea","accounts":["slack/T1/U1"]}`}))
	for range 2 {
		for _, id := range []string{"7", "8"} {
			d, err := src.Fetch(t.Context(), id)
			require.NoError(t, err)
			for _, e := range d.Events {
				require.NoError(t, org.Apply(e))
			}
		}
	}
	require.Equal(t, "bea", org.Who("jira/jira/a1"))
	require.Equal(t, "jira/jira/a2", org.Who("jira/jira/a2"))
	require.Equal(t, []string{"slack/T1/U1", "jira/jira/a1"}, org.AccountsOf("jira/jira/a1"))
	to, why := slackAddress(org, "T1", "jira/jira/a1")
	require.Equal(t, "slack/T1/U1", to, why)
	require.Equal(t, 2, fake.Requests()["user"], "each account is asked for once: %v", fake.Requests())
}
