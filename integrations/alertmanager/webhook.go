package alertmanager

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"
)

// webhook is the body that an Alertmanager sends. What all its alerts share
// (groupLabels, commonLabels, commonAnnotations) stands in each of them too, so
// it is not read; neither are receiver, status, groupKey and externalURL.
type webhook struct {
	Version         string            `json:"version"`
	TruncatedAlerts int               `json:"truncatedAlerts"` // left out because of max_alerts
	Alerts          []json.RawMessage `json:"alerts"`
}

// version is the version of the payload that is read here.
const version = "4"

// parseWebhook reads the frame of a body and leaves the alerts as they are, so
// that one which cannot be read does not take the others with it.
func parseWebhook(body []byte) (*webhook, error) {
	var w webhook
	if err := json.Unmarshal(body, &w); err != nil {
		return nil, fmt.Errorf("read the webhook: %w", explain(err))
	}
	if w.Version != version {
		return nil, fmt.Errorf("read the webhook: version is %q, and only %q of Alertmanager's webhooks is known", clip(w.Version, 20), version)
	}
	if len(w.Alerts) == 0 {
		return nil, errors.New("read the webhook: alerts is missing or empty")
	}
	return &w, nil
}

// alert is one alert of a webhook. Times stay texts until they are read, so that
// a bad one is told with the name of its field.
type alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     string            `json:"startsAt"`
	EndsAt       string            `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`

	starts, ends time.Time // ends is zero where it says nothing
}

const (
	statusFiring   = "firing"
	statusResolved = "resolved"
)

// earliest is before any startsAt that can be meant: a clock that was never set
// begins in 1970.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func parseAlert(raw json.RawMessage) (*alert, error) {
	var a alert
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, explain(err)
	}
	if a.Status != statusFiring && a.Status != statusResolved {
		return nil, fmt.Errorf("status is %q, neither %q nor %q", clip(a.Status, 20), statusFiring, statusResolved)
	}
	if a.Fingerprint == "" {
		if len(a.Labels) == 0 {
			return nil, errors.New("labels and fingerprint are missing: nothing tells which alert it is")
		}
		a.Fingerprint = fingerprint(a.Labels)
	}
	if len(a.Fingerprint) > maxFingerprint || strings.ContainsFunc(a.Fingerprint, notInFingerprint) {
		return nil, fmt.Errorf("fingerprint is not made of at most %d letters, digits, - and _", maxFingerprint)
	}
	var err error
	if a.starts, err = parseTime("startsAt", a.StartsAt); err != nil {
		return nil, err
	}
	if a.starts.Before(earliest) {
		return nil, fmt.Errorf("startsAt is missing or before %d: nothing tells a repetition from a new firing", earliest.Year())
	}
	if a.Status == statusResolved {
		if a.ends, err = parseTime("endsAt", a.EndsAt); err != nil {
			return nil, err
		}
		if a.ends.Before(a.starts) {
			a.ends = time.Time{}
		}
	}
	return &a, nil
}

const maxFingerprint = 64

func notInFingerprint(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// parseTime reads a time as the journal can hold it: in UTC, to the microsecond.
// An empty one is the zero time.
func parseTime(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is no time such as 2026-03-02T09:00:00Z", field)
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

// fingerprint is what the Alertmanager makes of labels: FNV-1a over the sorted
// names and values. Senders that imitate it may leave the fingerprint out.
func fingerprint(labels map[string]string) string {
	h := fnv.New64a()
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		h.Write([]byte(name))
		h.Write([]byte{255})
		h.Write([]byte(labels[name]))
		h.Write([]byte{255})
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// explain says which field of a JSON text is wrong, without repeating the text.
func explain(err error) error {
	var typed *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &typed) && typed.Field == "":
		return fmt.Errorf("expected an object, found %s", kindOf(typed.Value))
	case errors.As(err, &typed):
		return fmt.Errorf("%s: expected %s, found %s", clip(clean(typed.Field), 100), expected(typed.Type.Kind().String()), kindOf(typed.Value))
	case errors.As(err, &syntax):
		return fmt.Errorf("it is no JSON, or is cut off, at byte %d: %w", syntax.Offset, err)
	}
	return err
}

// kindOf drops the value that encoding/json puts behind the kind of a number.
func kindOf(s string) string {
	kind, _, _ := strings.Cut(s, " ")
	return kind
}

func expected(kind string) string {
	switch kind {
	case "map", "struct":
		return "an object"
	case "slice":
		return "a list"
	case "int":
		return "a whole number"
	}
	return "a " + kind
}
