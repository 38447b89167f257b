package replay

import (
	"cmp"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	"andon/signals"
	"andon/signals/decide"
	"andon/signals/detect"
)

func detectorNames() []string {
	var out []string
	for _, d := range detect.All() {
		out = append(out, d.Name)
	}
	return out
}

// noTeam stands for people of whom no team is known.
const noTeam = "no known team"

// smallTeams stands for all teams with fewer people than the group size.
const smallTeams = "small teams together"

// loads counts nudges by receiving team, person-day and channel-day.
func (r *Report) loads(w *decide.World, res *Result) {
	teams := map[string]int{}
	perDay, perRoom, counted := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, rec := range w.Book.Real() {
		for _, n := range rec.Nudges {
			if !said(n) {
				continue
			}
			day := n.At.In(zoneOf(w, n.To)).Format(time.DateOnly)
			if w.Rooms[n.To] == nil && !counted[n.Message] {
				counted[n.Message] = true
				perDay[n.To+"|"+day]++
			}
			teams[teamOf(w, res, n.To)]++
			if ch := n.Signal.Case.Channel(); ch != "" {
				perRoom[ch+"|"+n.At.UTC().Format(time.DateOnly)]++
			}
		}
	}
	r.PerPerson = load(perDay, 0)
	days := 0
	for _, d := range res.notes.posts {
		days += len(d)
	}
	r.PerRoom = load(perRoom, days)
	r.teamRows(teams, res)
}

// said reports whether a nudge was said, or would have been.
func said(n *signals.Nudge) bool {
	switch n.State {
	case signals.Sent, signals.Received, signals.Acted, signals.Ignored, signals.Declined:
		return true
	}
	return false
}

func zoneOf(w *decide.World, id string) *time.Location {
	if z := w.Org.Calendar(id).Zone; z != nil {
		return z
	}
	return time.UTC
}

// teamOf is the team of a person: the roster's, else the one that they held
// most recently for.
func teamOf(w *decide.World, res *Result, id string) string {
	if p := w.Org.Person(id); p != nil && p.Team != "" {
		return w.Org.TeamName(p.Team)
	}
	best := ""
	for team, people := range res.notes.people {
		if people[id] && (best == "" || team < best) {
			best = team
		}
	}
	if best == "" {
		return noTeam
	}
	return best
}

// sizes counts the people of each team: those whom the roster names, or those
// who held something for it, whichever are more.
func (r *Report) sizes(w *decide.World, res *Result) {
	r.size = make(map[string]int)
	for team, people := range res.notes.people {
		r.size[team] = len(people)
	}
	named := make(map[string]int)
	for _, p := range w.Org.People {
		if p.Team != "" && !p.Bot && !p.Left {
			named[w.Org.TeamName(p.Team)]++
		}
	}
	for team, n := range named {
		r.size[team] = max(r.size[team], n)
	}
}

// small reports whether a team's own times would be those of few people. Where
// the history names nobody at all, no time is anybody's.
func (r *Report) small(team string) bool { return len(r.size) > 0 && r.size[team] < r.Group }

func (r *Report) teamRows(teams map[string]int, res *Result) {
	together := 0
	for _, team := range slices.Sorted(maps.Keys(teams)) {
		people := r.size[team]
		if people < r.Group && team != noTeam {
			together += teams[team]
			continue
		}
		r.Teams = append(r.Teams, TeamRow{team, teams[team], people})
	}
	slices.SortStableFunc(r.Teams, func(a, b TeamRow) int { return cmp.Compare(b.Nudges, a.Nudges) })
	if together > 0 {
		r.Teams = append(r.Teams, TeamRow{Team: smallTeams, Nudges: together})
	}
}

// load describes counts; units is how many units there are in all, those
// without any included, 0 for just those with some.
func load(counts map[string]int, units int) Load {
	v := slices.Sorted(maps.Values(counts))
	l := Load{Units: max(units, len(v))}
	if len(v) == 0 {
		return l
	}
	for _, n := range v {
		l.Total += n
	}
	l.Mean = float64(l.Total) / float64(l.Units)
	l.Peak = v[len(v)-1]
	if at := l.Units*95/100 - (l.Units - len(v)); at >= 0 {
		l.P95 = v[min(at, len(v)-1)]
	}
	return l
}

