package text

import "slices"

// recurring end what is said of something that comes again: with a "not" it may say
// that it is over.
var recurring = []string{"happen", "happens", "happened", "happening", "occur", "occurs", "occurred", "occurring", "back"}

// nearNot is within how many words before a phrase a "not" turns it round.
const nearNot = 3

// notAgain reports whether a cue of what fails stands in words that say that it does
// not come again: "it has not happened again", "it stopped failing".
func (l *Lexicon) notAgain(list []placed, h Hit) bool {
	if h.Cue != Again && h.Cue != Problem {
		return false
	}
	i := slices.IndexFunc(list, func(w placed) bool { return w.from >= h.Start })
	j := i
	for j < len(list) && j >= 0 && list[j].from < h.End {
		j++
	}
	if i < 0 || i == j {
		return false
	}
	not := func(w placed) bool { return contains(l.lists[negationList], w.text) }
	before := list[max(0, i-nearNot):i]
	switch n := len(before); {
	case n > 0 && before[n-1].text == "stopped":
		return true
	case h.Cue == Problem:
		return contains(recurring, list[j-1].text) && slices.ContainsFunc(list[i:j], not)
	case n > 0 && not(before[n-1]):
		return true
	}
	return slices.ContainsFunc(before, func(w placed) bool { return w.text != "no" && not(w) }) // "no it happened again"
}
