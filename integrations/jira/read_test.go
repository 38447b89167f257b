package jira

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"andon/signals"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func numbered(n int) string {
	return fmt.Sprintf(`{"id":"%d","key":"PAY-%d","fields":{"created":"2026-11-02T10:00:00.000+0000","summary":"bill %d","customfield_1":"Ledger"},"changelog":{"histories":[]}}`, n, n, n)
}

func issues(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		b.WriteString(numbered(n) + "\n")
	}
	return b.String()
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, s)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// readAll returns the ids of the issues in the order of emission.
func readAll(r io.Reader, o Options) (ids []string, rep Report, err error) {
	rep, err = Read(context.Background(), r, "export", o, func(events []*signals.Event) error {
		ids = append(ids, events[0].Case.ID)
		return nil
	})
	return ids, rep, err
}

func TestReadForms(t *testing.T) {
	pretty := strings.ReplaceAll(`{"startAt":0,"issues":[`+numbered(1)+`,`+numbered(2)+`],"names":{"customfield_1":"Team"}}`, ",", ",\n ")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"JSON Lines", []byte(issues(1, 3)), "1 2 3"},
		{"no newline at the end, blank lines, CRLF", []byte("\r\n" + strings.ReplaceAll(issues(1, 2), "\n", "\r\n\r\n") + numbered(3)), "1 2 3"},
		{"gzip", zipped(t, issues(1, 3)), "1 2 3"},
		{"two gzip members", append(zipped(t, issues(1, 2)), zipped(t, issues(3, 3))...), "1 2 3"},
		{"byte order mark", []byte("\xef\xbb\xbf" + issues(1, 2)), "1 2"},
		{"one page", []byte(`{"issues":[` + numbered(1) + `,` + numbered(2) + `]}`), "1 2"},
		{"a page over many lines", []byte("{\n" + pretty[1:]), "1 2"},
		{"a list of pages", []byte(`[{"issues":[` + numbered(1) + `]},` + "\n" + `{"issues":[` + numbered(2) + `,` + numbered(3) + "]}\n]\n"), "1 2 3"},
		{"a list of issues", []byte(`[` + numbered(1) + `,` + numbered(2) + `]`), "1 2"},
		{"one issue over many lines", []byte(strings.Replace(numbered(1), `{"id"`, "{\n\"id\"", 1)), "1"},
		{"pages line by line", []byte(`{"issues":[` + numbered(1) + "]}\n" + `{"issues":[` + numbered(2) + "]}\n"), "1 2"},
		{"many", []byte(issues(1, 5000)), "1 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, rep, err := readAll(iotest.HalfReader(bytes.NewReader(c.data)), Options{})
			require.NoError(t, err)
			require.Zero(t, rep.Rejected)
			require.Equal(t, len(ids), rep.Issues)
			if c.name == "many" {
				require.Len(t, ids, 5000)
				for i, id := range ids {
					require.Equal(t, fmt.Sprint(i+1), id)
				}
				return
			}
			require.Equal(t, c.want, strings.Join(ids, " "))
		})
	}
}

func TestPageGivesItsNames(t *testing.T) {
	page := `{"issues":[` + numbered(1) + `],"names":{"customfield_1":"Team"}}`
	var team string
	_, err := Read(context.Background(), strings.NewReader(page), "page", Options{Team: "team"}, func(events []*signals.Event) error {
		team = signals.Fold(events).Team
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, "Ledger", team)
}

func TestBadFiles(t *testing.T) {
	utf16Text := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(numbered(1))) {
		utf16Text = append(utf16Text, byte(u), byte(u>>8))
	}
	whole := zipped(t, issues(1, 5000))
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 0xff // the checksum
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "it is empty"},
		{"blank", []byte("\n \n"), "it is empty"},
		{"empty gzip", zipped(t, ""), "it is empty"},
		{"login page", []byte("<html>"), "looks like a login page"},
		{"UTF-16", utf16Text, "UTF-16"},
		{"binary", []byte("\x7fELF\x00\x00\x01"), "binary"},
		{"zip", []byte("PK\x03\x04rest"), "zip archive"},
		{"CSV", []byte("key,summary\nPAY-1,wrong sum\n"), "there is no issue in it; the first fault: export:1: no valid JSON"},
		{"gzip header only", whole[:5], "gzip"},
		{"truncated gzip", whole[:len(whole)/2], "unexpected EOF"},
		{"damaged gzip", damaged, "the gzip data is cut off or damaged"},
		{"list without an end", []byte("[" + numbered(1)), "the list has no end"},
		{"page without an end", []byte("{\n\"issues\":[" + numbered(1) + ","), "has no end"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, rep, err := readAll(bytes.NewReader(c.data), Options{})
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "export")
			if c.name == "truncated gzip" {
				require.Greater(t, rep.Issues, 100)
				require.ErrorContains(t, err, fmt.Sprintf("line %d", rep.Issues+1))
			}
		})
	}
}

