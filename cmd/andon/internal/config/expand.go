package config

import (
	"errors"
	"fmt"
	"strings"
)

// expand replaces ${NAME} and ${NAME:-default} in a value by the environment;
// $${ stands for ${ itself. The default serves when the variable is not set or
// empty. What is put in is not looked at again. used says whether the
// environment was asked. The error repeats nothing of the value but names in
// capitals, since the value may be a secret.
func expand(s string, env func(string) (string, bool)) (out string, used bool, err error) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			return b.String(), used, nil
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		inner, rest, ok := strings.Cut(s[i+2:], "}")
		if !ok {
			return "", used, errors.New("${ is not closed; write $${ for a plain ${")
		}
		v, err := variable(inner, env)
		if err != nil {
			return "", true, err
		}
		b.WriteString(v)
		s, used = rest, true
	}
}

func variable(inner string, env func(string) (string, bool)) (string, error) {
	name, fallback, has := strings.Cut(inner, ":-")
	if !variableName(name) {
		return "", errors.New("between ${ and } stands no name of an environment variable; write $${ for a plain ${")
	}
	v, ok := env(name)
	switch {
	case has && v == "":
		return fallback, nil
	case ok:
		return v, nil
	case strings.ToUpper(name) != name:
		return "", errors.New("the environment variable is not set; ${NAME:-default} gives a default")
	}
	return "", fmt.Errorf("the environment variable %s is not set; ${%s:-default} gives a default", name, name)
}

func variableName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// escape is the inverse of expand without an environment.
func escape(s string) string { return strings.ReplaceAll(s, "${", "$${") }
