package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
	"andon/store"
	"andon/store/storetest"
)

func TestHealthcheckAsks(t *testing.T) {
	ready := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz":
			_, _ = w.Write([]byte("ok\n"))
		case r.URL.Path == "/readyz" && ready:
			_, _ = w.Write([]byte("{\"ready\":true}\n"))
		default:
			http.Error(w, "{\"ready\":false,\"why\":[\"stopping\"]}", http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	require.NoError(t, err)
	path := configFile(t, t.TempDir(), "listen: 0.0.0.0:"+port+"\n")

	code, out, errOut := commandLine(t, "healthcheck", "--config", path)
	require.Zero(t, code, errOut)
	require.Equal(t, "ok\n", out)
	code, out, errOut = commandLine(t, "healthcheck", "--url", srv.URL+"/", "--ready")
	require.Zero(t, code, errOut)
	require.Equal(t, "{\"ready\":true}\n", out)
	ready = false
	code, _, errOut = commandLine(t, "healthcheck", "--config", path, "--ready")
	require.Equal(t, exitFailed, code)
	require.Contains(t, errOut, `503 Service Unavailable: {"ready":false,"why":["stopping"]}`)
}

func TestAskable(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "0.0.0.0:8080": "127.0.0.1:8080", ":9": "127.0.0.1:9", "[::]:9": "[::1]:9",
		"localhost:80": "localhost:80", "10.1.2.3:80": "10.1.2.3:80",
	} {
		got, err := askable(listen)
		require.NoError(t, err, listen)
		require.Equal(t, want, got, listen)
	}
	for _, listen := range []string{"", "off", "8080"} {
		_, err := askable(listen)
		require.Error(t, err, listen)
	}
}

func TestDatabaseNameShowsNoPassword(t *testing.T) {
	for address, want := range map[string]string{
		"sqlite:andon.db": "sqlite:andon.db",
		"postgres://ann:hush@db.example:5432/andon":    "postgres://db.example:5432/andon",
		"postgres://db.example/andon?password=hush":    "postgres://db.example/andon",
		"postgres://ann:hu%zzsh@db.example:5432/andon": "the configured database",
	} {
		require.Equal(t, want, databaseName(address))
	}
}

func TestForgetAsksBeforeItRemoves(t *testing.T) {
	for answer, want := range map[string]error{"yes\n": nil, " yes \r\n": nil, "yes": nil, "y\n": errKept, "\n": errKept, "": errKept, "no\n": errKept} {
		var out bytes.Buffer
		require.Equal(t, want, confirmed(strings.NewReader(answer), &out), "%q", answer)
		require.Contains(t, out.String(), "Type yes to go on: ")
	}
}

func TestChannelID(t *testing.T) {
	c := config.Default()
	c.Slack = []config.Slack{{Team: "T1"}}
	for given, want := range map[string]string{"C1": "slack/T1/C1", "T2/C1": "slack/T2/C1", "slack/T2/C1": "slack/T2/C1"} {
		got, err := channelID(&c, given)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, given := range []string{"#general", "/", "jira/a/b", "slack/T1/C1/1.2", "C1/"} {
		_, err := channelID(&c, given)
		require.Error(t, err, given)
	}
}

// TestWhoFindsAllAccounts wants those of former entries too, from the journal
// where the configuration has them no longer.
func TestWhoFindsAllAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db, err := store.Open(t.Context(), url, store.Options{Migrate: true})
		require.NoError(t, err)
		defer db.Close()
		then, err := config.Parse("then", []byte("roster: {people: [{id: ann, jira: [a1], slack: [U1]}, {id: ben, jira: [b1]}]}"), configOptions())
		require.NoError(t, err)
		_, err = syncOrg(t.Context(), port{db}, &then.Config, date(t, "2026-03-01"))
		require.NoError(t, err)
		now, err := config.Parse("now", []byte("roster: {people: [{id: ann, jira: [a2]}, {id: ann, jira: [a3], since: 2026-05-01}]}"), configOptions())
		require.NoError(t, err)

		ids, told, err := who(t.Context(), db, &now.Config, []string{"ann"})
		require.NoError(t, err)
		require.Equal(t, []string{"ann", "jira/jira/a1", "jira/jira/a2", "jira/jira/a3", "slack/slack/U1"}, ids)
		require.Contains(t, strings.Join(told, "\n"), "still names ann")
		ids, told, err = who(t.Context(), db, &now.Config, []string{"ben"})
		require.NoError(t, err)
		require.Equal(t, []string{"ben", "jira/jira/b1"}, ids)
		require.NotContains(t, strings.Join(told, "\n"), "still names ben")
		ids, told, err = who(t.Context(), db, &now.Config, []string{"jira/jira/a1", "jira/jira/stranger"})
		require.NoError(t, err)
		require.Equal(t, []string{"jira/jira/a1", "jira/jira/stranger"}, ids)
		require.Contains(t, told[0], "it is of ann")
		require.NotContains(t, told[1], "it is of")
		_, _, err = who(t.Context(), db, &now.Config, []string{"cleo"})
		require.ErrorContains(t, err, `"cleo" is nobody in the roster`)
	})
}

