package detect

import (
	"slices"
	"strings"

	"andon/signals/text"
)

// Deviance becomes normal in three ways of speaking: somebody tells that a
// remedy is repeated ("every morning I restart it"), that everybody has learned
// to go round a thing ("we all use the old screen"), or tells others to go past
// a check ("just comment it out"; the cue list has those, see workaroundAlone).

// habitPhrases say that something is done again and again, or by everybody.
var habitPhrases = phrases(`every morning, every day, every night, every evening, every week, every month, every monday, every tuesday, every wednesday, every thursday, every friday, every weekend,
	every shift, every time, everytime, every hour, every few, every other, every second, every single, every release, every deploy, every build, every run, every sprint, each morning, each day, each night, each week, each month,
	each time, each shift, each release, each deploy, each run, once a day, once a week, twice a day, twice a week, times a day, times a week, daily, always, usually, routinely, regularly, by habit, out of habit, by now, as usual, as always,
	for weeks, for months, for years, for ages, for days, since weeks, since months, ever since, yet again, once again, once more, the usual, per day, per week, a day keeps, on mondays, on fridays, all the time, constantly,
	everyone just, everybody just, everyone does, everybody does, everyone uses, everybody uses, everyone keeps, everybody keeps, all of us, we all, most of us, half the team, the whole team, whole shift, the trick is, the trick with, trick that works, our trick, my trick, our routine, my routine, the drill, the ritual, our ritual,
	part of the job, part of the routine, got used, get used, getting used, used to it by, we've learned, we learned, you learn, learned to, learnt to, second nature, tradition, these days, nowadays, until further notice, till further notice, normal by now,
	on my list every, first thing, before each, before every, after each, after every, whenever it, whenever the`)

// remedyPhrases are what people do to get on without a repair.
var remedyPhrases = phrases(`restart, restarted, reboot, rebooted, rerun, reran, re-run, run it again, run it twice, run twice, ran it twice, runs it twice, retry, retried, try again,
	try it again, retrigger, re-trigger, bounce it, bounce the, bouncing the, kick it, kick the, kicking the, kick off again, kill it, kill the, killing the, kills the, power cycle, power-cycle, unplug, replug, pull the plug, turn it off, switch it off, switch off and,
	log out and, logging out and, log in again, reload, refresh the, refresh it, hit refresh, f5, clear the cache, clear the queue, clear the lock, clear it, flush the, purge the, wipe the, delete the lock, delete the cache, empty the cache, reset the, reset it, resetting the,
	reconnect, re-enter, reenter, retype, re-import, reimport, resend, re-send, send it again, send it twice, redo, recreate, rebuild the index, reindex, resync, re-sync, sync it by hand, by hand, manually, manual step, copy-paste, copy and paste, copy paste, paste it, type it in,
	in excel, into excel, a spreadsheet, my spreadsheet, our spreadsheet, the spreadsheet, on paper, sticky note, post-it, old screen, old tool, old system, old page, old client, old version, old portal, the other screen, the backdoor, back door, side door,
	skip the, skip it, skipping the, skip that, ignore the, ignore it, ignore that, ignores the, ignores it, ignoring the, ignoring it, mute the, mute it, muted the, silence the, silence it, silenced, snooze, snoozing, click it away, click away, clicks it away, clicking it away, dismiss the, dismiss it, close the popup, close the warning,
	disable the, disabling the, disabled the, comment out, comment it out, commented out, comment that out, comment the, bypass, override, overriding, turn off the check, switch off the check, force it, force-push, force the, --force, merge anyway, approve anyway, ship anyway, deploy anyway,
	press twice, click twice, second try, second attempt, third try, wait and, wait a minute and, wait it out, keep pressing, keep clicking, fix it up, correct it, correct the, correcting the, patch it up, fix the numbers, adjust the, edit the database, edit the row, update the row, in the database, straight in the, directly in the, sql by,
	work around, works around, working around, workaround, go around, get around, call them, phone them, ask for it by, print it, double-check by, check by hand, count by hand, use the old, using the old, do it in the, do it over, put it back, set it back, change it back, shift it, add an hour, subtract, round it, split it, leave it out`)

