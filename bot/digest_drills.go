package bot

import (
	"strconv"

	"andon/bot/view"
	"andon/signals"
)

// drillSums are the drills that began in a week, as they stood at its end. They
// are part of no other sum.
type drillSums struct {
	Began, Confirmed int
	Stopped          []deathSum // the most first
	Asked            int        // different people who were asked
}

func sumDrills(records []*signals.Record, week weekSpan) (out drillSums) {
	stopped, asked := make(map[deathSum]int), make(map[string]bool)
	for _, r := range records {
		if !week.holds(r.Signal.At) {
			continue
		}
		out.Began++
		l := r.Ledger
		switch {
		case l.Reached(signals.ConfirmedBy) && l.Times[signals.ConfirmedBy].Before(week.until):
			out.Confirmed++
		case l.Died != "" && l.DiedAt.Before(week.until):
			stopped[deathSum{Before: l.Died}]++
		}
		for _, n := range r.Nudges {
			if n.To != "" && toldOf(n) {
				asked[n.To] = true
			}
		}
	}
	out.Asked = len(asked)
	out.Stopped, _ = inOrder(stopped, nil)
	return out
}

// drills tells of the drills of the week in one line: how they ended where enough
// people took part.
func (d *digest) drills() []view.Paragraph {
	s := &d.Drills
	if s.Began == 0 {
		return nil
	}
	text := "Drills, counted apart: " + signals.Counted(s.Began, "drill") + " began"
	if s.Asked < d.Group {
		return []view.Paragraph{{Text: text + "."}}
	}
	if s.Confirmed > 0 {
		text += ", " + strconv.Itoa(s.Confirmed) + " confirmed"
	}
	for _, x := range s.Stopped {
		text += ", " + strconv.Itoa(x.N) + " stopped before " + string(x.Before)
	}
	return []view.Paragraph{{Text: text + "."}}
}

// withoutDrills leaves out what is counted apart.
func withoutDrills(records []*signals.Record) (out []*signals.Record) {
	for _, r := range records {
		if !r.IsDrill() {
			out = append(out, r)
		}
	}
	return out
}