// TestImportMovesBetweenDatabases takes the example from SQLite to PostgreSQL
// and back, by the command line.
func TestImportMovesBetweenDatabases(t *testing.T) {
	pg, dir := storetest.Postgres(t), t.TempDir()
	issues := filepath.Join(dir, "jira.jsonl")
	require.NoError(t, os.WriteFile(issues, exampleIssues(t, 100), 0o600))
	at := func(name, database string) string {
		path := filepath.Join(dir, name+".yaml")
		require.NoError(t, os.WriteFile(path, []byte("database: "+database+"\n"), 0o600))
		return path
	}
	first, second, third := at("first", "sqlite:"+filepath.Join(dir, "first.db")), at("second", pg), at("third", "sqlite:"+filepath.Join(dir, "third.db"))
	must := func(args ...string) string {
		code, out, errOut := commandLine(t, args...)
		require.Zero(t, code, "%v: %s%s", args, out, errOut)
		return out
	}
	must("import", "--jira", issues, "--config", first)
	must("export", "--config", first, "--out", filepath.Join(dir, "1.gz"))
	must("import", "--copy", filepath.Join(dir, "1.gz"), "--config", second)
	must("export", "--config", second, "--out", filepath.Join(dir, "2.gz"))
	must("import", "--copy", filepath.Join(dir, "2.gz"), "--config", third)
	must("export", "--config", third, "--out", filepath.Join(dir, "3.gz"))
	var raw [3][]byte
	for i, name := range []string{"1.gz", "2.gz", "3.gz"} {
		var err error
		raw[i], err = os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
	}
	require.True(t, bytes.Equal(raw[0], raw[1]) && bytes.Equal(raw[1], raw[2]), "the copies are the same to the byte")
	require.Contains(t, must("import", "--jira", issues, "--config", second), "nothing new")
	require.Contains(t, must("doctor", "--config", second), "ok    database: PostgreSQL ")
}

// TestForgetByCommand forgets somebody of the example on both databases: no copy
// names them any more.
func TestForgetByCommand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := forgetting(t, url)
		require.True(t, strings.Contains(f.copied(), f.person.AccountID))
		out := f.must("forget", "--person", personID(f.person.Email), "--yes")
		require.Contains(t, out, "rows removed or emptied in all")
		require.Contains(t, out, "Out of reach:")
		after := f.copied()
		require.False(t, strings.Contains(after, f.person.AccountID))
		require.False(t, strings.Contains(after, personID(f.person.Email)))
		require.True(t, strings.Contains(after, f.other.AccountID), "others stay")
	})
}

// TestForgottenStayForgotten reads the same history again.
func TestForgottenStayForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		f := forgetting(t, url)
		f.must("forget", "--person", personID(f.person.Email), "--yes")
		f.must("import", "--jira", f.issues)
		require.False(t, strings.Contains(f.copied(), f.person.AccountID))
	})
}

// forgetter is a database with the example's issues.
type forgetter struct {
	t              *testing.T
	config, issues string
	person, other  *company.Person
}

func forgetting(t *testing.T, url string) *forgetter {
	c, err := company.Generate(company.Options{Issues: 100, Messages: 1000, Weeks: 2})
	require.NoError(t, err)
	text, err := exampleConfig(c)
	require.NoError(t, err)
	dir := t.TempDir()
	f := &forgetter{t: t, issues: filepath.Join(dir, "jira.jsonl"), person: &c.People[len(c.People)/2], other: &c.People[0]}
	f.config = configFile(t, dir, "database: "+url+"\n"+string(text))
	w, err := os.Create(f.issues)
	require.NoError(t, err)
	require.NoError(t, errors.Join(c.WriteJira(w), w.Close()))
	f.must("import", "--jira", f.issues)
	return f
}

// must runs a command line that has to succeed.
func (f *forgetter) must(args ...string) string {
	f.t.Helper()
	code, out, errOut := commandLine(f.t, append(args, "--config", f.config)...)
	require.Zero(f.t, code, "%v: %s%s", args, out, errOut)
	return out
}

// copied is a portable copy, unpacked.
func (f *forgetter) copied() string {
	z, err := gzip.NewReader(strings.NewReader(f.must("export")))
	require.NoError(f.t, err)
	raw, err := io.ReadAll(z)
	require.NoError(f.t, err)
	return string(raw)
}
