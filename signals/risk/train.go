package risk

import "slices"

// judge tells the probability of one outcome.
type judge struct {
	linear *linear // nil where too little was seen
	forest *forest
	scale  platt
	base   float64 // how often the outcome came at all
}

// blend is the forest's share of the log-odds. The two err differently: the
// line carries over where the forest fits too closely, and the forest bends.
const blend = 0.5

func (j *judge) score(x []float32) float64 {
	return float64((1-blend)*j.linear.score(x) + blend*j.forest.score(x))
}

// Bounds of the training.
const (
	mostSamples = 40000 // the latest cases are learnt from
	leastCame   = 20    // cases that came to an outcome before it is foretold
	later       = 0.4   // share of the samples, the latest, that calibrate
)

// Training is a training of a model that fell due. It holds all that it needs:
// Fit may run beside whatever is done with the model meanwhile.
type Training struct {
	of      *Model
	due     int64 // when the model's next one falls due, which tells trainings apart
	samples []*sample
	encoder *encoder
	judges  [len(Outcomes)]judge
}

// Training returns the training that is due, nil for none. A question does it,
// where nobody else has, with the same result.
func (m *Model) Training() *Training {
	if !m.stale {
		return nil
	}
	t := &Training{of: m, due: m.due}
	for _, r := range m.base {
		t.samples = append(t.samples, r.samples...)
	}
	return t
}

// Done gives the model what was fitted. It does nothing when the model has been
// trained since, or when another training fell due.
func (t *Training) Done() {
	if m := t.of; m.stale && m.due == t.due {
		m.encoder, m.judges, m.stale = t.encoder, t.judges, false
	}
}

// Fit fits the judges to the closed cases. The calibration comes from cases
// that closed later than those that its own judge was fitted to; then the judge
// is fitted again to all.
func (t *Training) Fit() {
	samples := t.samples
	cut := int(float64(len(samples)) * (1 - later))
	for cut > 0 && cut < len(samples) && samples[cut].no == samples[cut-1].no {
		cut--
	}
	early, first := fit(samples[:cut])
	whole, all := fit(samples)
	t.encoder = whole
	for o := range Outcomes {
		j := all[o]
		j.scale = platt{1, 0}
		if j.linear != nil && first[o].linear != nil {
			j.scale = calibrate(early, &first[o], o, samples[cut:])
		}
		t.judges[o] = j
	}
}

// fit fits an encoder and uncalibrated judges. Where too little was seen of all
// outcomes there is no encoder.
func fit(samples []*sample) (*encoder, [len(Outcomes)]judge) {
	var out [len(Outcomes)]judge
	var t *table
	for o := range Outcomes {
		y, w, base, enough := outcomes(samples, o)
		out[o].base = base
		if !enough {
			continue
		}
		if t == nil {
			t = learnTable(samples)
		}
		x := t.rows(o)
		out[o].linear, out[o].forest = fitLinear(x, y, w), boost(x, y, w)
	}
	if t == nil {
		return nil, out
	}
	return t.encoder, out
}

// outcomes tells of the samples to which outcome o had not come yet whether it
// came, with their weights; base is the share to which it did. It is enough to
// learn from where some cases came to it and others did not.
func outcomes(samples []*sample, o int) (y, w []float32, base float64, enough bool) {
	var came, all float64
	cases, last := 0, int64(-1)
	for _, s := range samples {
		if !s.open.has(o) {
			continue
		}
		v := float32(s.came >> o & 1)
		y, w = append(y, v), append(w, s.weight)
		came, all = came+float64(v*s.weight), all+float64(s.weight)
		if v == 1 && s.no != last {
			cases++
			last = s.no
		}
	}
	return y, w, came / (all + 1), cases >= leastCame && slices.Contains(y, 0)
}

// calibrate compares what a judge says of later cases with what came.
func calibrate(e *encoder, j *judge, o int, samples []*sample) platt {
	var z, y, w []float64
	var ks []uint64
	var got []lifts
	x := make([]float32, columns)
	for _, s := range samples {
		if !s.open.has(o) {
			continue
		}
		ks = keys(s, ks)
		got = e.look(ks, got)
		e.row(s, o, got, x)
		z, y, w = append(z, j.score(x)), append(y, float64(s.came>>o&1)), append(w, float64(s.weight))
	}
	return fitPlatt(z, y, w)
}
