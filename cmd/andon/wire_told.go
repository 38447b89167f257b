package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"andon/bot"
	"andon/cmd/andon/internal/config"
	"andon/signals"
)

// admins are the people who may change how loud andon is.
func admins(c *config.Config) []string { return slices.Clone(c.Admins) }

// digestOf is where and when the weekly digest is said in a workspace.
func digestOf(c *config.Config, team string) bot.Digest {
	d := bot.Digest{Leads: c.Digest.Leads, Weekday: c.Digest.Weekday(), Hour: c.Digest.Hour, Zone: cmp.Or(c.Digest.Zone, c.Policy.Zone)}
	if c.Digest.Channel != "" {
		d.Channel = signals.ID(signals.Slack, team, c.Digest.Channel)
	}
	return d
}

// telling is what people may know of the configuration.
func telling(c *config.Config, w config.Slack) bot.Telling {
	return bot.Telling{
		Command: cmp.Or(w.Command, "/andon"), KeepText: c.KeepText, Channels: w.Channels, File: changedPolicy(c.Policy),
	}
}

// changedPolicy are the keys of the policy that have another value than by
// default, each with its value in words.
func changedPolicy(p signals.Policy) map[string]string {
	out := make(map[string]string)
	changed(reflect.ValueOf(p), reflect.ValueOf(signals.DefaultPolicy()), "", out)
	return out
}

func changed(v, by reflect.Value, path string, out map[string]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if tag := v.Type().Field(i).Tag.Get("koanf"); tag != "" {
				changed(v.Field(i), by.Field(i), strings.TrimPrefix(path+"."+tag, "."), out)
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if had := by.MapIndex(k); !had.IsValid() || !reflect.DeepEqual(had.Interface(), v.MapIndex(k).Interface()) {
				out[path+"."+k.String()] = inWords(v.MapIndex(k))
			}
		}
	default:
		if !reflect.DeepEqual(v.Interface(), by.Interface()) {
			out[path] = inWords(v)
		}
	}
}

// inWords is a value as the configuration writes it.
func inWords(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return config.FormatDuration(x)
	case []string:
		return strings.Join(x, ", ")
	case []signals.Pattern:
		return signals.Counted(len(x), "pattern")
	default:
		return fmt.Sprint(x)
	}
}
