package detect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/signals"
	"andon/signals/detect"
)

// world is what a script has made so far. It is the least driver that runs a
// detector as the bot does: events in order, one look after the last event of
// an entry, wakes when they are due.
type world struct {
	detector detect.Detector
	org      *signals.Org
	cases    map[signals.Key]*signals.Case
	rooms    map[string]*signals.Room
	private  map[string]bool
	joins    signals.Joins
	models   *models
	wishes   map[signals.Key]wish
	found    []signals.Signal
	seen     map[string]bool
	ids      map[string]bool
	entry    int64
	item     int32
}

type wish struct {
	at    time.Time
	count int // of posts in the room
}

func newWorld(d detect.Detector) *world {
	w := &world{
		detector: d, org: signals.NewOrg(signals.DefaultPolicy()), cases: make(map[signals.Key]*signals.Case),
		rooms: make(map[string]*signals.Room), private: make(map[string]bool), wishes: make(map[signals.Key]wish),
		seen: make(map[string]bool), ids: make(map[string]bool),
	}
	w.models = &models{world: w, readings: make(map[readKey]*detect.Reading)}
	return w
}

// step runs what is due before a line, applies the line, and looks at its case
// when the line ends an entry.
func (w *world) step(st step, last bool) error {
	if !st.at.IsZero() {
		w.wake(st.at)
	}
	if w.item++; !st.more {
		w.entry, w.item = w.entry+1, 0
	}
	key, ok := parseCase(st.what)
	if !ok {
		return w.organise(st)
	}
	if st.at.IsZero() {
		return fmt.Errorf("%s has no time", st.what)
	}
	if st.verb == "private" {
		w.private[key.ID] = true
		return nil
	}
	e, err := w.event(st, key)
	if err != nil {
		return err
	}
	w.ids[e.ID] = true
	if e.Kind == signals.Joined {
		w.room(key).Members[w.org.Who(e.To)] = e.Field != "left"
		return w.org.Apply(e)
	}
	return w.apply(e, last)
}

func (w *world) apply(e *signals.Event, last bool) error {
	c := w.cases[e.Case]
	if c == nil {
		c = &signals.Case{}
		w.cases[e.Case] = c
	}
	posts := len(c.Posts)
	if !c.Apply(e) {
		return fmt.Errorf("%s is out of order", e.ID)
	}
	room := w.room(e.Case)
	switch {
	case room == nil:
	case e.Kind == signals.Deleted:
		room.Remove(e.Ref)
	case len(c.Posts) > posts:
		room.Add(c.Posts[len(c.Posts)-1])
	}
	switch to, ok := signals.ParseKey(e.Ref); {
	case ok && w.org.Policy.LinkWords().Waits(e.Field):
		defer w.again(e)
	case ok && e.Kind == signals.Linked:
		w.joins.Join(e.Case, to)
	case ok && e.Kind == signals.Unlinked:
		w.joins.Part(e.Case, to)
	}
	if last {
		w.look(c, e, e.At)
		w.crowded(room, e)
	}
	return nil
}

// kin finds every issue of a script.
type kin world

func (w *kin) Find(ref signals.Key) (signals.Key, *signals.Case) { return ref, w.cases[ref] }

func (w *kin) Linking(k signals.Key) (out []*signals.Case) {
	for _, o := range slices.SortedFunc(maps.Keys(w.cases), signals.CompareKeys) {
		if slices.ContainsFunc(w.cases[o].Links, func(l signals.Link) bool { return l.To == k }) {
			out = append(out, w.cases[o])
		}
	}
	return out
}

// again looks at the issues that wait for the one of an event.
func (w *world) again(e *signals.Event) {
	for _, k := range signals.WaitingFor(w.cases[e.Case], (*kin)(w), w.org.Policy.LinkWords()) {
		w.look(w.cases[k], nil, e.At)
	}
}

// crowded looks at the cases of a room that wait for further posts in it.
func (w *world) crowded(room *signals.Room, e *signals.Event) {
	if room == nil || e.Kind != signals.Said {
		return
	}
	for _, k := range slices.SortedFunc(maps.Keys(w.wishes), signals.CompareKeys) {
		if n := w.wishes[k].count; n > 0 && n <= room.Count && k.Channel() == room.ID {
			w.look(w.cases[k], nil, e.At)
		}
	}
}

// wake looks at every case whose time came before t, in order of time.
func (w *world) wake(t time.Time) {
	for {
		var due signals.Key
		for _, k := range slices.SortedFunc(maps.Keys(w.wishes), signals.CompareKeys) {
			if at := w.wishes[k].at; !at.IsZero() && at.Before(t) && (due.IsZero() || at.Before(w.wishes[due].at)) {
				due = k
			}
		}
		if due.IsZero() {
			return
		}
		w.look(w.cases[due], nil, w.wishes[due].at)
	}
}

