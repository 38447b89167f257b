package main

import (
	"andon/cmd/andon/internal/company"
	"andon/cmd/andon/internal/config"
)

type checkConfigCmd struct{}
type exampleCmd struct{}
type completionCmd struct{}

func companyConfig(c *company.Company) config.Config {
	d := config.Default()
	d.Jira = []config.Jira{{Site: "jira", TeamField: "Team", LevelField: "Support Level"}}
	return d
}
