package main

import (
	"fmt"
	"strings"
)

// bashScript needs bash 3.2 and nothing beside it.
func bashScript(commands []command) string {
	var paths, values, words []string
	for _, c := range commands {
		if c.path != "" {
			paths = append(paths, quoted(c.path))
		}
		words = append(words, fmt.Sprintf("    %s) words=%s ;;", quoted(c.path), quoted(strings.Join(c.words(), " "))))
		if c.files {
			values = append(values, fmt.Sprintf("    %s) kind=arguments ;;", quoted(c.path+" ")))
		}
		for _, f := range c.flags {
			if f.value == "" {
				continue
			}
			for _, n := range f.names() {
				values = append(values, fmt.Sprintf("    %s) kind=%s words=%s ;;", quoted(c.path+" "+n), f.value, quoted(strings.Join(f.enum, " "))))
			}
		}
	}
	return `# Completion of andon for bash. Load it with: source <(andon completion bash)
_andon() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev= command= next i kind= words= before=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    next=${command:+$command }${COMP_WORDS[i]}
    case "$next" in
    ` + or(strings.Join(paths, "|"), "''") + `) command=$next ;;
    esac
  done
  ((COMP_CWORD > 1)) && prev=${COMP_WORDS[COMP_CWORD-1]}
  # bash takes --flag=value apart at the sign.
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]] && ((COMP_CWORD > 2)); then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  case "$command $prev" in
` + strings.Join(values, "\n") + `
  esac
  local IFS=$'\n'
  case $kind in
  file)
    COMPREPLY=($(compgen -f -- "$cur"))
    compopt -o filenames 2>/dev/null
    return ;;
  list)
    [[ $cur == *,* ]] && before=${cur%,*},
    COMPREPLY=($(IFS=' '; compgen -P "$before" -W "$words" -- "${cur##*,}"))
    compopt -o nospace 2>/dev/null
    return ;;
  enum)
    COMPREPLY=($(IFS=' '; compgen -W "$words" -- "$cur"))
    return ;;
  text)
    return ;;
  esac
  case "$command" in
` + strings.Join(words, "\n") + `
  esac
  COMPREPLY=($(IFS=' '; compgen -W "$words" -- "$cur"))
}
complete -F _andon andon
`
}

func zshScript(commands []command) string {
	var b strings.Builder
	b.WriteString("#compdef andon\n# Completion of andon for zsh.\n\n_andon() {\n  local command= next i\n  for ((i = 2; i < CURRENT; i++)); do\n    next=${command:+$command }${words[i]}\n    case \"$next\" in\n")
	for _, c := range commands[1:] {
		fmt.Fprintf(&b, "    %s) command=$next ;;\n", quoted(c.path))
	}
	b.WriteString("    esac\n  done\n  case \"$command\" in\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "  %s)\n    _arguments -S", quoted(c.path))
		for _, f := range c.flags {
			b.WriteString(zshFlag(f))
		}
		switch {
		case len(c.subs) > 0:
			fmt.Fprintf(&b, " \\\n      %s", quoted("*:command:(("+zshCommands(commands, c)+"))"))
		case len(c.args) > 0:
			fmt.Fprintf(&b, " \\\n      %s", quoted("*:value:("+strings.Join(append([]string{c.path}, c.args...), " ")+")"))
		case c.files:
			fmt.Fprintf(&b, " \\\n      '*:file:_files'")
		}
		b.WriteString(" ;;\n")
	}
	b.WriteString("  esac\n}\n\nif [ \"$funcstack[1]\" = \"_andon\" ]; then\n  _andon \"$@\"\nelse\n  compdef _andon andon\nfi\n")
	return b.String()
}

func zshFlag(f flagLine) string {
	var b strings.Builder
	for _, n := range f.names() {
		sign := ""
		if f.value != "" && strings.HasPrefix(n, "--") {
			sign = "="
		}
		spec := "*" + n + sign + "[" + zshText(f.help) + "]"
		switch f.value {
		case "file":
			spec += ":file:_files"
		case "enum":
			spec += ":value:(" + strings.Join(f.enum, " ") + ")"
		case "list":
			spec += ":value:_values -s , value " + strings.Join(f.enum, " ")
		case "text":
			spec += ":value: "
		}
		b.WriteString(" \\\n      " + quoted(spec))
	}
	return b.String()
}

func zshCommands(all []command, of command) string {
	var out []string
	for _, c := range all {
		for _, s := range of.subs {
			if c.path == strings.TrimSpace(of.path+" "+s) {
				out = append(out, s+`:"`+strings.NewReplacer(`"`, "", `\`, "", "`", "", "$", "").Replace(zshText(c.help))+`"`)
			}
		}
	}
	return strings.Join(out, " ")
}

// zshText makes a text safe between the brackets of _arguments.
func zshText(s string) string {
	return strings.NewReplacer(`\`, "", "[", "(", "]", ")", ":", "", "\n", " ").Replace(s)
}

func fishScript(commands []command) string {
	var b strings.Builder
	b.WriteString("# Completion of andon for fish.\ncomplete -c andon -f\n")
	for _, c := range commands {
		when := "__fish_use_subcommand"
		if c.path != "" {
			fields := strings.Fields(c.path)
			when = "__fish_seen_subcommand_from " + fields[len(fields)-1]
		}
		for _, s := range commands {
			parent, name := splitPath(s.path)
			if s.path != "" && parent == c.path {
				fmt.Fprintf(&b, "complete -c andon -n %s -a %s -d %s\n", quoted(when), quoted(name), fishText(s.help))
			}
		}
		if len(c.args) > 0 {
			fmt.Fprintf(&b, "complete -c andon -n %s -a %s\n", quoted(when), quoted(strings.Join(c.args, " ")))
		}
		for _, f := range c.flags {
			b.WriteString(fishFlag(when, f))
		}
	}
	return b.String()
}

func splitPath(path string) (parent, name string) {
	i := strings.LastIndex(path, " ")
	return path[:max(0, i)], path[i+1:]
}

func fishFlag(when string, f flagLine) string {
	s := fmt.Sprintf("complete -c andon -n %s -l %s", quoted(when), strings.TrimPrefix(f.long, "--"))
	if f.short != "" {
		s += " -s " + strings.TrimPrefix(f.short, "-")
	}
	switch f.value {
	case "file":
		s += " -r -F"
	case "enum":
		s += " -x -a " + quoted(strings.Join(f.enum, " "))
	case "list":
		s += " -x -a " + quoted("(__fish_append , "+strings.Join(f.enum, " ")+")")
	case "text":
		s += " -x"
	}
	return s + " -d " + fishText(f.help) + "\n"
}

// fishText quotes as fish does: only \ and ' mean something between quotes.
func fishText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", " ").Replace(s) + "'"
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
