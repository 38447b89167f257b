package slack

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func opener(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// plainCount decodes every message of a .zip with encoding/json, into a T, and counts them.
func plainCount[T any](t testing.TB, path string) int {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	n := 0
	for _, f := range z.File {
		if !strings.Contains(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		require.NoError(t, err)
		var messages []T
		require.NoError(t, json.NewDecoder(r).Decode(&messages))
		n += len(messages)
		require.NoError(t, r.Close())
	}
	return n
}
