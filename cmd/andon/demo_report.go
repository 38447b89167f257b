package main

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"

	"andon/cmd/andon/internal/demo"
	"andon/signals"
)

// records are all signals of the week, by the time at which they were found.
func (s *show) records(ctx context.Context) ([]*signals.Record, error) {
	var keys []signals.Key
	for _, source := range []string{signals.Jira, signals.Slack, signals.Alerts} {
		err := s.svc.db.Standings(ctx, source, func(st signals.Standing) error {
			keys = append(keys, st.Case)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list what andon knows of: %w", err)
		}
	}
	var out []*signals.Record
	for part := range slices.Chunk(keys, 200) {
		records, err := s.svc.db.Records(ctx, part...)
		if err != nil {
			return nil, err
		}
		out = append(out, records...)
	}
	slices.SortFunc(out, func(a, b *signals.Record) int {
		return cmp.Or(a.Signal.At.Compare(b.Signal.At), cmp.Compare(a.Signal.Key(), b.Signal.Key()))
	})
	return out, nil
}

// report prints what the week came to: the ledger of every signal, the path that
// was shortened, and the digest.
func (s *show) report(ctx context.Context) error {
	records, err := s.records(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\nThe ledger of the week\n")
	for _, r := range records {
		fmt.Fprintf(s.out, "\n%s  %s: %s\n", r.Signal.At.Format("Mon 15:04"), r.Signal.Detector, html.UnescapeString(r.Signal.Reason))
		for _, n := range r.Nudges {
			fmt.Fprintf(s.out, "    to %s, %s: %s\n", s.world.Called(n.To), n.State, n.Why)
		}
		fmt.Fprintf(s.out, "    %s\n", stagesOf(r.Ledger))
	}
	s.sums(records)
	for _, l := range s.world.Saved() {
		fmt.Fprintln(s.out, l)
	}
	if text := s.world.DigestText(); text != "" {
		fmt.Fprintf(s.out, "\nThe digest in #%s\n\n%s\n", demo.Digest, text)
	}
	return nil
}

// sums prints how many signals reached each stage, and why some stopped.
func (s *show) sums(records []*signals.Record) {
	fmt.Fprintf(s.out, "\n%s in the week\n", signals.Counted(len(records), "signal"))
	for _, st := range signals.Stages {
		n := 0
		for _, r := range records {
			if r.Ledger.Reached(st) {
				n++
			}
		}
		fmt.Fprintf(s.out, "    %-12s %d\n", st, n)
	}
	for _, r := range records {
		if r.Ledger.Died != "" {
			fmt.Fprintf(s.out, "    %s of %s stopped before it was %s: %s\n", r.Signal.Detector, r.Signal.At.Format("Monday 15:04"), r.Ledger.Died, r.Ledger.Why)
		}
	}
}

// stagesOf is the way of a signal through the stages, with times.
func stagesOf(l *signals.Ledger) string {
	var out []string
	for _, st := range signals.Stages {
		if l.Reached(st) {
			out = append(out, string(st)+" "+l.Times[st].UTC().Format("Mon 15:04"))
		}
	}
	if l.Died != "" {
		out = append(out, "stopped before "+string(l.Died)+" ("+l.Why+")")
	}
	return strings.Join(out, ", ")
}