// phrases splits a list at its commas into the words of each phrase, by the
// first of them.
func phrases(list string) map[string][][]string {
	out := make(map[string][][]string)
	for p := range strings.SplitSeq(list, ",") {
		if w := plainTokens(p); len(w) > 0 {
			out[w[0]] = append(out[w[0]], w)
		}
	}
	return out
}

// plainTokens are the words of a text in lower case, hyphens and apostrophes kept.
func plainTokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(s, "’", "'")), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '\'' || r == '-' || r > 0x7f)
	})
}

// inHabit finds the sentence of a post which tells that people live with a
// fault by a remedy that they repeat; "" where none does.
func inHabit(r *Reading) string {
	for from := 0; from < len(r.Doc.Prose); {
		_, to := sentenceAround(r.Doc.Prose, from, from)
		asked := to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?'
		if s := strings.TrimSpace(r.Doc.Prose[from:to]); !asked && habitual(s) {
			return s
		}
		from = to + 1
	}
	return ""
}

func habitual(sentence string) bool {
	words := plainTokens(sentence)
	if len(words) < 4 || len(words) > 45 || !near(words) {
		return false
	}
	person, doubt := false, false
	for _, w := range words {
		switch w {
		case "i", "i'm", "i've", "we", "we're", "we've", "you", "us", "my", "me", "our", "people", "everyone", "everybody", "someone", "somebody", "they", "one":
			person = true
		case "how", "would", "wouldn't", "could", "should", "shouldn't", "want", "wanted", "wants", "suggest", "propose", "recommend", "plan", "planned", "option", "setting", "can", "might", "maybe", "don't", "if":
			doubt = true
		}
	}
	return (person || startsWithRemedy(words)) && !doubt
}

// habitReach is how many words may stand between the remedy and the habit.
const habitReach = 7

// near reports whether a remedy and words of habit stand close together.
func near(words []string) bool {
	habits := places(words, habitPhrases)
	if len(habits) == 0 {
		return false
	}
	remedies := places(words, remedyPhrases)
	for _, h := range habits {
		for _, r := range remedies {
			if conditional(words, h, r) {
				continue
			}
			if max(h[0]-r[1], r[0]-h[1]) <= habitReach {
				return true
			}
		}
	}
	return false
}

// conditional reports whether the words of habit only say when: "every time I
// restart it, the data is lost" tells of a fault, not of living with one.
func conditional(words []string, habit, remedy [2]int) bool {
	if remedy[0] < habit[1] || remedy[0]-habit[1] > 3 {
		return false
	}
	switch words[habit[1]-1] {
	case "time", "everytime", "after", "each", "every", "it", "the":
		return !slices.Contains(words[habit[1]:remedy[0]], "to") && !slices.Contains(words[habit[1]:remedy[0]], "just")
	}
	return false
}

// places returns where the phrases stand among the words: first word, and the one after the last.
func places(words []string, list map[string][][]string) [][2]int {
	var out [][2]int
	for i := range words {
		for _, p := range list[words[i]] {
			if i+len(p) <= len(words) && slices.Equal(words[i:i+len(p)], p) {
				out = append(out, [2]int{i, i + len(p)})
			}
		}
	}
	return out
}

func startsWithRemedy(words []string) bool {
	for len(words) > 0 && (words[0] == "just" || words[0] == "simply" || words[0] == "still" || words[0] == "always") {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	return slices.ContainsFunc(remedyPhrases[words[0]], func(p []string) bool { return len(words) >= len(p) && slices.Equal(words[:len(p)], p) })
}

// bypasses finds the words of a post that tell by themselves that a fault has
// become normal, or advise to go past a check; "" where none do.
func bypasses(r *Reading) string {
	for _, h := range r.Hits {
		if h.Cue != text.Workaround || h.Weight < workaroundAlone {
			continue
		}
		from, to := sentenceAround(r.Doc.Prose, h.Start, h.End)
		if to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?' || hasWord(r.Doc.Prose[from:h.Start], "not", "don't", "never", "how", "would", "could", "should", "shouldn't", "want", "can't", "if", "why", "nobody's", "won't") {
			continue
		}
		return brief(r.Doc.Prose[h.Start:to], 8)
	}
	return ""
}
