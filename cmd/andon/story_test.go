package main

import (
	"context"
	"flag"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/cmd/andon/internal/demo"
	"andon/integrations/jira/fakejira"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
	"andon/signals/replay"
	"andon/store/storetest"
)

var updateStories = flag.Bool("update-stories", false, "rewrite the want and said sections of testdata/stories/*.txtar")

// TestStories plays every testdata/stories/NAME.txtar beside the whole service, on
// both databases: Jira and Slack over their protocols, on a virtual clock. The brain
// alone, given the journal of that, says the same. testdata/stories/README.md
// describes the files.
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("days of several teams, over the real protocols: run without -short")
	}
	t.Parallel()
	files, err := filepath.Glob("testdata/stories/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) {
				st := readStory(t, file)
				p := newTeller(t, url, st)
				p.play()
				want, said := p.found(), p.said()
				require.Equal(t, want, p.replayed(), "the brain alone")
				if *updateStories {
					st.write(t, file, want, said)
					return
				}
				require.Equal(t, st.want, want)
				require.Equal(t, st.said, said)
			})
		})
	}
}

// storyFile is a story as it is written down.
type storyFile struct {
	archive      *txtar.Archive
	conf         config.Config
	lines        []storyLine
	start, end   time.Time // of the service; what is earlier it reads as the past
	want, said   string
	issues       map[string]*storyIssue
	rooms        []string // names of channels
	wantI, saidI int
}

// teller is a service that lives through a story.
type teller struct {
	t     *testing.T
	f     *storyFile
	clock *testClock
	slack *fakeslack.Server
	svc   *service
	show  *show
	ear   *overhearer
	ts    map[string]string // name of a message in the story -> its ts
}

func newTeller(t *testing.T, url string, f *storyFile) *teller {
	p := &teller{t: t, f: f, clock: &testClock{t: f.start}, ear: &overhearer{}, ts: map[string]string{}}
	issues := fakejira.New(fakejira.Options{Now: p.clock.now, User: "andon", Token: "x"})
	for _, is := range f.issues {
		require.NoError(t, issues.Put(is.json(t)))
	}
	o := fakeslack.Options{Team: "T1", Now: p.clock.now, Strict: true, Manual: true}
	for _, x := range f.conf.Roster.People {
		for _, id := range x.Slack {
			o.People = append(o.People, fakeslack.Person{ID: id, Name: x.ID, RealName: x.Name, Zone: x.Zone})
		}
	}
	for _, name := range f.rooms {
		o.Channels = append(o.Channels, fakeslack.Channel{ID: roomID(name), Name: name})
	}
	p.slack = fakeslack.New(o)
	jiraSrv, slackSrv := httptest.NewServer(issues), httptest.NewServer(p.slack)
	t.Cleanup(func() { p.slack.Close(); slackSrv.Close(); jiraSrv.Close() })
	c := &f.conf
	c.Database, c.Listen, c.KeepText = url, "127.0.0.1:0", 365*24*time.Hour
	c.Jira = []config.Jira{{Site: "jira", URL: jiraSrv.URL, User: "andon", Token: "x", TeamField: "Team", LevelField: "Support Level", Audience: "public", Poll: time.Minute}}
	c.Slack = []config.Slack{{Team: "T1", BotToken: "xoxb-x", AppToken: "xapp-x", URL: slackSrv.URL + "/api/"}}
	for len(f.lines) > 0 && f.lines[0].at.Before(f.start) {
		p.clock.set(f.lines[0].at)
		p.do(f.lines[0])
		f.lines = f.lines[1:]
	}
	p.clock.set(f.start)
	p.begin()
	return p
}

// begin starts the service, which reads what was before.
func (p *teller) begin() {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	svc, err := newService(p.t.Context(), &p.f.conf, log, p.clock.now, wiring{limits: slack.Limits{Off: true}, settled: true, more: func(b *bot.Config) {
		p.ear.Poster, p.ear.now = b.Poster, p.clock.now
		b.Poster = p.ear
	}})
	require.NoError(p.t, err)
	require.NoError(p.t, svc.start(p.t.Context()))
	svc.ears.first(p.t.Context(), svc)
	p.svc, p.show = svc, &show{svc: svc, world: &demo.World{Slack: p.slack}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context()))
	end := p.show.serve(ctx)
	var sweeps sync.WaitGroup
	sweeps.Go(func() { svc.ears.swept.Run(ctx) })
	p.t.Cleanup(func() {
		cancel()
		sweeps.Wait()
		require.NoError(p.t, end())
		svc.close()
	})
	require.NoError(p.t, p.show.heard(ctx))
	require.NoError(p.t, p.show.learn(ctx, svc.handlers()))
	p.turn(true)
}

// turn lets the service do what is due now: it looks at cases and asks Jira, and
// where all is set does its periodic work too.
func (p *teller) turn(all bool) {
	ctx, h := p.t.Context(), p.svc.handlers()
	p.slack.Tick()
	if all {
		require.NoError(p.t, p.svc.db.Tick(ctx, h, p.clock.now()))
	}
	require.NoError(p.t, p.svc.bot.PollOnce(ctx, "jira/jira"))
	_, err := p.svc.db.Wake(ctx, p.clock.now(), 1000)
	require.NoError(p.t, err)
	require.NoError(p.t, p.show.settle(ctx, h))
}

// noon is when the periodic work is done, once a day: digests, and what else the
// leads of teams are told on Mondays.
func noon(after time.Time) time.Time {
	at := after.Truncate(24 * time.Hour).Add(12 * time.Hour)
	if !at.After(after) {
		at = at.Add(24 * time.Hour)
	}
	return at
}

// pass lets time pass until a moment, and serves on the way what comes due.
func (p *teller) pass(to time.Time) {
	for now := p.clock.now(); now.Before(to); now = p.clock.now() {
		next, all := noon(now), true
		look, err := p.svc.db.NextLook(p.t.Context())
		require.NoError(p.t, err)
		if !look.IsZero() && look.Before(next) {
			next, all = look, false
		}
		if !next.After(now) {
			next = now.Add(time.Second)
		}
		if !next.Before(to) {
			break
		}
		p.clock.set(next)
		p.turn(all)
	}
	p.clock.set(to)
}

func (p *teller) play() {
	for i, l := range p.f.lines {
		p.pass(l.at)
		p.do(l)
		if i+1 == len(p.f.lines) || !p.f.lines[i+1].at.Equal(l.at) {
			p.turn(false)
		}
	}
	p.pass(p.f.end)
	p.turn(false)
}

// replayed is what the brain alone finds, given the journal.
func (p *teller) replayed() string {
	learnt := make(map[string]bool)
	h, err := journalHistory(p.t.Context(), &p.f.conf, p.svc.db, func(e *signals.Event) { learnt[e.ID] = true })
	require.NoError(p.t, err)
	in := replay.Input{Rooms: map[string]string{}, Org: h.Org}
	for _, name := range p.f.rooms {
		in.Rooms["slack/T1/"+roomID(name)] = name
	}
	last := time.Time{}
	for _, e := range h.Play.Ordered() {
		log := &in.Play
		if learnt[e.ID] {
			log = &in.Learn
		}
		require.NoError(p.t, log.Add([]*signals.Event{e}))
		last = e.At
	}
	res, err := replay.Run(&in, replay.Options{Policy: p.f.conf.Policy, Lexicon: h.lexicon, Nudges: true, Risk: true, After: p.f.end.Sub(last)}, nowhere{})
	require.NoError(p.t, err)
	return told(res.World.Book.Records)
}
