package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	gojira "github.com/andygrunwald/go-jira"
)

const (
	apiPath  = "rest/api/2/"
	maxBody  = 64 << 20    // bytes of one answer
	patience = time.Minute // that one call spends waiting; longer waits are for the caller
	maxDrain = 64 << 10    // bytes that are read to use a connection again
	agent    = "andon"
)

// newTransport makes a transport that cannot hang and keeps few connections.
func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: timeout,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          8,
		MaxIdleConnsPerHost:   8,
		MaxConnsPerHost:       8,
	}
}

// call sends one request to Jira and returns the body of the answer; it is the
// only way by which this package talks to Jira. route is the template of the
// path, such as issue/{id}/changelog; limits are kept per host, method and
// route. path is below /rest/api/2/ unless it begins with a slash; its parts
// must be escaped. body is sent as JSON unless it is nil.
//
// Reads are repeated after faults that may go away, at most five times and
// within a minute of waiting; writes only where Jira said that it did nothing
// (429). When Jira asks for a longer wait, the call returns at once with an
// *Error that is ErrBusy or Temporary and tells RetryAfter. An answer that is
// no JSON is ErrLogin; an answer without content is nil. The end of ctx is
// returned as it is.
func (c *Client) call(ctx context.Context, method, route, path string, query url.Values, body any) ([]byte, error) {
	keys := c.gates.keys(method, route, path)
	again := isRead(method, route)
	left := patience
	for try := 1; ; try++ {
		spent, err := c.pass(ctx, keys, left, method, route)
		if err != nil {
			return nil, err
		}
		left -= spent
		if try > 1 {
			c.stats.retries.Add(1)
		}
		entered := c.clock()
		raw, header, fault := c.once(ctx, method, route, path, query, body)
		if err := ctx.Err(); fault != nil && err != nil {
			c.gates.abandon(keys, entered)
			return nil, err
		}
		if fault == nil || !fault.Temporary() {
			c.gates.open(keys, header, entered, c.clock())
			if fault != nil {
				return nil, fault
			}
			return raw, nil
		}
		c.gates.shut(keys, fault, header, entered, c.clock())
		c.log.Debug("a call did not succeed", "method", method, "route", route, "status", fault.Status, "try", try)
		if try >= fault.tries() || !again && fault.Status != http.StatusTooManyRequests {
			return nil, fault
		}
	}
}

// pass waits at the gates for at most left. Where that does not suffice it says
// so at once, with the time to wait.
func (c *Client) pass(ctx context.Context, keys []string, left time.Duration, method, route string) (spent time.Duration, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return spent, err
		}
		wait, why := c.gates.enter(keys, c.clock())
		if wait == 0 {
			return spent, nil
		}
		if spent+wait > left {
			c.stats.refused.Add(1)
			e := Error{Method: method, Route: route, Status: http.StatusTooManyRequests, Messages: []string{"the rate limit is near"}}
			if why != nil {
				e = *why
				e.Method, e.Route = method, route
			}
			e.RetryAfter = wait
			return spent, &e
		}
		if err := c.sleep(ctx, wait); err != nil {
			return spent, err
		}
		spent += wait
	}
}

// isRead reports whether a call changes nothing in Jira.
func isRead(method, route string) bool {
	switch method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		return route == routeSearch || route == routeSearchJQL || route == routeBulk
	}
	return false
}

// once sends a request and reads the whole answer.
func (c *Client) once(ctx context.Context, method, route, path string, query url.Values, body any) ([]byte, http.Header, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.site.Timeout)
	defer cancel()
	fault := &Error{Method: method, Route: route}
	req, err := c.request(ctx, method, path, query, body)
	if err != nil {
		fault.Status, fault.Err = http.StatusBadRequest, fmt.Errorf("make the request: %w", err)
		return nil, nil, fault
	}
	c.stats.requests.Add(1)
	// Without a target go-jira leaves the body to us, on every path.
	resp, err := c.api.Do(req, nil)
	if resp == nil || resp.Response == nil {
		fault.Err = plainCause(err)
		return nil, nil, fault
	}
	raw, readErr := readBody(resp.Body)
	c.noteDate(resp.Header)
	if readErr != nil {
		fault.Err = fmt.Errorf("read the answer (status %d): %w", resp.StatusCode, plainCause(readErr))
		return nil, resp.Header, fault
	}
	if fault.judge(resp, raw, c.clock()) {
		return nil, resp.Header, fault
	}
	if len(raw) == 0 {
		raw = nil
	}
	return raw, resp.Header, nil
}

