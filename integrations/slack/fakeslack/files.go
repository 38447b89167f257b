package fakeslack

import (
	"cmp"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// file is one that was uploaded, or is to be.
type file struct {
	id, name, title, alt string
	size                 int
	bytes                []byte
	done                 bool // completeUploadExternal was called
	looks                int  // that found it being processed
	channels             []string
}

// maxFile bounds an upload.
const maxFile = 8 << 20

func (s *Server) uploadURL(a args) answer {
	n, err := strconv.Atoi(a.get("length"))
	if err != nil || n <= 0 || a.get("filename") == "" {
		return refuse("invalid_arguments")
	}
	if n > maxFile {
		return refuse("file_uploads_too_large")
	}
	f := &file{id: s.id("F"), name: a.get("filename"), size: n, alt: a.get("alt_txt")}
	s.files[f.id] = f
	return answer{"ok": true, "upload_url": s.base + "/upload/v1/" + f.id, "file_id": f.id}
}

// upload takes the bytes of a file, plain or as a form.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFile+1<<16)
	var in io.Reader = r.Body
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		parts, err := r.MultipartReader()
		if err != nil {
			http.Error(w, "the form cannot be read", http.StatusBadRequest)
			return
		}
		part, err := parts.NextPart()
		for err == nil && part.FileName() == "" {
			part, err = parts.NextPart()
		}
		if err != nil {
			http.Error(w, "the form has no file", http.StatusBadRequest)
			return
		}
		in = part
	}
	content, err := io.ReadAll(in)
	if err != nil {
		http.Error(w, "the file cannot be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[path.Base(r.URL.Path)]
	if f == nil || f.done || len(content) != f.size {
		http.Error(w, "no such upload, or not the length that was announced", http.StatusBadRequest)
		return
	}
	f.bytes = content
	_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(content))) // the client may be gone
}

func (s *Server) completeUpload(a args) answer {
	var done []*file
	for _, x := range gjson.Parse(a.get("files")).Array() {
		f := s.files[x.Get("id").Str]
		if f == nil || f.bytes == nil {
			return refuse("file_not_found")
		}
		f.title = cmp.Or(x.Get("title").Str, f.name)
		done = append(done, f)
	}
	if len(done) == 0 {
		return refuse("invalid_arguments")
	}
	var places []string
	for _, id := range strings.FieldsFunc(a.get("channel_id")+","+a.get("channels"), func(r rune) bool { return r == ',' || r == ' ' }) {
		channel, code := s.place(id)
		if code != "" {
			return refuse(code)
		}
		places = append(places, channel)
	}
	blocks := a.get("blocks")
	if bad := s.checkMessage(blocks); bad != nil {
		return bad
	}
	ids := make([]string, len(done))
	for i, f := range done {
		f.done, f.channels, ids[i] = true, places, f.id
	}
	for _, channel := range places {
		m := &Message{Channel: channel, User: s.o.Bot, Text: a.get("initial_comment"), Files: ids, Thread: a.get("thread_ts")}
		if blocks != "" && m.Text == "" {
			m.Blocks = json.RawMessage(blocks)
		}
		s.store(m)
		for _, f := range done {
			s.emit(channel, answer{"type": "file_shared", "channel_id": channel, "file_id": f.id, "user_id": s.o.Bot, "file": answer{"id": f.id}})
		}
	}
	return answer{"ok": true, "files": s.shapesOf(ids)}
}

// ready reports whether a file can be used. Looking at it too early is what makes
// it ready, after so many looks.
func (s *Server) ready(f *file) bool {
	if f.looks >= s.o.Polls {
		return true
	}
	f.looks++
	return false
}

func (s *Server) fileInfo(a args) answer {
	f := s.files[a.get("file")]
	if f == nil || !f.done {
		return refuse("file_not_found")
	}
	return answer{"ok": true, "file": s.shapeOfFile(f, s.ready(f)), "comments": []any{}, "paging": answer{"count": 100, "total": 0, "page": 1, "pages": 0}}
}

// shapeOfFile is the file as Slack gives it: without a type while it is processed.
func (s *Server) shapeOfFile(f *file, ready bool) answer {
	ext := strings.TrimPrefix(path.Ext(f.name), ".")
	out := answer{
		"id": f.id, "name": f.name, "title": cmp.Or(f.title, f.name), "user": s.o.Bot, "size": f.size, "mode": "hosted", "created": s.o.Now().Unix(), "timestamp": s.o.Now().Unix(),
		"mimetype": "", "filetype": "", "pretty_type": "", "alt_txt": f.alt, "channels": append([]string{}, f.channels...), "is_external": false, "file_access": "visible",
	}
	if ready {
		address := s.base + "/files/" + f.id + "/" + f.name
		out["mimetype"], out["filetype"], out["pretty_type"] = cmp.Or(mime.TypeByExtension("."+ext), "application/octet-stream"), ext, strings.ToUpper(ext)
		out["url_private"], out["url_private_download"], out["permalink"] = address, address, address
	}
	return out
}

func (s *Server) shapesOf(ids []string) []answer {
	out := []answer{}
	for _, id := range ids {
		if f := s.files[id]; f != nil {
			out = append(out, s.shapeOfFile(f, f.looks >= s.o.Polls))
		}
	}
	return out
}

// download serves a file to the page and to clients.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("id")]
	known := f != nil && f.done // its bytes do not change any more
	s.mu.Unlock()
	if !known {
		http.NotFound(w, r)
		return
	}
	kind := mime.TypeByExtension(path.Ext(f.name))
	if !strings.HasPrefix(kind, "image/") || strings.Contains(kind, "svg") {
		kind = "application/octet-stream" // nothing that a browser would run
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(f.bytes) // the client may be gone
}
