package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" help:"The shell: ${enum}." enum:"bash,zsh,fish"`
}

// Help is shown by andon completion --help.
func (completionCmd) Help() string {
	return `Prints a script that completes commands, flags, their values and files.

Examples:
  source <(andon completion bash)
  andon completion zsh > "${fpath[1]}/_andon"
  andon completion fish > ~/.config/fish/completions/andon.fish`
}

// Run prints the script.
func (c *completionCmd) Run(e *env, k *kong.Kong) error {
	commands := commandsOf(k.Model.Node)
	script := map[string]func([]command) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell](commands)
	_, err := fmt.Fprint(e.out, script)
	return err
}

// command is one command as the scripts need it. The first one is andon itself.
type command struct {
	path  string // "" for andon itself, "replay", "parent child"
	help  string
	subs  []string
	args  []string // values of the first argument, where they are known
	files bool     // the arguments are files
	flags []flagLine
}

type flagLine struct {
	long, short, help string
	value             string // kind of value: "" none, "file", "enum", "list" (enum, with commas), "text"
	enum              []string
}

// commandsOf lists a node and everything below it.
func commandsOf(n *kong.Node) []command {
	c := command{help: n.Help}
	if n.Type == kong.CommandNode {
		c.path = strings.TrimSpace(strings.TrimPrefix(n.FullPath(), root(n).Name))
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			c.flags = append(c.flags, flagOf(f))
		}
	}
	for _, p := range n.Positional {
		if p.Enum != "" {
			c.args = append(c.args, p.EnumSlice()...)
		}
		c.files = c.files || takesFile(p)
	}
	var below []command
	for _, child := range n.Children {
		if !child.Hidden {
			c.subs = append(c.subs, child.Name)
			below = append(below, commandsOf(child)...)
		}
	}
	return append([]command{c}, below...)
}

func root(n *kong.Node) *kong.Node {
	for n.Parent != nil {
		n = n.Parent
	}
	return n
}

func flagOf(f *kong.Flag) flagLine {
	l := flagLine{long: "--" + f.Name, help: f.Help, value: "text"}
	if f.Short != 0 {
		l.short = "-" + string(f.Short)
	}
	switch {
	case f.IsBool() || f.IsCounter():
		l.value = ""
	case f.Enum != "":
		l.value, l.enum = "enum", f.EnumSlice()
		if f.IsSlice() {
			l.value = "list"
		}
	case takesFile(f.Value):
		l.value = "file"
	}
	return l
}

func takesFile(v *kong.Value) bool {
	return slices.Contains([]string{"path", "existingfile", "existingdir", "filecontent"}, v.Tag.Type) || slices.Contains([]string{"FILE", "CSV", "DIR|ZIP"}, v.Tag.PlaceHolder)
}

// names are the flag as it can be typed.
func (f flagLine) names() []string {
	if f.short == "" {
		return []string{f.long}
	}
	return []string{f.long, f.short}
}

// words of a command that can come next.
func (c command) words() []string {
	out := slices.Concat(c.subs, c.args)
	for _, f := range c.flags {
		out = append(out, f.long)
	}
	return out
}

// quoted puts a text between single quotes for a POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
