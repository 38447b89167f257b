package demo

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"andon/integrations/jira/fakejira"
)

func TestTicketGoesItsWay(t *testing.T) {
	is := newIssue(7, "SUP-7", "june", on("Mon 09:00"), ticket{Title: "Lamp <b>flickers</b>", Team: "Support", Holder: "omar", Level: "L1"})
	require.NoError(t, is.change("omar", on("Mon 10:00"), []field{{"team", "Checkout"}, {"holder", "milo"}}))
	is.comment("milo", on("Mon 11:00"), "Not ours & not mine")
	require.NoError(t, is.change("milo", on("Mon 12:00"), []field{{"team", "Support"}, {"holder", ""}, {"priority", "Low"}, {"level", "L2"}}))
	require.NoError(t, is.change("june", on("Mon 13:00"), []field{{"status", "Done"}, {"resolution", "Fixed"}}))
	require.Equal(t, []string{"Support", "Checkout", "Support"}, is.teamsOf())
	require.Error(t, is.change("june", on("Mon 14:00"), []field{{"colour", "red"}}))

	now := on("Mon 11:30")
	jira := fakejira.New(fakejira.Options{Now: func() time.Time { return now }})
	raw, err := is.raw()
	require.NoError(t, err)
	require.NoError(t, jira.Put(raw))
	seen := func(path string) string {
		rec := httptest.NewRecorder()
		jira.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/rest/api/2/issue/SUP-7?expand=changelog", nil))
		require.Equal(t, http.StatusOK, rec.Code, rec.Body)
		return gjson.GetBytes(rec.Body.Bytes(), path).String()
	}
	require.Equal(t, "Checkout", seen("fields."+teamField+".value"), "what comes later is not to be seen")
	require.Equal(t, "acc-milo", seen("fields.assignee.accountId"))
	require.Equal(t, "Open", seen("fields.status.name"))
	now = on("Mon 15:00")
	require.Equal(t, "Done", seen("fields.status.name"))
	require.Empty(t, seen("fields.assignee.accountId"))
	require.Equal(t, "L2", seen("fields."+levelField+".value"))
}

// TestHistoryIsTheSame checks the months before: the same for a seed, over before
// the story begins, and of each kind enough to learn from.
func TestHistoryIsTheSame(t *testing.T) {
	one, err := history(1)
	require.NoError(t, err)
	again, err := history(1)
	require.NoError(t, err)
	other, err := history(2)
	require.NoError(t, err)
	require.Greater(t, len(one), 150)
	same := true
	for i := range one {
		a, err := one[i].raw()
		require.NoError(t, err)
		b, err := again[i].raw()
		require.NoError(t, err)
		require.JSONEq(t, string(a), string(b))
		o, err := other[i].raw()
		require.NoError(t, err)
		same = same && string(a) == string(o)
		require.NotNil(t, one[i].Fields.Resolved, "%s is open", one[i].Key)
		require.Less(t, *one[i].Fields.Resolved, stamp(Begin), "%s ends within the story", one[i].Key)
	}
	require.False(t, same, "another seed is another past")
}

func TestBrowsePage(t *testing.T) {
	w := worldAt(t, "Mon 12:00")
	is := newIssue(20_000, "SUP-131", "june", on("Mon 09:00"), ticket{Title: "Lamp <script>alert(1)</script>", Text: "see\n<b>here</b>", Team: "Support"})
	is.comment("omar", on("Mon 11:00"), "<img src=x onerror=alert(1)>")
	require.NoError(t, w.put(is))
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1"+path, nil))
		return rec
	}
	page := get("/browse/SUP-131")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), "&lt;script&gt;")
	require.NotContains(t, page.Body.String(), "<script>")
	require.NotContains(t, page.Body.String(), "<img")
	require.Contains(t, page.Body.String(), "Omar Haddad")
	require.Equal(t, http.StatusNotFound, get("/browse/SUP-9999").Code)
	require.Equal(t, http.StatusNotFound, get("/browse/..%2f..%2fmyself").Code)

	moved := get("/archives/CGENERAL/p1773221400000000?thread_ts=1773221400.000000")
	require.Equal(t, http.StatusFound, moved.Code)
	require.Equal(t, "/?channel=CGENERAL&thread=1773221400.000000", moved.Header().Get("Location"))
	front := get("/")
	require.Equal(t, http.StatusFound, front.Code)
	require.Equal(t, http.StatusOK, get(front.Header().Get("Location")).Code)
}

// worldAt is the company without a service, at a moment.
func worldAt(t *testing.T, moment string) *World {
	clock, _ := clockAt(moment, 1)
	w, err := New(Options{Clock: clock})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}
