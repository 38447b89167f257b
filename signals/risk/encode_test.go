package risk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTellingFields: a field with values of its own for every case, or with one
// value for all, tells cases apart less than one with a few values.
func TestTellingFields(t *testing.T) {
	const few, many, one, rare = 11, 12, 13, 14
	var samples []*sample
	for i := range 40 {
		s := &sample{no: int64(i / 2), fields: []field{{one, 1}, {many, uint64(100 + i/2)}, {few, uint64(i / 2 % 4)}}}
		if i < 8 {
			s.fields = append(s.fields, field{rare, uint64(i / 2 % 2)})
		}
		samples = append(samples, s)
	}
	require.Equal(t, []uint64{few, rare, one}, tellingFields(samples))
}

// TestFieldsCountWithTheTeam: a value that means trouble with one team and none
// with the other.
func TestFieldsCountWithTheTeam(t *testing.T) {
	const field1 = 77
	var samples []*sample
	for i := range 800 {
		team, value := uint64(1+luck(i, 41)%2), uint64(1+luck(i, 42)%2)
		s := &sample{no: int64(i), weight: 1, open: 1<<longPath | 1<<moves, fields: []field{{field1, value}}}
		s.cat[cTeam] = team
		if limit := 10 + 60*b2u(team == value); uint64(luck(i, 43)) < limit {
			s.came |= 1 << longPath
		}
		samples = append(samples, s)
	}
	x := learnTable(samples).rows(longPath)
	alone, with := map[bool][]float64{}, map[bool][]float64{}
	for i, s := range samples {
		same := s.cat[cTeam] == s.fields[0].value
		alone[same] = append(alone[same], float64(x.at(i)[colSlot]))
		with[same] = append(with[same], float64(x.at(i)[colSlot+fieldSlots]))
	}
	require.InDelta(t, mean(alone[true]), mean(alone[false]), 0.3)
	require.Greater(t, mean(with[true]), mean(with[false])+1)
}

// TestRowsLeaveOutOwnCase: what a case came to does not describe the case itself.
func TestRowsLeaveOutOwnCase(t *testing.T) {
	var samples []*sample
	for i := range 200 {
		s := &sample{no: int64(i), weight: 1, open: 1<<longPath | 1<<moves}
		s.cat[cTeam] = uint64(1 + i) // nobody else has it
		if i%3 == 0 {
			s.came |= 1 << longPath
		}
		samples = append(samples, s)
	}
	x := learnTable(samples).rows(longPath)
	for i := range samples {
		require.Zero(t, x.at(i)[colCat+cTeam])
	}
}

// TestRowsAreOfOpenSamples: a sample to which the outcome had come has no row.
func TestRowsAreOfOpenSamples(t *testing.T) {
	var samples []*sample
	for i := range 30 {
		s := &sample{no: int64(i), weight: 1}
		s.num[fAge] = float32(i)
		if i%2 == 1 {
			s.open = 1 << pingPong
		}
		samples = append(samples, s)
	}
	x := learnTable(samples).rows(pingPong)
	require.Len(t, x, 15*columns)
	require.InDelta(t, 29, x.at(14)[fAge], 0)
}
