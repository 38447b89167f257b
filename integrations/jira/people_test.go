package jira

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestIdentify(t *testing.T) {
	explicit := map[string]string{"acc-ines": "ines", "otto@example.com": "otto", "": "nobody"}
	byEmail := func(email string) (string, bool) {
		p, ok := map[string]string{"otto@example.com": "other", "mara@example.com": "mara", "": "nobody"}[email]
		return p, ok
	}
	self := map[string]string{"acc-jon": "jon", "acc-mara": "wrong", "acc-ines": "wrong", "": "nobody"}
	for _, c := range []struct {
		name        string
		acc         Account
		person, how string
	}{
		{"the map knows the account", Account{ID: "acc-ines", Email: "mara@example.com"}, "ines", ByMap},
		{"the map knows the address", Account{ID: "acc-otto", Email: " Otto@Example.com"}, "otto", ByMap},
		{"the address", Account{ID: "acc-mara", Email: "MARA@example.com"}, "mara", ByEmail},
		{"they said so", Account{ID: "acc-jon"}, "jon", BySelfLink},
		{"an address that nobody has, but they said so", Account{ID: "acc-jon", Email: "jon@home.example"}, "jon", BySelfLink},
		{"never by the display name", Account{ID: "acc-x", Name: "ines"}, "", NotKnown},
		{"nothing known", Account{ID: "acc-x"}, "", NotKnown},
		{"no account", Account{}, "", NotKnown},
		{"deleted, though the map knows them", Account{ID: "acc-ines", Deleted: true}, "", NotThere},
		{"an app", Account{ID: "acc-mara", Email: "mara@example.com", Type: "app"}, "", NotHuman},
		{"deactivated is not deleted", Account{ID: "acc-mara", Email: "mara@example.com", Active: false}, "mara", ByEmail},
	} {
		person, how, ok := Identify(c.acc, explicit, byEmail, self)
		require.Equal(t, c.person, person, c.name)
		require.Equal(t, c.how, how, c.name)
		require.Equal(t, c.person != "", ok, c.name)
	}
	_, how, ok := Identify(Account{ID: "a", Email: "b@example.com"}, nil, nil, nil)
	require.False(t, ok)
	require.Equal(t, NotKnown, how)
}

func TestAccountOfCloud(t *testing.T) {
	s := newScripted(t, true)
	c := s.client()
	for _, x := range []struct {
		name, body string
		want       Account
	}{
		{"whole", `{"accountId":"a1","accountType":"atlassian","emailAddress":"ines@example.com","displayName":"Ines","active":true}`,
			Account{ID: "a1", Name: "Ines", Email: "ines@example.com", Type: "atlassian", Active: true}},
		{"hidden address", `{"accountId":"a1","accountType":"atlassian","emailAddress":"","displayName":"Ines","active":true}`,
			Account{ID: "a1", Name: "Ines", Type: "atlassian", Active: true}},
		{"deactivated", `{"accountId":"a1","accountType":"atlassian","displayName":"Ines","active":false}`,
			Account{ID: "a1", Name: "Ines", Type: "atlassian"}},
		{"an app", `{"accountId":"a1","accountType":"app","displayName":"Automation","active":true}`,
			Account{ID: "a1", Name: "Automation", Type: "app", Active: true}},
		{"deleted: the name is replaced and the address is blank", `{"accountId":"a1","accountType":"atlassian","emailAddress":"","displayName":"Former user","active":false}`,
			Account{ID: "a1", Deleted: true}},
		{"deleted: nothing is left", `{"accountId":"a1","active":false}`, Account{ID: "a1", Deleted: true}},
	} {
		s.on("GET user", func(w http.ResponseWriter, r *http.Request, _ []byte) {
			require.Equal(t, "accountId=a1", r.URL.RawQuery)
			reply(w, 200, x.body)
		})
		got, err := c.Account(context.Background(), "a1")
		require.NoError(t, err)
		require.Equal(t, x.want, got, x.name)
	}
	s.says("GET user", 404, `{"errorMessages":["The user does not exist"],"errors":{}}`)
	got, err := c.Account(context.Background(), "a1")
	require.NoError(t, err)
	require.Equal(t, Account{ID: "a1", Deleted: true}, got)
	s.says("GET user", 403, `{"errorMessages":["forbidden"],"errors":{}}`)
	_, err = c.Account(context.Background(), "a1")
	require.ErrorIs(t, err, ErrAuth)
	_, err = c.Account(context.Background(), "")
	require.Error(t, err)
}

