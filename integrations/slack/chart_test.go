package slack

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/bot/view"
)

var (
	stagesChart = view.Chart{Title: "Signals by stage", Unit: "signals", Labels: []string{"generated", "transmitted", "received", "reacted", "corrected", "confirmed"}, Series: []view.Series{
		{Name: "this week", Values: []float64{41, 33, 30, 22, 17, 9}}, {Name: "last week", Values: []float64{37, 30, 21, 15, 12, 4}},
	}}
	waitingChart = view.Chart{Kind: view.Curve, Title: "Hours lost in hand-offs", Unit: "hours", Labels: []string{"W41", "W42", "W43", "W44", "W45", "W46", "W47", "W48"}, Series: []view.Series{
		{Name: "hours", Values: []float64{120, 96.5, 130, 88, 71, 64, 80, 52}},
	}}
	reasonsChart = view.Chart{Kind: view.Pie, Title: "Where they died", Unit: "signals", Labels: []string{"ignored", "budget", "muted"}, Series: []view.Series{{Values: []float64{5, 2, 1}}}}
)

func decoded(t testing.TB, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	return img
}

// TestDrawChart: the same chart gives the same bytes, on a light ground, in the
// colours of its series, and as wide as a phone. With ANDON_PICTURES set to a
// folder the pictures are kept there.
func TestDrawChart(t *testing.T) {
	for name, c := range map[string]view.Chart{"stages": stagesChart, "waiting": waitingChart, "reasons": reasonsChart} {
		t.Run(name, func(t *testing.T) {
			c = fits[0].tidyChart(&c)
			first, err := drawChart(c)
			require.NoError(t, err)
			second, err := drawChart(c)
			require.NoError(t, err)
			require.Equal(t, first, second)
			require.Less(t, len(first), 100_000)
			img := decoded(t, first)
			require.Equal(t, pictureWidth*2, img.Bounds().Dx())
			require.Less(t, img.Bounds().Dy(), 2*pictureWidth*2, "it fits on a screen")
			seen := map[[3]uint32]int{}
			for x := range img.Bounds().Dx() {
				for y := range img.Bounds().Dy() {
					r, g, b, a := img.At(x, y).RGBA()
					require.Equal(t, uint32(0xffff), a, "nothing shines through")
					seen[[3]uint32{r, g, b}]++
				}
			}
			require.Greater(t, seen[[3]uint32{0xffff, 0xffff, 0xffff}], img.Bounds().Dx()*img.Bounds().Dy()/2, "mostly white")
			for i := range c.Series {
				r, g, b, _ := palette[i].RGBA()
				require.Greater(t, seen[[3]uint32{r, g, b}], 100, "series %d", i)
			}
			if dir := os.Getenv("ANDON_PICTURES"); dir != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), first, 0o600))
			}
		})
	}
}

// Every colour stands out against white.
func TestPaletteHasContrast(t *testing.T) {
	light := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	for i, c := range palette {
		r, g, b, _ := c.RGBA()
		l := 0.2126*light(r) + 0.7152*light(g) + 0.0722*light(b)
		require.GreaterOrEqual(t, 1.05/(l+0.05), 3.0, "colour %d", i)
	}
}

func TestDrawChartOfOddValues(t *testing.T) {
	for name, c := range map[string]view.Chart{
		"negative":     {Title: "t", Labels: []string{"a", "b"}, Series: []view.Series{{Name: "s", Values: []float64{-3, 2}}}},
		"one":          {Title: "t", Labels: []string{"a"}, Series: []view.Series{{Name: "s", Values: []float64{1}}}},
		"one point":    {Kind: view.Curve, Title: "t", Labels: []string{"a"}, Series: []view.Series{{Name: "s", Values: []float64{1}}}},
		"huge":         {Title: "t", Labels: []string{"a", "b"}, Series: []view.Series{{Name: "s", Values: []float64{1e300, 1}}}},
		"tiny":         {Kind: view.Curve, Title: "t", Labels: []string{"a", "b"}, Series: []view.Series{{Name: "s", Values: []float64{1e-300, 0}}}},
		"other script": {Title: "支付", Labels: []string{"فريق", strings.Repeat("W", 90)}, Series: []view.Series{{Name: "😀", Values: []float64{1, 2}}}},
		"many":         {Kind: view.Curve, Title: strings.Repeat("W", 90), Labels: strings.Split(strings.Repeat("a long label,", 30), ","), Series: make([]view.Series, 9)},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := drawChart(fits[0].tidyChart(&c))
			require.NoError(t, err)
			decoded(t, raw)
		})
	}
}
