package risk

import "math"

// platt is a calibration: the log-odds z of an outcome are corrected to
// slope z + shift (Platt 1999).
type platt struct{ slope, shift float64 }

func (c platt) of(z float64) float64 { return sigmoid(c.slope*z + c.shift) }

// How much it takes to believe that later cases differ: the weights of a slope
// of 1 and of no shift. The general rate of a month swings by which cases happen to close in
// it, so the shift is held much faster than the slope.
const (
	slopePull  = 30
	shiftPull  = 500
	leastSlope = 0.3
	mostSlope  = 1.2
)

// fitPlatt fits the calibration to log-odds z of cases with outcomes y and
// weights w, by Newton's method around the mean of z.
func fitPlatt(z, y, w []float64) platt {
	var mean, all float64
	for i := range z {
		mean += w[i] * z[i]
		all += w[i]
	}
	if all == 0 {
		return platt{1, 0}
	}
	mean /= all
	a, b := 1.0, 0.0
	for range 30 {
		ga, gb := -slopePull*(a-1), -shiftPull*b
		haa, hab, hbb := float64(slopePull), 0.0, float64(shiftPull)
		for i := range z {
			d := z[i] - mean
			p := sigmoid(a*d + mean + b)
			r, v := w[i]*(y[i]-p), w[i]*p*(1-p)
			ga, gb = ga+r*d, gb+r
			haa, hab, hbb = haa+v*d*d, hab+v*d, hbb+v
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		a, b = a+da, b+db
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			break
		}
	}
	a = min(mostSlope, max(leastSlope, a))
	return platt{a, b + mean*(1-a)}
}
