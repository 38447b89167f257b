package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
)

// muteFor is how long a mute lasts for which no time is given.
const muteFor = 30 * 24 * time.Hour

// muting is what mute and unmute are told.
type muting struct {
	detector string // "" for all
	scope    string // channel id, "" for everywhere
	all      bool   // for everybody
	rest     []string
}

// muting reads DETECTOR [here|#channel] [for everybody], and leaves the time.
func (q *question) muting(what string) (m muting, err error) {
	if len(q.args) == 0 {
		return m, unclearf("Tell me which detector: %s stall, or %s all. Say settings to see what is muted.", what, what)
	}
	name, n, err := q.words.detector(q.args)
	if err != nil {
		return m, err
	}
	m.detector = name
	args := q.args[n:]
	for i := 0; i < len(args); i++ {
		word := strings.ToLower(args[i])
		next := ""
		if i+1 < len(args) {
			next = strings.ToLower(args[i+1])
		}
		switch {
		case word == "in" && isRoom(next):
		case isRoom(args[i]):
			if m.scope, err = q.words.room(args[i]); err != nil {
				return m, err
			}
		case word == "for" && (next == "everybody" || next == "everyone" || next == "all"):
			m.all = true
			i++
		default:
			m.rest = append(m.rest, args[i])
		}
	}
	if m.all && !q.admin() {
		return m, unclear(q.adminsOnly(what + " for everybody"))
	}
	return m, nil
}

func (m *muting) says(q *question) string {
	text := m.detector
	if text == "" {
		text = "anything"
	}
	if m.scope != "" {
		text += " in " + q.placeName(m.scope)
	}
	return text
}

// placeName is what a channel or a project is called for the asker.
func (q *question) placeName(id string) string {
	if id == q.words.here && id != "" {
		return "this channel"
	}
	return cmp.Or(placeName(q.brain.w, id, q.viewer), "that channel")
}

// writeMute writes a mute that begins and ends at some times; a zero from begins
// at once.
func (q *question) writeMute(m *muting, from, until time.Time) {
	e := q.happens(signals.Muted)
	setMute(e, m.detector, m.scope, from, until)
	if m.all {
		e.Actor = ""
	}
}

func (q *question) muteIt() (*view.Card, error) {
	m, err := q.muting("mute")
	if err != nil {
		return nil, err
	}
	until := q.words.now.Add(muteFor)
	if len(m.rest) > 0 {
		if until, err = q.words.needWhen(m.rest); err != nil {
			return nil, err
		}
	}
	q.writeMute(&m, time.Time{}, until)
	text, again := "You hear nothing of "+strings.Replace(m.says(q), "anything", "anybody's signals", 1), "unmute "+orAll(m.detector)
	if m.scope != "" {
		again += " " + q.reach(m.scope)
	}
	if m.all {
		text, again = "Nobody hears of "+m.says(q), again+" for everybody"
	}
	return say(text + " until " + q.words.tell(until) + ". To end that earlier say " + again + "."), nil
}

func orAll(detector string) string {
	if detector == "" {
		return "all"
	}
	return detector
}

func (q *question) unmute() (*view.Card, error) {
	m, err := q.muting("unmute")
	if err != nil {
		return nil, err
	}
	if len(m.rest) > 0 {
		return nil, unclearf("I do not understand %s. Say unmute stall, or unmute stall here.", brief(strings.Join(m.rest, " ")))
	}
	who := q.who()
	if m.all {
		who = ""
	}
	had := q.brain.w.Org.Mutes(q.words.now)
	found := slices.ContainsFunc(had, func(x signals.Mute) bool {
		return x.Person == who && x.Detector == m.detector && x.Scope == m.scope
	})
	switch {
	case !found && m.all:
		return nil, unclearf("Nobody muted %s for everybody. Say settings to see what is muted.", m.says(q))
	case !found:
		return nil, unclearf("You have not muted %s. Say settings to see what is muted.", m.says(q))
	}
	q.writeMute(&m, time.Time{}, q.words.now.Add(-time.Second))
	if m.all {
		return say("Everybody hears of " + m.says(q) + " again."), nil
	}
	return say("You hear of " + m.says(q) + " again."), nil
}

