package signals

import (
	"regexp"
	"strconv"
	"time"
)

// The helpers below put figures and names into the plain words that people read.
// They stand here because every layer speaks to people.

// Counted is a number with its noun: "1 hour", "3 hours".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Lasted is a span of wall-clock time as a person would say it, rounded to
// minutes, hours or days.
func Lasted(d time.Duration) string {
	switch {
	case d < 90*time.Minute:
		return Counted(int(d.Minutes()+0.5), "minute")
	case d < 36*time.Hour:
		return Counted(int(d.Hours()+0.5), "hour")
	}
	return Counted(int(d.Hours()/24+0.5), "day")
}

// Distance is the number of letters to insert, drop, replace or swap with their
// neighbour to turn one text into another (the optimal string alignment of
// Damerau 1964 and Levenshtein 1966). Its cost is the product of their lengths.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			same := 1
			if x[i-1] == y[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

var quotation = regexp.MustCompile(`“[^”]*”|"(?:[^"\\]|\\.)*"`)

// Unquoted is a sentence without the words that it quotes.
func Unquoted(s string) string { return quotation.ReplaceAllString(s, "“…”") }
