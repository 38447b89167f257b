package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"andon/cmd/andon/internal/config"
	"andon/integrations/slack"
	"andon/signals"
	"andon/signals/decide"
	"andon/signals/detect"
	"andon/signals/replay"
	"andon/signals/risk"
	"andon/signals/route"
	"andon/signals/text"
)

// marks are the labelled rooms: their events and their conversations.
type marks struct {
	rooms    []string          // in the order in which the labels name them
	channel  map[string]string // of each room
	events   []*signals.Event
	examples []*detect.ProblemExample
	policy   signals.Policy
}

// label is what people say of one thread.
type label struct {
	Room, Channel, Root string
	Label               int // 1 is the report of a fault
}

func readLabels(name string) (gold []label, err error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the labels: %w", err)
	}
	if err := json.Unmarshal(raw, &gold); err != nil {
		return nil, fmt.Errorf("read the labels %s: %w", name, err)
	}
	return gold, nil
}

// readMarks reads the rooms and the labels of their threads.
func readMarks(ctx context.Context, c settings, r rooms) (*marks, error) {
	data := filepath.Join(c.shared, "data")
	gold, err := readLabels(filepath.Join(data, r.Gold))
	if err != nil {
		return nil, err
	}
	conf, err := config.Load(filepath.Join(c.evals, r.Set+".yaml"), config.Options{})
	if err != nil {
		return nil, err
	}
	if len(conf.Slack) == 0 {
		return nil, fmt.Errorf("%s.yaml names no Slack workspace", r.Set)
	}
	team := conf.Slack[0].Team
	var log replay.Log
	if _, err := slack.ReadExport(ctx, filepath.Join(data, r.Slack), slack.ExportOptions{Team: team}, log.Add); err != nil {
		return nil, err
	}
	m := &marks{channel: make(map[string]string), policy: conf.Policy, events: log.Ordered()}
	if err := m.take(gold, team); err != nil {
		return nil, err
	}
	if len(m.rooms) < 2 {
		return nil, errors.New("a room is judged by weights of other rooms: the labels name fewer than two")
	}
	return m, nil
}

// take makes an example of each labelled thread.
func (m *marks) take(gold []label, team string) error {
	threads := make(map[signals.Key][]*signals.Event)
	for _, e := range m.events {
		threads[e.Case] = append(threads[e.Case], e)
	}
	lex, org := text.DefaultLexicon(), signals.NewOrg(m.policy)
	for _, g := range gold {
		key := signals.Key{Source: signals.Slack, Site: team, ID: g.Channel + "/" + g.Root}
		posts := signals.Fold(threads[key]).Posts
		if len(posts) == 0 {
			return fmt.Errorf("the labels name the thread %s, which the export does not have", key)
		}
		if _, ok := m.channel[g.Room]; !ok {
			m.rooms, m.channel[g.Room] = append(m.rooms, g.Room), key.Channel()
		}
		m.examples = append(m.examples, detect.NewProblemExample(g.Room, g.Label == 1, posts, org, lex))
	}
	return nil
}

// without are the examples of all rooms but one.
func (m *marks) without(room string) []*detect.ProblemExample {
	return slices.DeleteFunc(slices.Clone(m.examples), func(x *detect.ProblemExample) bool { return x.Room == room })
}

// unseenRooms replays each room under weights that never saw it, and scores them together.
func unseenRooms(ctx context.Context, c settings, r rooms, call func(string, ...string) ([]byte, error)) ([]score, error) {
	out := filepath.Join(c.out, "unseen")
	if !c.scoreOnly {
		m, err := readMarks(ctx, c, r)
		if err != nil {
			return nil, err
		}
		if err := m.replay(filepath.Join(out, r.Set)); err != nil {
			return nil, err
		}
	}
	args := []string{filepath.Join(c.shared, "tools", "run.py"), "--data", filepath.Join(c.shared, "data"), "--out", out, "--boot", fmt.Sprint(c.boot), "--only", r.Set, "--score-only"}
	if said, err := call("python3", args...); err != nil && !missing(err) {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	f, err := readScores(filepath.Join(out, "scores.json"), false)
	for i := range f.scores {
		f.scores[i].Set += unseen
	}
	return f.scores, err
}

// replay writes into dir what the detector says of each room under weights of the others.
func (m *marks) replay(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make a folder for the replay: %w", err)
	}
	file, err := os.Create(filepath.Join(dir, "signals.jsonl"))
	if err != nil {
		return fmt.Errorf("write the replay: %w", err)
	}
	defer file.Close()
	to := &signalLines{to: json.NewEncoder(file)}
	for _, room := range m.rooms {
		var in replay.Input
		for _, e := range m.events {
			if e.Case.Channel() == m.channel[room] {
				if err := in.Play.Add([]*signals.Event{e}); err != nil {
					return err
				}
			}
		}
		weights := detect.FitProblem(m.without(room), nil)
		o := replay.Options{
			Policy: m.policy, Signals: true, Detectors: []string{detect.UntrackedProblem.Name},
			Begin: func(w *decide.World) { w.Memory.Problem = weights },
		}
		if _, err := replay.Run(&in, o, to); err != nil {
			return fmt.Errorf("replay the room %s: %w", room, err)
		}
	}
	return file.Close()
}

// signalLines writes signals in the form that the scorer reads.
type signalLines struct{ to *json.Encoder }

func (l *signalLines) Signal(c *signals.Case, s *signals.Signal) error {
	line := struct {
		At       time.Time `json:"at"`
		Case     string    `json:"case"`
		Detector string    `json:"detector"`
		Score    float64   `json:"score"`
		Evidence []string  `json:"evidence"`
	}{s.At, replay.Ref(c), s.Detector, s.Score, nil}
	for _, id := range s.Evidence {
		if k, ok := signals.ParseKey(id); ok {
			line.Evidence = append(line.Evidence, strings.Join([]string{k.Source, k.ID}, ":"))
		}
	}
	return l.to.Encode(line)
}

func (*signalLines) Risk(*signals.Case, time.Time, risk.Prediction) error { return nil }

func (*signalLines) Route(*signals.Case, time.Time, route.Kind, []route.Candidate) error { return nil }

func (*signalLines) Match(*signals.Case, time.Time, []replay.Match) error { return nil }
