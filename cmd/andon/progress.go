package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows a person that work goes on. It is silent when its output is
// not a terminal.
type progress struct {
	out  io.Writer
	what string // what is counted
	bar  *progressbar.ProgressBar
	on   atomic.Bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{out: w, what: "replaying"}
	f, ok := w.(*os.File)
	p.on.Store(ok && term.IsTerminal(int(f.Fd())))
	return p
}

// stage names what is being done now.
func (p *progress) stage(what string) {
	if p.on.Load() {
		fmt.Fprintf(p.out, "\r\x1b[K%s ...", what)
	}
}

// step shows how far the work is.
func (p *progress) step(done, total int) {
	if !p.on.Load() {
		return
	}
	if p.bar == nil {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(p.what),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	}
	_ = p.bar.Set(done)
}

// clear clears the line, so that something can be printed.
func (p *progress) clear() {
	if p.on.Load() {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// done clears the line and shows nothing more. It may be called again, and
// while work that was given up still counts its steps.
func (p *progress) done() {
	if p.on.Swap(false) {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// lines writes values as JSON Lines into a file.
type lines struct {
	f   *wholeFile
	w   *bufio.Writer
	err error
}

func newLines(path string) (*lines, error) {
	f, err := createWhole(path, 0o600) // may hold private messages
	if err != nil {
		return nil, fmt.Errorf("make output file: %w", err)
	}
	return &lines{f: f, w: bufio.NewWriter(f)}, nil
}

func (l *lines) add(v any) {
	if l.err == nil {
		l.err = json.NewEncoder(l.w).Encode(v)
	}
}

func (l *lines) close() error {
	if err := l.w.Flush(); l.err == nil {
		l.err = err
	}
	if l.err != nil {
		l.f.drop()
		return l.err
	}
	return l.f.keep()
}
