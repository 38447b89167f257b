package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/store"
)

// channelID is the full id of a Slack channel that was given as ID, TEAM/ID or
// whole.
func channelID(c *config.Config, given string) (string, error) {
	parts := strings.Split(given, "/")
	switch {
	case slices.Contains(parts, "") || strings.HasPrefix(given, "#"):
	case len(parts) == 1:
		return signals.ID(signals.Slack, c.SlackTeam(), given), nil
	case len(parts) == 2:
		return signals.ID(signals.Slack, parts[0], parts[1]), nil
	case len(parts) == 3 && parts[0] == signals.Slack:
		return given, nil
	}
	return "", usageError{fmt.Errorf("--channel %q is no id of a channel, such as C0123456789 or TEAM/C0123456789", given)}
}

// who finds every id of the people that were given: of somebody in the roster,
// past entries and the journal's included, the id and all accounts.
func who(ctx context.Context, db *store.DB, c *config.Config, given []string) (ids, told []string, err error) {
	accounts, err := everybody(ctx, db, c)
	if err != nil {
		return nil, nil, err
	}
	configured := make(map[string]bool)
	for _, p := range c.Roster.People {
		configured[p.ID] = true
	}
	for _, g := range given {
		if _, whole := signals.ParseKey(g); whole {
			ids = append(ids, g)
			told = append(told, "the account "+g+" alone"+ownerNote(accounts, g))
			continue
		}
		all, known := accounts[g]
		if !known {
			return nil, nil, usageError{fmt.Errorf("--person %q is nobody in the roster, present or past; an account is given as SOURCE/SITE/ID, such as jira/north/5e00", g)}
		}
		ids = append(append(ids, g), all...)
		told = append(told, "the person "+g+" with "+accountList(all))
		if configured[g] {
			told = append(told, "roster.people in the configuration still names "+g+": take the entry out of the file, too")
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), told, nil
}

func accountList(all []string) string {
	if len(all) == 0 {
		return "no account"
	}
	return "the accounts " + strings.Join(all, ", ")
}

// ownerNote says whose an account is.
func ownerNote(accounts map[string][]string, account string) string {
	for _, id := range sortedKeys(accounts) {
		if slices.Contains(accounts[id], account) {
			return " (it is of " + id + ": --person " + id + " forgets all of them)"
		}
	}
	return ""
}

// everybody lists the accounts that people have or had, by person: as the
// configuration says, and as the journal does.
func everybody(ctx context.Context, db *store.DB, c *config.Config) (map[string][]string, error) {
	events, err := c.OrgEvents()
	if err != nil {
		return nil, usageError{err}
	}
	had, err := db.CaseEvents(ctx, 0, orgKey)
	if err != nil {
		return nil, err
	}
	for _, e := range had[orgKey] {
		events = append(events, e.Event)
	}
	out := make(map[string][]string)
	for _, e := range events {
		if e.Kind != signals.RosterSet || e.Field != "person" || e.Text == "" {
			continue
		}
		var p signals.Person
		if err := json.Unmarshal([]byte(e.Text), &p); err != nil {
			return nil, fmt.Errorf("read the roster entry of %s in the journal: %w", e.To, err)
		}
		out[e.To] = append(out[e.To], p.Accounts...)
	}
	for id, list := range out {
		slices.Sort(list)
		out[id] = slices.Compact(list)
	}
	return out, nil
}
