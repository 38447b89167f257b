package bot

import (
	"strings"
	"time"

	"andon/bot/view"
	"andon/signals"
	"andon/signals/detect"
)

// The inputs of the form.
const (
	inZone, inHours, inDays, inBackup = "zone", "hours", "days", "backup"
	inAway, inMute, inMuteFor         = "away", "mute", "mute_for"
	inThanks, inDigest, inOut         = "thanks", "digest", "opted_out"
	inNone                            = "none"
)

// muteSpans are how long somebody may mute a detector for, by what stands in
// the form. Zero ends a mute.
var muteSpans = []struct {
	id, text string
	d        time.Duration
}{{"1d", "1 day", 24 * time.Hour}, {"7d", "1 week", 7 * 24 * time.Hour}, {"28d", "4 weeks", 28 * 24 * time.Hour}, {"end", "tell me again", 0}}

// form is the form of the settings: what the person said stands in it, what
// counts otherwise in the hints.
func (h *home) form() *view.Modal {
	h.mu.Lock()
	defer h.mu.Unlock()
	org := h.brain.w.Org
	own, _ := org.Personal(h.who)
	s := org.Settings(h.who)
	line := func(id, label, value, example string, now signals.Setting) view.Input {
		hint := "Such as " + example + "."
		if value == "" && now.Value != "" {
			hint += " Empty: " + now.Value + ", " + origins[now.From].label + "."
		}
		return view.Input{ID: id, Label: label, Value: value, Hint: hint, Max: 60, Optional: true}
	}
	m := &view.Modal{ID: homeSettings, Title: "Your settings", Submit: "Save", Inputs: []view.Input{
		line(inZone, "Time zone", own.Zone, "Europe/Berlin", s.Zone),
		line(inHours, "Working hours", own.Hours, "09:00-17:30", s.Hours),
		line(inDays, "Working days", own.Days, "mon-fri", s.Days),
		{ID: inBackup, Kind: view.PersonInput, Label: "Backup while you are away", Value: slackAccount(org, own.Backup), Optional: true},
		{ID: inAway, Label: "Away until", Hint: "The date on which you are back, such as " + h.now.In(h.zone).AddDate(0, 0, 7).Format(time.DateOnly) + ". Empty changes nothing.", Max: 16, Optional: true},
	}}
	mute := view.Input{ID: inMute, Kind: view.ChoiceInput, Label: "Do not tell me of", Value: inNone, Options: []view.Option{{Text: "nothing to change", Value: inNone}}}
	for _, d := range detect.All() {
		mute.Options = append(mute.Options, view.Option{Text: view.Line(d.Name+": "+d.Doc, 70), Value: d.Name})
	}
	spans := view.Input{ID: inMuteFor, Kind: view.ChoiceInput, Label: "For", Value: muteSpans[1].id}
	for _, x := range muteSpans {
		spans.Options = append(spans.Options, view.Option{Text: x.text, Value: x.id})
	}
	m.Inputs = append(m.Inputs, mute, spans,
		yesNo(inThanks, "The digest may thank me by name for pulling the cord", s.Thanks.Value),
		yesNo(inDigest, "Send me the weekly digest", s.Digest.Value),
		yesNo(inOut, "Opt out: what I write is not analysed, and I am never nudged", s.OptedOut.Value))
	return m
}

func yesNo(id, label, value string) view.Input {
	if value == "" {
		value = inNone
	}
	in := view.Input{ID: id, Kind: view.ChoiceInput, Label: label, Value: value, Options: []view.Option{{Text: "Yes", Value: "yes"}, {Text: "No", Value: "no"}}}
	if value == inNone {
		in.Options = append(in.Options, view.Option{Text: "As it is for everybody", Value: inNone})
	}
	return in
}

// slackAccount is the account of somebody in Slack, "" for none.
func slackAccount(org *signals.Org, id string) string {
	if id == "" {
		return ""
	}
	for _, a := range append(org.AccountsOf(id), id) {
		if strings.HasPrefix(a, signals.Slack+"/") {
			return a
		}
	}
	return ""
}

// ownChanges is what a person's own settings become; nil where nothing changes or
// something is wrong. An emptied input takes back what they said.
func (h *home) ownChanges(in map[string]string, wrong map[string]string) map[string]any {
	h.mu.Lock()
	org := h.brain.w.Org
	own, _ := org.Personal(h.who)
	s := org.Settings(h.who)
	out := make(map[string]any)
	for _, x := range []struct{ id, had string }{{inZone, own.Zone}, {inHours, own.Hours}, {inDays, own.Days}} {
		if v, given := in[x.id]; given && strings.TrimSpace(v) != x.had {
			out[x.id] = strings.TrimSpace(v)
		}
	}
	if v, given := in[inBackup]; given && v != slackAccount(org, own.Backup) {
		out[inBackup] = ""
		if v != "" {
			out[inBackup] = org.Who(v)
		}
		if v != "" && org.Who(v) == h.who {
			wrong[inBackup] = "Choose somebody else: you are away then."
		}
		if v != "" && h.isBot(org, v) {
			wrong[inBackup] = "That is an app. Choose a person."
		}
	}
	for _, x := range []struct{ id, had string }{{inThanks, s.Thanks.Value}, {inDigest, s.Digest.Value}, {inOut, s.OptedOut.Value}} {
		if v := in[x.id]; (v == "yes" || v == "no") && v != x.had {
			out[x.id] = v == "yes"
		}
	}
	h.mu.Unlock()
	checkOwn(out, wrong)
	if len(wrong) > 0 {
		return nil
	}
	return out
}

// checkOwn says what is wrong with what somebody entered, by input.
func checkOwn(out map[string]any, wrong map[string]string) {
	text := func(id string) string { s, _ := out[id].(string); return s }
	if z := text(inZone); z != "" {
		if !isZone(z) {
			wrong[inZone] = "I do not know that zone. Write it such as Europe/Berlin or America/New_York."
		}
	}
	if _, _, err := signals.ParseHours(text(inHours)); err != nil {
		wrong[inHours] = "Write them such as 09:00-17:30."
	}
	if _, err := signals.ParseDays(text(inDays)); err != nil {
		wrong[inDays] = "Write them such as mon-fri or sun,mon,tue."
	}
}
