package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
	"pgregory.net/rapid"

	"andon/signals"
)

// talk draws an export of some channels and days whose messages reply to, edit
// and react to each other.
func talk(t *rapid.T) files {
	f := files{"users.json": small["users.json"], "channels.json": small["channels.json"], "groups.json": small["groups.json"], "dms.json": small["dms.json"]}
	users := rapid.SampledFrom([]string{"U1", "U2", "U3", "U4"})
	for _, folder := range []string{"general", "secret", "D1"} {
		var roots []string
		now := int64(1600000000_000000)
		days := make(map[string][]string)
		for range rapid.IntRange(0, 12).Draw(t, "messages") {
			now += rapid.Int64Range(1, 30*3600*1_000_000).Draw(t, "gap")
			ts := fmt.Sprintf("%d.%06d", now/1e6, now%1e6)
			m := map[string]any{"type": "message", "user": users.Draw(t, "user"), "ts": ts, "text": "text " + ts}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				m["subtype"] = "channel_join"
			case 1:
				m["edited"] = map[string]any{"user": "U1", "ts": fmt.Sprintf("%d.000000", now/1e6+rapid.Int64Range(0, 200_000).Draw(t, "edit"))}
			case 2:
				m["reactions"] = []any{map[string]any{"name": "eyes", "users": []string{users.Draw(t, "who")}, "count": 1}}
			case 3:
				if len(roots) > 0 {
					m["thread_ts"] = rapid.SampledFrom(roots).Draw(t, "root")
				}
			}
			roots = append(roots, ts)
			b, _ := json.Marshal(m)
			day := folder + "/" + time.UnixMicro(now).UTC().Format(time.DateOnly) + ".json"
			days[day] = append(days[day], string(b))
		}
		for day, messages := range days {
			f[day] = "[" + strings.Join(messages, ",") + "]"
		}
	}
	f["general/2020-09-12.json"] = "[]" // no export is without a day
	return f
}

// until returns the export without the messages after cut.
func (f files) until(cut time.Time) files {
	out := maps.Clone(f)
	for name, content := range f {
		if !strings.Contains(name, "/") {
			continue
		}
		var kept []string
		gjson.Parse(content).ForEach(func(_, v gjson.Result) bool {
			if at, err := ParseTS(v.Get("ts").Str); err == nil && !at.After(cut) {
				kept = append(kept, v.Raw)
			}
			return true
		})
		out[name] = "[" + strings.Join(kept, ",") + "]"
	}
	return out
}

func upTo(events []*signals.Event, cut time.Time) []*signals.Event {
	var out []*signals.Event
	for _, e := range events {
		if !e.At.After(cut) {
			out = append(out, e)
		}
	}
	return signals.Sort(out)
}

func mustRead(t require.TestingT, f files, o ExportOptions, order []string) ([]*signals.Event, Report) {
	a := f.archive(t, order, o.withDefaults())
	x := &exporter{archive: a, options: o.withDefaults()}
	var out []*signals.Event
	x.emit = func(events []*signals.Event) error { out = append(out, events...); return nil }
	require.NoError(t, x.read(context.Background()))
	return out, x.report
}

func TestNoLookAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := talk(t)
		all, _ := mustRead(t, f, ExportOptions{}, nil)
		cut := time.Unix(1600000000+rapid.Int64Range(0, 15*86400).Draw(t, "cut"), 0).UTC()
		before, _ := mustRead(t, f.until(cut), ExportOptions{}, nil)
		require.Equal(t, upTo(all, cut), upTo(before, cut))
	})
}

func TestOrderOfFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := talk(t)
		want, report := mustRead(t, f, ExportOptions{}, nil)
		order := rapid.Permutation(slices.Sorted(maps.Keys(f))).Draw(t, "order")
		got, r := mustRead(t, f, ExportOptions{}, order)
		require.Equal(t, want, got)
		require.Equal(t, report, r)
		require.Len(t, signals.Sort(slices.Clone(got)), len(got), "ids are unique")
		require.Equal(t, report.Events, len(got))
	})
}

