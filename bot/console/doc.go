// Package console draws pages for people who read at a desk: for now the report
// of a backtest, as one self-contained HTML file.
//
// It owns the look. The figures are made by signals/replay, and what may be
// shown to whom is decided there: this package draws what it is given. It does
// not read files, stores or sources.
package console
