package fakejira

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

func request(method, path string) *http.Request { return httptest.NewRequest(method, path, nil) }

// do sends one request and returns the answer, which must have the status.
func do(t require.TestingT, s *Server, method, path, body string, status int) gjson.Result {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	require.Equal(t, status, w.Code, "%s %s: %s", method, path, w.Body.String())
	if w.Body.Len() > 0 {
		require.True(t, json.Valid(w.Body.Bytes()), "%s %s: %s", method, path, w.Body.String())
	}
	return gjson.ParseBytes(w.Body.Bytes())
}
