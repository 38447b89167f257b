package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"

	"andon/bot/view"
	"andon/signals"
)

// Workspace is a Slack workspace that is written to. Team and Token are needed.
type Workspace struct {
	Team         string            // its name as in ids: T123, or what the configuration calls it
	Token        string            // of the bot, xoxb-
	URL          string            // of the Web API, must end in /; default Slack's
	Timeout      time.Duration     // of one call, default 8 s: opening a direct message and posting fit in a job of 20 s
	Now          func() time.Time  // asked only where Find is not told since when; nil: time.Now
	Log          *slog.Logger      // nil: none
	Transport    http.RoundTripper // nil: a transport of its own
	AdminChannel string            // id of the channel that target "admin" stands for, C123 or slack/T123/C123
	Limits       Limits
}

// Poster sends cards to one workspace. Every method makes each call at most
// once, and all errors are of type *Failure. It is safe for concurrent use.
type Poster struct {
	w      Workspace
	api    *slackgo.Client
	client *http.Client
	limits *limiter
	admin  string // full id

	mu     sync.Mutex
	direct map[string]string // direct message by person, bare ids
	bot    string            // the app's bot id, once Check has learnt it
	self   Self              // likewise
	scopes []string          // of the token, likewise; nil where Slack does not say
	wardrobe
	homes     recent // by person: the hash of what their Home tab shows
	home      string // whether the app has a Home tab: on, off or ""
	homeUntil time.Time
}

// eventType marks the metadata of our messages. Anybody in the workspace can
// read them.
const eventType = "andon_message"

// NewPoster returns the poster of a workspace; it makes no call. Close it when
// it is no longer needed.
func NewPoster(w Workspace) (*Poster, error) {
	w.URL = cmp.Or(w.URL, slackgo.APIURL)
	w.Timeout = cmp.Or(w.Timeout, 8*time.Second)
	if w.Now == nil {
		w.Now = time.Now
	}
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	if w.Transport == nil {
		w.Transport = ownTransport()
	}
	p := &Poster{w: w, limits: newLimiter(w.Limits), direct: map[string]string{}, wardrobe: newWardrobe(), homes: recent{most: manyHomes}, client: &http.Client{
		Transport: recorder{w.Transport},
		// A redirect would take the token and the message elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if w.AdminChannel != "" {
		p.admin = signals.ID(signals.Slack, w.Team, strings.TrimPrefix(w.AdminChannel, signals.Slack+"/"+w.Team+"/"))
		if s, err := p.resolve("new", p.admin); err != nil || s.channel == "" || s.thread != "" {
			return nil, fmt.Errorf("slack workspace %s: admin channel %q: want the id of a channel, such as C0123456", w.Team, clip(w.AdminChannel))
		}
	}
	// No OptionRetry: a repeated post is a second message.
	p.api = slackgo.New(w.Token, slackgo.OptionHTTPClient(p.client), slackgo.OptionAPIURL(w.URL))
	return p, nil
}

// check names the first thing that is wrong.
func (w *Workspace) check() error {
	u, err := url.Parse(w.URL)
	switch {
	case w.Team == "" || strings.ContainsAny(w.Team, "/ \t\n"):
		return fmt.Errorf("slack workspace %q: want its name as in ids, without a slash or a blank", clip(w.Team))
	case w.Token == "":
		return fmt.Errorf("slack workspace %s: there is no bot token", w.Team)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.HasSuffix(w.URL, "/"):
		return fmt.Errorf("slack workspace %s: API URL %q: want http or https with a / at its end", w.Team, clip(w.URL))
	case w.Timeout < 0:
		return fmt.Errorf("slack workspace %s: time-out %v: want more than nothing", w.Team, w.Timeout)
	}
	return nil
}

func ownTransport() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return &http.Transport{Proxy: http.ProxyFromEnvironment}
}

// Close ends the connections that are kept open.
func (p *Poster) Close() { p.client.CloseIdleConnections() }

