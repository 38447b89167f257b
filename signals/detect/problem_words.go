package detect

import (
	"math/bits"
	"strings"
)

// wordClass is a family of words that count alike in the problem model.
type wordClass uint8

// The families. They are words of software talk in general; no name of a
// product, a library or a room is among them.
const (
	wcNone wordClass = iota
	wcError
	wcBug
	wcIssue
	wcTrouble
	wcBreaks
	wcNotWork
	wcCannot
	wcNegated
	wcVersionWord
	wcUpgrade
	wcWhen
	wcWorksElse
	wcHappens
	wcWeird
	wcAnyoneElse
	wcRepro
	wcShows
	wcPlatform
	wcStill
	wcSlow
	wcHow
	wcWant
	wcPossible
	wcWhich
	wcThanks
	wcNewcomer
	wcFeature
	wcAnnounce
	wcLaugh
	wcOpinion
	wcSame
	wcYouCan
	wcFile
	wcFixed
	wcUseIt
	wcYes
	wordClasses
)

// classWords lists the words and phrases of up to three words of each family,
// phrases separated by commas.
var classWords = [wordClasses]string{
	wcError:       "error, errors, exception, exceptions, traceback, stacktrace, stack trace, backtrace, segfault, segfaults, panic, core dump, exit code, status code, error message",
	wcBug:         "bug, bugs, buggy, regression, regressions, glitch, glitches, glitchy, a bug, this a bug",
	wcIssue:       "issue, issues",
	wcTrouble:     "problem, problems, trouble, troubles, struggling",
	wcBreaks:      "broken, broke, break, breaks, breaking, fail, fails, failed, failing, failure, failures, stuck, hang, hangs, hanging, freeze, freezes, frozen, crash, crashes, crashed, crashing, dies, died, outage, down, corrupt, corrupted, times out, timed out, timeout, timeouts, refused, rejected, lost, missing, disappeared, disappears, vanished, leak, leaks, leaking, blank, deadlock, unresponsive",
	wcNotWork:     "not work, not working, not works, doesn't work, doesnt work, does not work, don't work, do not work, didn't work, did not work, won't work, isn't working, isnt working, stopped working, stops working, no longer, nothing happens, not responding, not able, isn't able, won't start, doesn't start, doesn't load, won't load, not loading, not showing, not found, never works, no effect, has no effect, not a function",
	wcCannot:      "unable, cannot, can't, cant, couldn't, could not, can not",
	wcNegated:     "doesn't, doesnt, does not, didn't, didnt, did not, won't, will not, isn't, isnt, is not, wasn't, aren't, are not, nothing, instead of",
	wcVersionWord: "version, versions, latest, release, beta, rc, nightly, build",
	wcUpgrade:     "upgrade, upgraded, upgrading, update, updated, updating, updates, downgrade, downgraded, migrated, since yesterday, since today, since the, after the, recently",
	wcWhen:        "when i, when it, when we, when the, when you, whenever, while, if i, if we, after i, after it, as soon, every time, everytime, each time, until, as i",
	wcWorksElse:   "fine, works, works fine, worked, used to, working fine, correctly, properly, successfully, before, only happens, on another, but when, but it",
	wcHappens:     "happens, happening, happened, occurs, occurring, occurred, seeing, facing, faced, getting, experiencing, encountered, encountering, ran into, running into, noticed, getting this, having",
	wcWeird:       "weird, weirdly, strange, strangely, odd, oddly, unexpected, unexpectedly, wrong, wrongly, incorrect, incorrectly, suddenly, random, randomly, sometimes, occasionally, intermittent, intermittently, flaky, mysterious, for no reason, no reason, supposed to",
	wcAnyoneElse:  "anyone else, anybody else, someone else, has anyone, has anybody, anyone seen, anyone experienced, did anyone, does anyone have, known issue, known problem, known bug, is this expected, expected behavior, expected behaviour, just me, only me, is this normal, for others, others",
	wcRepro:       "reproduce, reproducible, reproduced, repro, minimal example, mwe, steps to, expected, actual, workaround",
	wcShows:       "shows, gives, gives me, returns, throws, threw, prints, says, complains, gets, get this, got this, i get, i got, following, resulted, results in, result in",
	wcPlatform:    "windows, linux, ubuntu, debian, mac, macos, osx, ios, android, chrome, firefox, safari, browser, desktop, console, log, logs, server, arm, x86",
	wcStill:       "still, again, even, even though, even after, keeps, always, already",
	wcSlow:        "slow, slower, slowly, latency, memory, cpu, performance regression, forever, laggy, lags",
	wcHow:         "how, how to, how do, how can, how does, how would, how should",
	wcWant:        "want, wants, wanted, need, needs, would like, i'd like, wondering, looking for, figure out, trying to understand, in order to, goal",
	wcPossible:    "possible, is there, way to, any way, a way, can i, could i, can we, should i, may i, allowed, does it support",
	wcWhich:       "which, what is, what's, what are, where, best, better, recommend, recommended, difference, between, documentation, docs, tutorial, tutorials, guide, example, examples, link, links, book",
	wcThanks:      "thanks, thank, thx, cheers, ty, got it, that worked, works now, it works now, makes sense, appreciate",
	wcNewcomer:    "new to, newbie, beginner, noob, learning, learn, just started, question, questions, quick question, curious",
	wcFeature:     "feature, features, support, supports, supported, plan, plans, roadmap, implement, implementing, would be nice, would be great, add, adding",
	wcAnnounce:    "announcing, announcement, released, new release, blog, blog post, article, hiring, job, jobs, meetup, webinar, conference, talk, check out, join us, happy to, introducing, published, tweet",
	wcLaugh:       "lol, haha, hahaha, heh, lmao, rofl, joke, joking, kidding",
	wcOpinion:     "opinion, opinions, think, i think, prefer, thoughts, imo, imho, guess, feel, agree, nice, cool, great, good",
	wcSame:        "same, same here, me too, same issue, same problem, same error, seeing, seen, i also, similar, also have, also see, also getting, as well",
	wcYouCan:      "you can, you could, you need, you have, you should, you must, you want, you would, just use, have to, need to, your, you're",
	wcFile:        "file, filed, open, opened, create, creating, report, reported, raise, track, tracked, ticket, issue, issues, bug report, log",
	wcFixed:       "fix, fixed, fixes, fixing, patch, patched, resolved, revert, reverted, release, merged, investigate, investigating, look into",
	wcUseIt:       "use, using, try, tried, example, docs, link",
	wcYes:         "yes, no, yep, nope, yeah, sure, oh, ah, ok, okay, welcome",
}

