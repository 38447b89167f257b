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

// inHabit finds the sentence of a post which tells that people live with a
// fault by a remedy that they repeat; "" where none does.
func inHabit(r *Reading) string {
	for from := 0; from < len(r.Doc.Prose); {
		_, to := sentenceAround(r.Doc.Prose, from, from)
		asked := to < len(r.Doc.Prose) && r.Doc.Prose[to] == '?'
		if s := strings.TrimSpace(r.Doc.Prose[from:to]); !asked && habitual(r, s) {
			return s
		}
		from = to + 1
	}
	return ""
}

func habitual(r *Reading, sentence string) bool {
	words := text.Plain(sentence)
	if len(words) < 4 || len(words) > 45 || !near(r, words) {
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
	return (person || startsWithRemedy(r, words)) && !doubt
}

// habitReach is how many words may stand between the remedy and the habit.
const habitReach = 7

// near reports whether a remedy and words of habit stand close together.
func near(r *Reading, words []string) bool {
	habits := places(words, r.phrases(text.Habit))
	if len(habits) == 0 {
		return false
	}
	remedies := places(words, r.phrases(text.Remedy))
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

func startsWithRemedy(r *Reading, words []string) bool {
	for len(words) > 0 && (words[0] == "just" || words[0] == "simply" || words[0] == "still" || words[0] == "always") {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	return slices.ContainsFunc(r.phrases(text.Remedy)[words[0]], func(p []string) bool { return len(words) >= len(p) && slices.Equal(words[:len(p)], p) })
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
