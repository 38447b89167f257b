package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// HTTPMode hears from Slack by signed HTTP requests, for workspaces that do not
// want Socket Mode. Inbox and Secrets are needed.
type HTTPMode struct {
	Inbox   *Inbox
	Secrets []string // signing secrets; two while one takes the place of the other
	MaxBody int64    // bytes of a request, default 1 MiB

	mu   sync.Mutex
	used used
}

const (
	maxRequest   = 1 << 20
	signedWindow = 5 * time.Minute // between the time of a request and ours, either way
)

// Handler returns the handler of POST /slack/events, /slack/commands and
// /slack/interactive. The paths are matched by their ends, so that it can be
// mounted anywhere.
//
// It answers 405 for another method, 413 for a body that is too large, 401 for
// one that is not signed with one of the secrets within five minutes, 409 for a
// command or a click that was sent already with the very same signature, 503
// when an event could not be stored, so that Slack sends it again, and 500 when
// what a person asked for could not be done. An event that is not understood is
// stored and answered with 200, or Slack would switch the deliveries off.
func (h *HTTPMode) Handler() (http.Handler, error) {
	switch {
	case h.Inbox == nil:
		return nil, errors.New("slack by HTTP: there is no inbox")
	case len(h.Secrets) == 0:
		return nil, errors.New("slack by HTTP: there is no signing secret; it is in the app's Basic Information")
	}
	for i, s := range h.Secrets {
		if s == "" {
			return nil, fmt.Errorf("slack by HTTP: signing secret %d is empty", i+1)
		}
	}
	if err := h.Inbox.check(); err != nil {
		return nil, err
	}
	if h.MaxBody <= 0 {
		h.MaxBody = maxRequest
	}
	mux := http.NewServeMux()
	mux.Handle("/slack/events", h.signed(h.events))
	mux.Handle("/slack/commands", h.signed(h.commands))
	mux.Handle("/slack/interactive", h.signed(h.interactive))
	return mux, nil
}

// request is a request whose signature is good.
type request struct {
	body   []byte
	mac    string // the signature that it bears, whichever way it was written
	header http.Header
}

// signed reads the raw body and lets only what Slack signed pass.
func (h *HTTPMode) signed(do func(http.ResponseWriter, request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "only POST is taken here", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.MaxBody))
		if err != nil {
			if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
				http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
				return
			}
			http.Error(w, "the body could not be read to its end", http.StatusBadRequest)
			return
		}
		mac, err := verify(r.Header, body, h.Inbox.Now(), h.Secrets)
		if err != nil {
			h.Inbox.Log.Warn("a request is refused that Slack did not sign", "team", h.Inbox.Team, "path", r.URL.Path, "error", err)
			http.Error(w, "the signature is not good", http.StatusUnauthorized)
			return
		}
		do(w, request{body: body, mac: mac, header: r.Header})
	})
}

// events stores a delivery, then says so. Whether Slack sends it for the first
// time is of no account: the retry may be the only one that arrives.
func (h *HTTPMode) events(w http.ResponseWriter, r request) {
	if v := gjson.ParseBytes(r.body); v.Get("type").Str == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, v.Get("challenge").Str) // who asked may be gone
		return
	}
	if h.seen(r.mac) {
		return // stored already: a replay does nothing
	}
	if err := h.Inbox.take(context.Background(), r.body); err != nil { // also when Slack has hung up: its retry is a minute away
		http.Error(w, "it could not be stored", http.StatusServiceUnavailable)
		return
	}
	h.use(r.mac)
}

func (h *HTTPMode) commands(w http.ResponseWriter, r request) {
	form, ok := formOf(w, r)
	if !ok {
		return
	}
	if form.Get("ssl_check") == "1" {
		return
	}
	h.ask(w, r, formJSON(form))
}

func (h *HTTPMode) interactive(w http.ResponseWriter, r request) {
	form, ok := formOf(w, r)
	if !ok {
		return
	}
	payload := form.Get("payload")
	if !gjson.Valid(payload) {
		http.Error(w, "there is no payload", http.StatusBadRequest)
		return
	}
	h.ask(w, r, gjson.Parse(payload))
}

// formOf reads the form in the body. What stands behind a question mark in the
// address is not signed and is never looked at.
func formOf(w http.ResponseWriter, r request) (url.Values, bool) {
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		http.Error(w, "want application/x-www-form-urlencoded", http.StatusUnsupportedMediaType)
		return nil, false
	}
	form, err := url.ParseQuery(string(r.body))
	if err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return nil, false
	}
	return form, true
}

func (h *HTTPMode) ask(w http.ResponseWriter, r request, v gjson.Result) {
	if !h.use(r.mac) {
		http.Error(w, "this was sent already", http.StatusConflict)
		return
	}
	ack, err := h.Inbox.ask(v, true)
	switch {
	case err != nil:
		http.Error(w, "it could not be done", http.StatusInternalServerError)
	case ack != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(ack) // who asked may be gone
	}
}

func (h *HTTPMode) seen(mac string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.used.has(mac, h.Inbox.Now())
}

// use reports whether a signature is used for the first time.
func (h *HTTPMode) use(mac string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Inbox.Now()
	if h.used.has(mac, now) {
		return false
	}
	h.used.add(mac, now)
	return true
}
