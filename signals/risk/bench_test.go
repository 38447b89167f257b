package risk

import (
	"fmt"
	"testing"

	"andon/signals"
)

// BenchmarkScore asks a model that has seen so many cases about an open one.
func BenchmarkScore(b *testing.B) {
	for _, n := range []int{10_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m, p := New(3), signals.DefaultPolicy()
			for _, x := range shop(n) {
				x.opener = fmt.Sprint("p", luck(x.id, 1)*luck(x.id, 7))
				c := &signals.Case{}
				for _, e := range x.events() {
					c.Apply(e)
					m.Observe(c, e, &p)
				}
			}
			c, _ := live(m, tale{id: n, part: "printer", opener: "p1", teams: []string{"Desk", "Network", "Mail"}})
			b.ReportAllocs()
			for b.Loop() {
				m.Predict(c)
			}
		})
	}
}

// BenchmarkTrain fits a model to as many samples as it holds.
func BenchmarkTrain(b *testing.B) {
	m, p := New(3), signals.DefaultPolicy()
	for _, x := range shop(14_000) {
		c := &signals.Case{}
		for _, e := range x.events() {
			c.Apply(e)
			m.Observe(c, e, &p)
		}
	}
	for b.Loop() {
		m.stale = true
		m.ready()
	}
}