func (w *world) look(c *signals.Case, e *signals.Event, now time.Time) {
	delete(w.wishes, c.Key)
	if !slices.Contains(w.detector.Sources, c.Key.Source) {
		return
	}
	var cases []*signals.Case
	for _, k := range w.joins.Members(c.Key) {
		if m := w.cases[k]; m != nil {
			cases = append(cases, m)
		}
	}
	s := &detect.Snapshot{
		Case: c, Problem: signals.NewProblem(cases...), Event: e, Room: w.room(c.Key),
		Models: w.models, Kin: (*kin)(w), Org: w.org, Now: now,
	}
	for _, sig := range w.detector.Detect(s) {
		if !w.seen[sig.Key()] {
			w.seen[sig.Key()] = true
			w.found = append(w.found, sig)
		}
	}
	at, posts := s.Wake()
	if posts > 0 {
		posts += s.Room.Count
	}
	if !at.IsZero() || posts > 0 {
		w.wishes[c.Key] = wish{at, posts}
	}
}

func (w *world) room(k signals.Key) *signals.Room {
	id := k.Channel()
	if id == "" {
		return nil
	}
	if w.rooms[id] == nil {
		w.rooms[id] = &signals.Room{ID: id, Name: signals.Bare(id), Members: make(map[string]bool)}
	}
	return w.rooms[id]
}

// organise applies a line about the organisation.
func (w *world) organise(st step) error {
	e := &signals.Event{ID: "org/" + strconv.FormatInt(w.entry, 10), At: st.at, To: st.verb, Field: st.what}
	var about any
	switch st.what {
	case "policy":
		e.Kind, e.To, e.Text = signals.PolicySet, "", st.rest
	case "set":
		_, value, ok := strings.Cut(st.rest, " ")
		if !ok {
			return fmt.Errorf("set %s has no value", st.verb)
		}
		e.Kind, e.To, e.Text = signals.PolicySet, "", setting(st.verb, strings.TrimSpace(value))
	case "person":
		e.Kind, about = signals.RosterSet, st.person()
	case "team":
		e.Kind, about = signals.RosterSet, st.team()
	case "away":
		return w.absent(st, e)
	default:
		return fmt.Errorf("%q is neither a case nor policy, set, person, team or away", st.what)
	}
	if about != nil {
		b, err := json.Marshal(about)
		if err != nil {
			return err
		}
		e.Text = string(b)
	}
	return w.org.Apply(e)
}

// absent reads: away NAME until 2026-03-09 [backup=NAME] [from=2026-03-02].
func (w *world) absent(st step, e *signals.Event) error {
	if len(st.args) < 2 || st.args[0] != "until" || w.org.Person(st.verb) == nil {
		return fmt.Errorf("away needs somebody who has a person line, and until DATE")
	}
	e.Kind, e.Ref, e.Text = signals.AwaySet, st.opt("backup"), st.args[1]+"T00:00:00Z"
	if from := st.opt("from"); from != "" {
		e.From = from + "T00:00:00Z"
	}
	return w.org.Apply(e)
}

func (st *step) person() *signals.Person {
	return &signals.Person{
		ID: st.verb, Name: st.opt("name"), Team: st.opt("team"), Manager: st.opt("manager"), Backup: st.opt("backup"),
		Zone: st.opt("zone"), Hours: st.opt("hours"), Days: st.opt("days"), Region: st.opt("region"),
		Left: st.flag("left"), Bot: st.flag("bot"), External: st.flag("external"), OptedOut: st.flag("opted_out"),
		Accounts: []string{
			signals.ID(signals.Jira, jiraSite, st.verb), signals.ID(signals.Log, jiraSite, st.verb), signals.ID(signals.Slack, slackTeam, st.verb),
		},
	}
}

func (st *step) team() *signals.Team {
	t := &signals.Team{ID: st.verb, Lead: st.opt("lead"), Zone: st.opt("zone"), Channel: signals.ID(signals.Slack, slackTeam, st.opt("channel"))}
	if a := st.opt("aliases"); a != "" {
		t.Aliases = strings.Split(a, ",")
	}
	if c := st.opt("owns"); c != "" {
		for name := range strings.SplitSeq(c, ",") {
			t.Owns = append(t.Owns, signals.Owned{Component: name})
		}
	}
	return t
}

// setting makes the JSON of one policy value: detect.stall.after and 4h.
func setting(path, value string) string {
	var v any = value
	if d, err := time.ParseDuration(value); err == nil {
		v = d
	} else if err := json.Unmarshal([]byte(value), &v); err != nil {
		v = value
	}
	parts := strings.Split(path, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		v = map[string]any{parts[i]: v}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