func TestBadLinesAreQuarantined(t *testing.T) {
	data := numbered(1) + "\n{broken\n" + numbered(2) + "\n<html>\n" + numbered(1) + "\n" +
		strings.Replace(numbered(9), "PAY-9", "PAY-1", 1) + "\n[1]\n" + strings.Repeat("x", 3000) + "\n" + strings.Replace(numbered(3), "bill", "b\xffll", 1) + "\n{\"id\":"
	ids, rep, err := readAll(strings.NewReader(data), Options{MaxLine: 2000})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2", "3"}, ids)
	require.Equal(t, 7, rep.Rejected)
	require.Len(t, rep.Rejects, 7)
	for i, want := range []string{
		"export:2: no valid JSON", "export:4: this looks like a login page", "export:5: issue PAY-1 with id 1 occurs a second time",
		"export:6: issue PAY-1 occurs a second time, with another id", "export:7: no issue but", "export:8: an issue of 3001 bytes is longer than the 2000 allowed", "export:10: no valid JSON",
	} {
		require.ErrorContains(t, rep.Rejects[i], want)
	}
	require.Equal(t, "{broken\n", string(rep.Rejects[0].Raw))
	require.Equal(t, []string{"export:9: bytes that are no UTF-8 were replaced"}, rep.Warnings)
}

// A line of 100 MB, and one that never ends, cost no memory to speak of.
func TestLongLine(t *testing.T) {
	long := io.LimitReader(zeros{}, 100<<20)
	ids, rep, err := readAll(io.MultiReader(strings.NewReader(numbered(1)+"\n{\""), long, strings.NewReader("\n"+numbered(2))), Options{MaxLine: 8 << 20})
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2"}, ids)
	require.Equal(t, 1, rep.Rejected)
	require.Len(t, rep.Rejects[0].Raw, maxRaw)

	_, rep, err = readAll(io.MultiReader(strings.NewReader(numbered(1)+"\n"), zeros{}), Options{MaxLine: 1 << 20})
	require.ErrorContains(t, err, "line 2 has more than")
	require.Equal(t, 1, rep.Issues)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestReadStops(t *testing.T) {
	stop := errors.New("enough")
	n := 0
	_, err := Read(context.Background(), strings.NewReader(issues(1, 20000)), "export", Options{}, func([]*signals.Event) error {
		if n++; n == 10 {
			return stop
		}
		return nil
	})
	require.Equal(t, stop, err)
	require.Equal(t, 10, n)

	ctx, cancel := context.WithCancel(context.Background())
	_, err = Read(ctx, strings.NewReader(issues(1, 20000)), "export", Options{}, func([]*signals.Event) error {
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export")
	require.NoError(t, os.WriteFile(path, zipped(t, issues(1, 3)), 0o600))
	rep, err := ReadFile(context.Background(), path, Options{}, func([]*signals.Event) error { return nil })
	require.NoError(t, err)
	require.Equal(t, Report{Issues: 3, Events: 3}, rep)

	_, err = ReadFile(context.Background(), path+"x", Options{}, nil)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestReportIsBounded(t *testing.T) {
	_, rep, err := readAll(strings.NewReader(numbered(1)+"\n"+strings.Repeat("x\n", 1500)), Options{})
	require.NoError(t, err)
	require.Equal(t, 1500, rep.Rejected)
	require.Len(t, rep.Rejects, maxRejects)
}

func TestReadTellsOfCutHistories(t *testing.T) {
	cut := strings.Replace(numbered(1), `"histories":[]`, `"total":7,"histories":[]`, 1)
	_, rep, err := readAll(strings.NewReader(cut), Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"export:1: issue PAY-1: its changelog is cut short: 0 of 7 entries; what is missing is not known"}, rep.Warnings)
}
