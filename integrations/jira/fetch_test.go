package jira

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// An issue may vanish between the list and the fetching of fifty.
func TestPollDeletedMeanwhile(t *testing.T) {
	for _, strict := range []bool{true, false} {
		w := newWire(t, true)
		w.strict = strict
		for n := 1; n <= 9; n++ {
			w.add(fmt.Sprint(n))
		}
		w.advance(time.Hour)
		w.listed = func() { w.mu.Lock(); delete(w.issues, "4"); w.mu.Unlock() }
		p := &poller{t: t, c: w.client(nil)}
		require.Equal(t, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, p.poll())
		require.Len(t, p.got[3].Events, 1)
		e := p.got[3].Events[0]
		require.Equal(t, []any{signals.Deleted, "", "jira/main/4/deleted", "jira/main/4"}, []any{e.Kind, e.Ref, e.ID, e.Case.String()})
		require.Equal(t, "4@gone", p.got[3].Envelope.ID)
	}
}

func TestPollQuarantine(t *testing.T) {
	for name, raw := range map[string]string{
		"no date":       `{"id":"2","key":"PAY-2","fields":{"updated":"2026-11-02T10:00:00.000+0000","summary":"x"},"changelog":{"total":0,"histories":[]}}`,
		"no fields":     `{"id":"2","key":"PAY-2","fields":17}`,
		"an odd entry":  `{"id":"2","key":"PAY-2","fields":{"created":"2026-11-02T10:00:00.000+0000","updated":"2026-11-02T10:00:00.000+0000"},"changelog":{"total":1,"histories":[{"id":"3","created":"yesterday"}]}}`,
		"names of sort": `{"id":"2","key":"PAY-2","fields":["a"],"names":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, true)
			for n := 1; n <= 3; n++ {
				w.add(fmt.Sprint(n))
			}
			w.issues["2"].raw = raw
			w.advance(time.Hour)
			p := &poller{t: t, c: w.client(nil)}
			require.Equal(t, []string{"1", "2", "3"}, p.poll())
			require.Empty(t, p.got[1].Events)
			require.NotEmpty(t, p.got[1].Envelope.Body)
			require.NotEmpty(t, p.got[2].Events)
			require.Equal(t, int64(1), p.c.Stats().Quarantined)
		})
	}
}

// What Jira sends for one issue is no issue at all, or no valid JSON.
func TestPollNonsense(t *testing.T) {
	for _, text := range []string{`[]`, `{"hello":"world"}`, `{"id":"2",`} {
		w := newWire(t, false)
		for n := 1; n <= 3; n++ {
			w.add(fmt.Sprint(n))
		}
		w.advance(time.Hour)
		p := &poller{t: t, c: w.client(nil)}
		w.fault = func(rw http.ResponseWriter, r *http.Request, _ string) bool {
			ids := wireIDs.FindStringSubmatch(r.FormValue("jql"))
			switch {
			case ids != nil && strings.Contains(ids[1], "2"):
				_, _ = io.WriteString(rw, `{"issues":[{"id":"2"`)
			case strings.HasSuffix(r.URL.Path, "issue/2"):
				_, _ = io.WriteString(rw, text)
			default:
				return false
			}
			return true
		}
		require.Equal(t, []string{"1", "2", "3"}, p.poll(), text)
		require.Empty(t, p.got[1].Events)
		require.NotEmpty(t, p.got[2].Events)
	}
}

// Odd dates and texts that break a strict decoder do not even need a quarantine.
func TestPollOddFields(t *testing.T) {
	w := newWire(t, true)
	i := w.add("1")
	i.fields["sprint"] = []any{1, "two"}
	i.fields["description"] = map[string]any{"type": "doc", "content": []any{}}
	i.fields["aggregatetimespent"] = 1.5
	i.fields["duedate"] = "2026-11-30"
	i.fields["created"] = "2026-11-02T09:00:00Z"
	w.change("1", 1)
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(nil)}
	require.Equal(t, []string{"1"}, p.poll())
	require.Len(t, p.got[0].Events, 2)
}

// Jira breaks with 500 whenever one issue is part of the answer. The others come.
func TestPollPoisonedIssue(t *testing.T) {
	w := newWire(t, true)
	for n := 1; n <= 8; n++ {
		w.add(fmt.Sprint(n))
	}
	w.advance(time.Hour)
	c := w.client(nil)
	w.fault = func(rw http.ResponseWriter, r *http.Request, route string) bool {
		ids := wireIDs.FindStringSubmatch(r.FormValue("jql"))
		if ids != nil && strings.Contains(", "+ids[1]+",", ", 6,") || strings.HasSuffix(r.URL.Path, "issue/6") {
			http.Error(rw, `{"errorMessages":["Internal server error"]}`, 500)
			return true
		}
		return false
	}
	p := &poller{t: t, c: c}
	require.Equal(t, []string{"1", "2", "3", "4", "5", "6", "7", "8"}, p.poll())
	require.Empty(t, p.got[5].Events)
	w.fault = nil
	require.Equal(t, []string{"6"}, p.poll(), "it is tried again")
	require.NotEmpty(t, p.got[8].Events)

	w.advance(time.Minute)
	w.change("1", 1)
	w.advance(time.Minute)
	down := true
	w.fault = func(rw http.ResponseWriter, r *http.Request, route string) bool {
		if down && r.FormValue("fields") != "updated" {
			http.Error(rw, "{}", 500)
		}
		return down && r.FormValue("fields") != "updated"
	}
	_, err := p.try()
	require.Error(t, err, "when nothing works, no issue is to blame")
	down = false
	require.Equal(t, []string{"1"}, p.poll())
}

func TestPollBrokenScope(t *testing.T) {
	w := newWire(t, true)
	w.add("1")
	w.advance(time.Hour)
	p := &poller{t: t, c: w.client(func(s *Site) { s.Watch = []string{"broken", "project = PAY"} })}
	ids, err := p.try()
	require.ErrorContains(t, err, `scope "broken"`)
	require.ErrorContains(t, err, "Error in the JQL Query")
	require.Equal(t, []string{"1"}, ids)
	ids, err = p.try()
	require.Error(t, err)
	require.Empty(t, ids)
}

func TestPollBadCursor(t *testing.T) {
	w := newWire(t, true)
	_, err := w.client(nil).Poll(context.Background(), "17", nil)
	require.ErrorIs(t, err, ErrCursor)
}

func TestFetch(t *testing.T) {
	both(t, func(t *testing.T, cloud bool) {
		w := newWire(t, cloud)
		w.add("17")
		w.advance(time.Minute)
		w.change("17", 60)
		w.say("17", 30)
		w.advance(time.Hour)
		c := w.client(nil)
		byID, err := c.Fetch(context.Background(), "17")
		require.NoError(t, err)
		require.Len(t, byID.Events, 1+60+30)
		byKey, err := c.Fetch(context.Background(), "PAY-17")
		require.NoError(t, err)
		require.Equal(t, byID, byKey, "equal content is an equal delivery")
		p := &poller{t: t, c: c}
		p.poll()
		require.Equal(t, byID.Envelope.ID, p.got[0].Envelope.ID, "however it was fetched")
		require.Equal(t, byID.Events, p.got[0].Events)

		gone, err := c.Fetch(context.Background(), "18")
		require.NoError(t, err)
		require.Equal(t, signals.Deleted, gone.Events[0].Kind)
		again, err := c.Fetch(context.Background(), "18")
		require.NoError(t, err)
		require.Equal(t, gone, again)
		_, err = c.Fetch(context.Background(), "PAY-18")
		require.ErrorIs(t, err, ErrGone)
		_, err = c.Fetch(context.Background(), " ")
		require.Error(t, err)
	})
}

// A 404 that is not in Jira's words comes from a proxy: nothing was deleted.
func TestFetchProxyIsNotGone(t *testing.T) {
	w := newWire(t, true)
	c := w.client(nil)
	w.fault = func(rw http.ResponseWriter, _ *http.Request, _ string) bool {
		http.Error(rw, "<html>not found</html>", 404)
		return true
	}
	d, err := c.Fetch(context.Background(), "17")
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrGone)
	require.Empty(t, d.Events)
}
