package slack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// entry is one file of an export. Its name is relative, with forward slashes.
type entry struct {
	name   string
	size   int64 // uncompressed, as the archive states it
	packed int64 // 0 for a plain file
	open   func() (io.ReadCloser, error)
	err    error // why it must not be read
}

// archive is the files of an export, a folder or a .zip, sorted by name.
type archive struct {
	entries []*entry
	refused []*entry // names that lead out of the export, and repeated names
	maxFile int64
	left    int64 // bytes that may still be read
	closer  io.Closer
}

func (a *archive) close() {
	if a.closer != nil {
		_ = a.closer.Close() // opened for reading only
	}
}

func openArchive(name string, o ExportOptions) (*archive, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return folder(name, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a, err := zipped(f, info.Size(), o)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a.closer = f
	return a, nil
}

// folder lists the files of an unpacked export. Links are not followed.
func folder(root string, o ExportOptions) (*archive, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	a := &archive{closer: dir, maxFile: o.MaxFile, left: o.MaxTotal}
	err = fs.WalkDir(dir.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		open := func() (io.ReadCloser, error) { return dir.Open(filepath.FromSlash(name)) }
		return a.add(&entry{name: name, size: info.Size(), open: open}, o)
	})
	if err != nil {
		a.close()
		return nil, err
	}
	a.sort()
	return a, nil
}

// Ratios of unpacked to packed size beyond which an archive is taken for a
// bomb. Chat packs to a third or a tenth; deflate ends at about 1,030.
const (
	bombRatio = 300
	bombFloor = 8 << 20 // smaller files do no harm
)

// zipped lists the files of a .zip.
func zipped(r io.ReaderAt, size int64, o ExportOptions) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("not a whole .zip file (%d bytes): %w", size, err)
	}
	a := &archive{maxFile: o.MaxFile, left: o.MaxTotal}
	var total int64
	for _, f := range z.File {
		if f.Mode().IsDir() || strings.HasSuffix(f.Name, `\`) {
			continue
		}
		e := &entry{name: f.Name, size: int64(min(f.UncompressedSize64, 1<<62)), packed: max(1, int64(min(f.CompressedSize64, 1<<62))), open: f.Open}
		if f.Flags&1 != 0 {
			e.err = errors.New("it is encrypted")
		}
		if err := a.add(e, o); err != nil {
			return nil, err
		}
		total = min(total, 1<<61) + min(e.size, 1<<61)
	}
	if total > bombFloor && total/bombRatio > size {
		return nil, fmt.Errorf("%d bytes unpack to %d: taken for a zip bomb", size, total)
	}
	a.sort()
	return a, nil
}

// add takes a file into the archive. A name that leads out of the export is
// kept apart, to be reported.
func (a *archive) add(e *entry, o ExportOptions) error {
	if len(a.entries) >= o.MaxFiles {
		return fmt.Errorf("more than %d files", o.MaxFiles)
	}
	raw := e.name
	e.name = path.Clean(strings.ReplaceAll(raw, `\`, "/"))
	switch {
	case strings.HasPrefix(e.name, "__MACOSX/") || strings.HasPrefix(path.Base(e.name), "._") || path.Base(e.name) == ".DS_Store":
		return nil
	case !fs.ValidPath(e.name) || e.name == "." || strings.Contains(e.name, ":") && filepath.VolumeName(e.name) != "":
		e.name, e.err = raw, errors.New("its path leads out of the export")
		a.refused = append(a.refused, e)
		return nil
	}
	a.entries = append(a.entries, e)
	return nil
}

// sort orders the files by name and keeps the first of equal names.
func (a *archive) sort() {
	slices.SortStableFunc(a.entries, func(x, y *entry) int { return cmp.Compare(x.name, y.name) })
	kept := a.entries[:0]
	for _, e := range a.entries {
		if n := len(kept); n > 0 && kept[n-1].name == e.name {
			e.err = errors.New("a file of that name stands there already")
			a.refused = append(a.refused, e)
			continue
		}
		kept = append(kept, e)
	}
	a.entries = kept
}

// read returns the content of a file as UTF-8 without a byte order mark. With
// an error it returns what was read before it, so that a broken file can be
// used up to the break.
func (a *archive) read(e *entry) ([]byte, error) {
	switch {
	case e.err != nil:
		return nil, e.err
	case e.size > a.maxFile:
		return nil, fmt.Errorf("%d bytes; the bound is %d", e.size, a.maxFile)
	case e.packed > 0 && e.size > bombFloor && e.size/bombRatio > e.packed:
		return nil, fmt.Errorf("%d bytes unpack to %d: taken for a zip bomb", e.packed, e.size)
	}
	f, err := e.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	b.Grow(int(min(e.size, 16<<20)) + bytes.MinRead)
	n, err := b.ReadFrom(io.LimitReader(f, min(a.maxFile, a.left)+1))
	a.left -= n
	switch {
	case a.left < 0:
		return nil, errTotal
	case n > a.maxFile:
		return nil, fmt.Errorf("more than %d bytes", a.maxFile)
	case err != nil:
		return b.Bytes(), fmt.Errorf("after %d bytes: %w", n, err)
	}
	return decodeText(b.Bytes())
}

// errTotal ends the reading of an export.
var errTotal = errors.New("the export is larger than the bound on all its files")

// decodeText strips a byte order mark and refuses UTF-16 and UTF-32.
func decodeText(b []byte) ([]byte, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	head := b[:min(len(b), 4)]
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.IndexByte(head, 0) >= 0 {
		return nil, errors.New("not UTF-8 (it looks like UTF-16 or binary)")
	}
	return b, nil
}
