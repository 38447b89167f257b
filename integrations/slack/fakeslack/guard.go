package fakeslack

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// local are the hosts that are answered in any case: this machine, and the
// reserved name that net/http/httptest gives to its requests.
var local = []string{"localhost", "127.0.0.1", "::1", "example.com"}

// guarded refuses what another site on the web might make a browser send:
// requests for a foreign host, whose name was pointed at this machine, and writes
// that come from another origin. Programs that are no browsers say neither.
func (s *Server) guarded(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "another site cannot write here", http.StatusForbidden)
	}))
	own := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.knowsHost(r.Host):
			http.Error(w, "this host is not served; name it in Options.Hosts", http.StatusMisdirectedRequest)
		case r.Header.Get("Origin") == sdkOrigin && r.Header.Get("Sec-Fetch-Site") == "":
			next.ServeHTTP(w, r)
		default:
			own.ServeHTTP(w, r)
		}
	})
}

// sdkOrigin is what some clients of Slack, which are no browsers, send as Origin.
const sdkOrigin = "https://api.slack.com"

func (s *Server) knowsHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "" || slices.Contains(local, host) || slices.Contains(s.o.Hosts, host) || slices.Contains(s.o.Hosts, "*") {
		return true
	}
	u, err := url.Parse(s.o.URL)
	return err == nil && s.o.URL != "" && strings.EqualFold(u.Hostname(), host)
}
