package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"
)

// maxReply bounds the answer to one call. A page of 200 messages of the greatest
// size that Slack takes is less.
const maxReply = 32 << 20

// reply is what came back from one call. slack-go builds and sends requests;
// their answers are read here, because slack-go drops what decides whether a
// message may stand in Slack although the call failed (Retry-After of a 503,
// whether the request was sent at all), and because it refuses a whole page of
// history, or the answer to a post that succeeded, for one block that it does
// not understand.
type reply struct {
	handed    bool        // given to the transport
	traced    atomic.Bool // the transport says what it does
	connected atomic.Bool // it had a connection: from here on bytes may have been sent

	status int // 0 when there was no answer
	header http.Header
	body   []byte
	broken error // why the body is not whole
}

// mayHaveArrived reports whether Slack may have got the request although there
// was no answer. Having had a connection is the mark, not having written: a
// cancelled call may return before its last bytes go out.
func (r *reply) mayHaveArrived(err error) bool {
	switch {
	case !r.handed:
		return false
	case r.traced.Load():
		return r.connected.Load()
	}
	return !beforeWrite(err)
}

type replyKey struct{}

// recorder is the transport that fills the reply which the request's context
// carries.
type recorder struct{ base http.RoundTripper }

func (t recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r, ok := req.Context().Value(replyKey{}).(*reply)
	if !ok {
		return t.base.RoundTrip(req)
	}
	r.handed = true
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { r.traced.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { r.connected.Store(true) },
	})
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	r.status, r.header = resp.StatusCode, resp.Header
	r.body, r.broken = readAll(resp.Body)
	resp.Body = io.NopCloser(&again{rest: r.body, end: r.broken})
	return resp, nil
}

func readAll(body io.ReadCloser) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, maxReply+1))
	if err == nil && len(b) > maxReply {
		b, err = nil, errors.New("it is longer than 32 MB")
	}
	if closing := body.Close(); err == nil {
		err = closing
	}
	return b, err
}

// again reads a body for a second time, with the error that it ended with.
type again struct {
	rest []byte
	end  error
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	switch {
	case len(a.rest) > 0:
		return n, nil
	case a.end != nil:
		return n, a.end
	}
	return n, io.EOF
}

// call is one call of the Web API.
type call struct {
	op      string // the method
	channel string // bare; the channel whose rate it counts against, "" for none
	write   bool

	optional bool // it may be refused for want of a scope, and something else is done then
}

// do waits until the rates allow the call, makes it once and judges what came
// of it. The wait counts against ctx, not against the time-out of the call.
func (p *Poster) do(ctx context.Context, c call, send func(context.Context, *slackgo.Client) error) (gjson.Result, error) {
	if wait, err := p.limits.wait(ctx, c.op, c.channel); err != nil {
		return gjson.Result{}, &Failure{Op: c.op, Wait: wait, Err: err}
	}
	r := &reply{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, replyKey{}, r), p.w.Timeout)
	defer cancel()
	err := send(ctx, p.api)
	body, err := judge(c.op, c.write, r, err)
	p.note(c, err)
	return body, err
}

// note logs what somebody may have to act upon, and keeps calls back that Slack
// would refuse.
func (p *Poster) note(c call, err error) {
	var f *Failure
	if !errors.As(err, &f) {
		return
	}
	switch {
	case f.Auth && c.optional:
		p.w.Log.Debug("Slack refuses what can be done without", "team", p.w.Team, "method", f.Op, "error", f.Err)
	case f.Auth:
		p.w.Log.Error("Slack refuses the token", "team", p.w.Team, "method", f.Op, "error", f.Err)
	case f.Wait > 0:
		p.limits.pause(c.op, c.channel, f.Wait)
		p.w.Log.Warn("Slack asks to wait", "team", p.w.Team, "method", f.Op, "channel", c.channel, "wait", f.Wait.Round(time.Second))
	}
}
