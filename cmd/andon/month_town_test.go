package main

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/cmd/andon/internal/demo"
	"andon/integrations/jira/fakejira"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

// town is a generated company that lives through its history beside the whole
// service: Jira and Slack over their protocols, all of it on one virtual clock.
type town struct {
	t     testing.TB
	c     *company.Company
	clock *testClock
	jira  *fakejira.Server
	slack *fakeslack.Server
	svc   *service
	show  *show // steps the service
	conf  config.Config
	log   *slog.Logger
	stop  func() // ends the service well; harmless when it has ended

	more  func(*bot.Config) // changes what the loop is made of; nil: nothing
	ready func(*service)    // is told of the service before it runs; nil: nobody

	posts   []townPost
	threads map[string]string // ts in the history -> ts in the workspace, by channel|ts
}

// townPost is one message of the history.
type townPost struct {
	at      time.Time
	channel string
	m       *company.Message
}

// newTown founds a company whose first week has passed. database is the url of
// an empty database; with changes the town before its service starts.
func newTown(t testing.TB, database string, o company.Options, with ...func(*town)) *town {
	c, err := company.Generate(o)
	require.NoError(t, err)
	w := &town{t: t, c: c, clock: &testClock{t: c.Start.AddDate(0, 0, 7)}, threads: make(map[string]string)}
	w.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	for _, change := range with {
		change(w)
	}
	w.jira = fakejira.New(fakejira.Options{Now: w.clock.now, User: "andon", Token: "x"})
	var issues bytes.Buffer
	require.NoError(t, c.WriteJira(&issues))
	lines := bufio.NewScanner(&issues)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		require.NoError(t, w.jira.Put(slices.Clone(lines.Bytes())))
	}
	so := fakeslack.Options{Team: "T1", Now: w.clock.now, Strict: true, Manual: true}
	for _, p := range c.People {
		so.People = append(so.People, fakeslack.Person{ID: p.SlackID, Name: strings.ToLower(strings.ReplaceAll(p.Name, " ", ".")), RealName: p.Name, Zone: p.Zone, Email: p.Email})
	}
	for _, ch := range c.Channels {
		x := fakeslack.Channel{ID: ch.ID, Name: ch.Name, Private: ch.Private}
		for _, m := range ch.Members {
			x.Members = append(x.Members, m.SlackID)
		}
		so.Channels = append(so.Channels, x)
		for _, m := range ch.Messages {
			at, err := slack.ParseTS(m.TS)
			require.NoError(t, err)
			if m.User != "" && m.Subtype == "" && m.BotID == "" && at.After(w.clock.now()) {
				w.posts = append(w.posts, townPost{at, ch.ID, m})
			}
		}
	}
	slices.SortFunc(w.posts, func(a, b townPost) int { return a.at.Compare(b.at) })
	w.slack = fakeslack.New(so)
	jiraSrv, slackSrv := httptest.NewServer(w.jira), httptest.NewServer(w.slack)
	t.Cleanup(func() { w.slack.Close(); slackSrv.Close(); jiraSrv.Close() })
	w.conf = w.config(database, jiraSrv.URL, slackSrv.URL)
	w.start()
	return w
}

// config is what the company's operator would write.
func (w *town) config(database, jiraURL, slackURL string) config.Config {
	c := config.Default()
	c.Database, c.Listen, c.KeepText = database, "127.0.0.1:0", 60*24*time.Hour
	c.Jira = []config.Jira{{Site: "jira", URL: jiraURL, User: "andon", Token: "x", TeamField: "Team", LevelField: "Support Level", Audience: "public", Poll: time.Minute}}
	c.Slack = []config.Slack{{Team: "T1", BotToken: "xoxb-x", AppToken: "xapp-x", URL: slackURL + "/api/"}}
	c.Admin = w.c.Channels[0].ID
	c.Digest = config.Digest{Channel: w.c.Channels[0].ID, Day: "mon", Hour: 9}
	c.Policy.Mode, c.Policy.Modes = signals.Live, map[string]signals.Mode{"person_ping_pong": signals.Off}
	ids := make(map[string]string)
	for i, p := range w.c.People {
		ids[p.Email] = "p" + string(rune('a'+i/26)) + string(rune('a'+i%26))
	}
	for _, p := range w.c.People {
		c.Roster.People = append(c.Roster.People, config.Person{
			ID: ids[p.Email], Name: p.Name, Jira: []string{p.AccountID}, Slack: []string{p.SlackID}, Team: p.Team, Manager: ids[p.Manager], Zone: p.Zone,
		})
	}
	for _, t := range w.c.Teams {
		c.Roster.Teams = append(c.Roster.Teams, config.Team{ID: t.Name, Lead: ids[t.Lead], Owns: []config.Owned{{Channel: t.ChannelID}}})
	}
	return c
}

// start begins the service, as a new process would.
func (w *town) start() {
	svc, err := newService(w.t.Context(), &w.conf, w.log, w.clock.now, wiring{limits: slack.Limits{Off: true}, more: func(b *bot.Config) {
		b.AsLive = true
		if w.more != nil {
			w.more(b)
		}
	}})
	require.NoError(w.t, err)
	if w.ready != nil {
		w.ready(svc)
	}
	require.NoError(w.t, svc.start(w.t.Context()))
	svc.ears.first(w.t.Context(), svc)
	w.svc, w.show = svc, &show{svc: svc, world: &demo.World{Slack: w.slack}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.t.Context()))
	end := w.show.serve(ctx)
	var sweeps sync.WaitGroup
	sweeps.Go(func() { svc.ears.swept.Run(ctx) })
	w.stop = sync.OnceFunc(func() {
		cancel()
		sweeps.Wait()
		require.NoError(w.t, end())
		svc.close()
	})
	w.t.Cleanup(w.stop)
	require.NoError(w.t, w.show.heard(ctx))
}

// turn does what is due now, and waits until it is done.
func (w *town) turn(h handlersOf) {
	ctx := w.t.Context()
	w.slack.Tick()
	require.NoError(w.t, w.svc.db.Tick(ctx, h(), w.clock.now()))
	require.NoError(w.t, w.show.settle(ctx, h()))
}

// post says what people said up to now.
func (w *town) post() {
	for len(w.posts) > 0 && !w.posts[0].at.After(w.clock.now()) {
		p := w.posts[0]
		w.posts = w.posts[1:]
		thread := ""
		if p.m.ThreadTS != "" && p.m.ThreadTS != p.m.TS {
			if thread = w.threads[p.channel+"|"+p.m.ThreadTS]; thread == "" {
				continue // of a thread that began before
			}
		}
		w.threads[p.channel+"|"+p.m.TS] = w.slack.Say(p.channel, p.m.User, thread, p.m.Text)
	}
}
