package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"andon/signals"
)

// TestOwnership lays a catalog and a CODEOWNERS file beside a roster.
func TestOwnership(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("catalog.yaml", `
kind: Component
metadata: {name: pay, annotations: {jira/project-key: PAY, jira/component: Invoices}}
spec: {owner: group:default/red}
---
kind: Component
metadata: {name: web, annotations: {jira/project-key: WEB}}
spec: {owner: blue-guild}
---
kind: Component
metadata: {name: lost}
spec: {owner: user:ann}
`)
	write("CODEOWNERS", "/lost/ @north/red\n/cart/ @north/b\n/cart2/ @north/nobody\n/open/\n")
	write("andon.yaml", `
roster:
  people: [{id: ann}]
  teams:
    - {id: Red, owns: [{project: WEB}]}
    - {id: Blue, aliases: [Blue-Guild]}
    - {id: Blue, since: 2026-03-01}
ownership:
  - backstage: catalog.yaml
  - codeowners: CODEOWNERS
    teams: {"@North/B": blue}
`)
	c, err := Load(filepath.Join(dir, "andon.yaml"), Options{})
	require.NoError(t, err)
	events, err := c.OrgEvents()
	require.NoError(t, err)
	org, err := signals.FoldOrg(c.Policy, events, time.Now())
	require.NoError(t, err)
	require.Equal(t, []signals.Owned{{Project: "WEB"}, {Project: "PAY", Component: "Invoices", Of: "the catalog"}, {Component: "lost", Of: "CODEOWNERS"}}, org.Team("red").Owns)
	require.Equal(t, []signals.Owned{{Component: "cart", Of: "CODEOWNERS"}}, org.Team("blue").Owns)
	require.Equal(t, []Dispute{
		{"project WEB", "the catalog (line 6) gives it to Blue, and the roster to Red: that counts"},
		{"component lost", `the catalog (line 10) gives it to "user:ann", which is no team of the roster`},
		{"component cart2", `CODEOWNERS (line 3) gives it to "@north/nobody", which is no team of the roster`},
	}, c.Disputes())

	for text, want := range map[string]string{
		"ownership: [{}]": "either backstage or codeowners is wanted",
		"ownership: [{backstage: a, codeowners: b}]":           "either backstage or codeowners is wanted",
		"ownership: [{backstage: nothing.yaml}]":               "ownership[0].backstage: read the file: no such file",
		"ownership: [{backstage: broken.yaml}]":                "ownership[0].backstage: read the catalog",
		"ownership: [{codeowners: CODEOWNERS, teams: {a: b}}]": `there is no team "b" in roster.teams`,
	} {
		write("broken.yaml", "a: [")
		write("x.yaml", text)
		_, err := Load(filepath.Join(dir, "x.yaml"), Options{})
		require.ErrorContains(t, err, want, text)
	}
}
