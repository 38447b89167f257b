package jira

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"

	"andon/signals"
)

// ReadFile reads an export of Jira issues: JSON Lines with one issue each, the
// same gzipped, or the JSON of Jira's search (a page, or a list of pages or of
// issues). What it is is told by its content, not by its name. See Read.
func ReadFile(ctx context.Context, path string, o Options, emit func(events []*signals.Event) error) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("read Jira issues: %w", err)
	}
	defer f.Close()
	return Read(ctx, f, path, o, emit)
}

// Read reads issues from r and calls emit with the events of each, in the order
// of the file and on the calling goroutine. name is what r is called in messages.
//
// An issue that cannot be read is rejected, with its raw form in the report, and
// the rest goes on. The error tells what ended the reading: an unreadable or
// damaged file, of which everything before the damage was emitted, a file
// without a single issue, the end of ctx, or the error of emit as it is.
func Read(ctx context.Context, r io.Reader, name string, o Options, emit func(events []*signals.Event) error) (Report, error) {
	o = o.withDefaults()
	rd := &reader{name: name, o: &o, emit: emit, ids: map[uint64]struct{}{}, labels: map[uint64]struct{}{}}
	br, err := unpack(r)
	if err != nil {
		return rd.report, rd.fault(err)
	}
	src := &source{br: br, max: o.MaxLine}
	if src.values, err = isDocument(br); err != nil {
		return rd.report, rd.fault(err)
	}
	if src.values {
		src.no = 1
	}
	err = rd.run(ctx, src)
	if err == nil && rd.report.Issues == 0 {
		err = rd.nothing()
	}
	return rd.report, err
}

// reader is one run over one file.
type reader struct {
	name   string
	o      *Options
	emit   func([]*signals.Event) error
	report Report

	ids, labels map[uint64]struct{} // hashes of what was read
}

func (rd *reader) fault(err error) error {
	return fmt.Errorf("read Jira issues from %s: %w", rd.name, err)
}

// nothing is the error of a file without a single issue.
func (rd *reader) nothing() error {
	if len(rd.report.Rejects) > 0 {
		return fmt.Errorf("read Jira issues from %s: there is no issue in it; the first fault: %w", rd.name, rd.report.Rejects[0])
	}
	return rd.fault(ErrEmpty)
}

const (
	decoders = 2
	ahead    = 4 // chunks that may wait for the caller
)

// run lets one goroutine read chunks, two decode them, and hands the results
// over in order. All of them have ended when it returns.
func (rd *reader) run(ctx context.Context, src *source) error {
	ctx, stop := context.WithCancel(ctx)
	work, ordered := make(chan *chunk, ahead), make(chan *chunk, ahead)
	free := make(chan *chunk, ahead+decoders+2)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		defer close(work)
		defer close(ordered)
		rd.cut(ctx, src, free, work, ordered)
	})
	for range decoders {
		wg.Go(func() {
			p := newParser(rd.o)
			for c := range work {
				p.decode(c)
				close(c.done)
			}
		})
	}
	for c := range ordered {
		<-c.done
		if err := rd.deliver(ctx, c); err != nil {
			return err
		}
		select {
		case free <- c:
		default:
		}
	}
	return ctx.Err()
}

// cut reads the file until its end or the end of ctx. After a big chunk it waits
// until that is decoded, so that few big issues are in memory at a time.
func (rd *reader) cut(ctx context.Context, src *source, free <-chan *chunk, work, ordered chan<- *chunk) {
	for ctx.Err() == nil {
		var c *chunk
		select {
		case c = <-free:
		default:
			c = &chunk{}
		}
		c.reset()
		src.fill(c)
		ended := c.err != nil
		select {
		case ordered <- c:
		case <-ctx.Done():
			return
		}
		work <- c
		if ended {
			return
		}
		if len(c.buf) > 16*chunkSize {
			<-c.done
		}
	}
}

// decode fills c.out.
func (p *parser) decode(c *chunk) {
	for i, sp := range c.lines {
		if !sp.long {
			c.out = p.line(c.buf[sp.from:sp.to], c.out)
		} else {
			err := fmt.Errorf("an issue of %d bytes is longer than the %d allowed", sp.length, p.o.MaxLine)
			c.out = append(c.out, outcome{err: err, raw: keep(c.buf[sp.from:sp.to])})
		}
		for len(c.of) < len(c.out) {
			c.of = append(c.of, i)
		}
	}
}

// deliver hands the issues of a chunk to the caller.
func (rd *reader) deliver(ctx context.Context, c *chunk) error {
	for i := range c.out {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := rd.one(&c.out[i], c.lines[c.of[i]].no); err != nil {
			return err
		}
	}
	if c.err != nil && !errors.Is(c.err, io.EOF) || errors.Is(c.err, io.ErrUnexpectedEOF) {
		return rd.fault(c.err)
	}
	return nil
}

func (rd *reader) one(o *outcome, line int) error {
	where := func() string {
		if o.nth > 0 {
			return fmt.Sprintf("%s:%d, issue %d of the page", rd.name, line, o.nth)
		}
		return fmt.Sprintf("%s:%d", rd.name, line)
	}
	if o.err == nil {
		o.err = rd.duplicate(o)
	}
	if o.err != nil {
		rd.report.reject(signals.Reject{Where: where(), Err: o.err, Raw: o.raw})
		return nil
	}
	for _, n := range o.notes {
		rd.report.warn(where() + ": " + n)
	}
	rd.report.Issues++
	rd.report.Events += len(o.events)
	return rd.emit(o.events)
}

// duplicate reports an issue whose id or key was read before.
func (rd *reader) duplicate(o *outcome) error {
	if !fresh(rd.ids, o.id) {
		return fmt.Errorf("issue %s with id %s occurs a second time", o.label, o.id)
	}
	if o.label != "" && !fresh(rd.labels, o.label) {
		return fmt.Errorf("issue %s occurs a second time, with another id", o.label)
	}
	return nil
}

// fresh remembers s and reports whether it is new.
func fresh(seen map[uint64]struct{}, s string) bool {
	h := fnv.New64a()
	_, _ = io.WriteString(h, s)
	k := h.Sum64()
	if _, ok := seen[k]; ok {
		return false
	}
	seen[k] = struct{}{}
	return true
}
