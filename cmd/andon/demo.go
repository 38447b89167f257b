package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/cmd/andon/internal/demo"
	"andon/integrations/slack"
	"andon/integrations/slack/fakeslack"
	"andon/signals"
)

type demoCmd struct {
	Port     int     `help:"Port of the page, which only this machine can reach; 0 takes a free one." default:"0"`
	Speed    float64 `help:"How many seconds of the invented week pass in one second; nights and the weekend pass six times as fast." default:"720"`
	Script   bool    `help:"Run the week to its end without a page, and print what happened."`
	Paused   bool    `help:"Begin with the clock standing."`
	Keep     string  `help:"Folder in which the database is kept; without it a temporary one is removed at the end." placeholder:"DIR" type:"path"`
	Seed     uint64  `help:"Seed of the months before the week." default:"1"`
	LogLevel string  `help:"Least level that is logged: ${enum}." enum:"debug,info,warn,error,off" default:"off"`

	alone bool // nobody of the company answers andon, see demo.Options
}

// Help is shown by andon demo --help.
func (demoCmd) Help() string {
	return `Shows andon at an invented company that lives through a bad week. A small Slack and a small Jira run in
this process beside the real service, on a temporary database; nothing leaves this machine. It prints one
address: open it in a browser, be anybody of the company, and click what you like. The bar on top pauses the
week, goes on to what happens next, shows it, and changes the speed. At the usual speed the week takes about
six minutes. What happens is printed here, too. Ctrl-C ends it, and leaves nothing behind.

Examples:
  andon demo
  andon demo --port 8088 --speed 240                    slower, at an address of your choice
  andon demo --paused                                   press Next when you are ready
  andon demo --script                                   the whole week in some seconds, in words`
}

// Run shows the company until the context ends, or plays the script.
func (d *demoCmd) Run(e *env) error {
	if d.Speed <= 0 || d.Speed > 100_000 {
		return usageError{fmt.Errorf("--speed %v is not above zero and at most 100000", d.Speed)}
	}
	show, err := d.stage(e.ctx, e)
	if err != nil {
		return err
	}
	if d.Script {
		err = show.script(e.ctx)
	} else {
		err = show.live(e.ctx, d)
	}
	return errors.Join(err, show.close())
}

// show is a demonstration: the company, and the service that serves it.
type show struct {
	world *demo.World
	svc   *service
	url   string
	out   io.Writer
	http  *http.Server
	dir   string // to be removed, "" for none
	end   time.Time
	step  time.Duration // of the script, whatever the story; 0 keeps to its moments
}

// stage makes the company and the service, and lets them meet: what was in Jira
// before is learnt, and nothing has happened yet.
func (d *demoCmd) stage(ctx context.Context, e *env) (s *show, err error) {
	s = &show{out: e.out, end: demo.End}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.Port)))
	if err != nil {
		return s, fmt.Errorf("open the page: %w", err)
	}
	s.url = "http://" + ln.Addr().String()
	clock := demo.NewClock(demo.Begin, d.Speed, time.Now)
	o := demo.Options{Clock: clock, Seed: d.Seed, URL: s.url, Tell: s.tell, Alone: d.alone}
	if !d.Script {
		o.Bar = s.bar(clock)
	}
	if s.world, err = demo.New(o); err != nil {
		return s, errors.Join(err, ln.Close())
	}
	s.http = &http.Server{Handler: s.world.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = s.http.Serve(ln) }() // it ends when it is closed
	if err = s.world.Prepare(ctx); err != nil {
		return s, err
	}
	c := demo.Config(s.url)
	if c.Database, err = s.database(d.Keep); err != nil {
		return s, err
	}
	no := slack.Limits{Off: true} // they run on real time, and a second here is twelve minutes there
	if s.svc, err = newService(ctx, &c, d.log(e.err), clock.Now, wiring{limits: no, settled: true, more: s.links(&c)}); err != nil {
		return s, err
	}
	s.svc.tick = 50 * time.Millisecond
	if err = s.svc.start(ctx); err != nil {
		return s, err
	}
	s.svc.ears.first(ctx, s.svc) // the story begins when everybody is known
	s.world.AlertsTo("http://" + s.svc.ln.Addr().String() + "/alerts")
	return s, s.svc.bot.PollOnce(ctx, signals.Jira+"/"+c.JiraSite())
}

// links makes addresses within the demonstration: nothing leads out of it.
func (s *show) links(c *config.Config) func(*bot.Config) {
	return func(b *bot.Config) {
		b.Links = func(k signals.Key, label string) string { return demo.Link(s.url, c.Link(k, label)) }
	}
}

// database is the address of a new database in a folder: the one that is to be
// kept, or a temporary one.
func (s *show) database(keep string) (string, error) {
	if keep != "" {
		if err := os.MkdirAll(keep, 0o750); err != nil {
			return "", fmt.Errorf("make the folder of the database: %w", err)
		}
		path := filepath.Join(keep, "andon.db")
		if _, err := os.Stat(path); err == nil {
			return "", usageError{fmt.Errorf("--keep %s: there is a database of an earlier week: remove it, or name another folder", keep)}
		}
		return "sqlite:" + path, nil
	}
	dir, err := os.MkdirTemp("", "andon-demo-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the database: %w", err)
	}
	s.dir = dir
	return "sqlite:" + filepath.Join(dir, "andon.db"), nil
}

func (d *demoCmd) log(out io.Writer) *slog.Logger {
	var level slog.Level
	if d.LogLevel == "off" || level.UnmarshalText([]byte(d.LogLevel)) != nil {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
}

// close ends everything that stage began, as far as it came.
func (s *show) close() error {
	var errs []error
	if s.svc != nil {
		s.svc.close()
	}
	if s.world != nil {
		s.world.Close()
	}
	if s.http != nil {
		errs = append(errs, s.http.Close())
	}
	if s.dir != "" {
		errs = append(errs, os.RemoveAll(s.dir))
	}
	return errors.Join(errs...)
}

// tell prints what happens.
func (s *show) tell(l demo.Line) { fmt.Fprintln(s.out, l.String()) }

// bar is what stands above the page.
func (s *show) bar(clock *demo.Clock) fakeslack.Bar {
	return demo.Bar(clock, func() *demo.World { return s.world })
}
