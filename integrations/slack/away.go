package slack

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"andon/signals"
)

// awayEmoji and awayWords are statuses by which people say that they are away.
// Slack's own proposals are among them; "in a meeting" and the like are not: they
// pass within hours. What stands in backWords says the opposite.
var (
	awayEmoji = map[string]bool{
		"palm_tree": true, "desert_island": true, "beach_with_umbrella": true, "face_with_thermometer": true, "luggage": true, "baby_bottle": true,
	}
	awayWords = []string{
		"vacation", "vacationing", "on holiday", "on holidays", "ooo", "out of office", "out of the office", "parental leave", "maternity leave", "paternity leave",
		"on leave", "annual leave", "sick leave", "out sick", "sabbatical", "pto", "urlaub", "im urlaub", "elternzeit", "krank",
	}
	backWords = []string{"back from", "no vacation", "after vacation", "before vacation", "planning", "soon", "ask me about"}
)

// awayDay is how long somebody counts as away whose status has no end; each day
// it is looked at again, at the latest when awayLeft of it is left.
const (
	awayDay  = 26 * time.Hour
	awayLeft = 13 * time.Hour
)

// saysAway reports whether a status says that somebody is away.
func saysAway(emoji, text string) bool {
	plain := " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ") + " "
	has := func(words []string) bool {
		for _, w := range words {
			if strings.Contains(plain, " "+w+" ") {
				return true
			}
		}
		return false
	}
	emoji = strings.Trim(emoji, ":")
	return (awayEmoji[emoji] || has(awayWords)) && !has(backWords)
}

// Away reports whether the status of an account says that its owner is away at a
// time.
func (a *Account) Away(at time.Time) bool {
	return !a.Bot && !a.Deleted && saysAway(a.Emoji, a.Status) && (a.StatusUntil.IsZero() || a.StatusUntil.After(at))
}

// awayEvent says that somebody is away from now until a time.
func awayEvent(person string, at, until time.Time) *signals.Event {
	return &signals.Event{
		ID: person + "/away/" + formatTS(at), Case: ProfilesKey, Kind: signals.AwaySet, Seq: signals.Seq{Entry: at.UnixMicro(), Item: 1}, At: at,
		To: person, From: at.UTC().Format(time.RFC3339), Text: until.UTC().Format(time.RFC3339), Audience: signals.Restricted,
	}
}

// absence is what a status says of somebody now: an event when they are away, or
// when they were and are no more. An absence that ends before it begins takes
// back the one before.
func absence(a *Account, was bool, at time.Time) *signals.Event {
	switch away := a.Away(at); {
	case away && a.StatusUntil.IsZero():
		return awayEvent(a.ID, at, at.Add(awayDay))
	case away:
		return awayEvent(a.ID, at, a.StatusUntil)
	case was:
		return awayEvent(a.ID, at, at)
	}
	return nil
}

// period is the latest absence that was told.
type period struct{ from, until time.Time }

func periodOf(e *signals.Event) (period, bool) {
	from, err1 := time.Parse(time.RFC3339, cmp.Or(e.From, e.At.Format(time.RFC3339)))
	until, err2 := time.Parse(time.RFC3339, e.Text)
	return period{from, until}, err1 == nil && err2 == nil
}

// lasts reports whether it is still going on.
func (p period) lasts(at time.Time) bool { return p.until.After(at) }
