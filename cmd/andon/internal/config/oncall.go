package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// resolve makes relative paths begin at the file's folder.
func (c *Config) resolve(dir string) {
	var paths []*string
	for i := range c.OnCall {
		paths = append(paths, &c.OnCall[i].File)
	}
	for i := range c.Owning {
		paths = append(paths, &c.Owning[i].Backstage, &c.Owning[i].Codeowners)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
}

// oncall checks the calendars. An address is never shown.
func (k *checker) oncall() {
	teams := make(map[string]bool)
	for _, t := range k.c.Roster.Teams {
		for _, name := range append([]string{t.ID}, t.Aliases...) {
			teams[strings.ToLower(name)] = true
		}
	}
	for i, o := range k.c.OnCall {
		at := fmt.Sprintf("oncall[%d]", i)
		k.need(o.Team, at+".team", "the team")
		if o.Team != "" && !teams[strings.ToLower(o.Team)] {
			k.fault(at+".team", "there is no team %s in roster.teams", k.show(at+".team"))
		}
		k.oneOf(or(o.Person, "email"), at+".person", "email", "summary")
		k.zone(o.Zone, at+".zone")
		switch {
		case k.broken[at+".url"] || k.broken[at+".url_file"]:
		case o.URL == "" && o.File == "":
			k.fault(at, "there is neither url nor file")
		case o.URL != "" && o.File != "":
			k.fault(at, "both url and file are given; one is enough")
		case o.URL != "":
			if u, err := url.Parse(string(o.URL)); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "webcal" {
				k.fault(at+".url", "this is no address such as https://rota.example/calendar.ics")
			}
		}
	}
}
