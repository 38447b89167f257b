package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// settings shows the asker's settings, or sets one of them.
func (q *question) settings() (*view.Card, error) {
	if len(q.args) == 0 {
		return q.showSettings()
	}
	what, args := strings.ToLower(strings.Trim(q.args[0], ",.:;!?")), q.args[1:]
	set, ok := map[string]func(q *question, args []string) (string, any, error){
		"zone": readZone, "timezone": readZone, "hours": readHours, "days": readDays, "backup": readBackup, "thanks": readSwitch, "digest": readSwitch,
	}[what]
	if !ok {
		return nil, unclearf("There is no setting %s: it is zone, hours, days, backup, thanks or digest. Say it like settings zone Europe/Berlin.", brief(q.args[0]))
	}
	if what == "timezone" {
		what = "zone"
	}
	if len(args) == 1 && slices.Contains([]string{"default", "none", "-"}, strings.ToLower(args[0])) {
		none := any("")
		if what == "thanks" || what == "digest" {
			none = nil
		}
		if err := q.personal(map[string]any{what: none}); err != nil {
			return nil, err
		}
		return say("Your " + what + " is no longer set by you: what the roster or the configuration says counts again."), nil
	}
	text, value, err := set(q, args)
	if err != nil {
		return nil, err
	}
	if err := q.personal(map[string]any{what: value}); err != nil {
		return nil, err
	}
	return say("Your " + what + ": " + text + ". To take that back say settings " + what + " default."), nil
}

func readZone(_ *question, args []string) (string, any, error) {
	name := strings.Join(args, "_")
	if i := slices.IndexFunc(commonZones, func(z string) bool { return strings.EqualFold(z, name) }); i >= 0 {
		name = commonZones[i]
	}
	if name == "" || !isZone(name) {
		return "", nil, unclearf("%s is no time zone. Say it like settings zone Europe/Berlin or America/New_York.", brief(strings.Join(args, " ")))
	}
	return name, name, nil
}

// commonZones are names that people write in other letters.
var commonZones = []string{"UTC", "Europe/Berlin", "Europe/London", "Europe/Paris", "Europe/Madrid", "America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata", "Asia/Singapore", "Australia/Sydney"}

func readHours(_ *question, args []string) (string, any, error) {
	word := strings.ToLower(strings.Join(args, ""))
	word = strings.NewReplacer("–", "-", "to", "-").Replace(word)
	a, b, _ := strings.Cut(word, "-")
	from, n, errA := clockOf([]string{a}, true)
	to, m, errB := clockOf([]string{b}, true)
	if errA != nil || errB != nil || n == 0 || m == 0 || to <= from {
		return "", nil, unclearf("%s are no working hours. Say it like settings hours 09:00-17:00.", brief(strings.Join(args, " ")))
	}
	hours := clockText(from) + "-" + clockText(to)
	return hours, hours, nil
}

func clockText(d time.Duration) string {
	return time.Unix(0, 0).UTC().Add(d).Format("15:04")
}

func readDays(_ *question, args []string) (string, any, error) {
	word := strings.ToLower(strings.Join(args, ""))
	word = strings.NewReplacer("–", "-", "to", "-", "and", ",").Replace(word)
	if _, err := signals.ParseDays(word); err != nil || word == "" {
		return "", nil, unclearf("%s are no days. Say it like settings days mon-fri, or mon,tue,thu.", brief(strings.Join(args, " ")))
	}
	return word, word, nil
}

func readBackup(q *question, args []string) (string, any, error) {
	if len(args) != 1 {
		return "", nil, unclearf("Tell me who stands in for you: settings backup @bea.")
	}
	who, err := q.words.person(args[0])
	if err != nil {
		return "", nil, err
	}
	if who == q.who() {
		return "", nil, unclearf("You cannot stand in for yourself. Name somebody else: settings backup @bea.")
	}
	return q.called(who), who, nil
}

func readSwitch(q *question, args []string) (string, any, error) {
	if len(args) == 1 {
		switch strings.ToLower(args[0]) {
		case "on", "yes", "true":
			return "on", true, nil
		case "off", "no", "false":
			return "off", false, nil
		}
	}
	return "", nil, unclearf("Say on or off: settings %s on.", strings.ToLower(q.args[0]))
}

