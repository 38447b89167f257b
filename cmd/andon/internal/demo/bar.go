package demo

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"andon/integrations/slack/fakeslack"
)

// speeds are the choices of the bar, in virtual seconds a second.
var speeds = []struct {
	Text  string
	Speed float64
}{{"real time", 1}, {"1 minute a second", 60}, {"4 minutes a second", 240}, {"12 minutes a second", 720}, {"1 hour a second", 3600}}

// Bar is what stands above the page: the time of the story with what to look at,
// and what moves the clock. The world may be nil as long as it is being made.
func Bar(c *Clock, world func() *World) fakeslack.Bar {
	return fakeslack.Bar{
		Status: func() string {
			line := c.Now().Format("Mon 2 January 15:04")
			if !c.Running() {
				line += ", paused"
			}
			if w := world(); w != nil && w.Last().Text != "" {
				line += " · " + w.Last().Text
			}
			return line
		},
		Look: func() string {
			if w := world(); w != nil {
				return w.Last().Look
			}
			return ""
		},
		Controls: []fakeslack.Control{
			{ID: "pause", Label: "Pause", Name: func() string { return map[bool]string{true: "Pause", false: "Go on"}[c.Running()] }, Do: func(context.Context, string) error {
				if c.Running() {
					c.Pause()
				} else {
					c.Run()
				}
				return nil
			}},
			{ID: "step", Label: "Next", Do: func(context.Context, string) error {
				w := world()
				if w == nil || w.Next().IsZero() {
					return errors.New("the story is over")
				}
				c.Step(w.NextTold())
				return nil
			}},
			{ID: "speed", Label: "Speed", Choices: speedTexts(), Current: func() string { return speedText(c.Speed()) }, Do: func(_ context.Context, choice string) error {
				for _, s := range speeds {
					if s.Text == choice {
						c.SetSpeed(s.Speed)
					}
				}
				return nil
			}},
		},
	}
}

func speedTexts() (out []string) {
	for _, s := range speeds {
		out = append(out, s.Text)
	}
	return out
}

// speedText is the choice that is nearest to a speed from below.
func speedText(speed float64) string {
	text := speeds[0].Text
	for _, s := range speeds {
		if s.Speed <= speed {
			text = s.Text
		}
	}
	return text
}

// Link makes an address within the demonstration of one that leads to Slack.
func Link(base, address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasSuffix(u.Hostname(), "slack.com") {
		return address
	}
	return base + u.RequestURI()
}

// String is the line as it is printed.
func (l Line) String() string {
	mark := map[LineKind]string{Told: " * ", Said: "   ", Did: " > ", Odd: " ! "}[l.Kind]
	return l.At.Format("Mon 15:04") + mark + l.Text
}

// Turn does everything that is due: beats of the story, and answers of people.
// Where settle is given it is called after each, for who wants the service to
// have dealt with one thing before the next happens.
func (w *World) Turn(ctx context.Context, settle func() error) error {
	for {
		did, err := w.Due(ctx)
		if err == nil && !did {
			did, err = w.Answer(ctx)
		}
		if err != nil || !did {
			return err
		}
		if settle != nil {
			if err := settle(); err != nil {
				return err
			}
		}
	}
}
