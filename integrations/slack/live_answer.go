package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/bot/view"
	"andon/signals"
)

// maxAck bounds an acknowledgement: Slack drops longer ones without a word, and
// slack-go refuses them. The envelope's id stands in it too.
const maxAck = 20_000

// said is a message as an answer.
type said struct {
	Type    string          `json:"response_type"`
	Replace bool            `json:"replace_original"`
	Text    string          `json:"text"`
	Blocks  []slackgo.Block `json:"blocks,omitempty"`
	Thread  string          `json:"thread_ts,omitempty"`
}

func plainAnswer(text string) said { return said{Type: "ephemeral", Text: text} }

// submitted is the answer to a modal that was sent.
type submitted struct {
	Action string                    `json:"response_action"`
	View   *slackgo.ModalViewRequest `json:"view,omitempty"`
	Errors map[string]string         `json:"errors,omitempty"`
}

// tooSlow is what Slack is told when the answer is not there in time. A modal
// stays open: what is in it is not lost, and sending it again is the same asking.
func tooSlow(asked view.Asked, w way) any {
	switch {
	case asked.Kind == view.Command && w.accepts:
		return plainAnswer("This takes a moment; the answer follows.")
	case asked.Kind == view.Submit && w.accepts && len(w.inputs) > 0:
		return submitted{Action: "errors", Errors: map[string]string{w.inputs[0]: "This takes a moment. Please send it once more."}}
	}
	return nil
}

// inline is the part of a reply that goes into the acknowledgement, and the rest.
func (in *Inbox) inline(asked view.Asked, r view.Reply, w way) (ack any, rest view.Reply, err error) {
	if !w.accepts {
		return nil, r, nil
	}
	switch {
	case asked.Kind == view.Submit && len(r.Errors) > 0:
		out := submitted{Action: "errors", Errors: map[string]string{}}
		for id, text := range r.Errors {
			out.Errors[id] = oneLine(text, maxFooter)
		}
		return out, rest, nil
	case asked.Kind == view.Submit && r.Modal != nil:
		out := submitted{Action: "update"}
		if out.View, err = modalOf(in.Team, r.Modal); err != nil {
			return nil, rest, fmt.Errorf("modal %q: %w", clip(r.Modal.ID), err)
		}
		if b, err := json.Marshal(out); err != nil || len(b) > maxAck {
			return nil, rest, fmt.Errorf("modal %q is too long for an answer: %d bytes, Slack takes %d", clip(r.Modal.ID), len(b), maxAck)
		}
		r.Modal = nil
		return out, r, nil
	case asked.Kind == view.Command && r.Card != nil && !isRich(r.Card): // Slack does not say whether it took an acknowledgement
		out, err := in.said(r, form{})
		if err != nil {
			return nil, rest, err
		}
		if b, err := json.Marshal(out); err == nil && len(b) <= maxAck {
			r.Card = nil
			return out, r, nil
		}
	}
	return nil, r, nil
}

func (in *Inbox) said(r view.Reply, as form) (said, error) {
	text, blocks, err := render(in.Team, r.Card, as)
	if err != nil {
		return said{}, fmt.Errorf("render card %q: %w", clip(r.Card.Kind), err)
	}
	out := said{Type: "in_channel", Text: text, Blocks: blocks}
	if r.Ephemeral {
		out.Type = "ephemeral"
	}
	return out, nil
}

// deliver does what a reply asks for outside of the acknowledgement. Opening a
// modal comes first, because the right to do so lasts three seconds.
func (in *Inbox) deliver(ctx context.Context, asked view.Asked, r view.Reply, w way) error {
	if r.Modal == nil && r.Card == nil && r.Home == nil {
		return nil
	}
	if in.Poster == nil {
		return errors.New("it takes a bot token")
	}
	ctx = WithLane(ctx, LaneAnswer)
	var problems []error
	if r.Modal != nil {
		problems = append(problems, in.Poster.OpenModal(ctx, asked.TriggerID, r.Modal))
	}
	if r.Card != nil {
		problems = append(problems, in.say(ctx, asked, r, w))
	}
	if r.Home != nil {
		problems = append(problems, in.Poster.PublishHome(ctx, asked.User, r.Home))
	}
	return errors.Join(problems...)
}

