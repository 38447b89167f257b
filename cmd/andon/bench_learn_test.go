package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/replay"
)

// BenchmarkLearn measures how long the models take to learn a whole history from
// nothing, as after an import, until the first question is answered: the early
// warning trains then. read-s is reading the files, learn-s the rest. The files
// are looked for beside the repository.
func BenchmarkLearn(b *testing.B) {
	data := filepath.Join(moduleRoot(b), "..", "shared", "data")
	for _, set := range [][]string{{"bpi2013", "_learn", "_test"}, {"uci", "_learn", "_inflight", "_test"}, {"titanium", ""}, {"eclipse", "_learn", "_test"}} {
		var in inputs
		for _, part := range set[1:] {
			in.Learn = append(in.Learn, filepath.Join(data, set[0]+part+".jsonl.gz"))
		}
		b.Run(set[0], func(b *testing.B) {
			if i := slices.IndexFunc(in.Learn, absent); i >= 0 {
				b.Skipf("%s is not there: put the development data beside the repository to run this", in.Learn[i])
			}
			c, err := config.Load(filepath.Join(moduleRoot(b), "docs", "eval", set[0]+".yaml"), config.Options{})
			require.NoError(b, err)
			var read time.Duration
			for b.Loop() {
				begin := time.Now()
				h, err := in.readWith(context.Background(), c, func(string) {})
				require.NoError(b, err)
				read += time.Since(begin)
				res, err := replay.Run(&h.Input, replay.Options{Policy: c.Policy, Lexicon: h.lexicon, Detectors: []string{}, Risk: true, Routes: true, Matches: true, AtOnce: beside()}, nothing{})
				require.NoError(b, err)
				res.World.Memory.Risk.Predict(&signals.Case{})
			}
			b.ReportMetric(read.Seconds()/float64(b.N), "read-s")
			b.ReportMetric((b.Elapsed()-read).Seconds()/float64(b.N), "learn-s")
		})
	}
}

func absent(path string) bool {
	_, err := os.Stat(path)
	return err != nil
}
