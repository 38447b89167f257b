package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"github.com/tidwall/gjson"
)

const (
	pumpQueue = 1000            // deliveries that wait to be stored
	pumpAsks  = 64              // askings that are answered at one time
	ackLimit  = 2 * time.Second // for handing over an acknowledgement: without a connection that could take for ever
)

// frame is what Slack sent on a connection.
type frame struct {
	kind    string // events_api, interactive, slash_commands, or one that is not known
	id      string // envelope_id, by which it is acknowledged
	payload []byte
	accepts bool // the acknowledgement may say something
	attempt int  // how often it was sent before; never a reason to drop it
}

// pump takes what one client hears. One goroutine does nothing but empty the
// client's channel, because a full one makes it deaf; another does nothing but
// store and acknowledge. When there is too much to store, what is over is not
// acknowledged, and Slack sends it again.
type pump struct {
	line   *wire
	in     *Inbox
	client *socketmode.Client
	queue  chan frame
	asks   chan struct{}
}

func newPump(l *wire, client *socketmode.Client) *pump {
	return &pump{line: l, in: l.s.Inbox, client: client, queue: make(chan frame, pumpQueue), asks: make(chan struct{}, pumpAsks)}
}

// drain empties the client's channel until ctx ends.
func (p *pump) drain(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-p.client.Events:
			p.event(ctx, e)
		}
	}
}

func (p *pump) event(ctx context.Context, e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeConnected:
		p.line.opened()
	case socketmode.EventTypeConnecting:
		p.line.closed("")
		p.line.working()
	case socketmode.EventTypeConnectionError:
		p.failed(e.Data)
	case socketmode.EventTypeErrorWriteFailed:
		p.line.count(func(s *LineState) { s.Lost++ })
	case socketmode.EventTypeErrorBadMessage:
		if bad, ok := e.Data.(*socketmode.ErrorBadMessage); ok {
			p.take(ctx, frameOf(bad.Message))
		}
	default:
		if r := e.Request; r != nil {
			p.take(ctx, frame{kind: r.Type, id: r.EnvelopeID, payload: bytes.Clone(r.Payload), accepts: r.AcceptsResponsePayload, attempt: r.RetryAttempt})
		}
	}
}

// frameOf reads what slack-go does not understand: an event or an envelope that
// is newer than it, or one with a block that is out of form.
func frameOf(raw []byte) frame {
	v := gjson.ParseBytes(raw)
	f := frame{kind: scalar(v.Get("type")), id: scalar(v.Get("envelope_id")), accepts: v.Get("accepts_response_payload").Bool(), attempt: int(v.Get("retry_attempt").Int())}
	if f.payload = []byte(v.Get("payload").Raw); len(f.payload) == 0 {
		f.payload = bytes.Clone(raw)
	}
	return f
}

// failed notes why a connection could not be opened. Of what no waiting mends
// slack-go knows only a part.
func (p *pump) failed(data any) {
	p.line.working()
	e, ok := data.(*slackgo.ConnectionErrorEvent)
	if !ok || e.ErrorObj == nil || errors.Is(e.ErrorObj, context.Canceled) {
		return
	}
	p.line.count(func(s *LineState) { s.Reason = clip(e.ErrorObj.Error()) })
	if fatal := fatalOf(e.ErrorObj); fatal != nil {
		p.line.mu.Lock()
		p.line.end(fatal)
		p.line.mu.Unlock()
		return
	}
	p.line.s.log().Warn("Slack could not be reached by Socket Mode", "team", p.in.Team, "attempt", e.Attempt, "wait", e.Backoff, "error", e.ErrorObj)
}

// take hands a frame to who stores, or has it answered.
func (p *pump) take(ctx context.Context, f frame) {
	if f.id == "" {
		return // hello, and whatever else wants no acknowledgement
	}
	switch f.kind {
	case socketmode.RequestTypeInteractive, socketmode.RequestTypeSlashCommands:
		select {
		case p.asks <- struct{}{}:
			p.in.pending.Go(func() {
				defer func() { <-p.asks }()
				p.answer(ctx, f)
			})
			return
		default:
		}
	default:
		select {
		case p.queue <- f:
			return
		default:
		}
	}
	n := 0
	p.line.count(func(s *LineState) { s.Refused++; n = s.Refused })
	if n%100 == 1 { // one line for each would be too much as well
		p.line.s.log().Warn("too much comes from Slack at one time; it is not acknowledged, so that Slack sends it again", "team", p.in.Team, "kind", f.kind, "refused", n)
	}
}

// store stores and acknowledges until ctx ends. What is not stored then was not
// acknowledged.
func (p *pump) store(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-p.queue:
			if err := p.in.take(ctx, f.payload); err != nil {
				p.line.count(func(s *LineState) { s.Refused++ })
				continue
			}
			p.ack(ctx, f, nil)
		}
	}
}

func (p *pump) answer(ctx context.Context, f frame) {
	v := gjson.ParseBytes(f.payload)
	payload, err := p.in.ask(v, f.accepts || f.kind == socketmode.RequestTypeSlashCommands || scalar(v.Get("type")) == "view_submission")
	if err != nil {
		p.line.count(func(s *LineState) { s.Refused++ })
		return
	}
	p.ack(ctx, f, payload)
}

// ack acknowledges a frame. A nil error of the client means that it is queued,
// never that Slack has it: whatever was stored may be sent again.
func (p *pump) ack(ctx context.Context, f frame, payload any) {
	ctx, cancel := context.WithTimeout(ctx, ackLimit)
	defer cancel()
	if payload != nil {
		if b, err := json.Marshal(payload); err != nil || len(b) > maxAck {
			p.line.s.log().Error("an answer is too long for an acknowledgement and is left out", "team", p.in.Team, "bytes", len(b), "error", err)
			payload = nil
		}
	}
	if err := p.client.AckCtx(ctx, f.id, payload); err != nil {
		p.line.count(func(s *LineState) { s.Lost++ })
		p.line.s.log().Warn("a delivery could not be acknowledged; Slack sends it again", "team", p.in.Team, "kind", f.kind, "error", err)
		return
	}
	p.line.count(func(s *LineState) { s.Delivered++ })
}
