package detect

import (
	"slices"
	"strings"

	"andon/signals"
	"andon/signals/text"
)

// sighs are what people say who cannot help; whole replies of up to sighWords
// words begin with one.
var sighs = []string{
	"good question", "great question", "following", "interested", "curious", "no idea", "no clue", "not a clue", "dunno", "don't know", "i don't know", "idk", "not sure", "hm", "hmm", "hmmm", "oof", "ouch",
	"lol", "haha", "same", "+1", "would like to know", "i'd like to know", "i would like to know", "i'd also like to know", "wondering the same", "i wonder too", "was about to ask", "i was going to ask",
	"shrug", ":shrug", ":eyes:", ":thinking", ":this:", ":point_up", "🤷", "🤔", "👆", "subscribing", "bump", "no idea either", "me neither", "beats me", "anyone", "someone must know", "somebody must know", "poor you", "sorry to hear", "that's annoying", "annoying", "weird", "strange", "odd", "interesting",
}

const sighWords = 7

// sigh reports whether a post is nothing but a sigh.
func (r *Reading) sigh() bool {
	prose := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(r.Doc.Prose, "’", "'")))
	if len(r.Doc.URLs)+len(r.Doc.Code)+len(r.Doc.Keys)+len(r.Doc.Mentions) > 0 || len(strings.Fields(prose)) > sighWords || r.Has(text.Answer, 0.5) || r.Has(text.Ack, 0.6) || r.Has(text.Bounce, 0.5) {
		return false
	}
	return r.Has(text.Chase, 0.6) || slices.ContainsFunc(sighs, func(w string) bool {
		rest, ok := strings.CutPrefix(prose, w)
		return ok && (rest == "" || !wordByte(rest[0]) || !wordByte(w[len(w)-1]))
	})
}

// findsOut reports whether a post of the author begins as people do who have
// just found it themselves: "Ah, it was the proxy".
func (t *Talk) findsOut(p *signals.Post) bool {
	r := t.Reading(p)
	if r.asks() >= 0.5 || r.Has(text.Problem, 0.6) || r.Has(text.Chase, 0.6) {
		return false
	}
	switch strings.ToLower(strings.Trim(firstWord(r.Doc.Prose), ",.!:;-–—…")) {
	case "ah", "aha", "ahh", "oh", "ohh", "doh", "d'oh", "duh", "ok", "okay", "found", "figured", "solved", "answer", "answering", "nevermind", "got", "scratch", "ignore", "turns", "eh", "ha":
		return true
	}
	return r.Has(text.Solved, 0.4) || r.Has(text.NeverMind, 0.4)
}

// idle reports whether an utterance only has the form of a question: a few
// words to nobody, with neither a thing of work in them nor a plea. It is not
// asked where nobody uses threads: there, even pleas are that short, unless the
// channel is for other things than work.
func (t *Talk) idle(room *signals.Room) bool {
	if t.threaded == 0 && !social(room) {
		return false
	}
	words := 0
	for _, p := range t.Group {
		r := t.Reading(p)
		if words += len(strings.Fields(r.Doc.Prose)); words > idleWords || namesWork(r) || len(r.Doc.Code)+len(r.Doc.URLs) > 0 || len(t.of(p).names) > 0 ||
			r.Has(text.Ask, 0.65) || r.Has(text.Chase, 0.6) || r.Has(text.Problem, 0.5) || r.Has(text.HowTo, 0.5) || addressesAll(r.Doc.Prose) ||
			hasWord(r.Doc.Prose, "i", "i'm", "i've", "my", "me", "we", "our", "us", "you", "your") {
			return false
		}
	}
	return true
}

// idleWords is how long a question may be that nobody is expected to answer.
const idleWords = 12
