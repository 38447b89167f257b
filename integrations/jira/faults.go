package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// What an answer of Jira means, for errors.Is. A login page in place of an
// answer is ErrLogin.
var (
	ErrAuth = errors.New("the credentials or the permission are refused") // 401, 403
	ErrGone = errors.New("it is not there or not shown")                  // 404 in Jira's own words
	ErrBusy = errors.New("it asks to come back later")                    // 429, 503

	errTooBig    = errors.New("the answer is larger than allowed")
	errTruncated = errors.New("the answer is cut short")
)

// Error is a call that did not succeed. It matches ErrAuth, ErrGone and ErrBusy
// by its status, and whatever Err matches.
type Error struct {
	Method string
	Route  string // template of the path, such as issue/{id}/changelog
	Status int    // of HTTP; 0 when there was no whole answer

	Reason     string        // of a rate limit, as Jira names it
	Messages   []string      // what Jira says, at most ten
	RetryAfter time.Duration // how long to wait before the next try, 0 when unknown
	Err        error         // the cause below HTTP, or nil

	foreign bool // the answer is not in the form in which Jira tells errors: a proxy's, most likely
}

// Error names the call, the status and what Jira says.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Jira %s %s", e.Method, e.Route)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d %s", e.Status, http.StatusText(e.Status))
	}
	if e.Reason != "" {
		b.WriteString(" (" + e.Reason + ")")
	}
	if len(e.Messages) > 0 {
		b.WriteString(": " + strings.Join(e.Messages, "; "))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.RetryAfter > 0 {
		b.WriteString("; next try in " + e.RetryAfter.Round(time.Second).String())
	}
	return b.String()
}

// Is maps the status to the errors of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrAuth:
		return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
	case ErrGone:
		return e.Status == http.StatusNotFound && !e.foreign
	case ErrBusy:
		return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
	}
	return false
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary reports whether the same call may succeed later: no answer, an
// answer that broke off, a rate limit, or a fault of the server.
func (e *Error) Temporary() bool {
	switch {
	case errors.Is(e.Err, ErrLogin), errors.Is(e.Err, errTooBig), e.Status == http.StatusNotImplemented:
		return false
	case e.Status == 0, e.Status >= 500:
		return true
	}
	return errors.Is(e.Err, errTruncated) || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout
}

// tries is how often a read is tried that ends like this. A fault that may come
// of what was asked for is not insisted upon, for asking for less may help.
func (e *Error) tries() int {
	switch {
	case e.Status == http.StatusInternalServerError:
		return 2
	case errors.Is(e.Err, context.DeadlineExceeded):
		return 3
	}
	return 6
}

// isTemporary reports whether err may go away by itself.
func isTemporary(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Temporary()
}

// statusOf returns the HTTP status of a failed call, 0 where it has none.
func statusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}

const (
	maxMessages = 10
	maxMessage  = 500
)

// messages reads what Jira says in the body of an error.
func messages(raw []byte) (out []string) {
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" && len(out) < maxMessages {
			out = append(out, strings.ToValidUTF8(s[:min(len(s), maxMessage)], ""))
		}
	}
	if check(raw) != nil {
		if strings.HasPrefix(strings.TrimSpace(string(raw[:min(len(raw), 200)])), "<") {
			add("the answer is a web page")
		}
		return out
	}
	each(gjson.Parse(view(raw)), func(k, v gjson.Result) bool {
		switch k.Str {
		case "errorMessages", "warningMessages":
			each(v, func(_, x gjson.Result) bool { add(strings.Clone(plain(x))); return true })
		case "errors":
			each(v, func(field, x gjson.Result) bool {
				add(field.Str + ": " + plain(x))
				return true
			})
		case "message", "errorMessage", "error":
			add(strings.Clone(plain(v)))
		}
		return true
	})
	return out
}

// maxRetryAfter bounds what a header may ask for: the longest limits of Jira
// are hourly, and an odd header must not silence a source for ever.
const maxRetryAfter = time.Hour

// retryAfter reads how long to wait from the headers of an answer, 0 where they
// do not tell: seconds or a date, or the time at which the limit is lifted.
func retryAfter(h http.Header, now time.Time) time.Duration {
	d := time.Duration(0)
	v := strings.TrimSpace(h.Get("Retry-After"))
	if sec, err := strconv.ParseFloat(v, 64); err == nil {
		d = time.Duration(min(max(sec, 0), maxRetryAfter.Seconds()) * float64(time.Second))
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	} else if t, ok := stamp(h.Get("X-RateLimit-Reset")); ok {
		d = t.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}
