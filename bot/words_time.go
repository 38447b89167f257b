package bot

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"andon/signals"
)

// The examples that go with what was not understood.
const timeExamples = "Say it like 2h, 3d, tomorrow 9am, monday 14:00 or 2026-12-01."

// farthest is how far ahead a time may lie: what lies further is a slip of the pen.
const farthest = 2 * 366 * 24 * time.Hour

// timeLeads are words that may stand before a time.
var timeLeads = map[string]bool{"until": true, "till": true, "for": true, "in": true, "at": true, "on": true, "by": true, "after": true}

// zone is where the clock of the asker hangs.
func (g *grammar) zone() *time.Location { return zoneIn(g.cal) }

// morning is when the asker begins to work.
func (g *grammar) morning() time.Duration {
	if g.cal == nil || g.cal.From == 0 && g.cal.To == 0 {
		return 9 * time.Hour
	}
	return g.cal.From
}

// tell says a time as the asker's clock shows it.
func (g *grammar) tell(t time.Time) string {
	t = t.In(g.zone())
	form := "Mon 2 Jan 15:04"
	if t.Year() != g.now.In(g.zone()).Year() {
		form = "Mon 2 Jan 2006 15:04"
	}
	return t.Format(form)
}

// when reads a time that is still to come from the beginning of words, and how
// many of them belong to it; none where they speak of no time. A day without an
// hour means when work begins on it.
func (g *grammar) when(words []string) (at time.Time, n int, err error) {
	i := 0
	for i < len(words) && timeLeads[strings.ToLower(words[i])] {
		i++
	}
	if d, used, err := spanOf(words[i:]); err != nil || used > 0 {
		if err != nil {
			return time.Time{}, 0, err
		}
		return g.now.Add(d), i + used, nil
	}
	at, used, err := g.moment(words[i:])
	if err != nil || used == 0 {
		return time.Time{}, 0, err
	}
	switch {
	case !at.After(g.now):
		return time.Time{}, 0, unclearf("%s is over already. Say a later time, such as tomorrow 9am.", brief(strings.Join(words[i:i+used], " ")))
	case at.Sub(g.now) > farthest:
		return time.Time{}, 0, unclearf("%s is too far ahead: two years are the most. "+timeExamples, brief(strings.Join(words[i:i+used], " ")))
	}
	return at, i + used, nil
}

// needWhen is when, where a time must stand and nothing else.
func (g *grammar) needWhen(words []string) (time.Time, error) {
	if len(words) == 0 {
		return time.Time{}, unclearf("Tell me until when. " + timeExamples)
	}
	at, n, err := g.when(words)
	if err == nil && n < len(words) {
		err = unclearf("I do not understand the time %s. "+timeExamples, brief(strings.Join(words, " ")))
	}
	return at, err
}

var timeUnits = map[string]time.Duration{
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"w": 7 * 24 * time.Hour, "wk": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "weeks": 7 * 24 * time.Hour,
}

var (
	spanForm  = regexp.MustCompile(`^([0-9]{1,5}(?:\.[0-9]{1,2})?[a-z]{1,7})+$`)
	spanPiece = regexp.MustCompile(`([0-9.]+)([a-z]+)`)
	amount    = regexp.MustCompile(`^[0-9]{1,5}(\.[0-9]{1,2})?$`)
)

// spanOf reads a duration such as 30m, 2h30m, 2 hours or an hour from the
// beginning of words.
func spanOf(words []string) (d time.Duration, n int, err error) {
	if len(words) == 0 {
		return 0, 0, nil
	}
	first := strings.ToLower(strings.Trim(words[0], ",.;!?"))
	next := ""
	if len(words) > 1 {
		next = strings.ToLower(strings.Trim(words[1], ",.;!?"))
	}
	unit, named := timeUnits[next]
	switch {
	case spanForm.MatchString(first):
		for _, piece := range spanPiece.FindAllStringSubmatch(first, -1) {
			of, ok := timeUnits[piece[2]]
			if !ok {
				return 0, 0, nil // such as 9am
			}
			d += timesUnit(piece[1], of)
		}
		n = 1
	case amount.MatchString(first) && named:
		d, n = timesUnit(first, unit), 2
	case (first == "an" || first == "a" || first == "one") && named:
		d, n = unit, 2
	default:
		return 0, 0, nil
	}
	said := brief(strings.Join(words[:n], " "))
	if d < time.Minute {
		return 0, 0, unclearf("%s is too short: a minute is the least. "+timeExamples, said)
	}
	if d > farthest {
		return 0, 0, unclearf("%s is too long: two years are the most. "+timeExamples, said)
	}
	return d, n, nil
}

func timesUnit(number string, unit time.Duration) time.Duration {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f > 99999 {
		return farthest + 1
	}
	return min(time.Duration(f*float64(unit)), farthest+1)
}

// nextWorkday is when the asker begins to work on a day after today.
func (g *grammar) nextWorkday() time.Time {
	y, m, d := g.now.In(g.zone()).Date()
	tomorrow := time.Date(y, m, d+1, 0, 0, 0, 0, g.zone())
	if g.cal == nil {
		return tomorrow.Add(9 * time.Hour)
	}
	at := g.cal.Next(tomorrow)
	if !at.After(g.now) {
		return (*signals.Calendar)(nil).Next(tomorrow)
	}
	return at
}
