package fakeslack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// control answers what is below /_fake/.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /_fake/messages":
		send(w, s.Messages())
	case "GET /_fake/requests":
		send(w, s.Requests())
	case "POST /_fake/faults":
		if err := s.injectJSON(http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case "DELETE /_fake/faults":
		s.Heal()
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "there are GET /_fake/messages, GET /_fake/requests, POST and DELETE /_fake/faults", http.StatusNotFound)
	}
}

// injectJSON adds one fault or a list of them.
func (s *Server) injectJSON(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read the faults: %w", err)
	}
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("[")) {
		body = append(append([]byte("["), body...), ']')
	}
	var faults []Fault
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&faults); err != nil {
		return fmt.Errorf("read the faults, an object or a list of them: %w", err)
	}
	return s.Inject(faults...)
}

func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
