package route

import (
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
)

func (m *Model) Debug(t int) {
	tr := &m.tracks[t]
	nm := func(f int) string {
		if f < len(m.fields.names) {
			return m.fields.names[f]
		}
		for _, p := range tr.pairs {
			if int(p.f) == f {
				return m.fields.names[p.a] + "x" + m.fields.names[p.b]
			}
		}
		return "?"
	}
	for _, f := range tr.order {
		if tr.gain[f].n > 0 {
			fmt.Printf("  gain %-30s %.3f hits %.2f n %d\n", nm(int(f)), tr.gain[f].mean, tr.gain[f].hits, tr.gain[f].n)
		}
	}
	for r := range tr.rank {
		type wc struct {
			n string
			w float32
			s float32
		}
		var l []wc
		rk := &tr.rank[r]
		for c := range rk.base {
			if rk.sqB[c] == 0 {
				continue
			}
			n := fmt.Sprint("ex", c-firstExtra)
			if c < firstExtra {
				n = []string{"final", "held", "goal", "pass", "spoke"}[c/2/maxFields] + "|" + nm(c/2%maxFields) + []string{"", "+"}[c%2]
			}
			l = append(l, wc{n, rk.base[c], rk.sqB[c]})
		}
		sort.Slice(l, func(i, j int) bool { return l[i].w > l[j].w })
		fmt.Println("  ranker", r, rk.n)
		for _, x := range l {
			fmt.Printf("    %-40s %.2f (%.0f)\n", x.n, x.w, x.s)
		}
	}
	fmt.Println("  tables:")
	for s := range tr.tables {
		n := 0
		for _, d := range tr.tables[s].dists {
			n += len(d.cells)
		}
		fmt.Println("   ", s, len(tr.tables[s].dists), n)
	}
}

func knob(name string, def float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
		return v
	}
	return def
}

var (
	kDoubt = float32(math.Log(knob("DOUBT", 16)))
	kRB    = float32(knob("RB", 0.03))
	kRG    = float32(knob("RG", 0.02))
	kPrior = float32(knob("PRIOR", 1.5))
	kWeak  = float32(knob("WEAK", 1))
	kRaise = knob("RAISE", 1)
	kAct   = knob("ACT", 1)
	kBody  = knob("BODY", 0)
)
