package risk

import (
	"fmt"
	"maps"
	"slices"

	"andon/signals"
	"andon/signals/snap"
)

// The section of a snapshot. The version rises with every change of what is
// written, and also when the same features come to mean something else.
const (
	section        = "risk.model"
	sectionVersion = 4

	storyBytes  = 1 + 1 + 1 + 1 + len(Outcomes) + 1 + 1 + 1 + 1 + 1 // at least
	recordBytes = 1 + 1 + 1 + 1 + 1
	sampleBytes = 4*plain + 8*categories

	treeBytes = 1
	nodeBytes = 1 + 1 + 4 + 4
	liftBytes = 8 + 4*(targets+1)
)

// Save writes all that the model knows, so that a loaded model answers and learns
// on exactly as this one. Field values and words are in it as hashes. The error
// is that of w.
func (m *Model) Save(w *snap.Writer) error {
	w.Section(section, sectionVersion)
	w.Int(int64(m.Long))
	w.Int(m.closed)
	w.Int(m.due)
	w.Bool(m.stale)
	saveRecords(w, m.base)
	saveRecords(w, m.fresh)
	w.Count(len(m.stories))
	for _, key := range slices.SortedFunc(maps.Keys(m.stories), signals.CompareKeys) {
		saveKey(w, key)
		m.stories[key].save(w)
	}
	m.flows.save(w)
	m.encoder.save(w)
	for o := range m.judges {
		m.judges[o].save(w)
	}
	return w.Err()
}

// LoadModel reads a model that Save wrote. The error says that the snapshot is
// damaged or of another version; then the model has to learn anew. The model may
// be used when r.Close has found the whole snapshot sound.
func LoadModel(r *snap.Reader) (*Model, error) {
	r.Section(section, sectionVersion)
	m := New(int(r.Int()))
	m.closed, m.due, m.stale = r.Int(), r.Int(), r.Bool()
	m.base = loadRecords(r, true)
	m.fresh = loadRecords(r, false)
	records := make(map[int64]*record, len(m.base))
	for _, list := range [...][]*record{m.base, m.fresh} {
		for _, x := range list {
			records[x.no] = x
		}
	}
	for range r.Count(storyBytes) {
		key := loadKey(r)
		m.stories[key] = loadStory(r, records)
		if r.Err() != nil {
			break
		}
	}
	m.flows.load(r)
	m.encoder = loadEncoder(r)
	for o := range m.judges {
		m.judges[o].load(r)
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("load risk model: %w", err)
	}
	return m, nil
}

func saveKey(w *snap.Writer, k signals.Key) {
	w.Word(k.Source)
	w.Word(k.Site)
	w.Text(k.ID)
}

func loadKey(r *snap.Reader) signals.Key {
	return signals.Key{Source: r.Word(), Site: r.Word(), ID: r.Text()}
}

func (s *story) save(w *snap.Writer) {
	w.Bool(s.learnt)
	for _, n := range s.came {
		w.Int(int64(n))
	}
	no := int64(0)
	if s.record != nil {
		no = s.record.no
	}
	w.Int(no)
	w.Int(int64(s.handoffs))
	w.Bool(s.shut)
	w.Bool(s.private)
	w.Count(len(s.flown))
	for i := range s.flown {
		for _, v := range s.flown[i] {
			w.Float32(v)
		}
	}
}

func loadStory(r *snap.Reader, records map[int64]*record) *story {
	s := &story{learnt: r.Bool()}
	for o := range s.came {
		s.came[o] = int(r.Int())
	}
	s.record = records[r.Int()]
	s.handoffs, s.shut, s.private = int(r.Int()), r.Bool(), r.Bool()
	for range r.Count(4 * len(flown{})) {
		var f flown
		for i := range f {
			f[i] = r.Float32()
		}
		s.flown = append(s.flown, f)
	}
	return s
}

func saveRecords(w *snap.Writer, list []*record) {
	w.Count(len(list))
	for _, x := range list {
		w.Int(x.no)
		saveKey(w, x.key)
		w.Count(len(x.samples))
		for _, s := range x.samples {
			s.save(w)
		}
	}
}

func loadRecords(r *snap.Reader, merged bool) []*record {
	var out []*record
	for range r.Count(recordBytes) {
		x := &record{no: r.Int(), key: loadKey(r), merged: merged}
		for range r.Count(sampleBytes) {
			x.samples = append(x.samples, loadSample(r, x.no))
		}
		out = append(out, x)
		if r.Err() != nil {
			break
		}
	}
	return out
}

func (s *sample) save(w *snap.Writer) {
	for _, v := range s.num {
		w.Float32(v)
	}
	for _, v := range s.cat {
		w.Uint64(v)
	}
	w.Uint64s(s.parts)
	w.Uint64s(s.words)
	w.Count(len(s.fields))
	for _, f := range s.fields {
		w.Uint64(f.name)
		w.Uint64(f.value)
	}
	w.Float32(s.weight)
	w.Byte(uint8(s.open))
	w.Byte(uint8(s.came))
}

func loadSample(r *snap.Reader, no int64) *sample {
	s := &sample{no: no}
	for i := range s.num {
		s.num[i] = r.Float32()
	}
	for i := range s.cat {
		s.cat[i] = r.Uint64()
	}
	s.parts, s.words = r.Uint64s(), r.Uint64s()
	for range r.Count(16) {
		s.fields = append(s.fields, field{r.Uint64(), r.Uint64()})
	}
	s.weight, s.open, s.came = r.Float32(), set(r.Byte()), set(r.Byte())
	return s
}
