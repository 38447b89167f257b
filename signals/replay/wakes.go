package replay

import (
	"cmp"
	"container/heap"
	"time"

	"andon/signals"
)

// wake is one case's wish to be looked at again.
type wake struct {
	at  int64 // unix nanoseconds, or a room's post count
	key signals.Key
}

type wakeHeap []wake

func (h wakeHeap) Len() int { return len(h) }
func (h wakeHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].at, h[j].at), signals.CompareKeys(h[i].key, h[j].key)) < 0
}
func (h wakeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *wakeHeap) Push(x any)   { *h = append(*h, x.(wake)) }
func (h *wakeHeap) Pop() any {
	old := *h
	w := old[len(old)-1]
	*h = old[:len(old)-1]
	return w
}

// agenda holds at most one wish per case; a new wish replaces the old one.
type agenda struct {
	heap wakeHeap
	want map[signals.Key]int64
}

func newAgenda() *agenda { return &agenda{want: make(map[signals.Key]int64)} }

// set replaces the wish of a case; 0 takes it back.
func (a *agenda) set(k signals.Key, at int64) {
	old, had := a.want[k]
	switch {
	case at == 0:
		if had {
			delete(a.want, k)
		}
	case !had || old != at:
		a.want[k] = at
		heap.Push(&a.heap, wake{at, k})
	}
}

// sooner lets a case have a wish besides the one that it has: the earlier counts.
func (a *agenda) sooner(k signals.Key, at int64) {
	if old, had := a.want[k]; at != 0 && (!had || at < old) {
		a.set(k, at)
	}
}

// pop takes the earliest wish that is at or before limit, or strictly before it
// when open is set.
func (a *agenda) pop(limit int64, open bool) (wake, bool) {
	for len(a.heap) > 0 {
		w := a.heap[0]
		if w.at > limit || (open && w.at == limit) {
			return wake{}, false
		}
		heap.Pop(&a.heap)
		if a.want[w.key] == w.at {
			delete(a.want, w.key)
			return w, true
		}
	}
	return wake{}, false
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
