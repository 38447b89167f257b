package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/config"
	"andon/signals"
	"andon/signals/lint"
	"andon/store/storetest"
)

const rotaRoster = `
roster:
  people:
    - {id: ann, name: Ann Birchwood, email: ann@north.example}
    - {id: ben, name: Ben Oakley}
  teams:
    - {id: Payments, aliases: [Pay], lead: ann, zone: Europe/Berlin}
oncall:
`

func shiftOf(who, from, until string) string {
	return fmt.Sprintf("BEGIN:VEVENT\nUID:%s%s\nSUMMARY:On Call - %s\nDTSTART:%s\nDTEND:%s\nEND:VEVENT\n", who, from, who, from, until)
}

func rota(events ...string) string {
	return "BEGIN:VCALENDAR\n" + strings.Join(events, "") + "END:VCALENDAR\n"
}

// rotaWorld is a service with one calendar that changes.
type rotaWorld struct {
	*stepper
	rotas  *rotas
	status int
	body   string
}

func newRotaWorld(t *testing.T, at time.Time) *rotaWorld {
	w := &rotaWorld{status: http.StatusOK}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(w.status)
		fmt.Fprint(rw, w.body)
	}))
	t.Cleanup(srv.Close)
	f, err := config.Parse("andon.yaml", []byte(rotaRoster+"  - {team: pay, person: summary, url: '"+srv.URL+"/s3cr3t-s3cr3t'}\n"), configOptions())
	require.NoError(t, err)
	w.rotas = newRotas(&f.Config)
	w.stepper = newStepper(t, storetest.SQLite(t), at, signals.DefaultPolicy(), nil)
	return w
}

// ask asks the calendar, and returns how many events that wrote and what was
// found wrong.
func (w *rotaWorld) ask() (wrote int, found []lint.Finding) {
	w.t.Helper()
	before, err := w.db.Head(w.t.Context())
	require.NoError(w.t, err)
	require.NoError(w.t, w.rotas.syncRota(w.t.Context(), port{w.db}, w.bot.Accept, w.clock.now()))
	entries, err := w.db.Follow(w.t.Context(), before, 100)
	require.NoError(w.t, err)
	found, err = rotaFindings(w.t.Context(), w.db)
	require.NoError(w.t, err)
	return len(entries), found
}

// onDuty is who is on call as the journal has it.
func (w *rotaWorld) onDuty(at time.Time) []string {
	w.t.Helper()
	org, err := toldRota(w.t.Context(), port{w.db})
	require.NoError(w.t, err)
	return org.OnCall("Payments", at)
}

// TestSyncRota: what a calendar says is in the journal once, what it changes is
// known from then on, and when it fails the plan that is known stays.
func TestSyncRota(t *testing.T) {
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := newRotaWorld(t, monday)
	w.body = rota(shiftOf("Ann Birchwood", "20260302T080000Z", "20260303T080000Z"), shiftOf("Ben Oakley", "20260303T080000Z", "20260320T080000Z"))
	n, found := w.ask()
	require.Equal(t, 2, n)
	require.Empty(t, found)
	require.Equal(t, []string{"ann"}, w.onDuty(monday))
	require.Equal(t, []string{"ben"}, w.onDuty(monday.AddDate(0, 0, 1)))
	for range 24 {
		w.clock.set(w.clock.now().Add(time.Hour))
		n, _ = w.ask()
		require.Zero(t, n, "nothing new")
	}

	w.status = http.StatusBadGateway
	w.clock.set(monday.Add(30 * time.Hour))
	n, found = w.ask()
	require.Zero(t, n)
	require.Equal(t, "feed-down", found[0].Rule)
	require.Contains(t, found[0].What, "it answered 502 Bad Gateway")
	require.NotContains(t, fmt.Sprint(found), "s3cr3t")
	require.Equal(t, []string{"ben"}, w.onDuty(w.clock.now()), "the latest plan stays")

	w.status, w.body = http.StatusOK, rota(shiftOf("Ann Birchwood", "20260303T160000Z", "20260320T080000Z"), shiftOf("Zoe", "20260304T080000Z", "20260304T090000Z"), "BEGIN:VEVENT\nDTSTART:20260304T080000Z\nRRULE:FREQ=YEARLY\nEND:VEVENT\n")
	n, found = w.ask()
	require.Equal(t, 2, n, "Ben is not any more, and Ann is")
	require.Equal(t, []string{"feed-unclear", "feed-unknown"}, []string{found[0].Rule, found[1].Rule})
	require.Contains(t, found[0].What, "1 entry of its calendar not understood; line 16: a rule with FREQ=YEARLY")
	require.Contains(t, found[1].What, `nobody of the roster is named in "On Call - Zoe"`)
	require.Empty(t, w.onDuty(w.clock.now()))
	require.Equal(t, []string{"ann"}, w.onDuty(w.clock.now().Add(2*time.Hour)))

	w.body = rota()
	w.clock.set(w.clock.now().Add(time.Hour))
	n, found = w.ask()
	require.Equal(t, 1, n)
	require.Equal(t, "feed-empty", found[0].Rule)
	w.rotas = newRotas(&config.Config{})
	n, _ = w.ask()
	require.Zero(t, n)
}

// TestDoctorReadsWhoIsOnCall from a file.
func TestDoctorReadsWhoIsOnCall(t *testing.T) {
	dir := t.TempDir()
	now := time.Now().UTC()
	day := func(n int) string { return now.AddDate(0, 0, n).Format("20060102T150405Z") }
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rota.ics"), []byte(rota(shiftOf("Ben Oakley", day(-1), day(1)))), 0o600))
	cfg := configFile(t, dir, "database: sqlite:"+filepath.Join(dir, "andon.db")+rotaRoster+"  - {team: Payments, person: summary, file: rota.ics}\n")
	_, out, _ := commandLine(t, "doctor", "--config", cfg)
	require.Contains(t, out, "ok    on call for Payments: the calendar is read; now ben")
	require.NoError(t, os.Remove(filepath.Join(dir, "rota.ics")))
	_, out, _ = commandLine(t, "doctor", "--config", cfg)
	require.Contains(t, out, "FAIL  on call for Payments: its calendar cannot be read")
}

// TestWhoIsOnCallIsTold through a Slack: what the lead of Payments would be told
// goes to whoever is on call when it is said.
func TestWhoIsOnCallIsTold(t *testing.T) {
	for name, hours := range map[string]int{"bea": 0, "ben": 100} {
		t.Run(name, func(t *testing.T) {
			l := newLinter(t)
			text, err := json.Marshal(signals.Duty{Shifts: []signals.Shift{{From: l.clock.now().Add(-time.Hour), Until: l.clock.now().Add(time.Duration(hours) * time.Hour)}}})
			require.NoError(t, err)
			require.NoError(t, l.bot.Accept(t.Context(), signals.Delivery{Events: []*signals.Event{{
				ID: "duty", Kind: signals.RosterSet, Case: rotaKey, Field: "oncall", To: "ben", Ref: "Payments", Text: string(text), At: l.clock.now(),
			}}}))
			key := l.ask("C1", 1, signals.Public)
			require.NotEmpty(t, key)
			require.Equal(t, map[string]string{"bea": "slack/T1/U1", "ben": "slack/T1/U7"}[name], l.said.posts[key])
		})
	}
}
