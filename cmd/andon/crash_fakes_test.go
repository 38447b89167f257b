package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"andon/integrations/jira/fakejira"
)

// asked is what a search asks for, from the query or from the body.
func asked(r *http.Request) map[string]string {
	out := map[string]string{"fields": r.URL.Query().Get("fields")}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		var ask struct{ Fields []string }
		if err == nil && json.Unmarshal(body, &ask) == nil {
			out["fields"] = strings.Join(ask.Fields, ",")
		}
	}
	return out
}

func crashJira(now func() time.Time, issues string) (http.Handler, error) {
	s := fakejira.New(fakejira.Options{Dialect: fakejira.Cloud, Now: now, Token: "secret"})
	f, err := os.Open(issues)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := s.Load(f); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	var mu sync.Mutex
	lists := []time.Time{}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if asked(r)["fields"] == "updated" {
			mu.Lock()
			lists = append(lists, now())
			mu.Unlock()
		}
		s.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /_fake/requests", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(s.Requests()) })
	mux.HandleFunc("GET /_fake/lists", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = json.NewEncoder(w).Encode(lists)
	})
	mux.HandleFunc("GET /_fake/served", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(s.Faults().Served()) })
	mux.HandleFunc("POST /_fake/indexing", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			var d time.Duration
			if d, err = time.ParseDuration(string(body)); err == nil {
				s.Faults().Indexing(d)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("POST /_fake/faults", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			var faults []fakejira.Fault
			if faults, err = fakejira.ReadFaults(body); err == nil {
				err = s.Faults().Set(faults...)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	return mux, nil
}

// crashFake serves a fake, with its clock at POST /_crash/clock.
func crashFake(ctx context.Context, ck *crashClock, open func(now func() time.Time) (http.Handler, error)) int {
	h, err := open(ck.now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.HandleFunc("POST /_crash/clock", func(w http.ResponseWriter, r *http.Request) {
		var next crashClock
		if err := json.NewDecoder(r.Body).Decode(&next); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ck.mu.Lock()
		defer ck.mu.Unlock()
		ck.Real, ck.From, ck.Speed = next.Real, next.From, next.Speed
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintf(os.Stderr, "listening address=%s\n", l.Addr())
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close()
	}()
	_ = srv.Serve(l)
	return 0
}
