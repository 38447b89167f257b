package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// aims is docs/eval/aims.yaml: the rows of the table.
type aims struct {
	Rows   []aim
	Unseen rooms
	Labels labels
}

// rooms says where the rooms are whose weights are fitted anew.
type rooms struct{ Set, Slack, Gold string }

// unseen marks the set in which each room is judged by weights of the others.
const unseen = "-unseen"

func (r rooms) wanted(only string) bool {
	return r.Set != "" && (only == "" || slices.Contains(strings.Split(only, ","), r.Set))
}

// aim is one row: a figure of the scorer and what it should be.
type aim struct {
	Task   string
	Set    string
	Key    string // a pattern as of path.Match
	Class  string // of a labelled row, in place of set and key
	Metric string
	Aim    float64
	Lower  bool // less is better
}

// labels says where the labelled thread roots are.
type labels struct {
	Set, Slack, Gold string
	Rows             []aim
}

func (l labels) wanted(only string) bool {
	return len(l.Rows) > 0 && (only == "" || slices.Contains(strings.Split(only, ","), l.Set))
}

func readAims(name string) (aims, error) {
	var a aims
	raw, err := os.ReadFile(name)
	if err != nil {
		return a, fmt.Errorf("read the aims: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&a); err != nil {
		return a, fmt.Errorf("read %s: %w", name, err)
	}
	for i, r := range slices.Concat(a.Rows, a.Labels.Rows) {
		if _, err := path.Match(r.Key, ""); err != nil || r.Task == "" || r.Metric == "" || r.Aim <= 0 || (r.Class == "") == (r.Key == "") {
			return a, fmt.Errorf("%s: row %d (%q) needs task, metric, aim above 0, and either a pattern key or a class", name, i+1, r.Task)
		}
	}
	return a, nil
}

// figure is one measured value with its 95 % interval, where it has one, and the
// naive model's value, where there is one.
type figure struct{ Value, Lo, Hi, Naive *float64 }

// figures are what the scorer measured.
type figures struct {
	scores []score
	labels map[string]figure // class and metric
}

// score is one line of the scorer: a task on a data set.
type score struct {
	Key, Set string
	Missing  int
	Metrics  map[string]figure
}

// readScores reads what the scorer wrote; none says that there is nothing to read.
func readScores(name string, none bool) (figures, error) {
	f := figures{labels: make(map[string]figure)}
	if none {
		return f, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return f, fmt.Errorf("read the scores: %w", err)
	}
	if err := json.Unmarshal(raw, &f.scores); err != nil {
		return f, fmt.Errorf("read %s: %w", name, err)
	}
	return f, nil
}

// addLabels takes in the scores of labelled roots. F1 alone has an interval there.
func (f figures) addLabels(raw []byte) error {
	var rows []map[string]any
	if err := json.Unmarshal(raw, &rows); err != nil {
		return fmt.Errorf("read the scores of labelled roots: %w", err)
	}
	for _, r := range rows {
		class, _ := r["class"].(string)
		at := func(name string) *float64 {
			if v, ok := r[name].(float64); ok {
				return &v
			}
			return nil
		}
		for _, m := range []string{"precision", "recall", "f1", "random_precision", "random_recall"} {
			f.labels[class+"/"+m] = figure{Value: at(m), Lo: at(m + "_lo"), Hi: at(m + "_hi")}
		}
	}
	return nil
}

// of is the figure of a row, and how many predictions were missing for it.
func (f figures) of(r aim) (figure, int) {
	if r.Class != "" {
		return f.labels[r.Class+"/"+r.Metric], 0
	}
	for _, s := range f.scores {
		if ok, _ := path.Match(r.Key, s.Key); ok && s.Set == r.Set {
			return s.Metrics[r.Metric], s.Missing
		}
	}
	return figure{}, 0
}

// measured reports whether the history of a row was scored.
func (f figures) measured(r aim) bool {
	if r.Class != "" {
		return len(f.labels) > 0
	}
	return slices.ContainsFunc(f.scores, func(s score) bool { return s.Set == r.Set })
}

// table writes the rows that were measured as Markdown.
func (a aims) table(f figures) string {
	var b strings.Builder
	b.WriteString("| task | naive | andon | 95 % interval | aim | met | against naive |\n|---|---|---|---|---|---|---|\n")
	met, of := 0, 0
	for _, r := range slices.Concat(a.Rows, a.Labels.Rows) {
		v, missing := f.of(r)
		if v.Value == nil {
			if f.measured(r) { // a row never goes missing without a word
				of++
				fmt.Fprintf(&b, "| %s |  | not measured |  | %s | no |  |\n", r.Task, number(&r.Aim))
			}
			continue
		}
		of++
		verdict := r.met(v)
		if verdict == "yes" {
			met++
		}
		task := r.Task
		if missing > 0 {
			task += fmt.Sprintf(" (%d missing, counted as wrong)", missing)
		}
		interval := ""
		if v.Lo != nil && v.Hi != nil {
			interval = number(v.Lo) + " to " + number(v.Hi)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", task, number(v.Naive), number(v.Value), interval, number(&r.Aim), verdict, r.against(v))
	}
	fmt.Fprintf(&b, "\n%d of %d aims met.\n", met, of)
	return b.String()
}

// met compares with the aim, as printed: to three digits.
func (r aim) met(v figure) string {
	switch {
	case round(*v.Value) == round(r.Aim) || r.better(*v.Value, r.Aim):
		return "yes"
	case v.Lo != nil && v.Hi != nil && *v.Lo <= r.Aim && r.Aim <= *v.Hi:
		return "no, within the interval"
	}
	return "no"
}

// against compares with the naive model.
func (r aim) against(v figure) string {
	switch {
	case v.Naive == nil:
		return ""
	case v.Lo == nil || v.Hi == nil:
		return "no interval"
	case r.better(*v.Lo, *v.Naive) && r.better(*v.Hi, *v.Naive):
		return "better"
	case r.better(*v.Naive, *v.Lo) && r.better(*v.Naive, *v.Hi):
		return "worse"
	}
	return "not shown to be better"
}

func (r aim) better(a, b float64) bool {
	if r.Lower {
		return a < b
	}
	return a > b
}

func round(v float64) int { return int(v*1000 + 0.5) }

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", *v), "0")
}

const tableBegins, tableEnds = "<!-- the table: make quality -->\n", "<!-- end of the table -->\n"

// replaceTable puts a table between the marks of a file.
func replaceTable(name, table string) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	before, rest, ok := strings.Cut(string(raw), tableBegins)
	_, after, ended := strings.Cut(rest, tableEnds)
	if !ok || !ended {
		return errors.New("put the table into " + name + ": its marks are not there")
	}
	if err := os.WriteFile(name, []byte(before+tableBegins+table+tableEnds+after), 0o644); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}
