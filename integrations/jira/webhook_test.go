package jira

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// hookRig is a Hook with a store in memory.
type hookRig struct {
	stored  map[string]signals.Envelope
	hinted  []string
	results []HookResult
	log     bytes.Buffer

	storeErr, hintErr error
}

func (r *hookRig) handler(h Hook) http.Handler {
	r.stored = map[string]signals.Envelope{}
	h.Site = "acme"
	h.Now = func() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }
	h.Log = slog.New(slog.NewTextHandler(&r.log, nil))
	h.Count = func(x HookResult) { r.results = append(r.results, x) }
	return h.Handler(func(_ context.Context, e signals.Envelope) (bool, error) {
		if r.storeErr != nil {
			return false, r.storeErr
		}
		_, there := r.stored[e.ID]
		r.stored[e.ID] = e
		return !there, nil
	}, func(_ context.Context, id string) error {
		if r.hintErr != nil {
			return r.hintErr
		}
		if len(r.stored) == 0 {
			return errors.New("the hint came before the envelope was stored")
		}
		r.hinted = append(r.hinted, id)
		return nil
	})
}

func signed(body, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func post(h http.Handler, body string, headers ...string) int {
	r := httptest.NewRequest(http.MethodPost, "/jira/webhook", strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

const updatedHook = `{"timestamp":1795341600000,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic","issue":{"id":"10001","key":"PAY-17","fields":{"summary":"x"}},"changelog":{"id":"55","items":[{"field":"status","fieldId":"status"}]}}`

func TestHookSignatures(t *testing.T) {
	both := []string{"old", "new"}
	for _, c := range []struct {
		name      string
		secrets   []string
		unsigned  bool
		signature string
		want      int
	}{
		{"right", []string{"old"}, false, signed(updatedHook, "old"), 200},
		{"right, in capitals", []string{"old"}, false, "sha256=" + strings.ToUpper(signed(updatedHook, "old")[7:]), 200},
		{"first of two", both, false, signed(updatedHook, "old"), 200},
		{"second of two", both, false, signed(updatedHook, "new"), 200},
		{"neither of two", both, false, signed(updatedHook, "other"), 401},
		{"of another body", both, false, signed(updatedHook+" ", "old"), 401},
		{"missing", both, false, "", 401},
		{"missing, though unsigned ones would do without a secret", both, true, "", 401},
		{"no hex", both, false, "sha256=zz", 401},
		{"empty", both, false, "sha256=", 401},
		{"cut short", both, false, signed(updatedHook, "old")[:20], 401},
		{"another algorithm", both, false, "sha1" + signed(updatedHook, "old")[6:], 401},
		{"without its name", both, false, signed(updatedHook, "old")[7:], 401},
		{"no secret", nil, false, signed(updatedHook, ""), 401},
		{"no secret, unsigned allowed", nil, true, "", 200},
		{"an empty secret is none", []string{""}, false, signed(updatedHook, ""), 401},
		{"an empty secret beside a real one is none", []string{"old", ""}, false, signed(updatedHook, ""), 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rig hookRig
			h := rig.handler(Hook{Secrets: c.secrets, AllowUnsigned: c.unsigned})
			require.Equal(t, c.want, post(h, updatedHook, headerSignature, c.signature, headerIdentifier, "d1"))
			if c.want == 200 {
				require.Equal(t, []string{"10001"}, rig.hinted)
				require.Equal(t, []HookResult{HookAccepted}, rig.results)
				return
			}
			require.Empty(t, rig.stored)
			require.Empty(t, rig.hinted)
			require.Equal(t, []HookResult{HookRefused}, rig.results)
			require.Contains(t, rig.log.String(), "level=ERROR")
			require.Contains(t, rig.log.String(), "does not send it again")
			require.NotContains(t, rig.log.String(), "PAY-17")
		})
	}
}

func TestHookEnvelope(t *testing.T) {
	var rig hookRig
	h := rig.handler(Hook{AllowUnsigned: true})
	odd := updatedHook + "\n "
	require.Equal(t, 200, post(h, odd, headerIdentifier, "d1"))
	require.Equal(t, signals.Envelope{Source: "jira/acme", ID: "hook/d1", Received: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Body: []byte(odd)}, rig.stored["hook/d1"])

	for _, identifier := range []string{"", strings.Repeat("x", 129), "a b", "ä"} {
		require.Regexp(t, "^hook/sha256-[0-9a-f]{64}$", hookID(identifier, []byte("x")))
	}
	require.NotEqual(t, hookID("", []byte("x")), hookID("", []byte("y")))
}

func TestHookRepeated(t *testing.T) {
	for _, identifier := range []string{"d1", ""} {
		var rig hookRig
		h := rig.handler(Hook{AllowUnsigned: true})
		for range 3 {
			require.Equal(t, 200, post(h, updatedHook, headerIdentifier, identifier))
		}
		require.Len(t, rig.stored, 1)
		require.Equal(t, []string{"10001"}, rig.hinted, "no second hint")
		require.Equal(t, []HookResult{HookAccepted, HookRepeated, HookRepeated}, rig.results)
	}
}

// TestHookFaults: what was not taken is sent again by Jira, and then nothing of
// it is missing.
func TestHookFaults(t *testing.T) {
	var rig hookRig
	h := rig.handler(Hook{AllowUnsigned: true})
	rig.storeErr = errors.New("disk full")
	require.Equal(t, 503, post(h, updatedHook, headerIdentifier, "d1"))
	require.Empty(t, rig.hinted)

	rig.storeErr, rig.hintErr = nil, errors.New("queue locked")
	require.Equal(t, 503, post(h, updatedHook, headerIdentifier, "d1"))
	require.Equal(t, 503, post(h, updatedHook, headerIdentifier, "d1"), "stored, but its hint is still missing")
	require.Len(t, rig.stored, 1)

	rig.hintErr = nil
	require.Equal(t, 200, post(h, updatedHook, headerIdentifier, "d1"))
	require.Equal(t, []string{"10001"}, rig.hinted, "the hint that failed is given again although the envelope is known")
	require.Equal(t, 200, post(h, updatedHook, headerIdentifier, "d1"))
	require.Equal(t, []string{"10001"}, rig.hinted)
	require.Equal(t, []HookResult{HookFailed, HookFailed, HookFailed, HookAccepted, HookRepeated}, rig.results)
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestHookRequests(t *testing.T) {
	var rig hookRig
	h := rig.handler(Hook{AllowUnsigned: true, MaxBody: 100})
	require.Equal(t, 413, post(h, strings.Repeat("x", 101)))
	require.Equal(t, 200, post(h, strings.Repeat("x", 100)), "no JSON: stored all the same, with nothing to hint at")
	require.Empty(t, rig.hinted)
	require.Equal(t, []HookResult{HookTooBig, HookAccepted}, rig.results)

	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodHead} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/jira/webhook", nil))
		require.Equal(t, 405, w.Code)
		require.Equal(t, "POST", w.Header().Get("Allow"))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/jira/webhook", brokenBody{}))
	require.Equal(t, 408, w.Code, "Jira sends again after 408")
	require.Len(t, rig.stored, 1)
}

func TestHookIssues(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       []string
	}{
		{"an update", updatedHook, []string{"10001"}},
		{"a numeric id, as Automation sends it", `{"webhookEvent":"jira:issue_updated","issue":{"id":10001,"key":"PAY-17"}}`, []string{"10001"}},
		{"a number with a fraction", `{"issue":{"id":1.0001e4}}`, []string{"10001"}},
		{"a key only", `{"issue":{"key":"PAY-17"}}`, []string{"PAY-17"}},
		{"an address only", `{"issue":{"self":"https://jira.example/rest/api/2/issue/10001"}}`, []string{"10001"}},
		{"a deletion", `{"webhookEvent":"jira:issue_deleted","issue":{"id":"10001","key":"PAY-17"}}`, []string{"10001"}},
		{"a comment in Cloud", `{"webhookEvent":"comment_created","comment":{"self":"https://x.atlassian.net/rest/api/2/issue/10001/comment/7","id":"7","body":{"type":"doc"}},"issue":{"id":"10001","key":"PAY-17"}}`, []string{"10001"}},
		{"a comment of Data Center, without its issue", `{"timestamp":1,"webhookEvent":"comment_created","comment":{"self":"https://jira.example/ctx/rest/api/2/issue/10001/comment/7","id":"7","body":"I looked"}}`, []string{"10001"}},
		{"a new link", `{"timestamp":1,"webhookEvent":"issuelink_created","issueLink":{"id":5,"sourceIssueId":10001,"destinationIssueId":10002,"issueLinkType":{"id":10000,"name":"Blocks"},"systemLink":false}}`, []string{"10001", "10002"}},
		{"a worklog", `{"webhookEvent":"worklog_updated","worklog":{"issueId":"10001","id":"3"}}`, []string{"10001"}},
		{"the issue itself, as Automation sends it", `{"self":"https://x.atlassian.net/rest/api/2/issue/10001","id":10001,"key":"PAY-17","fields":{"issuelinks":[]},"changelog":{"histories":[]}}`, []string{"10001"}},
		{"what somebody made up in Automation", `{"text":"hello","issueKey":"PAY-17"}`, []string{"PAY-17"}},
		{"an issue that is only named", `{"issue":"PAY-17"}`, []string{"PAY-17"}},
		{"an issue that is only a number", `{"issue":10001}`, []string{"10001"}},
		{"several", `{"issues":[{"id":10001},{"id":"10002"},{"id":"10001"}]}`, []string{"10001", "10002"}},
		{"a changelog that names its issue", `{"changelog":{"issueId":"10001","items":[]}}`, []string{"10001"}},
		{"a sprint", `{"webhookEvent":"sprint_started","sprint":{"id":4,"self":"https://x/rest/agile/1.0/sprint/4"}}`, nil},
		{"a user", `{"webhookEvent":"user_updated","user":{"key":"JIRAUSER1"},"id":5}`, nil},
		{"an unknown event without anything", `{"webhookEvent":"something:new"}`, nil},
		{"no id at all", `{"issue":{"id":{},"key":["PAY-1"],"self":3}}`, nil},
		{"an id that would lead elsewhere", `{"issue":{"id":"1/../../x","key":"../../secret-1"},"issueKey":"PAY-17/comment"}`, nil},
		{"an endless number", `{"issue":{"id":99999999999999999999999}}`, nil},
		{"null", `{"issue":null,"comment":null,"issueLink":null}`, nil},
		{"a list", `[1,2]`, nil},
		{"a text", `"PAY-17"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := hookIssues([]byte(c.body))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	for _, bad := range []string{"", "<html>", "{", strings.Repeat("[", 20_000)} {
		got, err := hookIssues([]byte(bad))
		require.Error(t, err)
		require.Empty(t, got)
	}
}

// FuzzHookIssues: whatever comes, an issue is named by a number or a key, once.
func FuzzHookIssues(f *testing.F) {
	f.Add([]byte(updatedHook))
	f.Add([]byte(`{"issueLink":{"sourceIssueId":1,"destinationIssueId":"2"},"comment":{"self":"x/issue/3/comment/4"},"issues":[{"id":5},{"key":"A-6"}],"key":"B-1","fields":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, err := hookIssues(body)
		if err != nil {
			require.Empty(t, ids)
			return
		}
		require.LessOrEqual(t, len(ids), maxHints)
		seen := map[string]bool{}
		for _, id := range ids {
			require.Regexp(t, `^([0-9]{1,18}|[A-Za-z][A-Za-z0-9_]*-[0-9]+)$`, id)
			require.False(t, seen[id])
			seen[id] = true
		}
	})
}
