package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"
)

// Account is what Jira tells of one user. Only ID and Email say who it is: a
// display name is for showing, since anybody may call themselves anything.
type Account struct {
	ID      string // as in events: the account id in Cloud, the user key in Data Center
	Login   string // the user name in Data Center, which writing needs; "" in Cloud
	Name    string // for showing
	Email   string // often hidden, then ""
	Type    string // in Cloud: atlassian, app or customer
	Active  bool
	Deleted bool // closed, made anonymous, or not there (any more)
}

// How the person behind an account was found, or why not. Of the deleted nobody
// is named, and nothing that was known of them should be kept.
const (
	ByMap      = "explicit"  // the operator's map
	ByEmail    = "email"     // the address that Jira shows
	BySelfLink = "self-link" // they said so
	NotKnown   = "unknown"
	NotThere   = "deleted"
	NotHuman   = "app"
)

// Identify finds the person behind an account: by the operator's map, keyed by
// account id or e-mail address, then by the address, then by what they said
// themselves, keyed by account id. Display names count for nothing. ok is false
// for those whom none of these knows, for deleted accounts and for apps.
func Identify(acc Account, explicit map[string]string, byEmail func(email string) (person string, ok bool), selfLinked map[string]string) (person string, how string, ok bool) {
	if acc.Deleted {
		return "", NotThere, false
	}
	email := strings.ToLower(strings.TrimSpace(acc.Email))
	if p := explicit[acc.ID]; p != "" && acc.ID != "" {
		return p, ByMap, true
	}
	if p := explicit[email]; p != "" && email != "" {
		return p, ByMap, true
	}
	if acc.Type == "app" {
		return "", NotHuman, false
	}
	if email != "" && byEmail != nil {
		if p, ok := byEmail(email); ok && p != "" {
			return p, ByEmail, true
		}
	}
	if p := selfLinked[acc.ID]; p != "" && acc.ID != "" {
		return p, BySelfLink, true
	}
	return "", NotKnown, false
}

// Account asks Jira for an account by what events call it. One that is not there
// is no error but a deleted account.
func (c *Client) Account(ctx context.Context, id string) (Account, error) {
	if id == "" {
		return Account{}, errors.New("ask Jira for an account: its id is empty")
	}
	params := []string{"key", "username"} // an old name may stand where a key is expected
	if c.cloud {
		params = []string{"accountId"}
	}
	for _, p := range params {
		raw, err := c.call(ctx, http.MethodGet, "user", "user", url.Values{p: {id}}, nil)
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return Account{}, fmt.Errorf("ask Jira for account %s: %w", id, err)
		}
		return readAccount(gjson.ParseBytes(raw), id), nil
	}
	return Account{ID: id, Deleted: true}, nil
}

// nameless is what Jira calls deleted users: "Former user" in Cloud, and such as
// user-5b1c9 in Data Center after anonymising.
var nameless = regexp.MustCompile(`^(?i:former user|deleted user|user-[0-9a-f]{4,})$`)

const goneMail = "@jira.invalid" // addresses after anonymising in Data Center

func readAccount(v gjson.Result, id string) Account {
	a := Account{
		ID: id, Login: plain(v.Get("name")), Name: plain(v.Get("displayName")), Email: plain(v.Get("emailAddress")),
		Type: plain(v.Get("accountType")), Active: v.Get("active").Type != gjson.False,
	}
	noMail := a.Email == "" || strings.HasSuffix(strings.ToLower(a.Email), goneMail)
	noName := a.Name == "" || a.Name == a.ID || nameless.MatchString(a.Name)
	if v.Get("deleted").Bool() || !a.Active && noMail && noName {
		return Account{ID: id, Deleted: true}
	}
	return a
}

// People finds the persons behind the accounts of one site and remembers them,
// those who are not known too. It keeps ids only, no names and no addresses. It
// is safe for concurrent use.
type People struct {
	Lookup   func(ctx context.Context, id string) (Account, error) // Client.Account
	Explicit map[string]string                                     // account id or e-mail address in lower case -> person
	ByEmail  func(email string) (person string, ok bool)           // may be nil
	Now      func() time.Time

	Keep     time.Duration // how long an answer holds; default a day
	KeepNone time.Duration // how long it holds that an account is not known; default an hour

	mu    sync.Mutex
	known map[string]identity
	self  map[string]string
}

type identity struct {
	person, how string
	until       time.Time
}

const (
	keepIdentity = 24 * time.Hour
	keepNobody   = time.Hour
	maxKnown     = 200_000
)

// Who returns the person behind an account and how that is known; ok is false
// where it is not, and how then tells why. An error means that Jira could not
// be asked and that the operator's map does not know the account either. A
// refusal to show accounts is no error: to ask for each of them would not help.
func (p *People) Who(ctx context.Context, id string) (person, how string, ok bool, err error) {
	now := p.Now()
	p.mu.Lock()
	got, ok := p.known[id]
	linked := p.self[id]
	p.mu.Unlock()
	if ok && now.Before(got.until) {
		return got.person, got.how, got.person != "", nil
	}
	acc, err := p.Lookup(ctx, id)
	if errors.Is(err, ErrAuth) || err != nil && p.Explicit[id] != "" {
		acc, err = Account{ID: id}, nil
	}
	if err != nil {
		return "", NotKnown, false, err
	}
	person, how, ok = Identify(acc, p.Explicit, p.ByEmail, map[string]string{id: linked})
	p.mu.Lock()
	defer p.mu.Unlock()
	if acc.Deleted {
		delete(p.self, id)
	}
	if p.self[id] == linked || acc.Deleted { // else somebody linked it meanwhile: the next question tells
		p.keep(id, identity{person: person, how: how}, now)
	}
	return person, how, ok, nil
}

func (p *People) keep(id string, x identity, now time.Time) {
	d := p.Keep
	if d <= 0 {
		d = keepIdentity
	}
	if x.person == "" {
		if d = p.KeepNone; d <= 0 {
			d = keepNobody
		}
	}
	if p.known == nil || len(p.known) >= maxKnown {
		p.known = map[string]identity{}
	}
	x.until = now.Add(d)
	p.known[id] = x
}

// Link notes that the person said that the account is theirs; "" takes it back.
// The caller must have made sure that it was that person.
func (p *People) Link(id, person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, id)
	if person == "" {
		delete(p.self, id)
		return
	}
	if p.self == nil {
		p.self = map[string]string{}
	}
	p.self[id] = person
}

// Forget drops all that is remembered of an account.
func (p *People) Forget(id string) { p.Link(id, "") }
