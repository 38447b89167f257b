package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/detect"
)

// summary is what a configuration comes to, for people and, as JSON, for scripts.
type summary struct {
	OK        bool           `json:"ok"`
	File      string         `json:"file,omitempty"`
	Faults    config.Faults  `json:"faults,omitempty"`
	Hints     config.Faults  `json:"hints,omitempty"`
	Sources   []sourceLine   `json:"sources"`
	Detectors []detectorLine `json:"detectors"`
	Quiet     quietLine      `json:"quiet"`
	Budget    int            `json:"budget"` // unsolicited nudges per person and working day
	Escalate  []string       `json:"escalate"`
	Roster    rosterLine     `json:"roster"`
	Words     map[string]int `json:"words,omitempty"` // list -> phrases of the file
	Secrets   []secretLine   `json:"secrets"`
}

type sourceLine struct {
	Kind string `json:"kind"` // jira, slack, events
	Name string `json:"name"`
	What string `json:"what"`
}

type detectorLine struct {
	Name       string    `json:"name"`
	Mode       string    `json:"mode"`
	Thresholds []setting `json:"thresholds"`
	Doc        string    `json:"doc"`
}

type setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// quietLine is when nobody is nudged: outside these hours, and on holidays.
type quietLine struct {
	Hours    string         `json:"hours"`
	Days     string         `json:"days"`
	Zone     string         `json:"zone"`
	Holidays map[string]int `json:"holidays,omitempty"` // region -> days
}

// rosterLine counts people by id, each as of their last entry.
type rosterLine struct {
	People         int `json:"people"`
	Left           int `json:"left"`
	Teams          int `json:"teams"`
	Absences       int `json:"absences"`
	WithoutZone    int `json:"without_zone"`
	WithoutBackup  int `json:"without_backup"`
	WithoutManager int `json:"without_manager"`
	WithoutAccount int `json:"without_account"`
}

type secretLine struct {
	Key  string `json:"key"`
	From string `json:"from"`
}

func summarize(path string, f config.File, faults config.Faults) *summary {
	c := &f.Config
	s := &summary{
		OK: len(faults) == 0, File: path, Faults: faults, Hints: f.Hints, Sources: []sourceLine{}, Budget: c.Policy.Budget,
		Quiet:    quietLine{Hours: c.Policy.Hours, Days: c.Policy.Days, Zone: c.Policy.Zone, Holidays: map[string]int{}},
		Escalate: []string{}, Roster: countRoster(&c.Roster), Words: map[string]int{}, Secrets: []secretLine{},
	}
	for region, days := range c.Policy.Holidays {
		s.Quiet.Holidays[region] = len(days)
	}
	for _, p := range c.Policy.Escalate {
		s.Escalate = append(s.Escalate, patternText(p))
	}
	for list, phrases := range c.Words {
		s.Words[list] = len(phrases)
	}
	for key, from := range f.Secrets {
		s.Secrets = append(s.Secrets, secretLine{key, from})
	}
	slices.SortFunc(s.Secrets, func(a, b secretLine) int { return cmp.Compare(a.Key, b.Key) })
	s.sources(c)
	org := signals.NewOrg(c.Policy)
	for _, d := range detect.All() {
		s.Detectors = append(s.Detectors, detectorLine{d.Name, string(org.Mode(d.Name, "")), thresholds(&c.Policy.Detect, d.Name), d.Doc})
	}
	return s
}

func (s *summary) sources(c *config.Config) {
	for _, j := range c.Jira {
		what := []string{}
		for _, part := range [][2]string{{"at ", j.URL}, {"team in ", j.TeamField}, {"level in ", j.LevelField}, {"fields ", strings.Join(j.Fields, ", ")}} {
			if part[1] != "" {
				what = append(what, part[0]+part[1])
			}
		}
		s.Sources = append(s.Sources, sourceLine{signals.Jira, cmp.Or(j.Site, "jira"), strings.Join(append(what, "issues are "+j.Audience), ", ")})
	}
	for _, w := range c.Slack {
		s.Sources = append(s.Sources, sourceLine{signals.Slack, cmp.Or(w.Team, "slack"), "command " + cmp.Or(w.Command, "/andon")})
	}
	for _, e := range c.Events {
		s.Sources = append(s.Sources, sourceLine{"events", cmp.Or(e.Site, "log"), "case in " + e.Case + ", time in " + e.Time})
	}
}

// thresholds are the settings of one detector by their names in the file.
func thresholds(t *signals.Thresholds, detector string) []setting {
	out := []setting{}
	v := reflect.ValueOf(*t)
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("koanf") != detector {
			continue
		}
		for j := range v.Field(i).NumField() {
			out = append(out, setting{v.Field(i).Type().Field(j).Tag.Get("koanf"), settingText(v.Field(i).Field(j).Interface())})
		}
	}
	return out
}

