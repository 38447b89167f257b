package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/signals"
	"andon/signals/lint"
	"andon/signals/text"
	"andon/store"
)

type serveCmd struct {
	Config   string        `help:"Configuration file." placeholder:"FILE" type:"existingfile" short:"c"`
	LogLevel string        `help:"Least level that is logged: ${enum}." enum:"debug,info,warn,error" default:"info"`
	Speed    float64       `help:"How many seconds pass in a second, for trying things out." default:"1" hidden:""`
	From     time.Time     `help:"When the faster clock begins." hidden:""`
	AsLive   bool          `help:"Judge every detector that is not off as if it were live." hidden:""`
	Tick     time.Duration `help:"How often the waker ticks." default:"250ms" hidden:""`
}

// Help is shown by andon serve --help.
func (serveCmd) Help() string {
	return `Watches the configured Jira sites and alerts, judges what happens there, and tells the right person.
It serves /healthz, /readyz, /metrics, /jira/webhook and /alerts at the configured address.
Stop it with Ctrl-C or SIGTERM: what was accepted is stored, and what is under way is finished or resumed
at the next start. SIGHUP reads the configuration again; a file with a fault in it changes nothing.

Examples:
  andon serve --config andon.yaml
  ANDON_JIRA_TOKEN=... andon serve -c andon.yaml --log-level debug`
}

// grace is how long a stop may take. deadline is how long a call to Slack may
// take, lease how long a message belongs to who claimed it, in real time: the
// deadline and time for its answer to be stored.
// The latter two are shorter where a test kills processes.
const grace = 10 * time.Second

var (
	deadline = 15 * time.Second
	lease    = 45 * time.Second
)

// Run serves until the context ends.
func (s *serveCmd) Run(e *env) error {
	c, err := config.Load(s.Config, configOptions())
	if err != nil {
		return usageError{err}
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return usageError{err}
	}
	log := slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: level}))
	now, err := clockOf(s.Speed, s.From)
	if err != nil {
		return usageError{err}
	}
	return s.serve(e.ctx, &c, log, now)
}

// clockOf makes the service's clock: the wall clock, or one that began at from
// and runs faster.
func clockOf(speed float64, from time.Time) (func() time.Time, error) {
	if speed <= 0 {
		return nil, fmt.Errorf("--speed %v is not above zero", speed)
	}
	if speed == 1 && from.IsZero() {
		return time.Now, nil
	}
	began := time.Now()
	if from.IsZero() {
		from = began
	}
	return func() time.Time { return from.Add(time.Duration(float64(time.Since(began)) * speed)).UTC() }, nil
}

// service is everything of one process.
type service struct {
	c       *config.Config
	limits  slack.Limits
	settled bool // see wiring
	log     *slog.Logger
	now     func() time.Time
	began   time.Time
	tick    time.Duration
	db      *store.DB
	bot     *bot.Bot
	poster  *slack.Poster
	ears    *ears // what listens to Slack, nil where nothing does
	sources []*jiraSource
	rotas   *rotas
	writes  bool // something is written back to a source
	meter   *meter
	http    *http.Server
	ln      net.Listener
	wasHeld map[string]float64 // calls to Slack that waited when the metrics were last set, by method; of the ticker alone

	mu     sync.Mutex
	ticked time.Time // real time of the last tick that went well
	stop   bool
}

// wiring is what a demonstration or a test has otherwise than a service.
type wiring struct {
	limits  slack.Limits      // the rates that calls to Slack keep to; zero ones are Slack's own
	settled bool              // its channels know it already: none is greeted at a start
	more    func(*bot.Config) // changes what the loop is made of; nil: nothing
}

