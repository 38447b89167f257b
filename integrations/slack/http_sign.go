package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Slack's headers of a signed request.
const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
)

var (
	errUnsigned = errors.New("a request without Slack's signature")
	errForged   = errors.New("no secret makes this signature of this body")
)

// verify checks the signature of a raw body against each of the secrets, and
// that it was made within the window around now. It returns the signature. The
// clock is given to it, which slack-go's verifier does not allow.
func verify(h http.Header, body []byte, now time.Time, secrets []string) (mac string, err error) {
	signature, stamp := h.Get(signatureHeader), h.Get(timestampHeader)
	if signature == "" || stamp == "" || len(h.Values(signatureHeader)) > 1 || len(h.Values(timestampHeader)) > 1 {
		return "", errUnsigned
	}
	digits, ok := strings.CutPrefix(signature, "v0=")
	got, err := hex.DecodeString(digits)
	if !ok || err != nil || len(got) != sha256.Size {
		return "", fmt.Errorf("%s: want v0= and 64 hexadecimal digits", signatureHeader)
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || len(stamp) > 12 {
		return "", fmt.Errorf("%s: want the seconds since 1970", timestampHeader)
	}
	if off := now.Sub(time.Unix(seconds, 0)).Abs(); off > signedWindow {
		return "", fmt.Errorf("it is from %v away, and %v is the most: check the clock", off.Round(time.Second), signedWindow)
	}
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(got, sign(secret, stamp, body)) {
			return string(got), nil
		}
	}
	return "", errForged
}

func sign(secret, stamp string, body []byte) []byte {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte("v0:" + stamp + ":"))
	m.Write(body)
	return m.Sum(nil)
}

// used remembers signatures for as long as they would be taken again: a request
// may be from the future by a window, and is good for a window after that.
type used struct {
	now, old map[string]bool
	since    time.Time
}

func (u *used) turn(now time.Time) {
	if u.now == nil || now.Sub(u.since) >= 2*signedWindow {
		if now.Sub(u.since) >= 4*signedWindow {
			u.now = nil // all of it is older than any request may be
		}
		u.old, u.now, u.since = u.now, make(map[string]bool), now
	}
}

func (u *used) has(mac string, now time.Time) bool {
	u.turn(now)
	return u.now[mac] || u.old[mac]
}

func (u *used) add(mac string, now time.Time) {
	u.turn(now)
	u.now[mac] = true
}
