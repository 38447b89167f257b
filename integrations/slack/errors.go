package slack

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"
)

// Failure is a call to Slack that did not succeed, or of which that is not
// known. It is the only type of error that the methods of Poster return.
type Failure struct {
	Op        string        // the method of the Web API, or what was tried before any call
	Ambiguous bool          // a write that may have taken effect all the same: look before repeating it
	Terminal  string        // why repeating is no use, a sentence for people; "" when it may be of use
	Auth      bool          // the token is to blame: nothing can be sent until somebody mends it
	Wait      time.Duration // not to be repeated sooner, 0 when Slack does not say
	Err       error
}

// Error says what was tried and what came of it. It holds no text of messages
// and no token.
func (f *Failure) Error() string {
	s := "Slack " + f.Op
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	if f.Terminal != "" {
		s += " (" + f.Terminal + ")"
	}
	if f.Ambiguous {
		s += ": it may have taken effect"
	}
	return s
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// IsAmbiguous reports whether the write may have taken effect.
func (f *Failure) IsAmbiguous() bool { return f.Ambiguous }

// TerminalReason returns why repeating is no use, or "".
func (f *Failure) TerminalReason() string { return f.Terminal }

// RetryAfter returns how long to wait before repeating, 0 when that is not said.
func (f *Failure) RetryAfter() time.Duration { return f.Wait }

// IsAuth reports whether the token is to blame.
func (f *Failure) IsAuth() bool { return f.Auth }

// never is a failure of what can never be sent.
func never(op, reason string, format string, args ...any) *Failure {
	return &Failure{Op: op, Terminal: reason, Err: fmt.Errorf(format, args...)}
}

const (
	// limitedWait is how long to wait where Slack says "too many" but not for
	// how long: half of the minute over which it counts.
	limitedWait = 30 * time.Second

	// longestWait bounds what a Retry-After may ask for. Slack asks for seconds
	// to minutes; something else may answer in its place.
	longestWait = time.Hour
)

// judge says what came of a call: the answer, or a Failure. write says that the
// call changes something; err is what slack-go made of it, which is needed only
// where there was no answer, because the answer is read here.
func judge(op string, write bool, a *reply, err error) (gjson.Result, error) {
	fail := &Failure{Op: op}
	switch {
	case a.status == 0:
		fail.Err = cmp.Or(err, errors.New("no request was made"))
		fail.Ambiguous = write && a.mayHaveArrived(err)
	case a.status == http.StatusTooManyRequests:
		fail.Err = errors.New("429 Too Many Requests")
		fail.Wait = cmp.Or(retryAfter(a.header), limitedWait)
	case a.status >= 500:
		// Whoever answers for Slack may not know what Slack did.
		fail.Err = status(a.status)
		fail.Wait, fail.Ambiguous = retryAfter(a.header), write
	case a.status != http.StatusOK:
		fail.Err = status(a.status)
		fail.Wait = retryAfter(a.header)
	case a.broken != nil:
		fail.Err, fail.Ambiguous = fmt.Errorf("read the answer: %w", a.broken), write
	default:
		return judgeBody(fail, write, a)
	}
	return gjson.Result{}, fail
}

func status(code int) error {
	return fmt.Errorf("HTTP status %d %s", code, http.StatusText(code))
}

// judgeBody reads an answer with status 200.
func judgeBody(fail *Failure, write bool, a *reply) (gjson.Result, error) {
	body := gjson.ParseBytes(a.body)
	ok, code := body.Get("ok"), body.Get("error").Str
	switch {
	case !gjson.ValidBytes(a.body) || !body.IsObject() || ok.Type != gjson.True && code == "":
		fail.Err, fail.Ambiguous = fmt.Errorf("the answer is not one of Slack: %d bytes of %s", len(a.body), clip(cmp.Or(a.header.Get("Content-Type"), "no type"))), write
		return gjson.Result{}, fail
	case ok.Type == gjson.True:
		return body, nil
	}
	fail.Err = refusal(body)
	fail.Terminal, fail.Auth = terminal[code], auth[code]
	switch {
	case limited[code]:
		fail.Wait = cmp.Or(retryAfter(a.header), limitedWait)
	case unsure[code]:
		fail.Ambiguous, fail.Wait = write, retryAfter(a.header)
	}
	return gjson.Result{}, fail
}

// refusal is the error that Slack names, with what it says of its cause: the
// blocks that it does not take, the scope that is missing.
func refusal(body gjson.Result) error {
	e := slackgo.SlackErrorResponse{Err: body.Get("error").Str, Needed: body.Get("needed").Str, Provided: body.Get("provided").Str}
	for _, m := range body.Get("response_metadata.messages").Array() {
		e.ResponseMetadata.Messages = append(e.ResponseMetadata.Messages, m.Str)
	}
	if e.Needed != "" {
		return fmt.Errorf("%w: the token needs the scope %s and has %s", e, e.Needed, e.Provided)
	}
	if len(e.ResponseMetadata.Messages) > 0 {
		return fmt.Errorf("%w: %s", e, strings.Join(e.ResponseMetadata.Messages, "; "))
	}
	return e
}

// retryAfter reads a Retry-After, in seconds or as a time, which counts from the
// Date of the same answer so that no clock of ours is asked. It returns 0 when
// there is none that makes sense.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.ParseUint(v, 10, 32); err == nil {
		return min(time.Duration(n)*time.Second, longestWait)
	}
	until, err1 := http.ParseTime(v)
	now, err2 := http.ParseTime(h.Get("Date"))
	if err1 != nil || err2 != nil || until.Before(now) {
		return 0
	}
	return min(until.Sub(now), longestWait)
}

// beforeWrite reports whether a transport failed before it could have sent
// anything. It is asked only of transports that do not trace their work.
func beforeWrite(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial"
}

// limited are the errors that mean "too many", unsure those of which Slack's
// documentation says that some of the work may have been done.
var (
	limited = map[string]bool{"ratelimited": true, "rate_limited": true, "message_limit_exceeded": true}
	unsure  = map[string]bool{"internal_error": true, "fatal_error": true, "service_unavailable": true}
)

// auth are the errors for which the token is to blame. The message itself may
// be sent as soon as the token is mended.
var auth = map[string]bool{
	"not_authed": true, "invalid_auth": true, "token_revoked": true, "token_expired": true, "account_inactive": true, "missing_scope": true,
	"not_allowed_token_type": true, "no_permission": true, "access_denied": true, "org_login_required": true, "two_factor_setup_required": true,
	"team_access_not_granted": true, "enterprise_is_restricted": true,
}
