package risk

import (
	"fmt"
	"maps"
	"slices"

	"andon/signals"
	"andon/signals/snap"
)

// The section of a snapshot. The version rises with every change of what is
// written, and also when the same contexts come to mean something else.
const (
	section        = "risk.model"
	sectionVersion = 1

	storyBytes = 1 + 1 + 1 + 1 + 1 + 1 // at least
	rateBytes  = 1 + 2*8*len(Outcomes)
)

// Save writes all that the model knows, so that a loaded model answers and learns
// on exactly as this one. The values of fields (teams, persons, components,
// statuses) are in it in clear, texts are not. The error is that of w.
func (m *Model) Save(w *snap.Writer) error {
	w.Section(section, sectionVersion)
	w.Int(int64(m.Long))
	m.all.save(w)
	w.Count(len(m.rates))
	for _, key := range slices.Sorted(maps.Keys(m.rates)) {
		w.Word(key)
		m.rates[key].save(w)
	}
	w.Count(len(m.open))
	for _, key := range slices.SortedFunc(maps.Keys(m.open), signals.CompareKeys) {
		w.Word(key.Source)
		w.Word(key.Site)
		w.Text(key.ID)
		m.open[key].save(w)
	}
	return w.Err()
}

// LoadModel reads a model that Save wrote. The error says that the snapshot is
// damaged or of another version; then the model has to learn anew. The model may
// be used when r.Close has found the whole snapshot sound.
func LoadModel(r *snap.Reader) (*Model, error) {
	r.Section(section, sectionVersion)
	m := New(int(r.Int()))
	m.all.load(r)
	for range r.Count(rateBytes) {
		key, x := r.Word(), &rate{}
		x.load(r)
		m.rates[key] = x
	}
	for range r.Count(storyBytes) {
		key := signals.Key{Source: r.Word(), Site: r.Word(), ID: r.Text()}
		m.open[key] = loadStory(r)
		if r.Err() != nil {
			break
		}
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load risk model: %w", err)
	}
	return m, nil
}

func (r *rate) save(w *snap.Writer) {
	for o := range Outcomes {
		w.Float64(r.seen[o])
		w.Float64(r.came[o])
	}
}

func (r *rate) load(in *snap.Reader) {
	for o := range Outcomes {
		r.seen[o], r.came[o] = in.Float64(), in.Float64()
	}
}

func (s *story) save(w *snap.Writer) {
	w.Bool(s.learnt)
	w.Bool(s.private)
	for o := range Outcomes {
		w.Int(int64(s.came[o]))
	}
	w.Count(len(s.contexts))
	for _, list := range s.contexts {
		w.Words(list)
	}
}

func loadStory(r *snap.Reader) *story {
	s := &story{learnt: r.Bool(), private: r.Bool()}
	for o := range Outcomes {
		s.came[o] = int(r.Int())
	}
	if n := r.Count(1); n > 0 {
		s.contexts = make([][]string, n)
		for i := range s.contexts {
			s.contexts[i] = r.Words()
		}
	}
	return s
}
