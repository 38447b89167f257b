package ownership

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const catalog = `
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  annotations: {jira/project-key: PAY, jira/component: Checkout, github.com/project-slug: north/checkout}
spec: {type: service, owner: group:default/Payments, system: shop}
---
kind: Component
metadata: {name: cart}
spec: {system: shop}
---
kind: Component
metadata: {name: orphan}
spec: {}
---
kind: System
metadata: {name: shop, annotations: {jira/project-key: SHOP}}
spec: {owner: web}
---
kind: Group
metadata: {name: payments, title: Payments Guild}
spec: {profile: {displayName: The Payers}}
---
kind: User
metadata: {name: ann}
spec: {}
`

func TestBackstage(t *testing.T) {
	got, err := Backstage([]byte(catalog))
	require.NoError(t, err)
	require.Equal(t, []Claim{
		{Owners: []string{"group:default/Payments", "payments", "Payments Guild", "The Payers"}, Project: "PAY", Component: "Checkout", Line: 2},
		{Owners: []string{"web", "web"}, Component: "cart", Line: 9},
		{Owners: []string{"web", "web"}, Project: "SHOP", Line: 17},
	}, got)
	for text, want := range map[string]string{"a: [": "read the catalog", "kind: [a]": "read the catalog, line 1", "": ""} {
		got, err := Backstage([]byte(text))
		require.Empty(t, got)
		if want != "" {
			require.ErrorContains(t, err, want)
		}
	}
}

func TestCodeowners(t *testing.T) {
	for line, want := range map[string]Claim{
		"/services/checkout/ @north/payments":             {Owners: []string{"@north/payments"}, Component: "checkout"},
		"apps/web/** @north/web  ann@north.example # why": {Owners: []string{"@north/web", "ann@north.example"}, Component: "web"},
		"apps/web/* @a":      {Owners: []string{"@a"}, Component: "web"},
		"docs @a":            {Owners: []string{"@a"}, Component: "docs"},
		`/two\ words/ @a`:    {Owners: []string{"@a"}, Component: "two words"},
		"/v1.2/ @a":          {},
		"/free/":             {Owners: []string{}, Component: "free"},
		"* @a":               {},
		"*.go @a":            {},
		"/a/*/ @a":           {},
		"/README.md @a":      {},
		"/ @a":               {},
		"# /a/ @a":           {},
		"[Section] @a":       {},
		"":                   {},
		"/services/**/x? @a": {},
	} {
		got, err := Codeowners([]byte(line + "\r\n"))
		require.NoError(t, err)
		if want.Component == "" {
			require.Empty(t, got, line)
			continue
		}
		want.Line = 1
		require.Equal(t, []Claim{want}, got, line)
	}
	got, err := Codeowners([]byte("/a/web/ @one\n/b/\n/c/Web/ @two\n"))
	require.NoError(t, err)
	require.Equal(t, []Claim{{Owners: []string{"@two"}, Component: "Web", Line: 3}, {Owners: []string{}, Component: "b", Line: 2}}, got)
}

// FuzzCodeowners holds that whatever stands there is read, and that every claim
// has a name and a line.
func FuzzCodeowners(f *testing.F) {
	f.Add([]byte("/services/checkout/ @north/payments\n* @a # b\n\\ /x\\"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Codeowners(body)
		require.NoError(t, err)
		for _, c := range got {
			require.NotEmpty(t, c.Component)
			require.Positive(t, c.Line)
		}
	})
}

// FuzzBackstage holds that nothing makes it panic.
func FuzzBackstage(f *testing.F) {
	f.Add([]byte(catalog))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := Backstage(body)
		require.True(t, err == nil || got == nil)
		for _, c := range got {
			require.NotEmpty(t, c.Owners)
		}
	})
}
