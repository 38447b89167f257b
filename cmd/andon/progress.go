package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows a person that work goes on. It is silent when its output is
// not a terminal.
type progress struct {
	out io.Writer
	bar *progressbar.ProgressBar
	on  bool
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{out: w, on: ok && term.IsTerminal(int(f.Fd()))}
}

// stage names what is being done now.
func (p *progress) stage(what string) {
	if p.on {
		fmt.Fprintf(p.out, "\r\x1b[K%s ...", what)
	}
}

// step shows how far the replay is.
func (p *progress) step(done, total int) {
	if !p.on {
		return
	}
	if p.bar == nil {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription("replaying"),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	}
	_ = p.bar.Set(done)
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	} else if p.on {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

// lines writes values as JSON Lines into a file.
type lines struct {
	f   *os.File
	w   *bufio.Writer
	err error
}

func newLines(path string) (*lines, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // may hold private messages
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
	if err := l.f.Close(); l.err == nil {
		l.err = err
	}
	return l.err
}
