package bot

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/decide"
)

// drillMark begins the title of everything that is said in a drill.
const drillMark = "[DRILL] "

// drillCalm is what everybody who takes part is told.
const drillCalm = "This is a drill: nothing is broken. Press as you would."

// drillAhead is how far ahead a drill may be planned; chosen.
const drillAhead = 90 * 24 * time.Hour

// drillExamples go with what was not understood.
const drillExamples = "Say it like drill, drill #payments, drill PAY at tomorrow 10:30 or drill #payments random this week."

// drillKey is the case of the drill that somebody asked for.
func drillKey(asking string) signals.Key {
	return signals.Key{Source: signals.Drills, Site: "chain", ID: shortID("drill/" + asking)}
}

// drill plans a drill, lists those that there are, or calls one off.
func (q *question) drill() (*view.Card, error) {
	args := q.args
	if len(args) > 0 {
		switch strings.ToLower(strings.Trim(args[0], ",.:;!?")) {
		case "list", "ls":
			return q.listDrills()
		case "cancel", "stop", "off":
			return q.cancelDrill(args[1:])
		}
	}
	scope, rest, err := q.drillScope(args)
	if err != nil {
		return nil, err
	}
	audience, known := q.drillAudience(scope)
	if !known {
		return nil, unclearf("I know no channel or project %s that you may see. %s", brief(args[0]), drillExamples)
	}
	return q.planDrill(scope, rest, audience)
}

// planDrill plans a drill, where it may be and nothing stands in its way now.
func (q *question) planDrill(scope string, rest []string, audience signals.Audience) (*view.Card, error) {
	k, w := drillKey(q.asked.ID), q.brain.w
	d := signals.Drill{Scope: scope, By: q.asked.User, Asked: q.words.now}
	aim := w.AimOf(drillProbe(k, &d, nil, q.words.now, audience), q.words.now)
	if err := q.mayDrill(&aim); err != nil {
		return nil, err
	}
	cal := drillHours(w.Org, &aim)
	var err error
	if d.At, d.Hidden, err = q.drillTime(rest, k, cal); err != nil {
		return nil, err
	}
	now := !d.At.After(q.words.now)
	if now {
		why, _, err := q.Bot.drillObstacle(q.ctx, w, k, &d, &aim, q.words.now)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return nil, unclearf("No drill is begun now: %s. Name a later time, such as drill at tomorrow 10:30.", why)
		}
	} else if !cal.Working(d.At) {
		return nil, unclearf("%s is outside the working hours of whoever would be asked. The next working time there is %s.", q.words.tell(d.At), q.words.tell(cal.Next(d.At)))
	}
	e := q.happensTo(signals.Drilled, k, audience)
	e.Ref, e.To = scope, d.At.UTC().Format(time.RFC3339)
	if d.Hidden {
		e.Field = signals.DrillHidden
	}
	return q.drillPlanned(k, &d, now), nil
}

// drillPlanned says what was planned.
func (q *question) drillPlanned(k signals.Key, d *signals.Drill, now bool) *view.Card {
	card := &view.Card{Title: drillMark + "A drill of " + q.drillPlace(d.Scope) + " is planned"}
	text := "It begins on " + q.words.tell(d.At) + "."
	switch {
	case now:
		card.Title = drillMark + "A drill of " + q.drillPlace(d.Scope) + " begins"
		text = "It begins now."
	case d.Hidden:
		text = "It begins at some time in their working hours this week. Nobody is told when, you neither."
	}
	card.Lines = []view.Paragraph{
		{Text: text + " It goes to whoever a real signal from there would go to, and I tell you how far it came, stage by stage."},
		{Text: "It does not begin during an incident or outside working hours: then it is postponed once. To call it off say " + q.slash() + " drill cancel " + k.ID + "."},
	}
	return card
}

// drillProbe is the case of a drill as it would stand if it began at a time.
func drillProbe(k signals.Key, d *signals.Drill, had []*signals.Event, at time.Time, audience signals.Audience) *signals.Case {
	return signals.Fold(append(slices.Clone(had), d.Begin(k, drillStepID(k, d), at, audience)))
}

func drillStepID(k signals.Key, d *signals.Drill) string {
	return fmt.Sprintf("%s/drill/%s/%d", signals.Own, k.ID, d.Steps)
}

// drillHours are the working hours of whoever would be asked.
func drillHours(org *signals.Org, aim *decide.Aim) *signals.Calendar { return org.Calendar(aim.To) }

var projectForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,30}$`)

// drillScope reads for which channel or project a drill is; without one for the
// channel where it is asked.
func (q *question) drillScope(args []string) (scope string, rest []string, err error) {
	if len(args) > 0 && isRoom(args[0]) {
		scope, err = q.words.room(args[0])
		return scope, args[1:], err
	}
	if len(args) > 0 && projectForm.MatchString(args[0]) {
		project := strings.ToUpper(args[0])
		if _, ok := q.drillAudience(project); ok {
			return project, args[1:], nil
		}
	}
	if len(args) > 0 && !drillTimeWord(q.words, args) {
		return "", nil, unclearf("%s is no channel, no project and no time that I know. %s", brief(args[0]), drillExamples)
	}
	if q.words.here == "" {
		return "", nil, unclearf("Tell me for which channel or project. %s", drillExamples)
	}
	return q.words.here, args, nil
}

// drillTimeWord reports whether words begin with a time.
func drillTimeWord(g *grammar, args []string) bool {
	switch strings.ToLower(args[0]) {
	case "now", "random", "at":
		return true
	}
	_, n, err := g.when(args)
	return n > 0 || err != nil
}

// drillAudience is who may know of a drill of a channel or project; known is
// false where there is none that the asker may see.
func (q *question) drillAudience(scope string) (audience signals.Audience, known bool) {
	w := q.brain.w
	if strings.HasPrefix(scope, signals.Slack+"/") {
		audience = q.audienceIn(scope)
		return audience, q.viewer.Sees(audience) || q.words.here == scope
	}
	var last *signals.Case // of those at hand: a project is for all who may see any of its issues
	for _, c := range w.Cases {
		if c.Project != scope || c.Key.IsDrill() || len(c.For(q.viewer).Events()) == 0 {
			continue
		}
		if audienceOf(c) == signals.Public {
			return signals.Public, true
		}
		if last == nil || c.Last.After(last.Last) || c.Last.Equal(last.Last) && signals.CompareKeys(c.Key, last.Key) > 0 {
			last = c
		}
	}
	if last != nil {
		return audienceOf(last), true
	}
	for _, t := range w.Org.Teams {
		if slices.ContainsFunc(t.Owns, func(o signals.Owned) bool { return strings.EqualFold(o.Project, scope) }) {
			return signals.Public, true // the roster names it for everybody
		}
	}
	return signals.Restricted, false
}

// mayDrill says why the asker may not start a drill, nil where they may.
func (q *question) mayDrill(aim *decide.Aim) error {
	org := q.words.org
	switch org.Policy.Drill.Who {
	case signals.DrillEverybody:
		return nil
	case signals.DrillNobody:
		return unclear("Drills are switched off here (policy.drill.who).")
	}
	if q.admin() {
		return nil
	}
	if org.Policy.Drill.Who == signals.DrillAdmins {
		return unclear(q.adminsOnly("drill"))
	}
	for _, name := range append(slices.Clone(aim.Owners), aim.Team) {
		if t := org.Team(name); t != nil && q.mine(org.Who(t.Lead)) {
			return nil
		}
	}
	return unclear("Only admins, and the lead of the team that a drill is for, can start one.")
}

// drillTime reads when a drill is to begin: now where nothing is said.
func (q *question) drillTime(words []string, k signals.Key, cal *signals.Calendar) (at time.Time, hidden bool, err error) {
	said := strings.ToLower(strings.Trim(strings.Join(words, " "), " .!?"))
	switch said {
	case "", "now":
		return q.words.now, false, nil
	case "random", "random this week", "this week random":
		at, ok := drillMoment(k, cal, q.words.now)
		if !ok {
			return at, false, unclear("There is too little working time left there this week. Name a time, or ask again on Monday.")
		}
		return at, true, nil
	}
	if at, err = q.words.needWhen(words); err != nil {
		return at, false, err
	}
	if at.Sub(q.words.now) > drillAhead {
		return at, false, unclearf("That is too far ahead: 90 days are the most. %s", drillExamples)
	}
	return at, false, nil
}

// drillMoment is a moment in what is left of the working time of this week, the
// same for the same drill; ok is false where less than an hour is left.
func drillMoment(k signals.Key, cal *signals.Calendar, now time.Time) (at time.Time, ok bool) {
	y, m, d := now.In(zoneIn(cal)).Date()
	sunday := (7 - int(now.In(zoneIn(cal)).Weekday())) % 7
	left := int(cal.Between(now, dayBegins(y, m, d+sunday+1, zoneIn(cal))) / time.Minute)
	if left < 60 {
		return at, false
	}
	h := fnv.New32a()
	h.Write([]byte("moment/" + k.ID))
	return cal.Add(now, time.Duration(1+int(h.Sum32())%(left-1))*time.Minute).Truncate(time.Minute), true
}

// drillPlace is what the place of a drill is called, for the asker, who sees it.
func (q *question) drillPlace(scope string) string {
	return drillPlace(q.brain.w, scope, signals.Public, signals.Viewer{})
}

// drillPlace is what the place of a drill is called for who may know of the drill.
func drillPlace(w *decide.World, scope string, of signals.Audience, v signals.Viewer) string {
	if !strings.HasPrefix(scope, signals.Slack+"/") {
		return scope
	}
	if name := roomName(w, scope); name != "" && v.Sees(of) {
		return name
	}
	return "a channel"
}