func newService(ctx context.Context, c *config.Config, log *slog.Logger, now func() time.Time, w wiring) (*service, error) {
	lex, err := lexicon(c)
	if err != nil {
		return nil, usageError{err}
	}
	db, err := store.Open(ctx, c.Database, store.Options{Now: now, Log: log, Migrate: true, Lease: lease})
	if err != nil {
		return nil, err
	}
	s := &service{c: c, limits: w.limits, settled: w.settled, log: log, now: now, began: time.Now(), tick: 250 * time.Millisecond, db: db, meter: newMeter()}
	b := bot.Config{
		Store: port{db}, Policy: signals.DefaultPolicy(), Lexicon: lex, Now: now, Meter: s.meter, Log: log, Sources: make(map[string]bot.Source),
		Writers: make(map[string]bot.Writer), Tickets: make(map[string]bot.Tickets), Links: c.Link, Forgotten: store.ForgottenCursor, Deadline: deadline, Lease: lease,
		Unread: s.unread,
		Findings: func(ctx context.Context) ([]lint.Finding, error) {
			list, err := rotaFindings(ctx, db)
			return append(list, disputed(c)...), err
		},
	}
	s.rotas = newRotas(c)
	for _, j := range c.Jira {
		if j.URL == "" {
			continue
		}
		src := &jiraSource{conf: j, site: jiraSite(j, now, log), db: db, emails: addresses(c)}
		s.sources = append(s.sources, src)
		name := signals.Jira + "/" + cmp.Or(j.Site, "jira")
		b.Sources[name] = src
		if len(j.WriteBack) > 0 {
			b.Writers[name], s.writes = src, true
		}
		if len(j.Tickets) > 0 {
			b.Tickets[name] = tickets{src}
		}
		if j.Poll > 0 && (b.Poll == 0 || j.Poll < b.Poll) {
			b.Poll = j.Poll
		}
	}
	if err := s.connect(&b); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if w.more != nil {
		w.more(&b)
	}
	if s.bot, err = bot.New(b); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// connect makes the way to Slack, where one is configured.
func (s *service) connect(b *bot.Config) error {
	for _, w := range s.c.Slack {
		if w.BotToken == "" {
			continue
		}
		team := cmp.Or(w.Team, "slack")
		p, err := slack.NewPoster(slack.Workspace{Team: team, Token: string(w.BotToken), URL: w.URL, Now: s.now, Log: s.log, AdminChannel: s.c.Admin, Limits: s.limits})
		if err != nil {
			return err
		}
		s.poster, b.Poster, b.Homes, b.Rooms = p, p, p, p
		b.Admins, b.Told, b.Digest = admins(s.c), telling(s.c, w), digestOf(s.c, team)
		b.App = s.isApp
		s.hear(b, w, team, p)
		if s.c.Admin != "" {
			b.Admin = slack.Admin
		}
		b.Shared = func(channel string) bool {
			return slices.ContainsFunc(w.Shared, func(id string) bool { return signals.ID(signals.Slack, team, id) == channel })
		}
		b.Address = func(org *signals.Org, target string) (string, string) { return slackAddress(org, team, target) }
		return nil
	}
	s.log.Warn("no Slack workspace with a bot_token is configured: signals are found and stored, and nobody is told")
	return nil
}

// slackAddress finds the Slack account of whom a message is for.
func slackAddress(org *signals.Org, team, target string) (address, why string) {
	if target == slack.Admin || strings.HasPrefix(target, signals.Slack+"/") {
		return target, ""
	}
	p := org.Person(target)
	if p == nil {
		return "", "nothing is known of the person's Slack account: add them to the roster"
	}
	for _, a := range org.AccountsOf(p.ID) {
		if strings.HasPrefix(a, signals.Slack+"/"+team+"/") {
			return a, ""
		}
	}
	return "", "the roster has no Slack account for the person"
}

func lexicon(c *config.Config) (*text.Lexicon, error) {
	lex := text.DefaultLexicon()
	for list, lines := range c.Words {
		var err error
		if lex, err = lex.Extend(list, lines); err != nil {
			return nil, fmt.Errorf("words.%s: %w", list, err)
		}
	}
	return lex, nil
}

// start readies the models and opens the address. Who is who in Slack is asked
// while it runs: commands and clicks, which Slack does not repeat, do not wait for it.
func (s *service) start(ctx context.Context) error {
	n, err := syncOrg(ctx, port{s.db}, s.c, s.now())
	if err != nil {
		return fmt.Errorf("write the configuration into the journal: %w", err)
	}
	if err := s.bot.Start(ctx); err != nil {
		return err
	}
	if s.poster != nil {
		if err := s.poster.Check(ctx); err != nil {
			s.log.Error("Slack does not take us; messages wait until it does", "error", err)
		}
	}
	if s.ears != nil {
		s.ears.begins()
	}
	if err := s.listen(); err != nil {
		return err
	}
	s.log.Info("andon is ready", "version", version, "took", time.Since(s.began).Round(time.Millisecond), "organisation_changes", n, "sources", len(s.sources))
	return nil
}
