package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"andon/signals/replay"
)

// sampleHeader is the first line of a sample file.
var sampleHeader = []string{"id", "at", "case", "detector", "reason", "text", "useful"}

func writeSample(w io.Writer, rows []replay.SampleRow) error {
	c := csv.NewWriter(w)
	_ = c.Write(sampleHeader)
	for _, r := range rows {
		_ = c.Write([]string{r.ID, r.At.Format(time.RFC3339), r.Case, r.Detector, safe(r.Reason), safe(r.Excerpt), ""})
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write sample: %w", err)
	}
	return nil
}

// safe keeps a spreadsheet from taking somebody's words for a formula.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// readSample reads the verdicts of a filled-in sample: id -> useful. Rows
// without a verdict are passed over.
func readSample(r io.Reader) (map[string]bool, error) {
	b := bufio.NewReader(r)
	head, _ := b.Peek(1 << 10)
	if bytes.HasPrefix(head, []byte("\ufeff")) { // as spreadsheets save it
		_, _ = b.Discard(len("\ufeff"))
		head = head[len("\ufeff"):]
	}
	c := csv.NewReader(b)
	c.FieldsPerRecord = -1
	if line, _, _ := bytes.Cut(head, []byte("\n")); !bytes.Contains(line, []byte{','}) && bytes.Contains(line, []byte{';'}) {
		c.Comma = ';' // where the comma is the decimal sign
	}
	all, err := c.ReadAll()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("it is empty")
	}
	id, useful := slices.Index(all[0], "id"), slices.Index(all[0], "useful")
	if id < 0 || useful < 0 {
		return nil, fmt.Errorf("the first line must name the columns id and useful, it reads %q", strings.Join(all[0], ","))
	}
	out := make(map[string]bool)
	for i, row := range all[1:] {
		if len(row) <= max(id, useful) {
			return nil, fmt.Errorf("line %d has %d columns, the first line %d", i+2, len(row), len(all[0]))
		}
		switch v := strings.ToLower(strings.TrimSpace(row[useful])); v {
		case "":
		case "yes", "y", "1", "true":
			out[row[id]] = true
		case "no", "n", "0", "false":
			out[row[id]] = false
		default:
			return nil, fmt.Errorf("line %d says %q under useful; it must be yes, no or empty", i+2, v)
		}
	}
	return out, nil
}
