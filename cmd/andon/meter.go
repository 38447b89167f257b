package main

import (
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// meter keeps the service's metrics, all named andon_*.
type meter struct {
	reg *prometheus.Registry

	mu         sync.Mutex
	counters   map[string]*prometheus.CounterVec
	gauges     map[string]*prometheus.GaugeVec
	histograms map[string]*prometheus.HistogramVec
}

func newMeter() *meter {
	m := &meter{
		reg: prometheus.NewRegistry(), counters: make(map[string]*prometheus.CounterVec),
		gauges: make(map[string]*prometheus.GaugeVec), histograms: make(map[string]*prometheus.HistogramVec),
	}
	m.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// help says what each metric counts.
var help = map[string]string{
	"events":               "Events that were new to the journal.",
	"deliveries":           "Deliveries of the sources that were stored, by source.",
	"deliveries_set_aside": "Deliveries whose events could not be stored; what the source sent is kept.",
	"events_passed_over":   "Events that the models could not take.",
	"deliveries_refused":   "Deliveries that could not be stored.",
	"looks":                "Looks at cases.",
	"looks_repeated":       "Looks that began anew because something moved meanwhile.",
	"signals":              "Signals found, by detector.",
	"nudge_states":         "States that nudges came to, by state and detector.",
	"ledger_stages":        "Changes of signals, by the latest stage that they had reached then and by detector.",
	"drills":               "Drills that came to their end, by the latest stage that they had reached; they are in no other metric of signals.",
	"polls":                "Polls of sources, by source and outcome.",
	"sends":                "Attempts to say something, by outcome.",
	"send_seconds":         "How long an attempt to say something took.",
	"doubles_removed":      "Messages that stood twice and were removed.",
	"source_lag_seconds":   "How long ago a source was last heard, by source.",
	"queue_depth":          "Jobs that wait, by queue.",
	"queue_age_seconds":    "How long the oldest job has waited, by queue.",
	"queue_failing":        "Jobs that keep failing, by queue.",
	"job_seconds":          "How long jobs took, by kind.",
	"webhooks":             "Webhooks of Jira, by what became of them.",
	"journal_position":     "Place of the latest event in the journal.",
	"models_position":      "Place in the journal up to which the models have learnt.",
	"jira_requests":        "Requests sent to a Jira site.",
	"jira_quarantined":     "Issues of a Jira site that could not be read.",
	"slack_connections":    "Open connections of Socket Mode.",
	"slack_silent_seconds": "How long ago the last frame or ping came over Socket Mode.",
	"slack_held":           "Calls to Slack that wait because it asked to, by method.",
	"slack_held_seconds":   "How long the longest of them still waits, by method.",
}

func split(labels []string) (names, values []string) {
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	return names, values
}

// Add implements bot.Meter.
func (m *meter) Add(name string, n float64, labels ...string) {
	names, values := split(labels)
	m.mu.Lock()
	v := m.counters[name]
	if v == nil {
		v = prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "andon", Name: name + "_total", Help: help[name]}, names)
		m.reg.MustRegister(v)
		m.counters[name] = v
	}
	m.mu.Unlock()
	v.WithLabelValues(values...).Add(n)
}

// Set implements bot.Meter.
func (m *meter) Set(name string, n float64, labels ...string) {
	names, values := split(labels)
	m.mu.Lock()
	v := m.gauges[name]
	if v == nil {
		v = prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "andon", Name: name, Help: help[name]}, names)
		m.reg.MustRegister(v)
		m.gauges[name] = v
	}
	m.mu.Unlock()
	v.WithLabelValues(values...).Set(n)
}

// Observe implements bot.Meter.
func (m *meter) Observe(name string, seconds float64, labels ...string) {
	names, values := split(labels)
	m.mu.Lock()
	v := m.histograms[name]
	if v == nil {
		v = prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "andon", Name: name, Help: help[name], Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 12)}, names)
		m.reg.MustRegister(v)
		m.histograms[name] = v
	}
	m.mu.Unlock()
	v.WithLabelValues(values...).Observe(seconds)
}

func (m *meter) handler() http.Handler {
	return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{})
}
