package fakeslack

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"strings"
)

//go:embed ui
var ui embed.FS

var index = template.Must(template.ParseFS(ui, "ui/index.html"))

// site serves what is neither a method nor below /_fake/: the page with what it
// asks for, the sockets, response URLs and files.
func (s *Server) site() http.Handler {
	static, err := fs.Sub(ui, "ui")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showIndex)
	mux.Handle("GET /_ui/static/", http.StripPrefix("/_ui/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /_ui/state", s.showState)
	mux.HandleFunc("GET /_ui/channel", s.showChannel)
	mux.HandleFunc("GET /_ui/events", s.showChanges)
	mux.HandleFunc("POST /_ui/do", s.takeDeed)
	mux.HandleFunc("POST /_ui/bar", s.useBar)
	mux.HandleFunc("GET /link/", s.link)
	mux.HandleFunc("POST /hooks/", s.useHook)
	mux.HandleFunc("POST /upload/v1/", s.upload)
	mux.HandleFunc("GET /files/{id}/{name}", s.download)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the page is at /, the methods are below /api/", http.StatusNotFound)
	})
	return mux
}

// policy keeps the page to what it brings along; pictures may come from anywhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src * data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// showIndex is the page, with what it shows first: it needs no second answer to
// be complete.
func (s *Server) showIndex(w http.ResponseWriter, r *http.Request) {
	s.knowAddress(r)
	first, err := s.first(r.URL.Query())
	var out bytes.Buffer
	if err == nil {
		err = index.Execute(&out, map[string]any{"TeamName": s.o.TeamName, "Commands": s.o.Commands, "First": first})
	}
	if err != nil {
		http.Error(w, "the page cannot be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(out.Bytes()) // the client may be gone
}

// takeDeed does what somebody does on the page.
func (s *Server) takeDeed(w http.ResponseWriter, r *http.Request) {
	var d Deed
	if readJSON(w, r, &d) {
		send(w, s.Do(r.Context(), d))
	}
}

// readJSON reads what the page sends. Only JSON is taken, which other sites
// cannot send here without being asked first.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		http.Error(w, "send JSON, as application/json", http.StatusUnsupportedMediaType)
		return false
	}
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	in.DisallowUnknownFields()
	if err := in.Decode(v); err != nil {
		http.Error(w, "read what to do: "+strings.TrimSpace(err.Error()), http.StatusBadRequest)
		return false
	}
	return true
}
