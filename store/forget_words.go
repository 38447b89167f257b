package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"andon/signals"
)

// worded is what an event may hold of somebody's words.
type worded struct {
	pos                                      int64
	kind, field, from, to, text, ref, fields string
}

func (w *worded) save(ctx context.Context, t *txn) error {
	_, err := t.exec(ctx, "UPDATE events SET before = ?, after = ?, text = ?, fields = ? WHERE pos = ?",
		orNull(w.from), orNull(w.to), orNull(w.text), orNull(w.fields), w.pos)
	return err
}

// expire takes the words away and keeps titles, names and short values. It
// reports whether there were any.
func (w *worded) expire() (bool, error) {
	was := *w
	switch signals.Kind(w.kind) {
	case signals.Opened:
		if err := w.keepFields(func(v signals.Value) bool {
			return v.Field == signals.FieldTitle || v.Field != signals.FieldBody && !prose(v.To)
		}); err != nil {
			return false, err
		}
	case signals.Edited:
		switch {
		case w.ref != "":
			w.text, w.from, w.to = gone(w.text), "", ""
		case w.field == signals.FieldBody:
			w.text, w.from, w.to = "", "", ""
		case w.field != signals.FieldTitle:
			w.text, w.from, w.to = brief(w.text), brief(w.from), brief(w.to)
		}
	default:
		w.text = gone(w.text)
	}
	return *w != was, nil
}

// erase takes everything away that somebody wrote in an event, titles and
// values of their own making too. What the case is folded from stays.
func (w *worded) erase() error {
	switch signals.Kind(w.kind) {
	case signals.Opened:
		w.text = gone(w.text)
		return w.keepFields(func(v signals.Value) bool { return structural(v.Field) })
	case signals.Edited:
		if w.ref != "" || !structural(w.field) {
			w.text, w.from, w.to = gone(w.text), "", ""
		}
	case signals.RosterSet, signals.PolicySet, signals.AwaySet, signals.ModeSet:
		// Not what somebody wrote but how the organisation is.
	default:
		w.text = gone(w.text)
	}
	return nil
}

// structural reports whether a field's values are chosen and not written.
func structural(field string) bool {
	switch field {
	case signals.FieldProject, signals.FieldType, signals.FieldComponent, signals.FieldLabel, signals.FieldStatus, signals.FieldPriority,
		signals.FieldTeam, signals.FieldLevel, signals.FieldHolder, signals.FieldResolution:
		return true
	}
	return false
}

func (w *worded) keepFields(keep func(signals.Value) bool) error {
	if w.fields == "" {
		return nil
	}
	var set, kept fieldList
	if err := json.Unmarshal([]byte(w.fields), &set); err != nil {
		return err
	}
	for _, v := range set {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	if len(kept) == len(set) {
		return nil
	}
	if w.fields = ""; len(kept) == 0 {
		return nil
	}
	b, err := json.Marshal(kept)
	w.fields = string(b)
	return err
}

// prose reports whether the value of a field is more than a name.
func prose(s string) bool { return len(s) > 100 || strings.Contains(s, "\n") }

func brief(s string) string {
	if prose(s) {
		return Gone
	}
	return s
}

// gone is what stands for a text that was removed.
func gone(s string) string {
	if s == "" {
		return ""
	}
	return Gone
}

// inReasons changes the reason in the stored form of a record, or of a signal.
func inReasons(body string, f func(string) string) (string, error) {
	if body == "" {
		return body, nil
	}
	var r recordBody
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return "", fmt.Errorf("read a stored signal: %w", err)
	}
	if r.Signal != nil {
		r.Signal.Reason = f(r.Signal.Reason)
		return encode(r)
	}
	var s signalBody
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return "", fmt.Errorf("read a stored signal: %w", err)
	}
	s.Reason = f(s.Reason)
	return encode(s)
}
