package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"
	"github.com/tidwall/gjson"
)

// Inspection is what can be known of a token and of what it opens.
type Inspection struct {
	Team     string   // id of the workspace
	TeamName string   // what it is called
	URL      string   // its address
	Bot      string   // what the app is called there
	Self     Self     // who it is
	Known    bool     // Slack says which scopes the token has
	Have     []string // those, sorted
	Missing  []Scope  // wanted ones that it has not, optional ones among them
	Extra    []string // those that are not wanted: the token can do more than it needs
	Home     string   // the Home tab: on, off, or "" while nothing was published
	Channels []Conversation
}

// Inspect asks Slack what the token is and what it may do, compares that with
// the wanted scopes, and lists the channels that andon is in. Nothing is changed.
// Kinds of channels that the token may not list are left out.
func (p *Poster) Inspect(ctx context.Context, wanted ...Scope) (Inspection, error) {
	body, err := p.whoami(ctx)
	if err != nil {
		return Inspection{}, err
	}
	p.mu.Lock()
	in := Inspection{
		Team: body.Get("team_id").Str, TeamName: body.Get("team").Str, URL: body.Get("url").Str, Bot: body.Get("user").Str,
		Self: p.self, Known: p.scopes != nil, Have: slices.Clone(p.scopes), Home: p.home,
	}
	p.mu.Unlock()
	slices.Sort(in.Have)
	if in.Known {
		for _, s := range wanted {
			if !slices.Contains(in.Have, s.Name) {
				in.Missing = append(in.Missing, s)
			}
		}
		for _, name := range in.Have {
			if !slices.ContainsFunc(wanted, func(s Scope) bool { return s.Name == name }) {
				in.Extra = append(in.Extra, name)
			}
		}
	}
	all, err := p.Conversations(ctx)
	for _, c := range all {
		if c.Member && c.Kind != DirectMessage {
			in.Channels = append(in.Channels, c)
		}
	}
	slices.SortFunc(in.Channels, func(a, b Conversation) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return in, err
}

// whoami asks whose the token is and what it may do, and remembers it.
func (p *Poster) whoami(ctx context.Context) (gjson.Result, error) {
	const op = "auth.test"
	var have []string
	body, err := p.do(ctx, call{op: op}, func(ctx context.Context, api *slackgo.Client) error {
		a, err := api.AuthTestContext(ctx)
		if err == nil {
			if _, known := a.Header["X-Oauth-Scopes"]; known {
				have = append([]string{}, strings.FieldsFunc(a.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })...)
			}
		}
		return err
	})
	if err != nil {
		return body, err
	}
	if team := body.Get("team_id").Str; isID(p.w.Team, "TE") && team != p.w.Team && body.Get("enterprise_id").Str != p.w.Team {
		return body, &Failure{Op: op, Auth: true, Err: fmt.Errorf("the token is of workspace %q, not of %q: change the token or the id", clip(team), p.w.Team)}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bot, p.self = body.Get("bot_id").Str, Self{User: body.Get("user_id").Str, Bot: body.Get("bot_id").Str}
	p.scopes = have
	return body, nil
}

// Self is who we are, once Check or Inspect has learnt it.
func (p *Poster) Self() Self {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self
}

// Held lists what is not called for now because Slack has asked to wait, the
// longest held first. Times are on real time.
func (p *Poster) Held() []Hold { return p.limits.held() }

// may reports whether the token has a scope, as far as is known.
func (p *Poster) may(scope string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.scopes == nil || slices.Contains(p.scopes, scope)
}

// Check asks Slack whether the token is good: of this workspace, and with the
// scopes that sending needs. It also learns who we are, so that Find from then
// on counts only our own messages.
func (p *Poster) Check(ctx context.Context) error {
	if _, err := p.whoami(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	have := p.scopes
	p.mu.Unlock()
	if have == nil {
		p.w.Log.Warn("Slack does not say which scopes the token has", "team", p.w.Team)
		return nil
	}
	var missing []string
	for _, s := range posting {
		if !slices.Contains(have, s) {
			missing = append(missing, s+" (to "+useOf(s)+")")
		}
	}
	if len(missing) > 0 {
		return &Failure{Op: "auth.test", Auth: true, Err: fmt.Errorf("the token lacks %s: add it to the app's bot scopes and install the app again", strings.Join(missing, ", "))}
	}
	return nil
}

// kindScopes are the kinds of conversations with the scope that lists them.
var kindScopes = []struct{ kind, scope string }{
	{"public_channel", "channels:read"}, {"private_channel", "groups:read"}, {"mpim", "mpim:read"}, {"im", "im:read"},
}

// Conversations lists the channels of every kind that the token may list, with one
// call for a page of all kinds. Errors are of type *Failure.
func (p *Poster) Conversations(ctx context.Context) ([]Conversation, error) {
	var kinds []string
	for _, k := range kindScopes {
		if p.may(k.scope) {
			kinds = append(kinds, k.kind)
		}
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	out, err := p.Channels(ctx, kinds...)
	if !lacksScope(err) {
		return out, err
	}
	out = nil
	for _, kind := range kinds { // the token does not tell what it may
		part, err := p.Channels(ctx, kind)
		if err != nil && !lacksScope(err) {
			return out, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// lacksScope reports whether Slack refused a call for want of a scope.
func lacksScope(err error) bool {
	var refused slackgo.SlackErrorResponse
	return errors.As(err, &refused) && refused.Err == "missing_scope"
}

// CheckAppToken asks Slack once for the address of a socket, which it does not
// open: it tells whether an app token is good and Socket Mode is switched on. url
// is that of the Web API, "" is Slack's; transport may be nil.
func CheckAppToken(ctx context.Context, url, token string, transport http.RoundTripper) error {
	own := transport == nil
	if own {
		transport = ownTransport()
	}
	client := &http.Client{Transport: recorder{transport}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if own {
		defer client.CloseIdleConnections()
	}
	api := slackgo.New("", slackgo.OptionAppLevelToken(token), slackgo.OptionAPIURL(cmp.Or(url, slackgo.APIURL)), slackgo.OptionHTTPClient(client))
	r := &reply{}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, replyKey{}, r), openTimeout)
	defer cancel()
	_, _, err := api.StartSocketModeContext(ctx)
	_, err = judge(openSocket, false, r, err)
	if fatal := fatalOf(err); fatal != nil {
		return fatal
	}
	return err
}