func (q *question) showSettings() (*view.Card, error) {
	org := q.brain.w.Org
	s := org.Settings(q.who())
	t := view.Table{Columns: []string{"Setting", "Value", "From"}}
	for _, x := range ownSettings(org, &s) {
		value, from := x.Value, origins[x.From].name
		if value == "" {
			value, from = x.none, "default"
		}
		switch {
		case x.name == "digest" && x.Value == "":
			value = "as the configuration says"
		case x.name == "digest", x.name == "thanks":
			value = onOff(value)
		}
		t.Rows = append(t.Rows, []string{x.name, value, from})
	}
	card := &view.Card{Title: "Your settings", Tables: []view.Table{t}, Footer: "Change one like this: settings zone Europe/Berlin. You set it, and only you see it here."}
	if ok, why, _ := org.Available(q.who(), q.words.now); !ok && strings.HasPrefix(why, "is away") {
		card.Lines = append(card.Lines, view.Paragraph{Text: "You count as away. When you are back say back."})
	}
	if l := q.brain.w.HandsOf(q.who()); l.Usually > 0 {
		text := "You hold " + signals.Counted(l.Cases, "open issue") + "; with up to " + strconv.Itoa(l.Usually) + " at once you usually finish yours in time."
		if l.Over {
			text += " So I ask somebody else first where somebody else can help."
		}
		card.Lines = append(card.Lines, view.Paragraph{Text: text + " Only you see this."})
	}
	if muted := q.mutes(); muted != "" {
		card.Lines = append(card.Lines, view.Paragraph{Text: muted})
	}
	if q.admin() {
		q.policySettings(card)
	}
	return card, nil
}

func onOff(s string) string {
	switch s {
	case "yes":
		return "on"
	case "no":
		return "off"
	}
	return s
}

// mutes tells what the asker does not hear, and what nobody does.
func (q *question) mutes() string {
	var lines []string
	for _, m := range mutesOf(q.brain.w.Org, q.who(), q.words.now) {
		x := muting{detector: m.Detector, scope: m.Scope}
		line := "Muted by you: "
		if m.Person == "" {
			line = "Muted for everybody: "
		}
		line += x.says(q)
		if m.From.After(q.words.now) {
			line += " from " + q.words.tell(m.From)
		}
		lines = append(lines, line+" until "+q.words.tell(m.Until))
	}
	return strings.Join(lines, "\n")
}

// policySettings adds what holds for everybody, for admins.
func (q *question) policySettings(card *view.Card) {
	p := &q.brain.w.Org.Policy
	t := view.Table{Title: "For everybody", Columns: []string{"Setting", "Value", "From"}}
	add := func(key, value string) {
		from := "default"
		if _, ok := q.c.Told.File[key]; ok {
			from = "the file"
		}
		t.Rows = append(t.Rows, []string{key, value, from})
	}
	add("budget", strconv.Itoa(p.Budget))
	add("per_channel", strconv.Itoa(p.PerChannel))
	add("hours", p.Hours)
	add("days", p.Days)
	add("zone", p.Zone)
	add("repeat", signals.Lasted(p.Repeat))
	add("merge", signals.Lasted(p.Merge))
	add("steps", strconv.Itoa(p.Steps))
	add("patience", signals.Lasted(p.Patience))
	add("corrected", signals.Lasted(p.Corrected))
	add("watch", signals.Lasted(p.Watch))
	add("group", strconv.Itoa(p.Group))
	add("hints", signals.Lasted(p.Hints))
	add("pause.least", strconv.FormatFloat(p.Pause.Least, 'g', -1, 64))
	add("pause.votes", strconv.Itoa(p.Pause.Votes))
	add("routes.last", signals.Lasted(p.Routes.Last))
	add("routes.liaison", strconv.Itoa(p.Routes.Liaison))
	add("routes.thin", strconv.Itoa(p.Routes.Thin))
	add("drill.who", p.Drill.Who)
	add("drill.every", signals.Lasted(p.Drill.Every))
	card.Tables = append(card.Tables, t)
	if modes := q.modes(); len(modes.Tables) > 0 {
		card.Tables = append(card.Tables, modes.Tables...)
	}
}

// modeFrom says where a mode of one place comes from.
func (q *question) modeFrom(m signals.ScopedMode) string {
	if mark := q.brain.w.Org.ModeMark(m.Detector, m.Scope); mark.By == signals.AutoPause {
		return "andon, on " + q.words.tell(mark.At) + ": too seldom useful there"
	}
	return "Slack"
}

// modes lists how far the detectors may go, and where each mode comes from.
func (q *question) modes() *view.Card {
	org := q.brain.w.Org
	t := view.Table{Title: "Detectors", Columns: []string{"Detector", "Mode", "From"}}
	said := make(map[string]bool)
	var scoped [][]string
	for _, m := range org.Modes() {
		name := m.Detector
		if name == "" {
			name = "every detector"
		}
		if m.Scope != "" {
			scoped = append(scoped, []string{name + " in " + q.placeName(m.Scope), string(m.Mode), q.modeFrom(m)})
		} else {
			said[m.Detector] = true
		}
	}
	for _, d := range detect.All() {
		from := "default"
		_, own := q.c.Told.File["modes."+d.Name]
		_, all := q.c.Told.File["mode"]
		_, listed := org.Policy.Modes[d.Name]
		switch {
		case said[d.Name] || said[""]:
			from = "Slack"
		case own, all && !listed:
			from = "the file"
		}
		t.Rows = append(t.Rows, []string{d.Name, string(org.Mode(d.Name, "")), from})
	}
	t.Rows = append(t.Rows, scoped...)
	return &view.Card{Title: "How far the detectors may go", Tables: []view.Table{t}, Footer: "Change one like this: mode stall ask. What is set in Slack counts more than the file, and never changes it."}
}
