package webdriver

import (
	_ "embed"
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"time"
)

// look is the script that finds things on the page, and waits for them.
//
//go:embed look.js
var look string

// Open loads a page and waits until it is loaded.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.call("POST", "/url", map[string]string{"url": url}, nil)
}

// Resize gives the page that many pixels.
func (b *Browser) Resize(width, height int) {
	b.t.Helper()
	b.devtools("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
}

// Dark says whether the reader prefers dark pages.
func (b *Browser) Dark(on bool) {
	b.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	b.devtools("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": value}}})
}

// Eval runs the body of a JavaScript function, with args as its arguments, and
// puts what it returns, or what its promise comes to, into out unless that is nil.
func (b *Browser) Eval(out any, script string, args ...any) {
	b.t.Helper()
	if args == nil {
		args = []any{}
	}
	b.call("POST", "/execute/sync", map[string]any{"script": script, "args": args}, out)
}

// element is a thing on the page, as the protocol names it.
type element map[string]string

const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// retry does something with a thing as soon as it is there and can be used: the
// page may draw it anew in between.
func (b *Browser) retry(doing, what string, do func(path string) error) {
	b.t.Helper()
	var err error
	for end := time.Now().Add(patience); ; {
		var e element
		err = b.try("POST", "/execute/sync", map[string]any{"script": look, "args": []any{"find", what, patience.Milliseconds()}}, &e)
		if err == nil && e[elementKey] == "" {
			err = errors.New("it is not there")
		} else if err == nil {
			err = do("/element/" + e[elementKey])
		}
		if err == nil {
			return
		}
		var f *failure
		passing := errors.As(err, &f) && (strings.HasPrefix(f.Code, "stale element") || f.Code == "element click intercepted" || f.Code == "element not interactable")
		if !passing || time.Now().After(end) {
			b.t.Fatalf("%s %q: %v; the page says:\n%s", doing, what, err, b.Text("body"))
		}
	}
}

// Click waits for a thing and clicks on it. What begins with #, . or [ is a CSS
// selector; all else is the text or the accessible name, in full, of a button, a
// link, a tab, a line of a menu or a label that is seen. An open dialog comes
// first, and of several things the last.
func (b *Browser) Click(what string) {
	b.t.Helper()
	b.retry("click", what, func(path string) error { return b.try("POST", path+"/click", nil, nil) })
}

// Hover puts the mouse over a thing, named as for Click.
func (b *Browser) Hover(what string) {
	b.t.Helper()
	b.retry("hover over", what, func(path string) error {
		origin := element{elementKey: strings.TrimPrefix(path, "/element/")}
		move := map[string]any{"type": "pointerMove", "duration": 0, "x": 0, "y": 0, "origin": origin}
		return b.try("POST", "/actions", map[string]any{"actions": []any{map[string]any{"type": "pointer", "id": "mouse", "parameters": map[string]string{"pointerType": "mouse"}, "actions": []any{move}}}}, nil)
	})
}

// Type types into a field, named by a CSS selector or by its label. A newline is
// the Enter key.
func (b *Browser) Type(what, text string) {
	b.t.Helper()
	text = strings.ReplaceAll(text, "\n", Enter)
	b.retry("type into", what, func(path string) error {
		return b.try("POST", path+"/value", map[string]string{"text": text}, nil)
	})
}

// Keys for Press.
const (
	Enter  = "\ue007"
	Escape = "\ue00c"
	Tab    = "\ue004"
)

// Press presses one key, wherever the focus is.
func (b *Browser) Press(key string) {
	b.t.Helper()
	b.call("POST", "/actions", map[string]any{"actions": []any{map[string]any{"type": "key", "id": "keys", "actions": []any{
		map[string]string{"type": "keyDown", "value": key}, map[string]string{"type": "keyUp", "value": key},
	}}}}, nil)
}

// Choose chooses from a menu that is a select, named as for Type, by the text of
// the option.
func (b *Browser) Choose(what, option string) {
	b.t.Helper()
	b.retry("choose from", what, func(path string) error {
		e := element{elementKey: strings.TrimPrefix(path, "/element/")}
		var done bool
		err := b.try("POST", "/execute/sync", map[string]any{"script": look, "args": []any{"choose", e, option}}, &done)
		if err == nil && !done {
			err = errors.New("it has no option " + option)
		}
		return err
	})
}

// WaitText waits until a text is seen on the page, or in a field. White space
// counts as one space.
func (b *Browser) WaitText(text string) {
	b.t.Helper()
	b.wait("text", text, "see")
}

// WaitGone waits until a text is seen nowhere on the page.
func (b *Browser) WaitGone(text string) {
	b.t.Helper()
	b.wait("gone", text, "no longer see")
}

func (b *Browser) wait(how, text, verb string) {
	b.t.Helper()
	var ok bool
	b.Eval(&ok, look, how, text, patience.Milliseconds())
	if !ok {
		b.t.Fatalf("waited to %s %q; the page says:\n%s", verb, text, b.Text("body"))
	}
}

// Text returns the text of the first thing that fits a CSS selector, as it is
// seen, or "" when there is none.
func (b *Browser) Text(css string) (text string) {
	b.t.Helper()
	b.Eval(&text, "const e = document.querySelector(arguments[0]); return e ? e.innerText : '';", css)
	return text
}

// Complaints returns what the browser logged as errors since the last call:
// scripts that broke, what could not be loaded, and what a policy forbade.
func (b *Browser) Complaints() (out []string) {
	b.t.Helper()
	var entries []struct {
		Level   string `json:"level"`
		Message string `json:"message"`
	}
	b.call("POST", "/se/log", map[string]string{"type": "browser"}, &entries)
	for _, e := range entries {
		if e.Level == "SEVERE" {
			out = append(out, e.Message)
		}
	}
	return out
}

// Screenshot writes what is seen to a PNG file.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	var encoded string
	b.call("GET", "/screenshot", nil, &encoded)
	picture, err := base64.StdEncoding.DecodeString(encoded)
	if err == nil {
		err = os.WriteFile(path, picture, 0o600)
	}
	if err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
}