// archive makes an archive in memory, its files in the given order.
func (f files) archive(t require.TestingT, order []string, o ExportOptions) *archive {
	if order == nil {
		order = slices.Sorted(maps.Keys(f))
	}
	a := &archive{maxFile: o.MaxFile, left: o.MaxTotal}
	for _, name := range order {
		content := []byte(f[name])
		require.NoError(t, a.add(&entry{name: name, size: int64(len(content)), open: opener(content)}, o))
	}
	a.sort()
	return a
}

func FuzzDay(f *testing.F) {
	for name, content := range small {
		if strings.Contains(name, "/") {
			f.Add([]byte(content))
		}
	}
	f.Add([]byte(`[{"ts":"1600000000.000100","subtype":"message_changed","message":{"ts":"1600000000.000000"},"reactions":[{"name":"a","users":["U1"]}],"edited":{"ts":"1600000000"}},`))
	f.Add([]byte(`[{"ts":1600000000.5,"blocks":[{"type":"section","text":{"text":"a"}}],"files":[{}],"attachments":[{}]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var report Report
		events, err := testRoom().day("day", raw, &report)
		if json.Valid(raw) && bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) && err != nil {
			t.Fatalf("a whole array is broken: %v", err)
		}
		for _, e := range events {
			if e.ID == "" || e.Kind == "" || e.Case.Source != signals.Slack || e.At.Before(earliest) || !e.At.Before(latest) {
				t.Fatalf("odd event %+v", e)
			}
			if key, ok := signals.ParseKey(e.Case.String()); !ok || key != e.Case {
				t.Fatalf("key %v does not survive", e.Case)
			}
		}
		signals.Fold(events)
	})
}

func FuzzExportZip(f *testing.F) {
	f.Add(small.pack(f))
	f.Add(files{`top\general\2020-09-13.json`: "[]", "../x": ""}.pack(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o := ExportOptions{MaxFile: 1 << 20, MaxTotal: 4 << 20, MaxFiles: 100}.withDefaults()
		a, err := zipped(bytes.NewReader(raw), int64(len(raw)), o)
		if err != nil {
			return
		}
		x := &exporter{archive: a, options: o, emit: func([]*signals.Event) error { return nil }}
		_ = x.read(context.Background())
	})
}

// shared returns the archives of ../shared/data, which is not part of the repository.
func shared(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "..", "shared", "data", "*.zip"))
	require.NoError(t, err)
	if len(paths) == 0 {
		t.Skip("../shared/data is absent: put the development data beside the repository to run this")
	}
	return paths
}

// TestSharedExports counts the messages again in the plainest way.
func TestSharedExports(t *testing.T) {
	for _, path := range shared(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			events, report, err := read(path, ExportOptions{})
			require.NoError(t, err)
			require.Zero(t, report.Rejected)
			require.Empty(t, report.Warnings)
			require.Equal(t, plainCount[json.RawMessage](t, path), report.Messages)
			require.Len(t, events, report.Events)
			t.Logf("%d messages, %d events, %d channels, %d days, %d users, skipped %v", report.Messages, report.Events, report.Channels, report.Files, report.Users, report.Skipped)
		})
	}
}

func BenchmarkReadExport(b *testing.B) {
	for _, path := range shared(b) {
		b.Run(strings.TrimSuffix(filepath.Base(path), ".zip"), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				report, err := ReadExport(context.Background(), path, ExportOptions{}, func([]*signals.Event) error { return nil })
				require.NoError(b, err)
				n = report.Messages
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/message")
		})
		b.Run(strings.TrimSuffix(filepath.Base(path), ".zip")+"/encoding_json", func(b *testing.B) {
			for b.Loop() {
				plainCount[map[string]any](b, path)
			}
		})
	}
}
