package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
	"andon/store/storetest"
)

// silent is a floor beside a Jira on which nobody ever answers. Web has Carl, who
// leads it, Dora, and a channel; it owns PAY too. Gil, who is asked first about ETC,
// has more on his hands than he can carry.
func silent(t *testing.T, url string) *tracked {
	f := newTracked(t, url, nil)
	f.org("person", "dora", `{"id":"dora","name":"Dora","team":"Web","accounts":["jira/jira/dora","slack/T1/U5"]}`)
	f.org("person", "gil", `{"id":"gil","name":"Gil","team":"Desk","accounts":["jira/jira/gil","slack/T1/U6"]}`)
	f.org("team", "Web", `{"id":"Web","lead":"carl","channel":"slack/T1/C9","owns":[{"project":"PAY"},{"project":"ETC"}]}`)
	f.org("team", "Desk", `{"id":"Desk","lead":"gil","owns":[{"project":"ETC"}]}`)
	f.carries("gil", 1000, 11)
	return f
}

// stopped looks at a signal that nobody answered: whom it went to, in their order.
func stopped(t *testing.T, r *signals.Record, asked string) (told []string) {
	t.Helper()
	for _, n := range r.Nudges {
		require.Equal(t, signals.Ignored, n.State, n.Why)
		require.NotContains(t, told, n.To, "nobody is asked twice")
		told = append(told, n.To)
	}
	require.Equal(t, signals.ReceivedBy, r.Ledger.Died)
	require.Equal(t, "no answer within 8 hours of working time; "+asked+" asked", r.Ledger.Why)
	return told
}

// found is the signal of a detector about a case.
func (f *floor) found(k signals.Key, detector string) *signals.Record {
	f.t.Helper()
	records, err := f.db.Records(f.t.Context(), k)
	require.NoError(f.t, err)
	for _, r := range records {
		if r.Signal.Detector == detector {
			return r
		}
	}
	require.Fail(f.t, "it was not found", "%s in %s", detector, k)
	return nil
}

// TestNobodyAnswers: each kind of signal goes sideways first and upwards last, and
// stops where everybody sees it, with its reason. Whom it went to in vain is not
// asked again about the same problem; who has too much on their hands is asked last.
// Nobody reads who did not answer.
func TestNobodyAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := silent(t, url)
		f.tells(wanders("PAY-7", "Invoices arrive twice", tuesday.Add(30*time.Minute)))
		f.until(tuesday.Add(time.Hour), true)
		f.poll()
		f.until(tuesday.AddDate(0, 0, 7), true)
		k := issueKey(f.of("PAY-7"))
		require.Equal(t, []string{"bea", "slack/T1/C9", "carl"}, stopped(t, f.record(k.ID), "2 people and 1 channel were"))
		for _, n := range f.found(k, "stall").Nudges {
			require.NotContains(t, []string{"bea", "carl"}, n.To)
			require.Equal(t, "It was put aside before: not answered on 4 March, not answered on 5 March.", n.Signal.Before)
		}
		why, aside := f.asks("U3", "why PAY-7"), f.asks("U3", "suppressed")
		require.Contains(t, why, "stopped before received: nobody took it on")
		require.Equal(t, 1, strings.Count(aside, "PAY-7 Invoices arrive twice: Not answered on 4 March. It was found as ping_pong. It came back on 6 March."), aside)
		for _, never := range []string{"Bea", "Carl", "Dora"} {
			require.NotContains(t, why+aside, never)
		}

		at := tuesday.AddDate(0, 0, 7)
		f.tells(wanders("ETC-1", "Badges do not open the gate", at))
		f.put("21", "WEB-21", "dora", "")
		f.put("22", "OPS-22", "bea", "")
		f.put("23", "OPS-23", "ann", "")
		f.until(at.Add(time.Hour), true)
		f.poll()
		f.blocks("WEB-21", "OPS-22")
		f.blocks("OPS-22", "OPS-23")
		f.poll()
		require.NoError(t, f.bot.Accept(t.Context(), signals.Delivery{Events: f.sentOn("C1", 100)}))
		f.until(at.AddDate(0, 0, 10), true)
		spared := stopped(t, f.record(f.of("ETC-1")), "3 people were")
		require.Equal(t, "carl", spared[0], "Gil leads the team that owns it, too")
		end := f.found(issueKey("23"), "blocked_chain")
		require.Equal(t, "dora", stopped(t, end, "3 people were")[0])
		ask := f.found(threadAt("C1", 100), "bounced_ask")
		require.Equal(t, "bea", stopped(t, ask, "3 people were")[0])
		require.NotContains(t, f.shows(ask.Nudges[0].Message), "as of")
		require.Contains(t, f.shows(ask.Nudges[1].Message), "the last time 4 hours ago; nobody has helped since, as of 10 March 14:59.")
		for _, r := range []*signals.Record{f.record(f.of("ETC-1")), end, ask} {
			for i, n := range r.Nudges {
				require.Equal(t, n.To == "gil", strings.HasSuffix(n.Route, "nobody else can be asked now"), n.Route)
				require.True(t, n.To != "gil" || i == len(r.Nudges)-1)
			}
		}
	})
}

// sentOn is an ask of Ann's that is sent on twice.
func (f *floor) sentOn(channel string, thread int) (out []*signals.Event) {
	for i, said := range [][2]string{{"U3", "Can someone restart the staging database for billing?"}, {"U8", "not us, try <#C5>"}, {"U9", "we don't own that, try <#C6>"}} {
		e := wondered(channel, thread, f.clock.now().Add(time.Duration(i-3)*time.Minute), said[0], said[1])
		if i > 0 {
			e.ID += fmt.Sprintf("/1775000000.00000%d", i)
		}
		out = append(out, e)
	}
	return out
}
