package jira

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"andon/signals"
)

// Hook receives the webhooks of one Jira site. A webhook is stored as it is and
// then only a hint to fetch the issues that it names: polling is the truth.
type Hook struct {
	Site string // as in keys and ids; default "jira"

	// Secrets sign the webhooks: one, or two while they are being changed. Empty
	// ones are ignored, since anybody could sign with them.
	Secrets []string

	// AllowUnsigned accepts webhooks without a check where there is no secret.
	AllowUnsigned bool

	MaxBody int64 // bytes, default 5 MiB
	Now     func() time.Time
	Log     *slog.Logger

	// Count is told what became of each webhook, for the metrics; may be nil.
	Count func(HookResult)
}

// HookResult is what became of a webhook.
type HookResult string

// The results of a webhook. Jira sends again what failed, and nothing else: the
// event of a refused or oversized webhook is known from the next poll only.
const (
	HookAccepted HookResult = "accepted"  // stored, and the hints given
	HookRepeated HookResult = "repeated"  // known already
	HookRefused  HookResult = "refused"   // the signature is missing or wrong
	HookTooBig   HookResult = "too_large" // longer than MaxBody
	HookFailed   HookResult = "failed"    // not stored, or a hint was not taken
)

const (
	defaultMaxHook   = 5 << 20
	maxHookID        = 128    // bytes of an identifier of Jira's that are believed
	maxUnhinted      = 10_000 // webhooks that are remembered because their hint failed
	headerSignature  = "X-Hub-Signature"
	headerIdentifier = "X-Atlassian-Webhook-Identifier"
)

// StoreHook stores an envelope; fresh is false when it was stored before.
type StoreHook = func(ctx context.Context, e signals.Envelope) (fresh bool, err error)

// HintHook asks for an issue to be fetched soon, by its numeric id, or by its
// key where the webhook tells no id.
type HintHook = func(ctx context.Context, issueID string) error

// Handler serves the webhooks. Each is stored first, then hint is called for
// every issue that it names. The answer is 200 once both are done, 503 when one
// of them failed, so that Jira sends it again, 401 without a valid signature, 413
// when it is too long. What is sent again after it was dealt with is 200 without
// a second hint; whether a hint failed is remembered in memory only, so that a
// crash between the two leaves the issue to the next poll.
func (h Hook) Handler(store StoreHook, hint HintHook) http.Handler {
	if h.Site == "" {
		h.Site = defaultSite
	}
	if h.MaxBody <= 0 {
		h.MaxBody = defaultMaxHook
	}
	if h.Now == nil {
		h.Now = time.Now
	}
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	h.Secrets = slices.DeleteFunc(slices.Clone(h.Secrets), func(s string) bool { return s == "" })
	return &hookServer{Hook: h, store: store, hint: hint, unhinted: map[string]bool{}}
}

// hookServer is a Hook at work.
type hookServer struct {
	Hook
	store StoreHook
	hint  HintHook

	mu       sync.Mutex
	unhinted map[string]bool // ids of what was stored and whose hint failed
}

func (s *hookServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "webhooks are sent with POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.MaxBody))
	if err != nil {
		s.unread(w, err)
		return
	}
	if why := s.refuse(r.Header.Get(headerSignature), body); why != "" {
		s.count(HookRefused)
		s.Log.Error("a Jira webhook was refused; Jira does not send it again, so its event is missing until the next poll",
			"site", s.Site, "why", why, "bytes", len(body))
		http.Error(w, why, http.StatusUnauthorized)
		return
	}
	e := signals.Envelope{Source: signals.Jira + "/" + s.Site, ID: hookID(r.Header.Get(headerIdentifier), body), Received: s.Now(), Body: body}
	result, err := s.accept(r.Context(), e)
	s.count(result)
	if err != nil {
		s.Log.Error("a Jira webhook was not taken; Jira sends it again", "site", s.Site, "id", e.ID, "err", err)
		http.Error(w, "not taken, please send it again", http.StatusServiceUnavailable)
	}
}

// unread answers a body that could not be read to its end.
func (s *hookServer) unread(w http.ResponseWriter, err error) {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		s.count(HookTooBig)
		s.Log.Error("a Jira webhook was too long; Jira does not send it again, so its event is missing until the next poll",
			"site", s.Site, "limit", s.MaxBody)
		http.Error(w, fmt.Sprintf("longer than %d bytes", s.MaxBody), http.StatusRequestEntityTooLarge)
		return
	}
	s.count(HookFailed)
	s.Log.Warn("the body of a Jira webhook broke off", "site", s.Site, "err", err)
	http.Error(w, "the body broke off", http.StatusRequestTimeout) // Jira repeats it after a 408
}

// refuse returns why the signature does not do, or "". Every secret is tried, in
// constant time.
func (s *hookServer) refuse(signature string, body []byte) string {
	if len(s.Secrets) == 0 {
		if s.AllowUnsigned {
			return ""
		}
		return "no secret is configured, and unsigned webhooks are not allowed"
	}
	if signature == "" {
		return "the webhook is not signed: set its secret in Jira"
	}
	text, ok := strings.CutPrefix(signature, "sha256=")
	sum, err := hex.DecodeString(text)
	if !ok || err != nil {
		return "the signature is not of the form sha256=HEX"
	}
	good := false
	for _, secret := range s.Secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), sum) {
			good = true
		}
	}
	if !good {
		return "the signature fits none of the secrets: compare the secret in Jira with the configured ones"
	}
	return ""
}

// hookID names a delivery: by Jira's identifier, which stays the same when Jira
// sends it again, or else by its content.
func hookID(identifier string, body []byte) string {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	if identifier != "" && len(identifier) <= maxHookID && !strings.ContainsFunc(identifier, odd) {
		return "hook/" + identifier
	}
	sum := sha256.Sum256(body)
	return "hook/sha256-" + hex.EncodeToString(sum[:])
}

// accept stores a webhook and gives its hints.
func (s *hookServer) accept(ctx context.Context, e signals.Envelope) (HookResult, error) {
	fresh, err := s.store(ctx, e)
	if err != nil {
		return HookFailed, fmt.Errorf("store the webhook: %w", err)
	}
	if !fresh && !s.isUnhinted(e.ID) {
		return HookRepeated, nil
	}
	ids, err := hookIssues(e.Body)
	if err != nil {
		s.Log.Warn("a Jira webhook was stored but is not understood", "site", s.Site, "id", e.ID, "err", err)
	}
	for _, id := range ids {
		if err := s.hint(ctx, id); err != nil {
			s.setUnhinted(e.ID, true)
			return HookFailed, fmt.Errorf("hint at issue %s: %w", id, err)
		}
	}
	s.setUnhinted(e.ID, false)
	return HookAccepted, nil
}

func (s *hookServer) isUnhinted(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unhinted[id]
}

func (s *hookServer) setUnhinted(id string, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !is {
		delete(s.unhinted, id)
	} else if len(s.unhinted) < maxUnhinted {
		s.unhinted[id] = true
	}
}

func (s *hookServer) count(r HookResult) {
	if s.Count != nil {
		s.Count(r)
	}
}
