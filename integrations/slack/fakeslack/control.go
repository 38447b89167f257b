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
	case "GET /_fake/deliveries":
		send(w, s.Deliveries())
	case "POST /_fake/do":
		s.takeDeed(w, r)
	case "POST /_fake/tick":
		s.Tick()
		w.WriteHeader(http.StatusNoContent)
	case "POST /_fake/verify":
		end(w, s.Verify(r.Context()))
	case "POST /_fake/disconnect":
		end(w, s.disconnectJSON(http.MaxBytesReader(w, r.Body, maxBody)))
	case "POST /_fake/event":
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil {
			err = s.Emit(body)
		}
		end(w, err)
	case "POST /_fake/faults":
		end(w, s.injectJSON(http.MaxBytesReader(w, r.Body, maxBody)))
	case "DELETE /_fake/faults":
		s.Heal()
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "there are GET /_fake/messages, /_fake/requests and /_fake/deliveries, POST /_fake/do, /_fake/event, /_fake/disconnect, /_fake/verify and /_fake/tick, POST and DELETE /_fake/faults", http.StatusNotFound)
	}
}

func end(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) disconnectJSON(r io.Reader) error {
	var d struct {
		Reason string `json:"reason"`
	}
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		return fmt.Errorf("read the reason: %w", err)
	}
	return s.Disconnect(d.Reason)
}

// raw is JSON as it came, or nothing.
func raw(b []byte) any {
	if !json.Valid(b) {
		return nil
	}
	return json.RawMessage(b)
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