// Post sends a card, which must have a key, to a target: a person, a channel or
// a thread as made by signals.ID, or Admin. It returns where the message stands;
// the channel is an id with its workspace. When the Failure is ambiguous the
// message may stand there: ask Find for its key before posting again.
func (p *Poster) Post(ctx context.Context, target string, card *view.Card) (signals.Copy, error) {
	const op = "chat.postMessage"
	if card.Key == "" {
		return signals.Copy{}, never(op, malformed, "card %q has no key: without one it could not be found again", clip(card.Kind))
	}
	if _, err := p.options(op, card, form{}); err != nil {
		return signals.Copy{}, err // before anything is opened for it
	}
	ctx = withKind(ctx, card.Kind)
	s, err := p.place(ctx, op, target)
	if err != nil {
		return signals.Copy{}, err
	}
	// A reply stands in its thread alone: nothing is broadcast to the channel.
	more := []slackgo.MsgOption{slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl()}
	if s.thread != "" {
		more = append(more, slackgo.MsgOptionTS(s.thread))
	}
	body, err := p.dressed(ctx, op, card, func(options []slackgo.MsgOption) (gjson.Result, error) {
		return p.do(ctx, call{op: op, channel: s.channel, write: true}, func(ctx context.Context, api *slackgo.Client) error {
			_, _, err := api.PostMessageContext(ctx, s.channel, append(options, more...)...)
			return err
		})
	})
	if err != nil {
		p.forget(s, err)
		return signals.Copy{}, err
	}
	return p.posted(op, s, body)
}

// posted reads where a message stands from the answer to its post.
func (p *Poster) posted(op string, s spot, body gjson.Result) (signals.Copy, error) {
	at := signals.Copy{Channel: signals.ID(signals.Slack, p.w.Team, cmp.Or(body.Get("channel").Str, s.channel)), TS: body.Get("ts").Str}
	if _, err := ParseTS(at.TS); err != nil {
		return signals.Copy{}, &Failure{Op: op, Ambiguous: true, Err: fmt.Errorf("the answer: %w", err)}
	}
	if s.thread != "" && body.Get("message").Exists() && body.Get("message.thread_ts").Str == "" {
		p.w.Log.Warn("the thread was gone: the reply stands in the channel", "team", p.w.Team, "channel", s.channel, "ts", at.TS)
	}
	return at, nil
}

// forget drops a direct message that is no longer there, so that the next try
// opens it anew.
func (p *Poster) forget(s spot, err error) {
	var refused slackgo.SlackErrorResponse
	if s.user != "" && errors.As(err, &refused) && refused.Err == "channel_not_found" {
		p.mu.Lock()
		delete(p.direct, s.user)
		p.mu.Unlock()
	}
}

// Update makes the message at a place show the card. Without a key in the card
// the message keeps the one it has. Repeating it is harmless.
func (p *Poster) Update(ctx context.Context, at signals.Copy, card *view.Card) error {
	const op = "chat.update"
	channel, err := p.stands(op, at)
	if err != nil {
		return err
	}
	ctx = withKind(ctx, card.Kind)
	_, err = p.dressed(ctx, op, card, func(options []slackgo.MsgOption) (gjson.Result, error) {
		return p.do(ctx, call{op: op, write: true}, func(ctx context.Context, api *slackgo.Client) error {
			_, _, _, err := api.UpdateMessageContext(ctx, channel, at.TS, options...)
			return err
		})
	})
	return err
}

// options renders a card. The text is always sent: it is what notifications and
// screen readers say. What is in it is not parsed for names.
func (p *Poster) options(op string, card *view.Card, as form) ([]slackgo.MsgOption, error) {
	text, blocks, err := render(p.w.Team, card, as)
	if err != nil {
		return nil, never(op, malformed, "render card %q: %w", clip(card.Kind), err)
	}
	options := []slackgo.MsgOption{slackgo.MsgOptionText(text, false), slackgo.MsgOptionBlocks(blocks...), slackgo.MsgOptionParse(false)}
	if card.Key != "" {
		options = append(options, slackgo.MsgOptionMetadata(slackgo.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"key": card.Key}}))
	}
	return options, nil
}

// Delete removes the message at a place. One that is gone already is no error.
func (p *Poster) Delete(ctx context.Context, at signals.Copy) error {
	const op = "chat.delete"
	channel, err := p.stands(op, at)
	if err != nil {
		return err
	}
	_, err = p.do(ctx, call{op: op, write: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, _, err := api.DeleteMessageContext(ctx, channel, at.TS)
		return err
	})
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) && refused.Err == "message_not_found" {
		return nil
	}
	return err
}
