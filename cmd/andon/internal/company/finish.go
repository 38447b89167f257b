package company

import (
	"slices"
	"sort"
	"time"
)

// finish orders everything and writes the truth that follows from the history itself: the paths of teams.
func (w *world) finish() {
	for _, is := range w.c.Issues {
		is.Changelog.Total = len(is.Changelog.Histories)
		is.Changelog.Max = max(is.Changelog.Total, 1)
		if is.Changelog.Histories == nil {
			is.Changelog.Histories = []History{}
		}
		w.pathTruth(is)
		w.levelTruth(is)
		is.calm()
	}
	w.finishSlack()
	for _, p := range w.people {
		w.c.People = append(w.c.People, *p)
	}
	t := &w.c.Truth
	sort.SliceStable(t.Planted, func(i, j int) bool { return t.Planted[i].At.Before(t.Planted[j].At) })
	sort.SliceStable(t.Negatives, func(i, j int) bool { return t.Negatives[i].Case < t.Negatives[j].Case })
}

// calm makes an ordinary issue that nobody took within a working day less urgent: it was not, else it would be an orphan.
func (is *Issue) calm() {
	if is.planned || is.waiting || is.Fields.Priority.Name != "High" {
		return
	}
	for _, h := range is.Changelog.Histories {
		for _, it := range h.Items {
			if it.Field == "assignee" && it.To != nil && h.at.Sub(is.opened) < 6*time.Hour {
				return
			}
		}
	}
	is.Fields.Priority = priority("Medium")
}

// pathTruth walks the teams of an issue: its third hand-off makes a long path, A-B-A a ping-pong.
func (w *world) pathTruth(is *Issue) {
	var teams []string
	handoffs, bounced := 0, false
	for _, h := range is.Changelog.Histories {
		for _, it := range h.Items {
			if it.Field != "Team" || it.FromString == nil || it.ToString == nil {
				continue
			}
			if teams == nil {
				teams = []string{*it.FromString}
			}
			teams = append(teams, *it.ToString)
			handoffs++
			if n := len(teams); n >= 3 && teams[n-1] == teams[n-3] && !bounced {
				bounced = true
				w.pathFact(is, "ping_pong", "ping_pong", h, "went back to the team that had handed it over")
			}
			if handoffs == 3 {
				w.pathFact(is, "wander", "long_path", h, "its third hand-off between teams")
			}
		}
	}
}

// levelTruth walks the support levels of an issue: a rise by two levels or more and any fall after it is a climb.
func (w *world) levelTruth(is *Issue) {
	if w.planted(is, "climb") {
		return
	}
	low, rose := 0, false
	for _, h := range is.Changelog.Histories {
		for _, it := range h.Items {
			if it.Field != "Support Level" || it.FromString == nil || it.ToString == nil {
				continue
			}
			from, to := height(*it.FromString), height(*it.ToString)
			if low == 0 {
				low = from
			}
			if rose && to < from {
				w.pathFact(is, "climb", "climb", h, "rose two levels or more and came down again")
				return
			}
			low = min(low, to)
			rose = rose || to-low >= 2
		}
	}
}

// height is a support level as a number.
func height(level string) int {
	return map[string]int{"L1": 1, "L2": 2, "L3": 3, "Management": 4}[level]
}

// planted reports whether a kind was planted in an issue before.
func (w *world) planted(is *Issue, kind string) bool {
	return slices.ContainsFunc(w.c.Truth.Planted, func(p Planted) bool { return p.Kind == kind && p.Case == "jira:"+is.Key })
}

func (w *world) pathFact(is *Issue, kind, detector string, h History, note string) {
	var until *time.Time
	if at := is.closedAt(); !at.IsZero() {
		until = &at
	}
	w.plantIssue(is, kind, detector, h.ID, h.at, until, note)
}
