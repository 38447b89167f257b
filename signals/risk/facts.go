package risk

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"andon/signals"
)

// fact is a kind of thing that a prediction rests on.
type fact uint8

// The kinds of facts. What persons did before weighs, too, and is never told.
const (
	aboutPeople fact = iota
	aboutPath
	aboutReturn
	aboutTeam
	aboutPair
	aboutStatus
	aboutLevel
	aboutPriority
	aboutType
	aboutPart
	aboutWords
	aboutFields
	aboutAge
	aboutPace
	aboutStay
	aboutHour
	aboutReopening
	aboutActivity
	aboutFlow
	factKinds
)

// plainFacts are the facts that the plain features speak of; the others speak
// of people.
var plainFacts = map[int]fact{
	fEntries: aboutActivity, fHandoffs: aboutPath, fTeams: aboutPath, fRevisits: aboutReturn, fReturns: aboutReturn,
	fUnset: aboutPath, fHeight: aboutLevel, fHighest: aboutLevel, fRises: aboutLevel, fFalls: aboutLevel,
	fStatuses: aboutStatus, fIdle: aboutActivity, fEdits: aboutActivity, fTalk: aboutActivity, fLinks: aboutActivity,
	fReopens: aboutReopening, fRaised: aboutPriority, fSinceTeam: aboutStay, fTitleLen: aboutWords, fBodyLen: aboutWords,
	fHasTeam: aboutTeam, fHome: aboutReturn, fAge: aboutAge, fGap: aboutPace, fPace: aboutPace,
	fTeamTime: aboutStay, fStatusTime: aboutStatus, fHour: aboutHour, fDay: aboutHour, fOpenHour: aboutHour, fOpenDay: aboutHour,
	fClosed: aboutStatus,

	fFlow + byTeam*memories + quick: aboutFlow, fFlow + byTeam*memories + slow: aboutFlow,
	fFlow + byPart*memories + quick: aboutFlow, fFlow + byPart*memories + slow: aboutFlow,
	fFlow + byPartTeam*memories + quick: aboutFlow, fFlow + byPartTeam*memories + slow: aboutFlow,
}

var categoryFacts = [categories]fact{
	cTeam: aboutTeam, cPair: aboutPair, cFirst: aboutTeam, cRoute: aboutPair, cStatus: aboutStatus, cStatusTeam: aboutTeam,
	cStatusMove: aboutStatus, cLevel: aboutLevel, cLevelTeam: aboutTeam, cLevelMove: aboutLevel, cPriority: aboutPriority,
	cPriorityTeam: aboutPriority, cType: aboutType, cProject: aboutType, cChange: aboutStatus, cChanges: aboutStatus,
	cTeamStep: aboutTeam, cTeamChange: aboutTeam, cHourOfDay: aboutHour, cSig: aboutStatus, cSigTeam: aboutTeam,
	cSigs: aboutStatus, cSigs3: aboutStatus, cSigStep: aboutStatus, cStatusPart: aboutPart,
}

// factOf is what a column speaks of.
func factOf(col int) fact {
	switch {
	case col < plain:
		return plainFacts[col]
	case col < colBag:
		return categoryFacts[col-colCat]
	case col < colBag+4:
		return aboutPart
	case col < colBag+6:
		return aboutWords
	case col < colSeen:
		return aboutFields
	case col == colSeen:
		return aboutPair
	case col < colAux:
		return aboutPeople
	case col == colRate:
		return aboutPath
	}
	return categoryFacts[col-colAux]
}

// enough is the least that a fact has to add to the log-odds to be told.
const enough = 0.1

// most is how many facts are told.
const most = 3

// facts tells in words what raises a prediction most. x is the row that was
// judged.
func (j *judge) facts(c *signals.Case, t *trail, x []float32) []string {
	parts := make([]float32, columns)
	for i := range parts {
		parts[i] = (1 - blend) * j.linear.part(i, x)
	}
	for _, t := range j.forest.trees {
		t.explain(x, parts, blend)
	}
	var weigh [factKinds]float32
	order := make([]fact, 0, factKinds)
	for i, v := range parts {
		weigh[factOf(i)] += v
	}
	for f := aboutPath; f < factKinds; f++ {
		if weigh[f] >= enough && (f != aboutFlow || handedOn(x)) {
			order = append(order, f)
		}
	}
	slices.SortStableFunc(order, func(a, b fact) int { return cmp.Compare(weigh[b], weigh[a]) })
	var out []string
	for _, f := range order {
		if s := f.words(c, t); s != "" && len(out) < most {
			out = append(out, s)
		}
	}
	return out
}

// handedOn reports whether more than usual is handed on of what the team or the
// component has to do with: less than usual may speak for an outcome as well, and
// there are no words for that.
func handedOn(x []float32) bool {
	for _, key := range [...]int{byTeam, byPart, byPartTeam} {
		for m := range memories {
			if x[fFlow+key*memories+m] > 0 {
				return true
			}
		}
	}
	return false
}

// words tells a fact of a case, "" where there is nothing to tell. Each is true
// of the case as it stands: that others like it went the same way is the model's
// word, and need not hold for one field taken alone.
func (f fact) words(c *signals.Case, t *trail) string {
	named := func(what, name string) string {
		if name == "" {
			return ""
		}
		return what + " " + name
	}
	switch f {
	case aboutPath:
		return counted(t.handoffs, "it has changed teams")
	case aboutReturn:
		switch n := t.revisits; n {
		case 0:
			return ""
		case 1:
			return "it has come back to a team that had it before"
		default:
			return counted(n, "it has come back") + " to teams that had it before"
		}
	case aboutTeam:
		return named("it is held by", c.Team)
	case aboutPair:
		teams := c.Path.Teams()
		if n := len(teams); n > 1 {
			return named("it went from "+teams[n-2].Team+" to", teams[n-1].Team)
		}
	case aboutStatus:
		return named("its status is", c.Status)
	case aboutLevel:
		return named("its level is", c.Level)
	case aboutPriority:
		return named("its priority is", c.Priority)
	case aboutType:
		return named("its type is", c.Type)
	case aboutPart:
		if len(c.Components) > 0 {
			return named("it is about", c.Components[0])
		}
	case aboutReopening:
		return counted(t.reopens, "it was reopened")
	case aboutAge:
		return "it has been open for " + span(t.entryAt-t.opened)
	default:
		return plainWords[f]
	}
	return ""
}

// plainWords go on from what becomes of cases like it.
var plainWords = map[fact]string{
	aboutWords:    "its words are like those of cases that did",
	aboutFields:   "its other fields are like those of cases that did",
	aboutPace:     "its steps follow each other at the pace of cases that did",
	aboutStay:     "it has stayed with its team as long as cases that did",
	aboutHour:     "its hour and day are those of cases that did",
	aboutFlow:     "of late, more than usual of what its team got, or of what is about its component, was handed on to another team",
	aboutActivity: "as much has happened on it as on cases that did",
}

// counted says how often something happened to a case, "" for never.
func counted(n int, what string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return what + " once"
	case 2:
		return what + " twice"
	}
	return fmt.Sprintf("%s %d times", what, n)
}

// span tells a number of seconds in words.
func span(sec int64) string {
	d := time.Duration(sec) * time.Second
	unit, name := time.Minute, "minute"
	switch {
	case d >= 48*time.Hour:
		unit, name = 24*time.Hour, "day"
	case d >= 2*time.Hour:
		unit, name = time.Hour, "hour"
	}
	n := max(1, int64(d/unit))
	if n > 1 {
		name += "s"
	}
	return fmt.Sprintf("%d %s", n, name)
}
