package jira

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// plainIssue is how a program would decode an issue that knows what it wants.
type plainIssue struct {
	ID    string            `json:"id"`
	Key   string            `json:"key"`
	Names map[string]string `json:"names"`
	F     struct {
		Created, Updated, Summary, Description, Resolutiondate string
		Status, Priority, Resolution, Issuetype                *plainName
		Project                                                struct{ Key string }
		Assignee, Reporter                                     *plainPerson
		Components                                             []plainName
		Issuelinks                                             []struct {
			ID                        string
			Type                      struct{ Name, Inward, Outward string }
			InwardIssue, OutwardIssue *struct{ Key string }
		}
		Comment struct {
			Total    int
			Comments []struct {
				ID, Body, Created, Updated string
				Author                     plainPerson
			}
		}
	} `json:"fields"`
	Changelog struct {
		Total     int
		Histories []struct {
			ID, Created string
			Author      plainPerson
			Items       []struct {
				Field, Fieldtype, FieldID, From, FromString, To string

				Shown string `json:"toString"`
			}
		}
	} `json:"changelog"`
}

type (
	plainName   struct{ ID, Name, Value string }
	plainPerson struct {
		AccountID, DisplayName string
		Active                 bool
	}
)

// decodePlainly decodes every line with encoding/json.
func decodePlainly(b *testing.B, r io.Reader) (n int) {
	b.Helper()
	if head := bufio.NewReader(r); true {
		magic, err := head.Peek(2)
		require.NoError(b, err)
		r = head
		if magic[0] == 0x1f {
			r, err = gzip.NewReader(head)
			require.NoError(b, err)
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var i plainIssue
		require.NoError(b, json.Unmarshal(lines.Bytes(), &i))
		n++
	}
	require.NoError(b, lines.Err())
	return n
}

func benchmark(b *testing.B, open func() io.ReadCloser) {
	var mine, plain time.Duration
	var rep Report
	b.ReportAllocs()
	for b.Loop() {
		r, start := open(), time.Now()
		var err error
		rep, err = Read(context.Background(), r, b.Name(), Options{Team: "Team"}, func([]*signals.Event) error { return nil })
		require.NoError(b, err)
		mine += time.Since(start)
		r.Close()

		b.StopTimer()
		r, start = open(), time.Now()
		require.Equal(b, rep.Issues, decodePlainly(b, r))
		plain += time.Since(start)
		r.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(mine)/float64(plain), "of-encoding/json")
	b.ReportMetric(float64(mine.Nanoseconds())/float64(b.N)/float64(rep.Events), "ns/event")
}

// BenchmarkRead reads real exports where they are to be had.
func BenchmarkRead(b *testing.B) {
	for _, file := range []string{"uci_test", "titanium"} {
		b.Run(file, func(b *testing.B) {
			path := dataFile(b, file+".jsonl.gz")
			benchmark(b, func() io.ReadCloser {
				f, err := os.Open(path)
				require.NoError(b, err)
				return f
			})
		})
	}
}

// BenchmarkReadGenerated reads 2,000 made-up issues, not compressed.
func BenchmarkReadGenerated(b *testing.B) {
	var file bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&file, `{"id":"%d","key":"PAY-%d","names":{"customfield_10100":"Team"},"fields":{"created":"2026-01-02T10:00:00.000+0000",`+
			`"summary":"Invoice %d is wrong","description":"The sum of line %d is\nnot the sum of its parts.","status":{"name":"Closed","statusCategory":{"key":"done"}},`+
			`"resolution":{"name":"Fixed"},"assignee":{"accountId":"ines"},"customfield_10100":{"value":"Ledger"},"comment":{"comments":[`, i+1, i+1, i, i)
		for c := range 5 {
			fmt.Fprintf(&file, `{"id":"%d","author":{"accountId":"ines"},"body":"I looked at it, \"again\", and see nothing.","created":"2026-01-0%dT11:00:00.000+0000"},`, i*10+c+1, c+2)
		}
		file.Truncate(file.Len() - 1)
		file.WriteString(`]}},"changelog":{"total":6,"histories":[`)
		for h := range 6 {
			fmt.Fprintf(&file, `{"id":"%d","author":{"accountId":"ines"},"created":"2026-01-0%dT12:00:00.000+0000","items":[`+
				`{"field":"Team","fieldtype":"custom","fieldId":"customfield_10100","from":"1","fromString":"Team %d","to":"2","toString":"Team %d"},`+
				`{"field":"status","fieldtype":"jira","fieldId":"status","from":"1","fromString":"Open","to":"2","toString":"Closed"}]},`, i*10+h+1, h+2, h, h+1)
		}
		file.Truncate(file.Len() - 1)
		file.WriteString("]}}\n")
	}
	benchmark(b, func() io.ReadCloser { return io.NopCloser(bytes.NewReader(file.Bytes())) })
}

// dataFile finds a file of real history beside the repository, or skips.
func dataFile(tb testing.TB, name string) string {
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
	path := filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no real history at ../shared/data/%s: put the development data beside the repository", name)
	}
	return path
}
