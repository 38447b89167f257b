package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"andon/bot/view"
	"andon/cmd/andon/internal/config"
)

type healthcheckCmd struct {
	Config  string        `help:"Configuration file." placeholder:"FILE" type:"path" short:"c"`
	URL     string        `help:"Address of the service; default the configured one, on this machine." placeholder:"URL"`
	Ready   bool          `help:"Ask whether it is ready (/readyz), not only whether it lives (/healthz)."`
	Timeout time.Duration `help:"How long to wait for the answer." default:"3s"`
}

// Help is shown by andon healthcheck --help.
func (healthcheckCmd) Help() string {
	return `Asks a running andon serve how it is: exit code 0 when it is well, 1 when it is not or does not answer.
Made for the HEALTHCHECK of a container, where there is no other program to ask with.

Examples:
  andon healthcheck --config andon.yaml
  andon healthcheck --ready --url http://127.0.0.1:8080`
}

// Run asks. A configuration that cannot be read is 1 too: a container's health
// check knows no other codes.
func (h *healthcheckCmd) Run(e *env) error {
	address, err := h.address()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, h.Timeout)
	defer cancel()
	said, err := ask(ctx, address)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, said)
	return err
}

// address is what to ask.
func (h *healthcheckCmd) address() (string, error) {
	path := "/healthz"
	if h.Ready {
		path = "/readyz"
	}
	if h.URL != "" {
		u, err := url.Parse(h.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return "", fmt.Errorf("--url %q is no address such as http://127.0.0.1:8080", h.URL)
		}
		return strings.TrimSuffix(h.URL, "/") + path, nil
	}
	c, err := config.Load(h.Config, configOptions())
	if err != nil {
		return "", err
	}
	host, err := askable(c.Listen)
	if err != nil {
		return "", err
	}
	return "http://" + host + path, nil
}

// askable is where a service that listens at an address is asked from the same
// machine.
func askable(listen string) (string, error) {
	if listen == "off" || listen == "" {
		return "", errors.New("listen is off in the configuration: there is nobody to ask")
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("read listen: %w", err)
	}
	switch ip := net.ParseIP(host); {
	case host == "", ip != nil && ip.IsUnspecified() && ip.To4() != nil:
		host = "127.0.0.1"
	case ip != nil && ip.IsUnspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}

// ask returns the first line of a good answer.
func ask(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("ask %s: %w", address, err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: it is this machine
	res, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask the service: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return "", fmt.Errorf("read the answer of %s: %w", address, err)
	}
	said := view.Plain(strings.TrimSpace(string(body)))
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s: %s", address, res.Status, said)
	}
	return said, nil
}
