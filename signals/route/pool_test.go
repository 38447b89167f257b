package route

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSituationsAreSampled counts how many of the next 16,000 situations are
// remembered after so many were.
func TestSituationsAreSampled(t *testing.T) {
	for _, c := range []struct {
		uses uint32
		want int
	}{{0, 1}, {plenty, 1}, {plenty + 1, 4}, {2*plenty - 1, 4}, {2 * plenty, 8}, {4 * plenty, 16}, {1 << 31, 16}} {
		p, kept := pool{uses: c.uses}, 0
		for range 16_000 {
			if !p.skip() {
				kept++
			}
		}
		require.InDelta(t, 16_000/c.want, kept, 16_000/float64(c.want)/8, "after %d uses", c.uses)
	}
}
