package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/integrations/oncall"
	"andon/signals"
	"andon/signals/lint"
)

// The plan of who is on call is known for a fortnight ahead, which is how long a
// feed may fail before nobody is known, and it is written anew when a week of it
// is over, or when it changes.
const (
	planned = 14 * 24 * time.Hour
	renewed = 7 * 24 * time.Hour
)

// rotaKey is the key that the events of who is on call bear.
var rotaKey = signals.Key{Source: signals.Own, Site: "oncall", ID: "org"}

// rotaMark is the cursor that holds what was found wrong with the calendars.
const rotaMark = "oncall/findings"

// rotas are the calendars of a configuration.
type rotas struct {
	c     *config.Config
	feeds []*oncall.Feed
}

func newRotas(c *config.Config) *rotas {
	r := &rotas{c: c}
	for _, o := range c.OnCall {
		r.feeds = append(r.feeds, &oncall.Feed{URL: string(o.URL), File: o.File})
	}
	return r
}

// rotaPlan is what the calendars say: who is on call for each team.
type rotaPlan struct {
	duties   []signals.Duty
	failed   map[string]bool // teams of which a calendar could not be read: what is known of them stays
	findings []lint.Finding
	to       time.Time
}

// ask reads every calendar, from now on.
func (r *rotas) ask(ctx context.Context, now time.Time) *rotaPlan {
	p := &rotaPlan{failed: make(map[string]bool), to: now.Add(planned).Truncate(time.Hour)}
	read := r.readAll(ctx, now, p.to)
	for i := range r.c.OnCall {
		o := &r.c.OnCall[i]
		team := r.team(o)
		find := func(level lint.Level, rule, what, do string) {
			p.findings = append(p.findings, lint.Finding{Level: level, Place: "on call for " + team.ID, Rule: rule, What: what, Do: do, About: strconv.Itoa(i)})
		}
		schedule, err := read[i].Schedule, read[i].err
		if err != nil {
			p.failed[team.ID] = true
			find(lint.Weak, "feed-down", "its calendar cannot be read; the latest plan counts until it ends: "+err.Error(), "see whether the address is right and answers: andon doctor")
			continue
		}
		if n := len(schedule.Aside) + schedule.More; n > 0 {
			find(lint.Weak, "feed-unclear", signals.Counted(n, "entry")+" of its calendar not understood; "+schedule.Aside[0].Error(), "write them otherwise in the calendar, or have them exported otherwise")
		}
		if len(schedule.Shifts) == 0 {
			find(lint.Weak, "feed-empty", "its calendar names no shift of the next two weeks", "plan them, or take the calendar out of oncall")
		}
		for _, why := range p.match(r.people(), o, team.ID, i, schedule.Shifts) {
			find(lint.Weak, "feed-unknown", why, "write the person's name or e-mail into the roster as the calendar has it")
		}
	}
	return p
}

// rotaRead is what became of one calendar.
type rotaRead struct {
	oncall.Schedule
	err error
}

// readAll reads the calendars side by side: one that does not answer must not
// hold up the others.
func (r *rotas) readAll(ctx context.Context, from, to time.Time) []rotaRead {
	out := make([]rotaRead, len(r.c.OnCall))
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() { out[i].Schedule, out[i].err = r.read(ctx, i, r.team(&r.c.OnCall[i]), from, to) })
	}
	wg.Wait()
	return out
}

func (r *rotas) read(ctx context.Context, i int, team config.Team, from, to time.Time) (oncall.Schedule, error) {
	body, err := r.feeds[i].Fetch(ctx)
	if err != nil {
		return oncall.Schedule{}, err
	}
	zone, err := time.LoadLocation(cmp.Or(r.c.OnCall[i].Zone, team.Zone, r.c.Policy.Zone))
	if err != nil {
		return oncall.Schedule{}, err // the configuration was checked
	}
	return oncall.Read(body, zone, from, to)
}

// team is the team of the roster that a calendar is for.
func (r *rotas) team(o *config.OnCall) (found config.Team) {
	found.ID = o.Team
	for _, t := range r.c.Roster.Teams {
		if strings.EqualFold(t.ID, o.Team) || slices.ContainsFunc(t.Aliases, func(a string) bool { return strings.EqualFold(a, o.Team) }) {
			found = t // the latest entry counts
		}
	}
	return found
}

// people are those of the roster, under the names that they have in its latest
// entries.
func (r *rotas) people() (out []oncall.Person) {
	for _, p := range r.c.Roster.People {
		next := oncall.Person{ID: p.ID, Name: p.Name, Email: p.Email}
		if i := slices.IndexFunc(out, func(x oncall.Person) bool { return x.ID == p.ID }); i >= 0 {
			out[i] = oncall.Person{ID: p.ID, Name: cmp.Or(p.Name, out[i].Name), Email: cmp.Or(p.Email, out[i].Email)}
		} else {
			out = append(out, next)
		}
	}
	return out
}

// match adds the shifts of a calendar to the duties of whom they name, and tells
// once each what could not be matched.
func (p *rotaPlan) match(people []oncall.Person, o *config.OnCall, team string, rank int, shifts []oncall.Shift) (unknown []string) {
	for i := range shifts {
		ids, why := oncall.Match(people, &shifts[i], cmp.Or(o.Person, oncall.ByEmail))
		if why != "" && !slices.Contains(unknown, why) {
			unknown = append(unknown, why)
		}
		for _, id := range ids {
			d := slices.IndexFunc(p.duties, func(d signals.Duty) bool { return d.Team == team && d.Person == id })
			if d < 0 {
				d = len(p.duties)
				p.duties = append(p.duties, signals.Duty{Team: team, Person: id, Rank: rank, To: p.to})
			}
			s := signals.Shift{From: shifts[i].From.UTC(), Until: shifts[i].Until.UTC()}
			if !slices.Contains(p.duties[d].Shifts, s) {
				p.duties[d].Shifts = append(p.duties[d].Shifts, s)
			}
		}
	}
	const most = 5
	return unknown[:min(len(unknown), most)]
}

// rotaFindings reads what was found wrong with the calendars.
func rotaFindings(ctx context.Context, notes interface {
	Cursor(ctx context.Context, name string) (string, error)
},
) (out []lint.Finding, err error) {
	raw, err := notes.Cursor(ctx, rotaMark)
	if err != nil || raw == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return nil, fmt.Errorf("read what is wrong with the calendars: %w", err)
	}
	return out, nil
}

// onCall says whether each calendar can be read, and who is on call now.
func (d *doctor) onCall(ctx context.Context) {
	now := d.now()
	r := newRotas(d.c)
	if len(r.feeds) == 0 {
		return
	}
	plan := r.ask(ctx, now)
	for i := range plan.findings {
		f := &plan.findings[i]
		level := levelWarn
		if f.Rule == "feed-down" {
			level = levelFail
		}
		d.add(level, f.Place+": "+f.What, f.Do)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	told := make(map[string]bool)
	for i := range r.c.OnCall {
		team := r.team(&r.c.OnCall[i]).ID
		if plan.failed[team] || told[team] {
			continue
		}
		told[team] = true
		var here []string
		for _, duty := range plan.duties {
			if duty.Team == team && len(clipped(duty.Shifts, now, now.Add(time.Nanosecond))) > 0 {
				here = append(here, duty.Person)
			}
		}
		if len(here) == 0 {
			d.ok("on call for %s: the calendar is read; nobody is at the moment", team)
		} else {
			d.ok("on call for %s: the calendar is read; now %s", team, strings.Join(here, ", "))
		}
	}
}
