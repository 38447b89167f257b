package alertmanager

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"andon/signals"
)

// retryAfter is what a sender is asked to wait when nothing could be stored, in
// seconds. The Alertmanager goes by a back-off of its own.
const retryAfter = "5"

// Handler takes webhooks, to be mounted at POST /alerts. accept stores a delivery:
// 200 is answered only after it returned nil, and 503 when it did not, because an
// Alertmanager repeats a request after 5xx and drops it after most of 4xx.
//
// What it answers: 405 for another method, 401 without the token, 415 for another
// content type than application/json, 413 for a body that is too large, 400 for one
// of which nothing can be understood; in plain text that names what to mend. Where
// some alerts can be understood they are accepted and the others are logged; the
// envelope has them all. Nothing of what alerts say is logged. log may be nil.
func Handler(o Options, accept func(ctx context.Context, d signals.Delivery) error, log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	o = o.withDefaults()
	return &handler{o: o, accept: accept, log: log.With("source", o.Source())}
}

type handler struct {
	o      Options
	accept func(context.Context, signals.Delivery) error
	log    *slog.Logger
}

// refusal is an answer other than 200.
type refusal struct {
	status int
	err    error
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	no := h.serve(w, r)
	if no == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	switch no.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="andon"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	}
	h.log.LogAttrs(r.Context(), slog.LevelWarn, "alerts refused", slog.Int("status", no.status), slog.String("error", no.err.Error()), slog.String("from", r.RemoteAddr))
	msg := no.err.Error()
	if no.status == http.StatusServiceUnavailable {
		msg = "the alerts could not be stored; send them again" // the cause is for the log only
	}
	http.Error(w, msg, no.status)
}

// serve handles one request up to its answer.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) *refusal {
	if r.Method != http.MethodPost {
		return &refusal{http.StatusMethodNotAllowed, fmt.Errorf("method %s is not allowed; webhooks are sent with POST", clip(clean(r.Method), 20))}
	}
	if !h.allowed(r) {
		return &refusal{http.StatusUnauthorized, errors.New("the bearer token is missing or wrong; give it under http_config.authorization of the webhook")}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return &refusal{http.StatusUnsupportedMediaType, errors.New("the content type is not application/json")}
	}
	body, no := h.read(w, r)
	if no != nil {
		return no
	}
	return h.take(r.Context(), body)
}

// read reads the body. One that breaks off is no fault of what it says, so the
// sender may try again.
func (h *handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.o.MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Errorf("the body is larger than %d bytes; set max_alerts of the webhook, or group alerts by more labels", large.Limit)}
	case err != nil:
		return nil, &refusal{http.StatusServiceUnavailable, fmt.Errorf("read the body: %w", err)}
	}
	return body, nil
}

// take makes a delivery of the body and hands it on.
func (h *handler) take(ctx context.Context, body []byte) *refusal {
	received := h.o.Now().UTC()
	hook, err := parseWebhook(body)
	if err != nil {
		return &refusal{http.StatusBadRequest, err}
	}
	events, err := hook.events(h.o, received)
	if len(events) == 0 {
		return &refusal{http.StatusBadRequest, err}
	}
	if n := hook.TruncatedAlerts; n > 0 {
		h.log.LogAttrs(ctx, slog.LevelWarn, "the sender left alerts out; raise max_alerts of the webhook", slog.Int("left_out", n))
	}
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "some alerts were not understood; the others are accepted", slog.String("error", err.Error()))
	}
	d := signals.Delivery{Envelope: signals.Envelope{Source: h.o.Source(), ID: bodyID(body), Received: received, Body: body}, Events: events}
	if err := h.accept(ctx, d); err != nil {
		return &refusal{http.StatusServiceUnavailable, fmt.Errorf("store %d events of alerts: %w", len(events), err)}
	}
	h.log.LogAttrs(ctx, slog.LevelDebug, "alerts accepted", slog.Int("events", len(events)), slog.Int("bytes", len(body)))
	return nil
}

// bodyID is the id of a delivery. An Alertmanager gives it none; the body holds
// the key of the group and everything that is told of it, so the same body is the
// same delivery.
func bodyID(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// allowed compares digests: the time it takes tells neither how much of the token
// is right nor how long it is.
func (h *handler) allowed(r *http.Request) bool {
	if h.o.Token == "" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got, want := sha256.Sum256([]byte(strings.TrimSpace(token))), sha256.Sum256([]byte(h.o.Token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
