package fakeslack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// Bar stands above the page, for the program that the server is part of: a
// demonstration shows its virtual time there, and has its pause and its speed.
// The zero value is no bar. Its functions are called from many requests at once,
// about twice a second for each open page, and may call the server.
type Bar struct {
	Status   func() string // one or two lines of plain text, such as the virtual time; nil for none
	Look     func() string // address on this server to which "Show me" beside the status leads, "" for none; nil for never
	Controls []Control     // from left to right
}

// Control is one thing on a Bar: a button, or a menu when it has Choices.
type Control struct {
	ID      string        // not empty, another one for each
	Label   string        // on the button, or beside the menu
	Name    func() string // what the label is now, for one that changes; nil for Label
	Choices []string      // of the menu; nil for a button
	Current func() string // what is chosen now; a button looks pressed while it is "on". nil for a button without a state

	// Do is called when somebody uses it. The value is the choice, and "" for a
	// button. What it returns as an error is shown to who did it.
	Do func(ctx context.Context, value string) error
}

func (b Bar) empty() bool { return b.Status == nil && len(b.Controls) == 0 }

// face is how a bar looks now. The lock must not be held.
func (b Bar) face() answer {
	controls := []answer{}
	for _, c := range b.Controls {
		now := ""
		if c.Current != nil {
			now = c.Current()
		}
		label := c.Label
		if c.Name != nil {
			label = c.Name()
		}
		controls = append(controls, answer{"id": c.ID, "label": label, "choices": c.Choices, "current": now})
	}
	status := ""
	if b.Status != nil {
		status = b.Status()
	}
	look := ""
	if b.Look != nil {
		look = b.Look()
	}
	return answer{"status": status, "look": look, "controls": controls, "shown": !b.empty()}
}

// use does what a control does.
func (b Bar) use(ctx context.Context, id, value string) error {
	i := slices.IndexFunc(b.Controls, func(c Control) bool { return c.ID == id })
	switch {
	case i < 0 || b.Controls[i].Do == nil:
		return fmt.Errorf("there is no control %q", id)
	case b.Controls[i].Choices == nil && value != "" || b.Controls[i].Choices != nil && !slices.Contains(b.Controls[i].Choices, value):
		return fmt.Errorf("control %q has no choice %q", id, value)
	}
	if err := b.Controls[i].Do(ctx, value); err != nil {
		return fmt.Errorf("%s: %w", b.Controls[i].Label, err)
	}
	return nil
}

// useBar takes a press on the bar and answers with how the bar looks then.
func (s *Server) useBar(w http.ResponseWriter, r *http.Request) {
	var use struct {
		ID    string `json:"id"`
		Value string `json:"value"`
	}
	if !readJSON(w, r, &use) {
		return
	}
	err := s.o.Bar.use(r.Context(), use.ID, use.Value)
	out := answer{"ok": err == nil, "bar": s.o.Bar.face()}
	if err != nil {
		out["error"] = err.Error()
	}
	send(w, out)
}