// pairs lists the team pairs that hand over most. Pairs in which either team
// has fewer people than the group size are left out.
func (r *Report) pairs(res *Result) {
	n := &res.notes
	for p, t := range n.pairs {
		if r.size[p.from] < r.Group || r.size[p.to] < r.Group {
			continue
		}
		row := PairRow{From: p.from, To: p.to, Handoffs: t.count}
		if back := n.pairs[pair{p.to, p.from}]; back != nil {
			row.Back = back.count
		}
		var hours []float64
		for _, d := range t.waiting {
			hours = append(hours, d.Hours())
		}
		row.MedianHours = median(hours)
		r.Pairs = append(r.Pairs, row)
	}
	slices.SortFunc(r.Pairs, func(a, b PairRow) int {
		return cmp.Or(cmp.Compare(b.Handoffs, a.Handoffs), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	r.Pairs = r.Pairs[:min(len(r.Pairs), 15)]
}

// longest draws the longest paths, at most ten.
func (r *Report) longest(w *decide.World) {
	var cases []*signals.Case
	for _, c := range w.Cases {
		if len(c.Path) > 2 && !c.Gone && public(c) && c.Path.Teams().Handoffs() >= 2 {
			cases = append(cases, c)
		}
	}
	slices.SortFunc(cases, func(a, b *signals.Case) int {
		return cmp.Or(cmp.Compare(b.Path.Teams().Handoffs(), a.Path.Teams().Handoffs()), signals.CompareKeys(a.Key, b.Key))
	})
	for _, c := range cases[:min(len(cases), 10)] {
		r.Longest = append(r.Longest, r.long(w, c))
	}
}

func (r *Report) long(w *decide.World, c *signals.Case) LongRow {
	teams := c.Path.Teams()
	row := LongRow{Case: c.Label, Title: c.Title, Handoffs: teams.Handoffs()}
	end := r.To
	if !c.ClosedAt.IsZero() {
		end = c.ClosedAt
	}
	for i := range teams {
		hours := max(0, teams[i].Waiting(end).Hours())
		if r.small(teams[i].Team) {
			row.Stays = append(row.Stays, Stay{Team: teams[i].Team, Small: true})
			continue
		}
		row.Stays = append(row.Stays, Stay{Team: teams[i].Team, Hours: hours})
		if i > 0 && i < len(teams)-1 {
			row.Hours += hours
		}
	}
	first, last := teams[0].Team, teams[len(teams)-1].Team
	row.Direct = []string{first}
	if last != first {
		row.Direct = append(row.Direct, last)
	}
	row.Why = last + " resolved it in the end"
	if c.Open() {
		row.Why = last + " holds it now"
	}
	return row
}

// sampleSize is how many signals are put up for judgement by hand.
const sampleSize = 50

// sample draws signals to judge, the same ones each time: an equal share of
// each detector as far as it has so many, ordered by a hash of their keys.
func (r *Report) sample(w *decide.World) {
	byDetector := map[string][]*decide.Record{}
	for _, rec := range w.Book.Real() {
		r.all = append(r.all, rated{strconv.FormatUint(hash(rec.Signal.Key()), 36), rec.Signal.Detector})
		if c := w.Cases[rec.Signal.Case]; c != nil && !c.Gone && public(c) && rec.Signal.Audience == signals.Public {
			byDetector[rec.Signal.Detector] = append(byDetector[rec.Signal.Detector], rec)
		}
	}
	for _, c := range w.Cases {
		if c.Key.IsDrill() {
			continue
		}
		r.all = append(r.all, rated{silentID(c), noSignal})
	}
	names := slices.Sorted(maps.Keys(byDetector))
	for _, name := range names {
		slices.SortFunc(byDetector[name], func(a, b *decide.Record) int {
			return cmp.Or(cmp.Compare(hash(a.Signal.Key()), hash(b.Signal.Key())), cmp.Compare(a.Signal.Key(), b.Signal.Key()))
		})
	}
	for round := 0; len(r.Sample) < sampleSize; round++ {
		more := false
		for _, name := range names {
			if list := byDetector[name]; round < len(list) && len(r.Sample) < sampleSize {
				r.Sample = append(r.Sample, sampleRow(w, list[round]))
				more = true
			}
		}
		if !more {
			break
		}
	}
	slices.SortFunc(r.Sample, func(a, b SampleRow) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
}

func sampleRow(w *decide.World, rec *decide.Record) SampleRow {
	s := rec.Signal
	row := SampleRow{ID: strconv.FormatUint(hash(s.Key()), 36), At: s.At, Detector: s.Detector, Reason: s.Reason}
	if c := w.Cases[s.Case]; c != nil {
		row.Case = Ref(c)
		row.Excerpt = excerpt(c)
	}
	return row
}

// excerpt is what a case begins with, cut to a line.
func excerpt(c *signals.Case) string {
	text := c.Title
	if text == "" && len(c.Posts) > 0 {
		text = c.Posts[0].Text
	}
	runes := []rune(text)
	if len(runes) > 200 {
		return string(runes[:199]) + "…"
	}
	return text
}

// Ref is a case as the replay's output names it: jira:PAY-17, slack:C123/170000.000100.
func Ref(c *signals.Case) string {
	if c.Key.Source == signals.Slack {
		return signals.Slack + ":" + c.Key.ID
	}
	return c.Key.Source + ":" + c.Label
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