// say says a card where it was asked for: by the response_url where there is
// one, else as a message. What is shown to one person alone has no pictures: a
// file would be there for good.
func (in *Inbox) say(ctx context.Context, asked view.Asked, r view.Reply, w way) error {
	var send func(said) error
	switch {
	case w.url != "":
		send = func(out said) error {
			out.Thread = w.spot.thread
			return in.Poster.respond(ctx, w.url, out)
		}
	case r.Ephemeral && !asked.Direct && asked.Channel != "":
		send = func(out said) error { return in.Poster.whisper(ctx, asked, out) }
	default:
		return in.post(ctx, asked, r.Card)
	}
	as := form{}
	if isRich(r.Card) {
		as = in.Poster.taken()
	}
	out, err := in.said(r, as)
	if err != nil {
		return err
	}
	if err = send(out); !isRich(r.Card) || refusedForm(err) == nil {
		return err
	}
	if out, err = in.said(r, form{}); err != nil {
		return err
	}
	return send(out)
}

// post says a card as a message: in the thread where it was asked, or to who
// asked.
func (in *Inbox) post(ctx context.Context, asked view.Asked, c *view.Card) error {
	target := asked.User
	switch {
	case asked.Kind == view.Mention && asked.Direct && asked.Thread == "":
		target = asked.Channel
	case asked.Kind == view.Mention && asked.Thread != "":
		target = asked.Thread
	case asked.Kind == view.Mention:
		target = asked.Message
	}
	keyed := *c
	if keyed.Key == "" {
		keyed.Key = "asked/" + asked.ID
	}
	_, err := in.Poster.Post(ctx, target, &keyed)
	return err
}

// OpenModal opens a modal by the right that a click gives for three seconds. It
// waits for no turn.
func (p *Poster) OpenModal(ctx context.Context, trigger string, m *view.Modal) error {
	const op = "views.open"
	v, err := modalOf(p.w.Team, m)
	if err != nil {
		return never(op, malformed, "modal %q: %w", clip(m.ID), err)
	}
	return p.atOnce(ctx, op, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.OpenViewContext(ctx, trigger, *v)
		return err
	})
}

// whisper shows a message to one person in a channel.
func (p *Poster) whisper(ctx context.Context, asked view.Asked, out said) error {
	const op = "chat.postEphemeral"
	options := []slackgo.MsgOption{slackgo.MsgOptionText(out.Text, false), slackgo.MsgOptionBlocks(out.Blocks...), slackgo.MsgOptionParse(false)}
	if s, err := p.resolve(op, asked.Thread); err == nil && s.thread != "" {
		options = append(options, slackgo.MsgOptionTS(s.thread))
	}
	_, err := p.do(ctx, call{op: op, write: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.PostEphemeralContext(ctx, signals.Bare(asked.Channel), signals.Bare(asked.User), options...)
		return err
	})
	return err
}

// atOnce makes a call that cannot wait for its turn.
func (p *Poster) atOnce(ctx context.Context, op string, send func(context.Context, *slackgo.Client) error) error {
	r := &reply{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, replyKey{}, r), p.w.Timeout)
	defer cancel()
	_, err := judge(op, true, r, send(ctx, p.api))
	p.note(call{op: op}, err)
	return err
}

// respond answers by a response_url, once. Only Slack is answered so: the
// address comes with the question, and whoever forged one shall not be told
// anything.
func (p *Poster) respond(ctx context.Context, address string, out said) error {
	const op = "response_url"
	u, err := url.Parse(address)
	api, apiErr := url.Parse(p.w.URL)
	switch {
	case err != nil || apiErr != nil:
		return never(op, elsewhere, "it is no address")
	case u.Scheme == "https" && u.Host == "hooks.slack.com", u.Scheme == api.Scheme && u.Host == api.Host:
	default:
		return never(op, elsewhere, "it is at %q, not at Slack", clip(u.Host))
	}
	body, err := json.Marshal(out)
	if err != nil {
		return never(op, malformed, "write it: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.w.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return never(op, elsewhere, "it is no address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := p.client.Do(req)
	if err != nil {
		return &Failure{Op: op, Ambiguous: true, Err: withoutAddress(err)}
	}
	answer, err := readAll(resp.Body)
	switch said := gjson.ParseBytes(answer); {
	case said.IsObject() && said.Get("error").Str != "":
		return &Failure{Op: op, Terminal: terminal[said.Get("error").Str], Err: refusal(said)}
	case err != nil || resp.StatusCode != http.StatusOK:
		return &Failure{Op: op, Err: errors.Join(status(resp.StatusCode), err)}
	}
	return nil
}

// withoutAddress is an error of a request without the address that was asked,
// which is a right to write and is not to be logged.
func withoutAddress(err error) error {
	var broken *url.Error
	if errors.As(err, &broken) {
		return broken.Err
	}
	return err
}