func settingText(v any) string {
	switch v := v.(type) {
	case time.Duration:
		return config.FormatDuration(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []string:
		return strings.Join(v, " ")
	}
	return fmt.Sprint(v)
}

func patternText(p signals.Pattern) string {
	switch {
	case p.Handoffs > 0:
		return signals.Counted(p.Handoffs, "team hand-off") + " or more"
	case p.Raised:
		return "the priority rises"
	}
	s := p.Field + " changes"
	if len(p.From) > 0 {
		s += " from " + strings.Join(p.From, " or ")
	}
	if len(p.To) > 0 {
		s += " to " + strings.Join(p.To, " or ")
	}
	return s
}

func countRoster(r *config.Roster) rosterLine {
	last := make(map[string]config.Person)
	for _, p := range r.People {
		if old, ok := last[p.ID]; !ok || p.Since >= old.Since {
			last[p.ID] = p
		}
	}
	teams := make(map[string]bool)
	for _, t := range r.Teams {
		teams[t.ID] = true
	}
	n := rosterLine{People: len(last), Teams: len(teams), Absences: len(r.Away)}
	for _, p := range last {
		for _, c := range []struct {
			to *int
			is bool
		}{
			{&n.Left, p.Left}, {&n.WithoutZone, p.Zone == ""}, {&n.WithoutBackup, p.Backup == ""}, {&n.WithoutManager, p.Manager == ""},
			{&n.WithoutAccount, len(p.Jira)+len(p.Slack) == 0},
		} {
			if c.is && (c.to == &n.Left || !p.Left) {
				*c.to++
			}
		}
	}
	return n
}

// print writes the summary for people.
func (s *summary) print(out io.Writer) error {
	w := bufio.NewWriter(out)
	if s.File == "" {
		fmt.Fprintln(w, "No file: these are the defaults.")
	} else {
		fmt.Fprintf(w, "%s is in order.\n", s.File)
	}
	fmt.Fprintln(w, "\nSources")
	for _, l := range s.Sources {
		fmt.Fprintf(w, "  %-7s %s: %s\n", l.Kind, l.Name, l.What)
	}
	if len(s.Sources) == 0 {
		fmt.Fprintln(w, "  none configured; exports can be read all the same")
	}
	for _, l := range s.Secrets {
		fmt.Fprintf(w, "  %s (set), from the %s\n", l.Key, strings.TrimPrefix(strings.Replace(l.From, "in the file", "configuration itself", 1), "the "))
	}
	s.printPolicy(w)
	s.printRoster(w)
	if len(s.Hints) > 0 {
		fmt.Fprintln(w, "\nHints")
	}
	for _, h := range s.Hints {
		fmt.Fprintln(w, "  "+h.Error())
	}
	return w.Flush()
}

func (s *summary) printPolicy(w io.Writer) {
	fmt.Fprintln(w, "\nPolicy")
	fmt.Fprintf(w, "  budget      %s per person and working day, unasked\n", signals.Counted(s.Budget, "nudge"))
	fmt.Fprintf(w, "  quiet       outside %s, %s, in the person's zone or else %s\n", s.Quiet.Hours, s.Quiet.Days, s.Quiet.Zone)
	for _, region := range sortedKeys(s.Quiet.Holidays) {
		fmt.Fprintf(w, "  holidays    %s in %s\n", signals.Counted(s.Quiet.Holidays[region], "day"), region)
	}
	for _, p := range s.Escalate {
		fmt.Fprintf(w, "  escalation  %s\n", p)
	}
	for _, list := range sortedKeys(s.Words) {
		fmt.Fprintf(w, "  words       %s for %s\n", signals.Counted(s.Words[list], "phrase"), list)
	}
	fmt.Fprintln(w, "\nDetectors")
	for _, d := range s.Detectors {
		var parts []string
		for _, t := range d.Thresholds {
			parts = append(parts, t.Key+" "+t.Value)
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-18s %-8s %s", d.Name, d.Mode, strings.Join(parts, ", ")), " "))
	}
}

func (s *summary) printRoster(w io.Writer) {
	r := s.Roster
	fmt.Fprintln(w, "\nRoster")
	people := fmt.Sprintf("%d people", r.People)
	if r.People == 1 {
		people = "1 person"
	}
	fmt.Fprintf(w, "  %s (%d left), %s, %s\n", people, r.Left, signals.Counted(r.Teams, "team"), signals.Counted(r.Absences, "absence"))
	for _, h := range []struct {
		n          int
		what, then string
	}{
		{r.WithoutZone, "zone", "their team's zone or the policy's counts"},
		{r.WithoutBackup, "backup", "while they are away nobody stands in"},
		{r.WithoutManager, "manager", "they have no place in the chart of levels unless they manage somebody"},
		{r.WithoutAccount, "account", "nothing in Jira or Slack leads to them"},
	} {
		if h.n > 0 {
			fmt.Fprintf(w, "  %d without a %s: %s\n", h.n, h.what, h.then)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
