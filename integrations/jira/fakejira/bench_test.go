package fakejira

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkSearch answers one page of a search in a Jira of 20,000 issues with
// eight changes each: of an idle poll, of one that finds a hundred issues, and
// the first page of all.
func BenchmarkSearch(b *testing.B) {
	hour := 500.0
	s := atHour(Options{}, &hour)
	var file bytes.Buffer
	for n := range 20_000 {
		var changes []float64
		for i := range 8 {
			changes = append(changes, float64(n)/50+float64(i)*10)
		}
		file.Write(small(n+1, fmt.Sprintf("PAY-%d", n+1), float64(n)/50, changes...))
		file.WriteByte('\n')
	}
	began := time.Now()
	n, err := s.Load(&file)
	require.NoError(b, err)
	require.Equal(b, 20_000, n)
	loaded := time.Since(began)
	for _, c := range []struct {
		name  string
		since float64
		found int
	}{{"idle", 499, 0}, {"hundred", 468, 100}, {"all", 0, 100}} {
		b.Run(c.name, func(b *testing.B) {
			path := query2("search/jql", "jql", fmt.Sprintf("(project = PAY) AND updated >= %d", start.Add(time.Duration(c.since*float64(time.Hour))).UnixMilli())+inOrder, "fields", "*all", "expand", "changelog,names", "maxResults", "100")
			_, err := url.Parse(path)
			require.NoError(b, err)
			for b.Loop() {
				w := httptest.NewRecorder()
				s.ServeHTTP(w, request("GET", path))
				require.Equal(b, 200, w.Code)
				b.SetBytes(int64(w.Body.Len()))
			}
			b.ReportMetric(float64(loaded.Milliseconds()), "ms-to-load")
		})
	}
}

// BenchmarkLoad reads a real export where one is to be had.
func BenchmarkLoad(b *testing.B) {
	lines := bytes.Join(dataLines(b, "titanium.jsonl.gz", 0), []byte{'\n'})
	b.SetBytes(int64(len(lines)))
	for b.Loop() {
		s := New(Options{})
		_, err := s.Load(bytes.NewReader(lines))
		require.NoError(b, err)
	}
}
