package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"andon/integrations/alertmanager"
	"andon/integrations/jira"
	"andon/signals"
)

// listen opens the configured address.
func (s *service) listen() error {
	if s.c.Listen == "off" || s.c.Listen == "" {
		return nil
	}
	var err error
	if s.ln, err = net.Listen("tcp", s.c.Listen); err != nil {
		return fmt.Errorf("listen at %s: %w", s.c.Listen, err)
	}
	s.http = &http.Server{
		Handler: s.mux(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	s.log.Info("listening", "address", s.ln.Addr().String())
	return nil
}

// mux serves health, metrics and what others send.
func (s *service) mux() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	m.HandleFunc("GET /readyz", s.readyz)
	m.Handle("GET /metrics", s.meter.handler())
	for i, j := range s.c.Jira {
		site := cmp.Or(j.Site, "jira")
		hook := jira.Hook{
			Site: site, Secrets: []string{string(j.WebhookSecret), string(j.WebhookSecretOld)}, Now: s.now, Log: s.log,
			Count: func(r jira.HookResult) { s.meter.Add("webhooks", 1, "site", site, "result", string(r)) },
		}
		h := hook.Handler(s.keep, func(ctx context.Context, id string) error { return s.db.Hint(ctx, signals.Jira+"/"+site, id) })
		m.Handle("/jira/webhook/"+site, h)
		if i == 0 {
			m.Handle("/jira/webhook", h)
		}
	}
	if s.ears != nil && s.ears.http != nil {
		m.Handle("/slack/", s.ears.http)
	}
	for i, a := range s.c.Alerts {
		o := alertmanager.Options{Site: a.Site, Audience: signals.Public, TeamLabel: a.TeamLabel, SeverityLabel: a.SeverityLabel, Token: string(a.Token), Now: s.now}
		if a.Audience == "restricted" {
			o.Audience = signals.Restricted
		}
		h := alertmanager.Handler(o, func(ctx context.Context, d signals.Delivery) error { return s.bot.Accept(ctx, d) }, s.log)
		m.Handle("/alerts/"+cmp.Or(a.Site, "alertmanager"), h)
		if i == 0 {
			m.Handle("/alerts", h)
		}
	}
	return m
}

// keep stores an envelope from which nothing is derived: a hint.
func (s *service) keep(ctx context.Context, e signals.Envelope) (fresh bool, err error) {
	return s.db.Keep(ctx, e)
}

// ready is what /readyz says.
type ready struct {
	Ready   bool              `json:"ready"`
	Why     []string          `json:"why,omitempty"`
	Sources map[string]string `json:"sources,omitempty"`
}

// late is after how long without a tick the loop counts as standing still.
const late = 30 * time.Second

func (s *service) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	out := s.ready(ctx)
	w.Header().Set("Content-Type", "application/json")
	if !out.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(out)
}

// ready asks the database, the loop and the sources.
func (s *service) ready(ctx context.Context) ready {
	out := ready{Sources: make(map[string]string)}
	if err := s.db.Check(ctx); err != nil {
		out.Why = append(out.Why, "database: "+err.Error())
	}
	s.mu.Lock()
	ticked, stop := s.ticked, s.stop
	s.mu.Unlock()
	switch {
	case stop:
		out.Why = append(out.Why, "stopping")
	case ticked.IsZero():
		out.Why = append(out.Why, "the loop has not run yet")
	case time.Since(ticked) > late:
		out.Why = append(out.Why, "the loop has not run for "+time.Since(ticked).Round(time.Second).String())
	}
	if queues, err := s.db.Queue(ctx); err == nil {
		for _, q := range queues {
			if len(q.Failing) > 0 {
				out.Sources["queue "+q.Name] = fmt.Sprintf("%d jobs keep failing, the oldest with: %s", q.Failures, q.Failing[0].Error)
			}
		}
	}
	if s.poster != nil {
		for _, h := range s.poster.Held() {
			out.Sources["slack "+h.Method] = "held until " + h.Until.UTC().Format("15:04:05") + ", as Slack asked"
		}
	}
	for name, st := range s.bot.States() {
		switch {
		case st.Failed > 0:
			out.Sources[name] = "failing: " + st.Why
		case st.Heard.IsZero():
			out.Sources[name] = "not asked yet by this process"
		default:
			out.Sources[name] = "heard " + s.now().Sub(st.Heard).Round(time.Second).String() + " ago"
		}
		if st.Failed >= 5 {
			out.Why = append(out.Why, name+" does not answer")
		}
	}
	out.Ready = len(out.Why) == 0
	return out
}

// gauge sets the metrics that are states and not counts.
func (s *service) gauge(ctx context.Context) {
	if head, err := s.db.Head(ctx); err == nil {
		s.meter.Set("journal_position", float64(head))
	}
	s.meter.Set("models_position", float64(s.bot.Position()))
	for name, st := range s.bot.States() {
		if !st.Heard.IsZero() {
			s.meter.Set("source_lag_seconds", s.now().Sub(st.Heard).Seconds(), "source", name)
		}
	}
	for _, src := range s.sources {
		if site, requests, bad, ok := src.stats(); ok {
			s.meter.Set("jira_requests", float64(requests), "site", site)
			s.meter.Set("jira_quarantined", float64(bad), "site", site)
		}
	}
	s.gaugeSlack()
	queues, err := s.db.Queue(ctx)
	if err != nil {
		return
	}
	for _, q := range queues {
		name := strings.ToLower(q.Name)
		s.meter.Set("queue_depth", float64(q.Waiting), "queue", name)
		s.meter.Set("queue_age_seconds", q.Age.Seconds(), "queue", name)
		s.meter.Set("queue_failing", float64(q.Failures), "queue", name)
	}
}

// gaugeSlack sets the metrics of the way to and from Slack.
func (s *service) gaugeSlack() {
	now := time.Now()
	if s.poster != nil {
		held, longest := make(map[string]float64), make(map[string]float64)
		for _, h := range s.poster.Held() {
			held[h.Method]++
			longest[h.Method] = max(longest[h.Method], h.Until.Sub(now).Seconds())
		}
		for m := range s.wasHeld {
			if held[m] == 0 {
				s.meter.Set("slack_held", 0, "method", m)
				s.meter.Set("slack_held_seconds", 0, "method", m)
			}
		}
		for m, n := range held {
			s.meter.Set("slack_held", n, "method", m)
			s.meter.Set("slack_held_seconds", longest[m], "method", m)
		}
		s.wasHeld = held
	}
	if s.ears == nil || s.ears.socket == nil {
		return
	}
	open, heard := 0, time.Time{}
	for _, l := range s.ears.socket.Lines() {
		if l.Open {
			open++
		}
		if l.Heard.After(heard) {
			heard = l.Heard
		}
	}
	s.meter.Set("slack_connections", float64(open))
	if !heard.IsZero() {
		s.meter.Set("slack_silent_seconds", now.Sub(heard).Seconds())
	}
}
