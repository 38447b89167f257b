package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// wholeFile is a file that stands under its name only when it is whole: it is
// written beside it, as NAME.part, and takes the name when it is kept. What is
// no ordinary file, such as a pipe or a device, is written as it is.
type wholeFile struct {
	*os.File
	path string // to take in the end; "" where the file is written as it is
}

// createWhole begins a file. Readable by others only as perm and the umask say.
func createWhole(path string, perm os.FileMode) (*wholeFile, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil && !strings.HasPrefix(path, "/dev/") {
		path = real // the name may be a link: what it leads to is replaced
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() || strings.HasPrefix(path, "/dev/") {
		f, err := os.OpenFile(path, os.O_WRONLY, perm)
		return &wholeFile{File: f}, err
	}
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, perm)
	return &wholeFile{f, path}, err
}

// keep closes the file and gives it its name.
func (w *wholeFile) keep() error {
	if err := w.Close(); err != nil {
		w.drop()
		return err
	}
	if w.path == "" {
		return nil
	}
	return os.Rename(w.Name(), w.path)
}

// drop removes what was written. It may be called while somebody still writes:
// then nobody will find what they write.
func (w *wholeFile) drop() {
	if w.path != "" {
		os.Remove(w.Name())
	}
}

// writeWhole writes a file by a function; what is there under its name stays
// as it is when that goes wrong.
func writeWhole(path, what string, write func(*os.File) error) error {
	f, err := createWhole(path, 0o666)
	if err != nil {
		return fmt.Errorf("make %s: %w", what, err)
	}
	if err := write(f.File); err != nil {
		f.drop()
		return errors.Join(err, f.Close())
	}
	return f.keep()
}
