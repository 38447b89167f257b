package fakejira

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/integrations/jira"
	"andon/signals"
)

var everyIssue = flag.Bool("every-issue", false, "look at every issue of the real histories, not at a sample")

// sample is how many issues of each real history are looked at.
const sample = 400

// dataFile opens a file of real history beside the repository, or skips.
func dataFile(tb testing.TB, name string) io.Reader {
	tb.Helper()
	dir, err := os.Getwd()
	require.NoError(tb, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Skip("the repository's root is not to be found: run this inside the checkout")
		}
		dir = up
	}
	f, err := os.Open(filepath.Join(dir, "..", "shared", "data", name))
	if err != nil {
		tb.Skipf("no real history at ../shared/data/%s: put the development data beside the repository", name)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

// dataLines reads the lines of a real history, every nth of them.
func dataLines(tb testing.TB, name string, most int) (lines [][]byte) {
	tb.Helper()
	z, err := gzip.NewReader(dataFile(tb, name))
	require.NoError(tb, err)
	in := bufio.NewScanner(z)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		lines = append(lines, bytes.Clone(in.Bytes()))
	}
	require.NoError(tb, in.Err())
	if most <= 0 || len(lines) <= most {
		return lines
	}
	var out [][]byte
	for i := range most {
		out = append(out, lines[i*len(lines)/most])
	}
	return out
}

// complete is what a watcher knows of an issue at t who has fetched every page
// of it.
func complete(s *Server, is *issue, t int64) []byte {
	c := &call{Server: s, now: t, r: request("GET", "/rest/api/2/issue/"+is.id), form: func(string) string { return "" }}
	return c.issueJSON(s.see(is, t), fieldSet{all: true}, []string{"changelog", "names"}, 1<<30, true)
}

// watcher are the options of a watcher, who knows the closed statuses of the
// site.
func watcher(s *Server) *jira.Options {
	o := &jira.Options{Team: "Team", Level: "Support Level", Done: slices.Clone(jira.DefaultDone)}
	for name, v := range s.site.values["status"] {
		if v.statusCategory() == "done" {
			o.Done = append(o.Done, name)
		}
	}
	return o
}

// until are the events until t, as values.
func until(events []*signals.Event, t int64) (out []signals.Event) {
	for _, e := range events {
		if e.At.UnixNano() <= t {
			out = append(out, *e)
		}
	}
	return out
}

// differs compares what is known at t with what the whole issue tells of the
// time until t. It returns how, "" where both are the same.
func differs(known, whole []signals.Event) string {
	for i := range min(len(known), len(whole)) {
		if a, b := known[i], whole[i]; !reflect.DeepEqual(a, b) {
			if a.ID != b.ID {
				return "other events"
			}
			va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
			for f := range va.NumField() {
				if !reflect.DeepEqual(va.Field(f).Interface(), vb.Field(f).Interface()) {
					return string(a.Kind) + " " + va.Type().Field(f).Name
				}
			}
		}
	}
	switch {
	case len(known) < len(whole):
		return "missing " + string(whole[len(known)].Kind)
	case len(known) > len(whole):
		return "too much: " + string(known[len(whole)].Kind)
	}
	return ""
}

// moments of an issue at which a watcher might look.
func looks(is *issue) []int64 {
	out := slices.Clone(is.moments)
	for _, t := range is.moments {
		out = append(out, t+int64(time.Minute))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// What a watcher makes of the answers at t is what the whole history tells of
// the time until t, in real histories too.
func TestRealHistories(t *testing.T) {
	for _, name := range []string{"bpi2013_learn", "bpi2013_test", "uci_learn", "uci_inflight", "uci_test", "eclipse_learn", "eclipse_test", "titanium", "activemq", "storm", "zookeeper"} {
		t.Run(name, func(t *testing.T) {
			most := sample
			switch {
			case *everyIssue:
				most = 0
			case testing.Short():
				most = sample / 10 // the same in less time: a race would show in a few
			}
			lines := dataLines(t, name+".jsonl.gz", most)
			for _, d := range []Dialect{Cloud, DataCenter} {
				checkHistories(t, lines, d)
			}
		})
	}
}

func checkHistories(t *testing.T, lines [][]byte, d Dialect) {
	t.Helper()
	s := New(Options{Dialect: d, PageSize: 1 << 20})
	n, err := s.Load(bytes.NewReader(bytes.Join(lines, []byte{'\n'})))
	require.NoError(t, err)
	require.Equal(t, len(lines), n)
	o := watcher(s)
	views, causes := 0, map[string]int{}
	for i, is := range s.issues {
		all, err := jira.Normalize(lines[i], o)
		require.NoError(t, err)
		for _, at := range looks(is) {
			views++
			raw := complete(s, is, at)
			known, err := jira.Normalize(raw, o)
			require.NoError(t, err, "%s at %v", is.key, time.Unix(0, at))
			if how := differs(until(known, 1<<62), until(all, at)); how != "" {
				causes[how]++
				if causes[how] <= 2 {
					t.Logf("%s %s at %v: %s\n%+v\n%+v", d, is.key, time.Unix(0, at).UTC(), how, brief(until(known, 1<<62)), brief(until(all, at)))
				}
			}
		}
	}
	t.Logf("%s: %d issues, %d views, other than expected: %v", d, n, views, causes)
	require.Empty(t, causes, strings.Join(slices.Sorted(maps.Keys(causes)), ", "))
}

func brief(events []signals.Event) (out []signals.Event) {
	for _, e := range events {
		e.Text = e.Text[:min(len(e.Text), 30)]
		out = append(out, e)
	}
	return out
}
