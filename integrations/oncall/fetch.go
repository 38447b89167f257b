package oncall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Feed is one calendar, at an address or in a file. Its methods are not safe for
// concurrent use.
type Feed struct {
	URL     string // https, http or webcal; it holds a secret as a rule, and no error and no log repeats it
	File    string // where there is no URL
	MaxBody int64  // greatest size in bytes; default 8 MiB, some 20,000 events
	Client  *http.Client

	etag, modified string // of the latest body
	body           []byte
}

const (
	defaultMaxBody = 8 << 20
	fetchTimeout   = 10 * time.Second // a task of the queue has 20
	maxRedirects   = 5
)

// Fetch returns the calendar as it is now. Where the feed says that it did not
// change, that is what it gave before.
func (f *Feed) Fetch(ctx context.Context) ([]byte, error) {
	most := f.MaxBody
	if most <= 0 {
		most = defaultMaxBody
	}
	if f.URL == "" {
		return readFile(f.File, most)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address(f.URL), http.NoBody)
	if err != nil {
		return nil, errors.New("ask the feed: its address is none")
	}
	req.Header.Set("Accept", "text/calendar")
	if f.body != nil && f.etag != "" {
		req.Header.Set("If-None-Match", f.etag)
	}
	if f.body != nil && f.modified != "" {
		req.Header.Set("If-Modified-Since", f.modified)
	}
	res, err := f.client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the feed: %w", quiet(err))
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && f.body != nil:
		return f.body, nil
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("ask the feed: it answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	body, err := limited(res.Body, most)
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", quiet(err))
	}
	f.body, f.etag, f.modified = body, res.Header.Get("ETag"), res.Header.Get("Last-Modified")
	return body, nil
}

func (f *Feed) client() *http.Client {
	c := http.Client{}
	if f.Client != nil {
		c = *f.Client
	}
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errors.New("it leads on and on")
		}
		if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
			return errors.New("it leads away from https")
		}
		return nil
	}
	return &c
}

// address is what a calendar's address stands for.
func address(s string) string {
	if rest, ok := strings.CutPrefix(s, "webcal://"); ok {
		return "https://" + rest
	}
	return s
}

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	defer f.Close()
	body, err := limited(f, most)
	if err != nil {
		return nil, fmt.Errorf("read the calendar %s: %w", path, err)
	}
	return body, nil
}

func limited(r io.Reader, most int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(body)) > most {
		err = fmt.Errorf("it is larger than %d bytes", most)
	}
	return body, err
}

// quiet is an error without the address that it happened at.
func quiet(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it did not answer in time")
	}
	return err
}
