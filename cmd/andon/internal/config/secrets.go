package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

const (
	maxSecret = 64 << 10
	inFile    = "in the file"
)

// secret is one secret key with its twin that names a file.
type secret struct {
	path string
	to   *Secret
	file string
}

func (c *Config) secrets() (out []secret) {
	for i := range c.Jira {
		j := &c.Jira[i]
		at := fmt.Sprintf("jira[%d].", i)
		out = append(out, secret{at + "token", &j.Token, j.TokenFile}, secret{at + "webhook_secret", &j.WebhookSecret, j.WebhookSecretFile},
			secret{at + "webhook_secret_old", &j.WebhookSecretOld, j.WebhookSecretOldFile})
	}
	for i := range c.Alerts {
		a := &c.Alerts[i]
		out = append(out, secret{fmt.Sprintf("alerts[%d].token", i), &a.Token, a.TokenFile})
	}
	for i := range c.Slack {
		s, at := &c.Slack[i], fmt.Sprintf("slack[%d].", i)
		out = append(out, secret{at + "bot_token", &s.BotToken, s.BotTokenFile}, secret{at + "app_token", &s.AppToken, s.AppTokenFile},
			secret{at + "signing_secret", &s.SigningSecret, s.SigningSecretFile},
			secret{at + "signing_secret_old", &s.SigningSecretOld, s.SigningSecretOldFile})
	}
	for i := range c.OnCall {
		o := &c.OnCall[i]
		out = append(out, secret{fmt.Sprintf("oncall[%d].url", i), &o.URL, o.URLFile})
	}
	return out
}

// readSecrets reads the *_file twins. The faults never repeat the path: people
// put the secret itself there by mistake.
func (w *walker) readSecrets(c *Config, dir string) {
	for _, s := range c.secrets() {
		twin := s.path + "_file"
		switch {
		case s.file == "":
			if w.from[s.path] == inFile && *s.to != "" {
				w.hint(s.path, "the secret stands in the file itself; %s or ${ENV} keeps it out", filepath.Ext(twin)[1:])
			}
			if *s.to == "" {
				delete(w.from, s.path)
			}
			continue
		case w.places[s.path].line > 0 && (*s.to != "" || w.broken[s.path]):
			w.fault(twin, "both %s and %s are given; one is enough", filepath.Ext(s.path)[1:], filepath.Ext(twin)[1:])
			continue
		}
		text, err := w.secretFile(twin, s.file, dir)
		if err != nil {
			w.fault(twin, "%v", err)
			continue
		}
		w.secrets = append(w.secrets, text)
		*s.to, w.from[s.path] = Secret(text), "file"
	}
}

func (w *walker) secretFile(twin, path, dir string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		return "", fmt.Errorf("read the secret's file: %w", cause(err))
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the secret's file: %w", cause(err))
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	text := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	switch {
	case err != nil:
		return "", fmt.Errorf("read the secret's file: %w", cause(err))
	case len(raw) > maxSecret:
		return "", errors.New("the secret's file is larger than 64 KiB")
	case strings.TrimSpace(text) == "":
		return "", errors.New("the secret's file is empty")
	case strings.ContainsAny(text, "\r\n") || !utf8.ValidString(text):
		return "", errors.New("the secret's file is not one line of text")
	}
	if worldReadable(info) {
		w.hint(twin, "everybody on this machine can read the secret's file; chmod 600 keeps it private")
	}
	return text, nil
}

// cause is an error without the path that it happened to.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func worldReadable(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0
}