func TestAccountOfDataCenter(t *testing.T) {
	s := newScripted(t, false)
	c := s.client()
	s.on("GET user", func(w http.ResponseWriter, r *http.Request, _ []byte) {
		switch r.URL.RawQuery {
		case "key=JIRAUSER10200":
			reply(w, 200, `{"key":"JIRAUSER10200","name":"ines.login","emailAddress":"ines@example.com","displayName":"Ines","active":true,"deleted":false}`)
		case "username=old.name":
			reply(w, 200, `{"key":"JIRAUSER10201","name":"old.name","emailAddress":"otto@example.com","displayName":"Otto","active":true}`)
		case "key=JIRAUSER10202":
			reply(w, 200, `{"key":"JIRAUSER10202","name":"jirauser10202","emailAddress":"jirauser10202@jira.invalid","displayName":"user-5b1c9","active":false}`)
		case "key=JIRAUSER10203":
			reply(w, 200, `{"key":"JIRAUSER10203","name":"x","emailAddress":"x@example.com","displayName":"X","active":true,"deleted":true}`)
		default:
			reply(w, 404, `{"errorMessages":["The user does not exist"],"errors":{}}`)
		}
	})
	for id, want := range map[string]Account{
		"JIRAUSER10200": {ID: "JIRAUSER10200", Login: "ines.login", Name: "Ines", Email: "ines@example.com", Active: true},
		"old.name":      {ID: "old.name", Login: "old.name", Name: "Otto", Email: "otto@example.com", Active: true},
		"JIRAUSER10202": {ID: "JIRAUSER10202", Deleted: true},
		"JIRAUSER10203": {ID: "JIRAUSER10203", Deleted: true},
		"nobody":        {ID: "nobody", Deleted: true},
	} {
		got, err := c.Account(context.Background(), id)
		require.NoError(t, err)
		require.Equal(t, want, got, id)
	}
}

func TestPeople(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	asked := map[string]int{}
	accounts := map[string]Account{"a1": {ID: "a1", Email: "ines@example.com"}, "a2": {ID: "a2", Name: "Otto"}, "a3": {ID: "a3", Deleted: true}}
	var fault error
	p := &People{
		Lookup: func(_ context.Context, id string) (Account, error) { asked[id]++; return accounts[id], fault },
		ByEmail: func(email string) (string, bool) {
			return "ines", email == "ines@example.com"
		},
		Explicit: map[string]string{"a9": "mara"},
		Now:      func() time.Time { return now },
	}
	who := func(id string) string {
		person, how, ok, err := p.Who(context.Background(), id)
		require.NoError(t, err)
		require.Equal(t, person != "", ok)
		return how + " " + person
	}
	for range 3 {
		require.Equal(t, "email ines", who("a1"))
		require.Equal(t, "unknown ", who("a2"))
		require.Equal(t, "deleted ", who("a3"))
	}
	require.Equal(t, map[string]int{"a1": 1, "a2": 1, "a3": 1}, asked, "those who are not known are remembered too")

	now = now.Add(2 * time.Hour)
	require.Equal(t, "email ines", who("a1"))
	require.Equal(t, "unknown ", who("a2"))
	require.Equal(t, map[string]int{"a1": 1, "a2": 2, "a3": 1}, asked)

	p.Link("a2", "otto")
	require.Equal(t, "self-link otto", who("a2"), "at once, not after an hour")
	p.Link("a2", "")
	require.Equal(t, "unknown ", who("a2"))
	p.Link("a2", "otto")
	accounts["a2"] = Account{ID: "a2", Deleted: true}
	require.Equal(t, "deleted ", who("a2"))
	accounts["a2"] = Account{ID: "a2"}
	p.Forget("a2")
	require.Equal(t, "unknown ", who("a2"), "the link of a deleted account is gone for good")

	now = now.Add(48 * time.Hour)
	fault = errors.New("no answer")
	_, _, ok, err := p.Who(context.Background(), "a1")
	require.ErrorIs(t, err, fault)
	require.False(t, ok)
	require.Equal(t, "explicit mara", who("a9"), "the map counts even when Jira cannot be asked")
	fault = nil
	require.Equal(t, "email ines", who("a1"), "a fault is not remembered")

	fault = &Error{Status: http.StatusForbidden}
	require.Equal(t, "unknown ", who("a5"))
	require.Equal(t, "unknown ", who("a5"))
	require.Equal(t, 1, asked["a5"], "a refusal is not asked for again and again")
}

// TestPeopleLinkedMeanwhile: who links themselves while Jira is asked is not
// remembered as unknown.
func TestPeopleLinkedMeanwhile(t *testing.T) {
	var p People
	p = People{
		Lookup: func(_ context.Context, id string) (Account, error) { p.Link(id, "otto"); return Account{ID: id}, nil },
		Now:    func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
	}
	_, _, _, err := p.Who(context.Background(), "a2")
	require.NoError(t, err)
	person, how, ok, err := p.Who(context.Background(), "a2")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "otto self-link", person+" "+how)
}

func TestPeopleFromManyGoroutines(t *testing.T) {
	p := &People{
		Lookup: func(_ context.Context, id string) (Account, error) {
			return Account{ID: id, Email: id + "@example.com"}, nil
		},
		ByEmail: func(email string) (string, bool) {
			return "person of " + email, true
		},
		Now: func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) },
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				id := string(rune('a' + (i+j)%5))
				person, _, _, err := p.Who(context.Background(), id)
				if err != nil || person != "person of "+id+"@example.com" {
					t.Errorf("%s is %q, %v", id, person, err)
				}
				if j%10 == 0 {
					p.Forget(id)
				}
			}
		})
	}
	wg.Wait()
}
