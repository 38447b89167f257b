package slack

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"andon/bot/view"
)

// BenchmarkAck measures from a frame leaving the server to its acknowledgement
// arriving there, one at a time: an event that is stored in memory, and a
// command that is answered with a card.
func BenchmarkAck(b *testing.B) {
	s := newScript(b)
	listening(b, s, func(k *Socket) {
		k.Inbox.Interact = func(context.Context, view.Asked) (view.Reply, error) {
			return view.Reply{Card: &view.Card{Title: "Hello", Lines: []view.Paragraph{{Text: "PAY-17 is with payments"}}}, Ephemeral: true}, nil
		}
	})
	p := s.next(b)
	for _, c := range []struct {
		name string
		send func(i int)
	}{
		{"event", func(i int) { p.event("e", said1(fmt.Sprint(i))) }},
		{"command", func(i int) {
			p.send(envelope("slash_commands", "e", []byte(fmt.Sprintf(`{"command":"/andon","user_id":"U1","channel_id":"C1","trigger_id":"t%d"}`, i)), `,"accepts_response_payload":true`))
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				c.send(len(took))
				p.acked(b)
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}

func BenchmarkNormalize(b *testing.B) {
	d, raw := smallDirectory("T1"), said1("it hangs again since this morning")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Normalize("T1", raw, d.Options()); err != nil {
			b.Fatal(err)
		}
	}
}