// silence plans that nothing is said in a channel for a while.
func (q *question) silence() (*view.Card, error) {
	const example = "Say it like silence #payments from friday 18:00 until monday."
	if len(q.args) == 0 || !isRoom(q.args[0]) {
		return nil, unclearf("Tell me which channel and until when. " + example)
	}
	scope, err := q.words.room(q.args[0])
	if err != nil {
		return nil, err
	}
	args := q.args[1:]
	var from time.Time
	words := *q.words
	if len(args) > 0 && strings.EqualFold(args[0], "from") {
		at, n, err := words.when(args[1:])
		switch {
		case err != nil:
			return nil, err
		case n == 0 && len(args) > 1 && strings.EqualFold(args[1], "now"):
			n = 1
		case n == 0:
			return nil, unclearf("I do not understand from when. " + example)
		default:
			from, words.now = at, at
		}
		args = args[1+n:]
	}
	if len(args) == 0 {
		return nil, unclearf("Tell me until when, too. " + example)
	}
	until, err := words.needWhen(args)
	if err != nil {
		return nil, err
	}
	q.writeMute(&muting{scope: scope, all: true}, from, until)
	text := "I say nothing in " + q.placeName(scope)
	if !from.IsZero() {
		text += " from " + q.words.tell(from)
	}
	return say(text + " until " + q.words.tell(until) + ". To end that say unmute all " + q.reach(scope) + " for everybody."), nil
}

// reach is how a channel is named in a command.
func (q *question) reach(id string) string {
	if id == q.words.here {
		return "here"
	}
	if name := q.placeName(id); strings.HasPrefix(name, "#") {
		return name
	}
	return "#channel"
}

// mode sets how far a detector may go, or lists it for all of them.
func (q *question) mode() (*view.Card, error) {
	if len(q.args) == 0 {
		return q.modes(), nil
	}
	const example = "Say it like mode stall ask, or mode stall live in #payments."
	name, n, err := q.words.detector(q.args)
	if err != nil {
		return nil, err
	}
	args := q.args[n:]
	if len(args) == 0 {
		return nil, unclearf("Tell me the mode: shadow, preview, ask, live, off or default. " + example)
	}
	mode := signals.Mode(strings.ToLower(strings.Trim(args[0], ",.:;!?")))
	if mode != "default" && !slices.Contains(signals.Modes, mode) {
		return nil, unclearf("There is no mode %s: it is shadow, preview, ask, live, off or default. "+example, brief(args[0]))
	}
	scope := ""
	if args = args[1:]; len(args) > 0 {
		if strings.EqualFold(args[0], "in") {
			args = args[1:]
		}
		if len(args) != 1 {
			return nil, unclearf("I do not understand where. " + example)
		}
		if scope, err = q.place(args[0]); err != nil {
			return nil, err
		}
	}
	e := q.happens(signals.ModeSet)
	setMode(e, name, scope, mode)
	text := orAll(name)
	if text == "all" {
		text = "Every detector"
	}
	if scope != "" {
		text += " in " + q.placeName(scope)
	}
	if mode == "default" {
		e.To = ""
		return say(text + " is what the configuration says again."), nil
	}
	return say(text + " is in mode " + string(mode) + " now, which " + modeSays[mode] + ". To take that back say mode " + orAll(name) + " default" + map[bool]string{true: " in the same place"}[scope != ""] + "."), nil
}

// place reads a channel or the key of a project that is known.
func (q *question) place(word string) (string, error) {
	if isRoom(word) {
		return q.words.room(word)
	}
	key := strings.ToUpper(strings.Trim(word, ",.:;!?"))
	known := q.projects()
	if slices.Contains(known, key) {
		return key, nil
	}
	best, least := "PAY", 1<<30
	for _, k := range known {
		if away := signals.Distance(clipped(key, 40), k); away < least {
			best, least = k, away
		}
	}
	if len(known) == 0 {
		return "", unclearf("%s is no channel, and I know no project yet. Say it like #payments or %s, and without a place for everywhere.", brief(word), best)
	}
	return "", unclearf("%s is no channel and no project that I know. Did you mean %s? Without a place it counts everywhere.", brief(word), best)
}

// projects are the keys of the projects that are known: by their issues, as
// somebody's in the roster, for tickets, or because a mode was set there.
func (q *question) projects() []string {
	org := q.brain.w.Org
	out := q.brain.w.Projects()
	for _, t := range org.Teams {
		for _, o := range t.Owns {
			out = append(out, o.Project)
		}
	}
	for _, t := range q.c.Tickets {
		out = append(out, t.Projects()...)
	}
	for _, m := range org.Modes() {
		out = append(out, m.Scope)
	}
	out = slices.DeleteFunc(out, func(k string) bool { return k == "" || strings.Contains(k, "/") })
	slices.Sort(out)
	return slices.Compact(out)
}
