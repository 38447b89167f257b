package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals/detect"
	"andon/signals/replay"
)

// BenchmarkReplay measures reading and replaying a history against decoding
// the same file with encoding/json alone, in the same run: the metric
// "x-decode" is the ratio. The files are looked for beside the repository.
func BenchmarkReplay(b *testing.B) {
	for _, name := range []string{"uci_test", "titanium"} {
		path := filepath.Join(moduleRoot(b), "..", "shared", "data", name+".jsonl.gz")
		if _, err := os.Stat(path); err != nil {
			b.Skipf("%s is not there: put the development data beside the repository to run this", path)
		}
		c := config.Default()
		c.Jira = []config.Jira{{Site: "jira", TeamField: "Team"}}
		for _, mode := range []struct {
			name string
			o    replay.Options
		}{
			{"paths", replay.Options{Signals: true, Detectors: withoutLikeness()}},
			{"detectors", replay.Options{Signals: true}},
			{"everything", replay.Options{Nudges: true, Risk: true, Routes: true, Matches: true}},
		} {
			b.Run(name+"/"+mode.name, func(b *testing.B) {
				decode := decodeAlone(b, path)
				events := 0
				for b.Loop() {
					in := inputs{Jira: []string{path}}
					h, err := in.readWith(context.Background(), c, func(string) {})
					require.NoError(b, err)
					o := mode.o
					o.Policy, o.Lexicon = c.Policy, h.lexicon
					res, err := replay.Run(&h.Input, o, nothing{})
					require.NoError(b, err)
					events = res.Events
				}
				per := b.Elapsed() / time.Duration(b.N)
				b.ReportMetric(per.Seconds()/decode.Seconds(), "x-decode")
				b.ReportMetric(float64(per.Nanoseconds())/float64(events)/1000, "us/event")
			})
		}
	}
}

// withoutLikeness names the detectors that do not ask for like cases, and so
// need no similarity index.
func withoutLikeness() []string {
	var out []string
	for _, d := range detect.All() {
		if !d.Likes && d.Name != "person_ping_pong" {
			out = append(out, d.Name)
		}
	}
	return out
}

// plain is the natural typed form of an issue for encoding/json; the fields,
// whose names each site chooses, are values of any type.
type plain struct {
	ID        string            `json:"id"`
	Key       string            `json:"key"`
	Fields    map[string]any    `json:"fields"`
	Names     map[string]string `json:"names"`
	Changelog struct {
		Histories []struct {
			ID      string         `json:"id"`
			Author  map[string]any `json:"author"`
			Created string         `json:"created"`
			Items   []struct {
				Field      string  `json:"field"`
				FieldID    string  `json:"fieldId"`
				From       *string `json:"from"`
				FromString *string `json:"fromString"`
				To         *string `json:"to"`
				ToString   *string `json:"toString"`
			} `json:"items"`
		} `json:"histories"`
	} `json:"changelog"`
}

// decodeAlone is the fastest of three passes over the file with encoding/json
// and nothing else.
func decodeAlone(b *testing.B, path string) time.Duration {
	best := time.Duration(1 << 62)
	for range 3 {
		begin := time.Now()
		f, err := os.Open(path)
		require.NoError(b, err)
		z, err := gzip.NewReader(f)
		require.NoError(b, err)
		r := bufio.NewReaderSize(z, 1<<20)
		for {
			line, err := r.ReadBytes('\n')
			if len(bytes.TrimSpace(line)) > 0 {
				var p plain
				require.NoError(b, json.Unmarshal(line, &p))
			}
			if err == io.EOF {
				break
			}
			require.NoError(b, err)
		}
		require.NoError(b, f.Close())
		best = min(best, time.Since(begin))
	}
	return best
}
