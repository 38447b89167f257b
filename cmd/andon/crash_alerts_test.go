package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// alerter sends alerts as an Alertmanager does: what is not answered with 200 is
// sent again.
type alerter struct {
	mu    sync.Mutex
	urls  []*process
	acked []string // fingerprints
	no    int      // how often the service refused one
	done  chan struct{}
	wg    sync.WaitGroup
}

func (a *alerter) to(p *process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.urls = append(a.urls, p)
}

// begin sends one alert every so often until end is called.
func (a *alerter) begin(now func() time.Time, every time.Duration) {
	a.done = make(chan struct{})
	a.wg.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for n := 0; ; n++ {
			select {
			case <-a.done:
				return
			case <-t.C:
			}
			a.send(fmt.Sprintf("%016x", n+1), now())
		}
	})
}

func (a *alerter) end() []string {
	close(a.done)
	a.wg.Wait()
	return a.accepted()
}

func (a *alerter) send(fingerprint string, at time.Time) {
	a.mu.Lock()
	var url string
	for _, p := range slices.Backward(a.urls) {
		if url = p.url(); url != "" && !p.over() {
			break
		}
	}
	a.mu.Unlock()
	if url == "" {
		return
	}
	body := fmt.Sprintf(`{"version":"4","groupKey":"{}:{n=%s}","status":"firing","receiver":"andon","alerts":[{"status":"firing","labels":{"alertname":"Disk%s"},"annotations":{},"startsAt":%q,"endsAt":"0001-01-01T00:00:00Z","fingerprint":%q}]}`,
		fingerprint, fingerprint, at.Format(time.RFC3339), fingerprint)
	resp, err := crashClient.Post(url+"/alerts", "application/json", strings.NewReader(body))
	if err != nil {
		return // the process died: nothing was promised
	}
	defer resp.Body.Close()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch resp.StatusCode {
	case http.StatusOK:
		a.acked = append(a.acked, fingerprint)
	case http.StatusServiceUnavailable:
		a.no++
	}
}

// accepted are the alerts that the service promised to keep.
func (a *alerter) accepted() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.acked)
}

func (a *alerter) count() int { return len(a.accepted()) }

func (a *alerter) refused() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.no
}
