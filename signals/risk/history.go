package risk

import "math"

// past counts passages and how many of them came to a target.
type past struct{ seen, came float32 }

// pasts counts what closed cases with one value of a category came to: of each
// target how many were due from the length of their paths alone, and how many came.
type pasts struct {
	seen      float32
	due, came [targets]float32
}

// lifts says how much more often than was due the targets came, in log-odds.
type lifts struct {
	seen float32
	of   [targets]float32
}

// calm is how many outcomes were due and came, too, before anything was seen: it
// draws the rates of what was seen seldom towards the general one, as the
// m-estimate does (Cestnik 1990; Micci-Barreca 2001 for categories as features).
const calm = 1

// lifts compares what came with what was due.
func (p *pasts) lifts() lifts {
	out := lifts{seen: p.seen}
	for o := range targets {
		out.of[o] = lift(p.came[o], p.due[o])
	}
	return out
}

// without is what a row for outcome o needs of lifts, with what the cases of one
// fold say left out.
func (p *pasts) without(less *pasts, o int) lifts {
	out := lifts{seen: max(0, p.seen-less.seen) * folds / float32(folds-1)}
	for _, o := range [...]int{o, moves} {
		out.of[o] = lift(max(0, p.came[o]-less.came[o]), max(0, p.due[o]-less.due[o]))
	}
	return out
}

func lift(came, due float32) float32 { return float32(math.Log(float64((came + calm) / (due + calm)))) }

func (p *pasts) add(s *sample, due *[targets]float32) {
	p.seen += s.weight
	for o := range targets {
		p.due[o] += due[o]
		if s.came.has(o) {
			p.came[o] += s.weight
		}
	}
}

// Cells of stages: entries and team hand-offs, the last ones for more.
const (
	stageEntries  = 13
	stageHandoffs = 6
	stageCalm     = 10 // passages that a cell borrows from the whole
)

// stages is how often the targets come by how far a case has gone.
type stages struct {
	cell [targets][stageEntries][stageHandoffs]past
	all  [targets]past
}

func cellOf(s *sample) (entries, handoffs int) {
	return min(int(s.num[fEntries]), stageEntries-1), min(int(s.num[fHandoffs]), stageHandoffs-1)
}

func (g *stages) add(s *sample) {
	i, j := cellOf(s)
	for o := range targets {
		if !s.open.has(o) {
			continue
		}
		for _, p := range [...]*past{&g.cell[o][i][j], &g.all[o]} {
			p.seen += s.weight
			if s.came.has(o) {
				p.came += s.weight
			}
		}
	}
}

// base is the general rate of a target.
func (g *stages) base(o int) float32 { return (g.all[o].came + 0.5) / (g.all[o].seen + 1) }

// rate is how often a target comes at a stage, drawn to the general rate.
func (g *stages) rate(o, entries, handoffs int) float32 {
	p := &g.cell[o][entries][handoffs]
	return (p.came + stageCalm*g.base(o)) / (p.seen + stageCalm)
}

// rates are the rates of the outcomes by stage, in log-odds.
type rates [len(Outcomes)][stageEntries][stageHandoffs]float32

func (g *stages) rates() rates {
	var out rates
	for o := range out {
		for i := range out[o] {
			for j := range out[o][i] {
				out[o][i][j] = float32(logit(float64(g.rate(o, i, j))))
			}
		}
	}
	return out
}

// due is what a sample adds to what is due.
func (g *stages) due(s *sample) [targets]float32 {
	var out [targets]float32
	i, j := cellOf(s)
	for o := range targets {
		if s.open.has(o) {
			out[o] = s.weight * g.rate(o, i, j)
		}
	}
	return out
}
