package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"andon/bot/view"
)

// fileLooks is how often is asked whether a file is ready, firstLook how long is
// waited after the first time; each wait is twice the one before. Together that
// is six seconds.
const (
	fileLooks = 6
	firstLook = 200 * time.Millisecond
)

// picture returns the id of a file with the chart drawn, "" where there is
// nothing to draw. The file belongs to no channel: it is seen where a message
// shows it.
func (p *Poster) picture(ctx context.Context, c view.Chart) (string, error) {
	c = fits[0].tidyChart(&c)
	if len(c.Labels) == 0 || len(c.Series) == 0 || !drawable(c) {
		return "", nil
	}
	key := fingerprint(append([]string{string(c.Kind), fmt.Sprint(c.Series)}, c.Lines()...)...)
	p.mu.Lock()
	id := p.pictures.get(key)
	p.mu.Unlock()
	if id != "" {
		return id, nil
	}
	png, err := drawChart(c)
	if err != nil {
		return "", fmt.Errorf("draw chart %q: %w", clip(c.Title), err)
	}
	if id, err = p.upload(ctx, "chart.png", c.Title, cut(strings.Join(c.Lines(), "\n"), maxAlt), png); err != nil {
		return "", err
	}
	p.mu.Lock()
	p.pictures.put(key, id)
	p.mu.Unlock()
	return id, nil
}

// upload puts a file into the workspace and waits until Slack has worked on it:
// before that no message may show it.
func (p *Poster) upload(ctx context.Context, name, title, alt string, content []byte) (string, error) {
	body, err := p.do(ctx, call{op: "files.getUploadURLExternal", optional: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.GetUploadURLExternalContext(ctx, slackgo.GetUploadURLExternalParameters{FileName: name, FileSize: len(content), AltTxt: alt})
		return err
	})
	if err != nil {
		return "", err
	}
	id, address := body.Get("file_id").Str, body.Get("upload_url").Str
	if id == "" || address == "" {
		return "", &Failure{Op: "files.getUploadURLExternal", Err: errors.New("the answer names no file")}
	}
	if err := p.send(ctx, address, name, content); err != nil {
		return "", err
	}
	_, err = p.do(ctx, call{op: "files.completeUploadExternal", optional: true, write: true}, func(ctx context.Context, api *slackgo.Client) error {
		_, err := api.CompleteUploadExternalContext(ctx, slackgo.CompleteUploadExternalParameters{Files: []slackgo.FileSummary{{ID: id, Title: title}}})
		return err
	})
	if err != nil {
		return "", err
	}
	return id, p.settled(ctx, id)
}

// send brings the bytes to the address that Slack named. slack-go refuses every
// address that is not Slack's.
func (p *Poster) send(ctx context.Context, address, name string, content []byte) error {
	ctx, cancel := context.WithTimeout(ctx, p.w.Timeout)
	defer cancel()
	err := p.api.UploadToURL(ctx, slackgo.UploadToURLParameters{UploadURL: address, Reader: bytes.NewReader(content), Filename: name})
	if err != nil {
		return &Failure{Op: "upload", Err: fmt.Errorf("the file %s was not taken: %w", name, withoutAddress(err))}
	}
	return nil
}

// settled waits until a file can be shown.
func (p *Poster) settled(ctx context.Context, id string) error {
	wait := firstLook
	for look := 1; ; look++ {
		body, err := p.do(ctx, call{op: "files.info", optional: true}, func(ctx context.Context, api *slackgo.Client) error {
			_, _, _, err := api.GetFileInfoContext(ctx, id, 0, 0)
			return err
		})
		if err != nil {
			return err
		}
		if body.Get("file.mimetype").Str != "" {
			return nil
		}
		if look == fileLooks {
			return &Failure{Op: "files.info", Err: errors.New("the file is still being worked on")}
		}
		if err := p.limits.sleep(ctx, wait); err != nil {
			return &Failure{Op: "files.info", Err: err}
		}
		wait *= 2
	}
}
