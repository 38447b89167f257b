// Command fakejirad is a fake Jira in a process of its own, which plays the
// history of issues on a clock of its own, so that a service can watch it.
//
//	fakejirad -issues FILE [-issues FILE ...] [-dialect cloud|datacenter] [-from 2026-03-02T09:00:00Z] [-speed 600]
//
// It prints its address on standard output once it listens and has read the
// issues. GET /_fake/now tells the time in Jira, POST /_fake/faults takes a
// JSON list of faults in the place of all earlier ones (an empty list ends
// them), GET /_fake/requests tells how many requests came by route. These three
// want no credentials: it is for tests and the demo, and belongs on a loopback
// address.
//
// The faults and the answers are package fakejira's.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"andon/integrations/jira/fakejira"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fakejirad:", err)
		os.Exit(1)
	}
}

// config is what the flags say.
type config struct {
	listen, token, user string
	issues              []string
	dialect             fakejira.Dialect
	from                time.Time
	speed               float64
	indexing            time.Duration
}

func parseFlags(args []string, stderr io.Writer) (config, error) {
	c := config{dialect: fakejira.Cloud}
	f := flag.NewFlagSet("fakejirad", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.listen, "listen", "127.0.0.1:0", "address to listen on")
	f.StringVar(&c.token, "token", "", "token that clients must send; empty lets everybody in")
	f.StringVar(&c.user, "user", "", "user that must come with the token, as basic authentication")
	f.Float64Var(&c.speed, "speed", 1, "seconds in Jira per second")
	f.DurationVar(&c.indexing, "indexing", 0, "how late the search index is, in Jira's time")
	f.Func("issues", "`file` of issues to load, JSON Lines, plain or gzipped; may be repeated", func(s string) error {
		c.issues = append(c.issues, s)
		return nil
	})
	f.Func("dialect", "cloud or datacenter (default cloud)", func(s string) error {
		switch strings.ToLower(s) {
		case "cloud":
			c.dialect = fakejira.Cloud
		case "datacenter", "server":
			c.dialect = fakejira.DataCenter
		default:
			return errors.New("must be cloud or datacenter")
		}
		return nil
	})
	f.Func("from", "`time` in Jira at the start, RFC 3339 (default now)", func(s string) (err error) {
		c.from, err = time.Parse(time.RFC3339, s)
		return err
	})
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("%q is no flag: files are given with -issues", f.Arg(0))
	}
	if c.speed < 0 {
		return c, fmt.Errorf("-speed %g: time in Jira does not run backwards", c.speed)
	}
	return c, nil
}

// clock is the time in Jira: it begins at from and runs speed times as fast as
// real time.
type clock struct {
	from, began time.Time
	speed       float64
	real        func() time.Time
}

func (c *clock) now() time.Time {
	return c.from.Add(time.Duration(float64(c.real().Sub(c.began)) * c.speed))
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cfg, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	ck := &clock{speed: cfg.speed, real: time.Now}
	s := fakejira.New(fakejira.Options{Dialect: cfg.dialect, Now: ck.now, Token: cfg.token, User: cfg.user, Indexing: cfg.indexing})
	for _, path := range cfg.issues {
		if err := load(s, path); err != nil {
			return err
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", cfg.listen, err)
	}
	ck.began = ck.real() // the reading of the issues does not count
	ck.from = cfg.from
	if ck.from.IsZero() {
		ck.from = ck.began
	}
	srv := &http.Server{Handler: handler(s, ck), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	fmt.Fprintf(stdout, "http://%s\n", l.Addr())
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	err = srv.Close()
	<-failed
	return err
}

func load(s *fakejira.Server, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load issues: %w", err)
	}
	defer f.Close()
	if _, err := s.Load(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// handler is Jira, and beside it what steers the fake.
func handler(s *fakejira.Server, ck *clock) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("GET /_fake/now", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, map[string]any{"now": ck.now().UTC().Format(time.RFC3339Nano), "speed": ck.speed})
	})
	mux.HandleFunc("GET /_fake/requests", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Requests()) })
	mux.HandleFunc("POST /_fake/faults", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if err == nil {
			var faults []fakejira.Fault
			if faults, err = fakejira.ReadFaults(body); err == nil {
				err = s.Faults().Set(faults...)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
