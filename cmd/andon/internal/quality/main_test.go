package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestTable(t *testing.T) {
	a, err := readAims(write(t, "aims.yaml", `
rows:
  - {task: better and met, set: a, key: "risk | *", metric: auc, aim: 0.8}
  - {task: met as printed, set: a, key: "risk | *", metric: ap, aim: 0.5}
  - {task: not met, set: a, key: "risk | *", metric: recall, aim: 0.7}
  - {task: less is better, set: a, key: "risk | *", metric: ece, aim: 0.03, lower: true}
  - {task: not scored, set: a, key: "risk | *", metric: f1, aim: 0.8}
  - {task: of another set, set: b, key: "risk | *", metric: auc, aim: 0.8}
labels:
  set: c
  rows:
    - {task: labelled, class: asks, metric: f1, aim: 0.6}
    - {task: without an interval, class: asks, metric: random_precision, aim: 0.6}
`))
	require.NoError(t, err)
	f, err := readScores(write(t, "scores.json", `[{"key": "risk | x[3] | y", "set": "a", "missing": 2, "metrics": {
		"auc": {"value": 0.85, "lo": 0.82, "hi": 0.88, "naive": 0.8},
		"ap": {"value": 0.4996, "lo": 0.4, "hi": 0.6, "naive": 0.45},
		"recall": {"value": 0.5, "lo": 0.4, "hi": 0.6, "naive": 0.65},
		"ece": {"value": 0.01, "lo": 0.008, "hi": 0.02, "naive": 0.04}}}]`), false)
	require.NoError(t, err)
	require.NoError(t, f.addLabels([]byte(`[{"class": "asks", "precision": 0.5, "recall": 0.7, "f1": 0.58, "f1_lo": 0.5, "f1_hi": 0.65, "random_precision": 0.7}]`)))
	require.Equal(t, `| task | naive | andon | 95 % interval | aim | met | against naive |
|---|---|---|---|---|---|---|
| better and met (2 missing, counted as wrong) | .800 | .850 | .820 to .880 | .800 | yes | better |
| met as printed (2 missing, counted as wrong) | .450 | .500 | .400 to .600 | .500 | yes | not shown to be better |
| not met (2 missing, counted as wrong) | .650 | .500 | .400 to .600 | .700 | no | worse |
| less is better (2 missing, counted as wrong) | .040 | .010 | .008 to .020 | .030 | yes | better |
| not scored |  | not measured |  | .800 | no |  |
| labelled |  | .580 | .500 to .650 | .600 | no, within the interval |  |
| without an interval |  | .700 |  | .600 | yes |  |

4 of 7 aims met.
`, a.table(f))
}

func TestReadAims(t *testing.T) {
	for text, want := range map[string]string{
		"rows: [{task: x, key: a, metric: m, aim: 0.1, lowr: true}]": "field lowr not found",
		"rows: [{task: x, metric: m, aim: 0.1}]":                     `row 1 ("x") needs`,
		"rows: [{task: x, key: '[', metric: m, aim: 0.1}]":           `row 1 ("x") needs`,
		"rows: [{task: x, key: a, metric: m}]":                       `row 1 ("x") needs`,
		"rows: [{task: x, key: a, class: b, metric: m, aim: 1}]":     `row 1 ("x") needs`,
		"rows: 3": "cannot unmarshal",
	} {
		_, err := readAims(write(t, "aims.yaml", text))
		require.ErrorContains(t, err, want, text)
	}
	_, err := readAims(filepath.Join("..", "..", "..", "..", "docs", "eval", "aims.yaml"))
	require.NoError(t, err, "our own")
}

func TestRun(t *testing.T) {
	evals := filepath.Join("..", "..", "..", "..", "docs", "eval")
	var out, diag bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-evals", evals, "-shared", t.TempDir()}, &out, &diag))
	require.Contains(t, out.String(), "not measured: ")
	require.ErrorContains(t, run(t.Context(), []string{"-boot", "0"}, &out, &diag), "-boot must be at least 1")
	require.ErrorContains(t, run(t.Context(), []string{"-score-only"}, &out, &diag), "needs -out")
	require.ErrorContains(t, run(t.Context(), []string{"-only", "a", "-write", "x.md"}, &out, &diag), "leave out -only, or -write")
	require.ErrorContains(t, run(t.Context(), []string{"x"}, &out, &diag), `unexpected argument "x"`)
	require.ErrorContains(t, run(t.Context(), []string{"-evals", t.TempDir()}, &out, &diag), "read the aims")
}

func TestReplaceTable(t *testing.T) {
	name := write(t, "quality.md", "before\n"+tableBegins+"old\n"+tableEnds+"after\n")
	require.NoError(t, replaceTable(name, "new\n"))
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "before\n"+tableBegins+"new\n"+tableEnds+"after\n", string(got))
	require.ErrorContains(t, replaceTable(write(t, "x.md", "none"), "new\n"), "its marks are not there")
}
