package route

import (
	"math"

	"andon/signals/snap"
)

// paces are how much each person or team resolved lately, at two speeds of
// forgetting. Instead of shrinking all counts with time, what is added grows.
type paces struct {
	origin int64 // unix seconds at which one counts one
	count  [][2]float64
}

// paceHalf is after how many seconds a resolved case counts half.
var paceHalf = [2]float64{28 * 86400, 5 * 86400}

// paceLimit is the power of two at which the counts are scaled down.
const paceLimit = 512

// add counts a case that id resolved.
func (p *paces) add(id int32, w float32, now int64) {
	if float64(now-p.origin) > paceLimit*paceHalf[1] {
		scale := p.scale(now)
		for i := range p.count {
			for k := range scale {
				p.count[i][k] *= scale[k]
			}
		}
		p.origin = now
	}
	for len(p.count) <= int(id) {
		p.count = append(p.count, [2]float64{})
	}
	scale := p.scale(now)
	for k := range scale {
		p.count[id][k] += float64(w) / scale[k]
	}
}

// scale is what the counts have to be multiplied with at a time.
func (p *paces) scale(now int64) (out [2]float64) {
	for k := range out {
		out[k] = math.Exp2(-float64(now-p.origin) / paceHalf[k])
	}
	return out
}

// of is what id resolved lately.
func (p *paces) of(id int32, scale *[2]float64) (long, short float32) {
	if int(id) >= len(p.count) {
		return 0, 0
	}
	return float32(p.count[id][0] * scale[0]), float32(p.count[id][1] * scale[1])
}

func (p *paces) save(w *snap.Writer) {
	w.Int(p.origin)
	w.Count(len(p.count))
	for _, c := range p.count {
		w.Float64(c[0])
		w.Float64(c[1])
	}
}

// load reads the paces of at most whos candidates.
func (p *paces) load(r *snap.Reader, whos int) {
	p.origin = r.Int()
	n := r.Count(8 + 8)
	if n > whos {
		r.Fail("%d candidates resolved something, more than there are", n)
		return
	}
	for range n {
		p.count = append(p.count, [2]float64{r.Float64(), r.Float64()})
	}
}
