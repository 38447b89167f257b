package fakeslack

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Sign returns the headers with which Slack signs a body at that time, in
// seconds since 1970.
func Sign(secret string, at int64, body []byte) http.Header {
	stamp := strconv.FormatInt(at, 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", stamp, body) // a hash takes every byte
	return http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {"v0=" + hex.EncodeToString(mac.Sum(nil))}}
}

// address is where the app takes deliveries of a kind over HTTP; "" is Socket Mode.
func (s *Server) address(kind string) string {
	switch kind {
	case kindCommand:
		return s.o.CommandURL
	case kindInteract:
		return s.o.InteractURL
	}
	return s.o.RequestURL
}

// sendHTTP posts a delivery: events one after the other, the rest at once.
func (s *Server) sendHTTP(d *delivery) {
	if s.closed {
		return
	}
	s.count.Sent++
	if d.kind != kindEvent {
		s.busy.Go(func() { s.post(d) })
		return
	}
	s.outbox = append(s.outbox, d)
	if s.posting {
		return
	}
	s.posting = true
	s.busy.Go(func() {
		for d := s.nextOut(); d != nil; d = s.nextOut() {
			s.post(d)
		}
	})
}

func (s *Server) nextOut() *delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.outbox) == 0 {
		s.posting = false
		return nil
	}
	d := s.outbox[0]
	s.outbox = s.outbox[1:]
	return d
}

func (s *Server) post(d *delivery) {
	status, head, body, err := s.call(s.ctx, d)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		s.finish(d, outcome{err: ErrClosed})
	case err == nil && status == http.StatusOK:
		s.count.Acked++
		s.finish(d, outcome{payload: said(head, body)})
	case d.kind == kindEvent && head.Get("X-Slack-No-Retry") == "1":
		s.count.Missed++
		s.count.Lost++
	case errors.Is(err, context.DeadlineExceeded):
		s.miss(d, "http_timeout")
	case err != nil:
		s.miss(d, "connection_failed")
	default:
		s.miss(d, "http_error")
	}
}

// said is the response as JSON; a command may be answered with plain text.
func said(head http.Header, body []byte) json.RawMessage {
	switch body = bytes.TrimSpace(body); {
	case len(body) == 0:
		return nil
	case gjson.ValidBytes(body) && body[0] == '{':
		return body
	case strings.HasPrefix(head.Get("Content-Type"), "application/json"):
		return nil
	}
	text, err := json.Marshal(answer{"text": string(body)})
	if err != nil {
		return nil
	}
	return text
}

// call makes one signed request.
func (s *Server) call(ctx context.Context, d *delivery) (status int, head http.Header, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.o.Ack)
	defer cancel()
	content, kind := d.payload, "application/json"
	if d.form != "" {
		content, kind = []byte(d.form), "application/x-www-form-urlencoded"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address(d.kind), bytes.NewReader(content))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("make a request to the app: %w", err)
	}
	req.Header = Sign(s.o.SigningSecret, s.o.Now().Unix(), content)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	if d.attempt > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(d.attempt))
		req.Header.Set("X-Slack-Retry-Reason", d.reason)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, http.Header{}, nil, fmt.Errorf("call the app: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return 0, resp.Header, nil, fmt.Errorf("read the app's answer: %w", err)
	}
	return resp.StatusCode, resp.Header, body, nil
}

// Verify does what Slack does when a request URL is set: it sends a challenge and
// wants it back.
func (s *Server) Verify(ctx context.Context) error {
	if s.o.RequestURL == "" {
		return errors.New("verify: there is no request URL")
	}
	const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
	payload, err := json.Marshal(answer{"token": "fake", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	status, _, body, err := s.call(ctx, &delivery{kind: kindEvent, payload: payload})
	switch {
	case err != nil:
		return fmt.Errorf("verify %s: %w", s.o.RequestURL, err)
	case status != http.StatusOK:
		return fmt.Errorf("verify %s: it answered %d, not 200", s.o.RequestURL, status)
	case strings.TrimSpace(string(body)) != challenge && gjson.GetBytes(body, "challenge").Str != challenge:
		return fmt.Errorf("verify %s: it did not answer with the challenge", s.o.RequestURL)
	}
	return nil
}