// request makes a request with the credentials.
func (c *Client) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	if !strings.HasPrefix(path, "/") {
		path = apiPath + path
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	req, err := c.api.NewRequestWithContext(ctx, method, strings.TrimLeft(path, "/"), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", agent)
	if body == nil {
		req.Header.Del("Content-Type")
	}
	switch {
	case c.site.User != "":
		req.SetBasicAuth(c.site.User, c.site.Token)
	case c.site.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.site.Token)
	}
	return req, nil
}

// readBody reads and closes a body. What is left of a body that is too long is
// not read, which ends the connection.
func readBody(body io.ReadCloser) ([]byte, error) {
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if err == nil && len(raw) > maxBody {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooBig, maxBody)
	}
	return raw, err
}

// plainCause takes the URL out of an error of net/http: the route says enough.
func plainCause(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer in time: %w", err)
	}
	return err
}

// judge completes the fault with what the answer says, and reports whether it
// is one.
func (e *Error) judge(resp *gojira.Response, raw []byte, now time.Time) bool {
	h := resp.Header
	e.Status = resp.StatusCode
	if why := h.Get("X-Seraph-LoginReason"); strings.Contains(why, "FAILED") || strings.Contains(why, "DENIED") {
		// Jira goes on as if nobody had logged in: a search then finds nothing.
		e.Status = http.StatusUnauthorized
		e.Messages = append(messages(raw), "the credentials are refused ("+why+"); after DENIED somebody must log in with them in a browser once")
		return true
	}
	switch {
	case e.Status >= 200 && e.Status < 300:
		e.Err = notJSON(h, raw)
		return e.Err != nil
	case e.Status >= 300 && e.Status < 400:
		e.Err = redirected(h.Get("Location"))
		return true
	}
	e.Messages = messages(raw)
	e.foreign = check(raw) != nil || len(e.Messages) == 0
	e.Reason = h.Get("RateLimit-Reason")
	if e.Temporary() {
		e.RetryAfter = retryAfter(h, now)
	}
	return true
}

// notJSON tells why a good answer is none. An empty body is fine: writes have
// nothing to say.
func notJSON(h http.Header, raw []byte) error {
	text := bytes.TrimLeft(raw, " \t\r\n")
	switch {
	case len(text) == 0:
		return nil
	case text[0] == '<', strings.HasPrefix(h.Get("Content-Type"), "text/html"):
		return ErrLogin
	case tooDeep(raw):
		return errDeep
	case json.Valid(raw):
		return nil
	case text[0] == '{', text[0] == '[':
		return errTruncated
	}
	return ErrLogin
}

// redirected explains a redirect, which no REST call of Jira answers with.
func redirected(to string) error {
	u, err := url.Parse(to)
	if err != nil || to == "" {
		return errors.New("it answers with a redirect to nowhere")
	}
	if s := strings.ToLower(u.Host + u.Path); strings.Contains(s, "login") || strings.Contains(s, "sso") || strings.Contains(s, "saml") || strings.HasPrefix(s, "id.atlassian.com") {
		return fmt.Errorf("it sends to the login page at %s: %w", u.Host, ErrLogin)
	}
	return fmt.Errorf("it sends to %s://%s%s: set that as the URL of the site, up to /rest", u.Scheme, u.Host, u.Path)
}

// noteDate learns how far Jira's clock is ahead of ours.
func (c *Client) noteDate(h http.Header) {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		c.skew.Store(int64(t.Sub(c.clock())))
		c.dated.Store(true)
	}
}
