package risk_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"andon/signals"
	"andon/signals/risk"
	"andon/signals/snap"
)

func saved(t require.TestingT, m *risk.Model) []byte {
	var out bytes.Buffer
	w := snap.NewWriter(&out)
	require.NoError(t, m.Save(w))
	require.NoError(t, w.Close())
	return out.Bytes()
}

func load(data []byte) (*risk.Model, error) {
	r := snap.NewReader(bytes.NewReader(data), int64(len(data)))
	m, err := risk.LoadModel(r)
	return m, errors.Join(err, r.Close())
}

// stream applies random events to a few cases.
type stream struct {
	cases []*signals.Case
	n     int
}

var streamKinds = rapid.SampledFrom([]signals.Kind{signals.Opened, signals.TeamMoved, signals.TeamMoved, signals.Assigned, signals.Priority, signals.Closed, signals.Reopened})

func (s *stream) next(t *rapid.T) (*signals.Case, *signals.Event) {
	s.n++
	kind := streamKinds.Draw(t, "kind")
	if len(s.cases) == 0 || kind == signals.Opened {
		s.cases, kind = append(s.cases, &signals.Case{}), signals.Opened
	}
	c := s.cases[len(s.cases)-1]
	if kind != signals.Opened {
		c = s.cases[rapid.IntRange(0, len(s.cases)-1).Draw(t, "case")]
	}
	e := &signals.Event{ID: fmt.Sprintf("e%06d", s.n), Case: c.Key, Kind: kind, Seq: signals.Seq{Entry: int64(s.n)}, At: time.Unix(int64(1e9+60*s.n), 0), Audience: signals.Public}
	e.To = rapid.SampledFrom([]string{"Desk", "Payments", "Blocker", ""}).Draw(t, "to")
	if kind == signals.Opened {
		e.Case = signals.Key{Source: signals.Jira, Site: "acme", ID: fmt.Sprint(s.n)}
	}
	if rapid.IntRange(0, 9).Draw(t, "private") == 0 {
		e.Audience = signals.MembersOf("board")
	}
	require.True(t, c.Apply(e))
	return c, e
}

// TestLoadedModelBehavesTheSame feeds a random history to two models, one of
// which is saved and loaded on the way: at no time can they be told apart.
func TestLoadedModelBehavesTheSame(t *testing.T) {
	p := signals.DefaultPolicy()
	trained := saved(t, risk.Trained())
	rapid.Check(t, func(t *rapid.T) {
		var s stream
		a := risk.New(2)
		if rapid.Bool().Draw(t, "trained") {
			var err error
			a, err = load(trained)
			require.NoError(t, err)
		}
		for range rapid.IntRange(0, 80).Draw(t, "before") {
			c, e := s.next(t)
			a.Observe(c, e, &p)
		}
		b, err := load(saved(t, a))
		require.NoError(t, err)
		for range rapid.IntRange(0, 40).Draw(t, "after") {
			c, e := s.next(t)
			a.Observe(c, e, &p)
			b.Observe(c, e, &p)
			require.Equal(t, a.Predict(c), b.Predict(c))
		}
		for _, c := range s.cases {
			require.Equal(t, a.Predict(c), b.Predict(c))
			require.Equal(t, a.Forecasts(c), b.Forecasts(c))
		}
		require.Equal(t, saved(t, a), saved(t, b), "what they know is the same, too")
	})
}

func TestDamagedSnapshotIsRefused(t *testing.T) {
	m, p := risk.New(2), signals.DefaultPolicy()
	c := &signals.Case{}
	for i, k := range []signals.Kind{signals.Opened, signals.TeamMoved, signals.Closed} {
		e := &signals.Event{ID: fmt.Sprint(i), Case: signals.Key{Source: signals.Jira, Site: "acme", ID: "1"}, Kind: k, To: "Desk", Seq: signals.Seq{Entry: int64(i)}, At: time.Unix(int64(i), 0), Audience: signals.Public}
		require.True(t, c.Apply(e))
		m.Observe(c, e, &p)
	}
	data := saved(t, m)
	for i := range data {
		_, err := load(data[:i])
		require.ErrorIs(t, err, snap.ErrCorrupt, "cut at %d", i)
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		_, err = load(bad)
		require.Error(t, err, "changed at %d", i)
	}
}

// TestDamageInsideATrainedModel: whatever byte of a trained model is changed, it
// is refused and nothing panics.
func TestDamageInsideATrainedModel(t *testing.T) {
	data := saved(t, risk.Trained())
	for i := 0; i < len(data); i += 1 + len(data)/300 {
		bad := bytes.Clone(data)
		bad[i] ^= 0x55
		_, err := load(bad)
		require.Error(t, err, "changed at %d", i)
		_, err = load(data[:i])
		require.Error(t, err, "cut at %d", i)
	}
	_, err := load(data)
	require.NoError(t, err)
}