// maxClassWords is the longest phrase of a family, in words.
const maxClassWords = 3

// classes finds the families of a phrase by the hash of its words. A phrase may
// belong to several.
var classes = func() map[uint64]uint64 {
	m := make(map[uint64]uint64, 600)
	for c, list := range classWords {
		for _, p := range strings.Split(list, ", ") {
			if p == "" {
				continue
			}
			h := uint64(fnvOffset)
			for _, w := range strings.Fields(p) {
				h = hashWord(h, w)
			}
			m[h] |= 1 << c
		}
	}
	return m
}()

const fnvOffset, fnvPrime = 14695981039346656037, 1099511628211

// hashWord adds a word, in lower case, and the end of a word to a hash.
func hashWord(h uint64, w string) uint64 {
	for i := 0; i < len(w); i++ {
		c := w[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * fnvPrime
	}
	return (h ^ ' ') * fnvPrime
}

// wordCount says how often the families, words and versions occur in a text.
type wordCount struct {
	of       [wordClasses]int
	words    int
	versions int
}

// count adds the words of prose.
func (n *wordCount) count(prose string) {
	var last [maxClassWords]string // the latest words of the sentence, the newest at the end
	for i := 0; i < len(prose); {
		j := wordEnd(prose, i)
		if j == i {
			if prose[i] == '.' || prose[i] == '?' || prose[i] == '!' || prose[i] == '\n' {
				last = [maxClassWords]string{}
			}
			i++
			continue
		}
		w := prose[i:j]
		i = j
		n.words++
		if isVersion(w) {
			n.versions++
		}
		last = [maxClassWords]string{last[1], last[2], w}
		n.phrases(&last)
	}
}

// phrases counts the families of the phrases that end with the newest word.
func (n *wordCount) phrases(last *[maxClassWords]string) {
	for k := maxClassWords - 1; k >= 0 && last[k] != ""; k-- {
		h := uint64(fnvOffset)
		for _, w := range last[k:] {
			h = hashWord(h, w)
		}
		for set := classes[h]; set != 0; set &= set - 1 {
			n.of[bits.TrailingZeros64(set)]++
		}
	}
}

// wordEnd returns where the word that begins at s[i] ends; i where none begins.
// A dot or an apostrophe belongs to a word when a letter or a digit follows.
func wordEnd(s string, i int) int {
	j := i
	for j < len(s) {
		c := s[j]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= 0x80:
			j++
		case (c == '\'' || c == '.') && j > i && j+1 < len(s) && wordByte(s[j+1]) && (c == '\'' || digit(s[j+1])):
			j++
		default:
			return j
		}
	}
	return j
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// isVersion tells that a word is a version: "1.6", "v2.10.3", "3.x" not.
func isVersion(w string) bool {
	if w[0] == 'v' || w[0] == 'V' {
		w = w[1:]
	}
	return len(w) > 2 && digit(w[0]) && strings.IndexByte(w, '.') > 0 && len(w) < 16
}
