package text

import (
	"fmt"
	"math/rand"
	"runtime"
	"strings"
	"testing"
)

// zipfText writes issues of about 150 words over a vocabulary of 200,000 words
// whose use falls with their rank as in real text.
type zipfText struct {
	rng  *rand.Rand
	zipf *rand.Zipf
}

func newZipfText(seed int64) *zipfText {
	r := rand.New(rand.NewSource(seed))
	return &zipfText{rng: r, zipf: rand.NewZipf(r, 1.07, 4, 200_000)}
}

func (z *zipfText) words(n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		b.WriteString(spell(z.zipf.Uint64()))
		b.WriteString([]string{" ", ". ", "\n"}[max(0, z.rng.Intn(24)-21)])
	}
	return b.String()
}

// spell makes a word that looks like one of a number.
func spell(n uint64) string {
	const on, vo = "bcdfghklmnprstvz", "aeiou"
	var b []byte
	for n = n*7 + 11; n > 0; n /= 80 {
		b = append(b, on[n%16], vo[n/16%5])
	}
	return string(b)
}

func (z *zipfText) fields(i int) Fields {
	return Fields{Title: z.words(9), Body: z.words(110) + "\nsee `handler" + fmt.Sprint(i%977) + "`\n" + z.words(30), Project: "P", Component: []string{fmt.Sprint("c", i%40)}, Author: fmt.Sprint("a", i%500)}
}

// BenchmarkIndex measures one Query and one Add in an index of a given size, and
// the memory that the index holds.
func BenchmarkIndex(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("docs=%d", n), func(b *testing.B) {
			if n > 100_000 && testing.Short() {
				b.Skip("needs a gigabyte: run without -short")
			}
			z := newZipfText(1)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			x := NewIndex(IndexOptions{})
			for i := 0; i < n; i++ {
				x.Add(int32(i), z.fields(i), int64(i))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			fresh := make([]Fields, 512)
			for i := range fresh {
				fresh[i] = z.fields(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				f := fresh[i%len(fresh)]
				x.Query(f, int64(n+i), 10, nil)
				x.Add(int32(n+i%len(fresh)), f, int64(n+i))
			}
			b.StopTimer()
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6/(float64(n)/1e5), "MB/100k")
			runtime.KeepAlive(x)
		})
	}
}

// chatLines are plain talk with some cues, invented.
var chatLines = []string{
	"Morning all, the board for this sprint is up, have a look when you find the time.",
	"Does anyone know why the nightly build has been red since Tuesday?",
	"I moved the meeting to Thursday because two of us travel; the notes are in the usual folder.",
	"we just restart the importer when that happens, known issue",
	"That makes sense to me. The second option is cheaper and we can change it later.",
	"The customer page loads in about two seconds now, which is what we had hoped for.",
	"could you please open a ticket for this, then someone will pick it up",
	"I wrote down how the new queue works, three pages with pictures, comments welcome.",
}

func benchText(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(chatLines[i%len(chatLines)])
		b.WriteByte('\n')
	}
	return b.String()
}

func BenchmarkFind(b *testing.B) {
	l := DefaultLexicon()
	z := newZipfText(2)
	for _, c := range []struct{ name, text string }{{"chat", chatLines[1]}, {"talk", benchText(4000)}, {"plain", z.words(600)}} {
		b.Run(c.name, func(b *testing.B) {
			d := Parse(c.text)
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			f := l.NewFinder()
			for i := 0; i < b.N; i++ {
				f.Find(&d)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	markup := "h2. What happens\n" + benchText(1500) + "{code:java}\n" + benchText(800) + "{code}\nsee [the page|https://wiki.example.com/x?y=1] and <@U123> in PAY-17\n> quoted line\n"
	for _, c := range []struct{ name, text string }{{"line", chatLines[1]}, {"plain", benchText(4000)}, {"markup", markup}} {
		b.Run(c.name, func(b *testing.B) {
			var d Doc
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				ParseInto(&d, c.text)
			}
		})
	}
}

func BenchmarkTemplates(b *testing.B) {
	log := strings.Repeat("2024-03-01 12:00:01,123 ERROR [worker-7] o.a.Pool - lease 0x7f3a expired after 3000 ms\n\tat org.acme.Pool.lend(Pool.java:41)\n", 20)
	b.SetBytes(int64(len(log)))
	for i := 0; i < b.N; i++ {
		Templates(log, 12)
	}
}

func BenchmarkDefaultLexicon(b *testing.B) {
	for i := 0; i < b.N; i++ {
		DefaultLexicon()
	}
}
