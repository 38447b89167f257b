// Command fakeslackd serves a fakeslack.Server to other processes. It prints its
// address, such as http://127.0.0.1:40123, as its first line; the API URL is
// that with /api/ behind it; the page to write and click on is the address itself.
// Apps come by Socket Mode, or are called at -request-url. It keeps everything in memory and ends on SIGINT or
// SIGTERM.
package main

import (
	"context"
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

	"andon/integrations/slack/fakeslack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fakeslackd:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fakeslackd", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	token := flags.String("token", "", "token to ask for; empty takes any")
	appToken := flags.String("app-token", "", "app token to ask for in Socket Mode; empty takes any that begins with xapp-")
	request := flags.String("request-url", "", "where the app takes events, commands and interactivity over HTTP; empty for Socket Mode")
	secret := flags.String("signing-secret", "", "secret to sign requests to the app with")
	hosts := flags.String("hosts", "", "hosts to answer by besides this machine, separated by commas; * is any")
	commands := flags.String("commands", "/andon", "slash commands of the app, separated by commas")
	team := flags.String("team", "T1", "id of the workspace")
	from := flags.String("from", "", "virtual time at the start, RFC 3339; empty for the wall clock")
	speed := flags.Float64("speed", 1, "virtual seconds per second, with -from")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag; there are no other arguments", flags.Arg(0))
	}
	now, err := clock(*from, *speed, time.Now)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", *listen, err)
	}
	if _, err := fmt.Fprintf(stdout, "http://%s\n", l.Addr()); err != nil {
		_ = l.Close() // nobody will learn the address
		return fmt.Errorf("print the address: %w", err)
	}
	return serve(ctx, l, fakeslack.New(fakeslack.Options{
		Token: *token, AppToken: *appToken, Team: *team, Now: now, RequestURL: *request, SigningSecret: *secret, Commands: list(*commands),
		Hosts: list(*hosts), TeamName: "Example Works", People: people, Channels: channels,
	}))
}

// list is what stands between commas.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// The workspace: some invented people and channels.
var (
	people = []fakeslack.Person{
		{ID: "U1", Name: "ada", RealName: "Ada Example", Title: "Payments", Email: "ada@example.com", Zone: "Europe/Rome"},
		{ID: "U2", Name: "bo", RealName: "Bo Sample", Title: "Platform", Email: "bo@example.com", Zone: "Europe/London"},
		{ID: "U3", Name: "cleo", RealName: "Cleo Muster", Title: "Support", Email: "cleo@example.com", Zone: "America/New_York"},
		{ID: "U4", Name: "dan", RealName: "Dan Specimen", Title: "Database", Email: "dan@example.com", Zone: "Asia/Tokyo"},
	}
	channels = []fakeslack.Channel{
		{ID: "C1", Name: "general"}, {ID: "C2", Name: "payments", Topic: "Cards, refunds, ledgers"}, {ID: "C3", Name: "platform"}, {ID: "C4", Name: "inc-42-checkout"},
		{ID: "G1", Name: "on-call", Private: true, Members: []string{"U1", "U2"}},
	}
)

func serve(ctx context.Context, l net.Listener, s *fakeslack.Server) error {
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.Close()
	err := server.Close()
	<-ended
	return err
}

// clock returns what time it is in Slack.
func clock(from string, speed float64, wall func() time.Time) (func() time.Time, error) {
	if from == "" {
		if speed != 1 {
			return nil, errors.New("-speed needs -from")
		}
		return wall, nil
	}
	start, err := time.Parse(time.RFC3339, from)
	if err != nil {
		return nil, fmt.Errorf("-from: %w", err)
	}
	if !(speed > 0) || speed > 1e6 {
		return nil, fmt.Errorf("-speed %v: above 0, at most a million", speed)
	}
	began := wall()
	return func() time.Time { return start.Add(time.Duration(float64(wall().Sub(began)) * speed)) }, nil
}
