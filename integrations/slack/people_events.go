package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"andon/signals"
)

// ProfilesKey is the case of what profiles in Slack say of people.
var ProfilesKey = signals.Key{Source: signals.Own, Site: "profiles", ID: signals.Slack}

// PeopleOptions is what has to be known to tell what changed.
type PeopleOptions struct {
	Had     []*signals.Event            // the events of ProfilesKey so far, in any order
	Listed  func(person string) bool    // people whom the written roster describes: only their absences are told; nil: nobody
	Who     func(account string) string // whose an account is, for managers; nil: accounts are people
	Manager string                      // label of the profile field that names the manager, default Manager; "-" looks for none
}

// PeopleEvents asks Slack who there is, and returns what is other than what was
// told before: names, zones, guests, managers and who left, of people whom the
// roster does not list; and absences of everybody, as their status says them. The
// same answers of Slack, options and time give the same events. It also returns
// the accounts, for Directory.SetPeople.
//
// Do-not-disturb makes no event: within it Slack itself keeps quiet, and a
// snooze is not seen by others. See Rests for the schedules. It is meant to be
// called once a day; where there is a field for managers it takes one call for
// each person, at the pace that Slack allows. Errors are of type *Failure.
func (p *Poster) PeopleEvents(ctx context.Context, o PeopleOptions, now time.Time) ([]*signals.Event, []Account, error) {
	ctx = WithLane(ctx, LaneDigest)
	accounts, err := p.People(ctx)
	if err != nil {
		return nil, nil, err
	}
	managers, err := p.managers(ctx, accounts, cmp.Or(o.Manager, "Manager"))
	if err != nil {
		return nil, nil, err
	}
	profiles, absences := lastTold(o.Had)
	var out []*signals.Event
	for i := range accounts {
		a := &accounts[i]
		if a.Bot {
			continue
		}
		a.Manager = managers[a.ID]
		if o.Who != nil && a.Manager != "" {
			a.Manager = o.Who(a.Manager)
		}
		had, known := profiles[a.ID]
		if (o.Listed == nil || !o.Listed(a.ID)) && (known || !a.Deleted) {
			e, err := profileEvent(&a.Person, a.Manager, now)
			if err != nil {
				return nil, nil, &Failure{Op: "users.list", Err: err}
			}
			if e.Text != had {
				out = append(out, e)
			}
		}
		if e := absence(a, absences[a.ID].lasts(now), now); e != nil && news(e, absences[a.ID], a.StatusUntil.IsZero(), now) {
			out = append(out, e)
		}
	}
	return signals.Sort(out), accounts, nil
}

// news reports whether an absence says something new: another end, or that it
// goes on where no end is known.
func news(e *signals.Event, had period, open bool, now time.Time) bool {
	is, ok := periodOf(e)
	switch {
	case !ok:
		return false
	case !had.lasts(now), !is.lasts(now):
		return true
	case open:
		return had.until.Sub(now) < awayLeft
	}
	return !is.until.Equal(had.until)
}

// lastTold is what was told last of each person.
func lastTold(had []*signals.Event) (profiles map[string]string, absences map[string]period) {
	profiles, absences = make(map[string]string), make(map[string]period)
	for _, e := range signals.Sort(slices.Clone(had)) {
		switch {
		case e.Kind == signals.RosterSet && e.Field == "person":
			profiles[e.To] = e.Text
		case e.Kind == signals.AwaySet:
			if p, ok := periodOf(e); ok {
				absences[e.To] = p
			}
		}
	}
	return profiles, absences
}

// profileEvent is what a profile says of a person.
func profileEvent(p *Person, manager string, at time.Time) (*signals.Event, error) {
	text, err := json.Marshal(signals.Person{
		ID: p.ID, Name: clean(cmp.Or(p.RealName, p.Name)), Zone: clean(p.Zone), Manager: manager, Left: p.Deleted, External: p.Restricted || p.Stranger,
	})
	if err != nil {
		return nil, fmt.Errorf("write the roster entry of %s: %w", p.ID, err)
	}
	return &signals.Event{
		ID: p.ID + "/profile/" + formatTS(at), Case: ProfilesKey, Kind: signals.RosterSet, Seq: signals.Seq{Entry: at.UnixMicro()}, At: at,
		Field: "person", To: p.ID, Text: string(text), Audience: signals.Restricted,
	}, nil
}

// managers reads who manages whom, where the workspace has a profile field for
// it. Without one, or without the scope for it, nobody has a manager.
func (p *Poster) managers(ctx context.Context, accounts []Account, label string) (map[string]string, error) {
	field, err := p.managerField(ctx, label)
	if err != nil || field == "" {
		return nil, err
	}
	out := make(map[string]string)
	for i := range accounts {
		a := &accounts[i]
		if a.Bot || a.Deleted || a.Stranger {
			continue
		}
		body, err := p.do(ctx, call{op: "users.profile.get", optional: true}, func(ctx context.Context, api *slackgo.Client) error {
			_, err := api.GetUserProfileContext(ctx, &slackgo.GetUserProfileParameters{UserID: signals.Bare(a.ID)})
			return err
		})
		var f *Failure
		if errors.As(err, &f) && f.Terminal != "" {
			continue // gone since
		}
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(body.Get("profile.fields."+field+".value").Str, ",")
		if isID(first, "UW") {
			out[a.ID] = signals.ID(signals.Slack, p.w.Team, strings.Clone(first))
		}
	}
	return out, nil
}

// managerField is the id of the profile field of that label, "" for none.
func (p *Poster) managerField(ctx context.Context, label string) (string, error) {
	if label == "-" || !p.may("users.profile:read") {
		return "", nil
	}
	body, err := p.do(ctx, call{op: "team.profile.get", optional: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetTeamProfileContext(ctx)
		return err
	})
	var refused slackgo.SlackErrorResponse
	if errors.As(err, &refused) && !limited[refused.Err] {
		p.w.Log.Info("Slack does not tell the profile fields; nobody's manager is known from there", "team", p.w.Team, "error", err)
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, f := range body.Get("profile.fields").Array() {
		if id := f.Get("id").Str; strings.EqualFold(f.Get("label").Str, label) && f.Get("type").Str == "user" && isID(id, "X") {
			return id, nil
		}
	}
	return "", nil
}
