package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/store/storetest"
)

// leaves lets somebody leave the company.
func (f *floor) leaves(id, team, account string) {
	f.t.Helper()
	f.org("person", id, fmt.Sprintf(`{"id":%q,"name":%q,"team":%q,"left":true,"accounts":["jira/jira/%s","slack/T1/%s"]}`, id, strings.ToUpper(id[:1])+id[1:], team, id, account))
	f.drain()
}

// TestWhoItConcernsHasLeft: Bea leaves after she was told of one issue, took up
// another and solved a third, and Dora, who holds the end of a row of issues, leaves
// too. Carl, who could help next, hears of each, and those who left of none.
func TestWhoItConcernsHasLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := newTracked(t, url, nil)
		f.org("person", "dora", `{"id":"dora","name":"Dora","team":"Web","accounts":["jira/jira/dora","slack/T1/U5"]}`)
		f.org("team", "Web", `{"id":"Web","lead":"carl","owns":[{"project":"PAY"},{"project":"WEB"}]}`)
		f.tells(wanders("PAY-7", "Invoices arrive twice", tuesday.Add(10*time.Minute)) + wanders("PAY-8", "Search finds no umlauts", tuesday.Add(time.Hour)) + wanders("PAY-9", "Mail arrives late", tuesday.Add(2*time.Hour)))
		for i, label := range []string{"PAY-7", "PAY-8", "PAY-9"} {
			f.until(tuesday.Add(time.Duration(i)*time.Hour+15*time.Minute), true)
			f.poll()
			n := f.record(f.of(label)).Nudges
			require.Len(t, n, 1, label)
			require.Equal(t, "bea", n[0].To, "%s: %s; %s", label, n[0].Route, n[0].Why)
			if i > 0 {
				f.press("slack/T1/U1", "claim", n[0].Message)
			}
		}
		f.tells("2026-03-03 12:30 PAY-9 closed bea Done\n")
		f.put("21", "WEB-21", "dora", "")
		f.put("22", "OPS-22", "gil", "")
		f.put("23", "OPS-23", "ann", "")
		f.until(tuesday.Add(3*time.Hour), true)
		f.poll()
		f.blocks("WEB-21", "OPS-22")
		f.blocks("OPS-22", "OPS-23")
		f.poll()
		ask := f.onlyAsk("slack/T1/U3")
		heard := f.heard("D1")
		f.leaves("bea", "Payments", "U1")
		f.leaves("dora", "Web", "U5")

		f.press("slack/T1/U3", "denied", ask)
		f.until(tuesday.AddDate(0, 0, 10), true)
		for label, want := range map[string]string{
			"PAY-7": "leads Web, which owns project PAY",
			"PAY-8": "leads Web, which owns project PAY; it was taken up, but nothing has moved since",
			"PAY-9": "leads Web, which owns project PAY; it counted as solved, but who raised it says that it still happens",
		} {
			told := f.record(f.of(label)).Nudges
			require.Len(t, told, 2, label)
			require.Equal(t, "carl", told[1].To, label)
			require.Equal(t, want, told[1].Route, label)
		}
		chain := f.found(issueKey("23"), "blocked_chain").Nudges
		require.Equal(t, "carl", chain[0].To, chain[0].Why)
		require.Equal(t, "leads Web, which owns project WEB", chain[0].Route)
		require.Equal(t, heard, f.heard("D1"), "who left is told nothing")
		require.Zero(t, f.heard("D5"))
	})
}
