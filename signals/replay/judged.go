package replay

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"andon/signals"
)

// JudgedRow is how useful people found the signals of one detector. Low and
// High are the ends of the 95 % interval of Wilson (1927).
type JudgedRow struct {
	Detector             string
	Judged, Useful       int
	Precision, Low, High float64
}

// Judge counts verdicts, signal id to useful, by detector. Verdicts on what is
// no signal of this replay are passed over; in a blind sample they say how
// often silence was wrong, and come last as "no signal".
func (r *Report) Judge(verdicts map[string]bool) []JudgedRow {
	rows := map[string]*JudgedRow{}
	for _, s := range r.all {
		useful, ok := verdicts[s.id]
		if !ok {
			continue
		}
		if rows[s.detector] == nil {
			rows[s.detector] = &JudgedRow{Detector: s.detector}
		}
		rows[s.detector].Judged++
		if useful {
			rows[s.detector].Useful++
		}
	}
	var out []JudgedRow
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row := rows[name]
		row.Precision = float64(row.Useful) / float64(row.Judged)
		row.Low, row.High = wilson(row.Useful, row.Judged)
		out = append(out, *row)
	}
	return out
}

func wilson(k, n int) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, mid-half), min(1, mid+half)
}

// rated is what Judge needs of every signal, and of every case without one
// that a blind sample may show.
type rated struct{ id, detector string }

// noSignal stands for cases that a blind sample shows though nothing was found.
const noSignal = "no signal"

// BlindSample is the sample mixed with as many cases in which nothing was
// found, ordered so that neither shows, and without the verdicts.
func BlindSample(res *Result) []SampleRow {
	r := Summarize(res)
	out := slices.Clone(r.Sample)
	for i := range out {
		out[i].Detector, out[i].Reason = "", ""
	}
	out = append(out, silent(res, len(r.Sample))...)
	slices.SortFunc(out, func(a, b SampleRow) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// silent draws cases without a signal: of chat only those that begin with more
// than a word or two.
func silent(res *Result, n int) []SampleRow {
	var rows []SampleRow
	signalled := map[signals.Key]bool{}
	for _, rec := range res.World.Book.Records {
		signalled[rec.Signal.Case] = true
	}
	for k, c := range res.World.Cases {
		if signalled[k] || k.IsDrill() || c.Gone || !public(c) || len(excerpt(c)) < 20 {
			continue
		}
		rows = append(rows, SampleRow{ID: silentID(c), Case: Ref(c), At: c.Opened, Excerpt: excerpt(c)})
	}
	slices.SortFunc(rows, func(a, b SampleRow) int { return cmp.Compare(a.ID, b.ID) })
	return rows[:min(n, len(rows))]
}

func silentID(c *signals.Case) string {
	return strconv.FormatUint(hash(noSignal+"|"+c.Key.String()), 36)
}

// public reports whether everybody may see the whole case.
func public(c *signals.Case) bool { return c.For(signals.Viewer{}) == c }
