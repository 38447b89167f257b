package company

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// WriteTo writes the company below dir: jira.jsonl, slack/ (a workspace export), people.json and truth.json. Folders are
// made as needed; files of the same names are replaced, others are left alone.
func (c *Company) WriteTo(dir string) error {
	if err := c.writeSlack(filepath.Join(dir, "slack")); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, "jira.jsonl"), c.WriteJira); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, "truth.json"), c.Truth); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, "people.json"), struct {
		Name, Domain, Site, Slack string
		People                    []Person
		Teams                     []Team
		Holidays                  []Holiday
	}{c.Name, c.Domain, c.Site, c.Slack, c.People, c.Teams, c.Holidays})
}

// WriteJira writes one issue a line.
func (c *Company) WriteJira(out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, is := range c.Issues {
		if err := enc.Encode(is); err != nil {
			return fmt.Errorf("company: writing issue %s: %w", is.Key, err)
		}
	}
	return nil
}

type slackUser struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Deleted  bool         `json:"deleted"`
	RealName string       `json:"real_name"`
	TZ       string       `json:"tz,omitempty"`
	Profile  slackProfile `json:"profile"`
	IsBot    bool         `json:"is_bot"`
	Updated  int64        `json:"updated"`
}

type slackProfile struct {
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Title       string `json:"title"`
	Email       string `json:"email,omitempty"`
	BotID       string `json:"bot_id,omitempty"`
}

type slackChannel struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Created    int64    `json:"created"`
	Creator    string   `json:"creator"`
	IsArchived bool     `json:"is_archived"`
	IsGeneral  bool     `json:"is_general"`
	IsPrivate  bool     `json:"is_private,omitempty"`
	Members    []string `json:"members"`
	Topic      value    `json:"topic"`
	Purpose    value    `json:"purpose"`
}

type value struct {
	Value string `json:"value"`
}

func (c *Company) writeSlack(dir string) error {
	var open, closed []slackChannel
	for _, ch := range c.Channels {
		row := slackChannel{ID: ch.ID, Name: ch.Name, Created: ch.Created.Unix(), Creator: c.People[0].SlackID,
			IsGeneral: ch.Name == "general", IsPrivate: ch.Private, Members: slackIDs(ch.Members)}
		if ch.Private {
			closed = append(closed, row)
		} else {
			open = append(open, row)
		}
		if err := writeDays(filepath.Join(dir, ch.Name), ch.Messages); err != nil {
			return err
		}
	}
	if err := writeJSON(filepath.Join(dir, "users.json"), c.slackUsers()); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, "channels.json"), open); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, "groups.json"), closed)
}

func (c *Company) slackUsers() []slackUser {
	var users []slackUser
	for _, p := range c.People {
		u := slackUser{ID: p.SlackID, Name: handle(p.Email), RealName: p.Name, TZ: p.Zone, Deleted: p.LeftAt != nil, Updated: c.Start.Unix()}
		u.Profile = slackProfile{RealName: p.Name, DisplayName: u.Name, Title: p.Title + ", " + p.Team, Email: p.Email}
		if p.LeftAt != nil {
			u.Updated = p.LeftAt.Unix()
		}
		users = append(users, u)
	}
	for _, b := range bots {
		users = append(users, slackUser{ID: b.user, Name: b.name, RealName: b.name, IsBot: true, Updated: c.Start.Unix(),
			Profile: slackProfile{RealName: b.name, DisplayName: b.name, BotID: b.id}})
	}
	return users
}

func handle(email string) string {
	for i := range len(email) {
		if email[i] == '@' {
			return email[:i]
		}
	}
	return email
}

// writeDays writes one file for each day with messages, days in UTC.
func writeDays(dir string, messages []*Message) error {
	for i := 0; i < len(messages); {
		day := messages[i].at.Format(time.DateOnly)
		j := i
		for j < len(messages) && messages[j].at.Format(time.DateOnly) == day {
			j++
		}
		if err := writeJSON(filepath.Join(dir, day+".json"), messages[i:j]); err != nil {
			return err
		}
		i = j
	}
	return nil
}

func writeJSON(path string, v any) error {
	return writeFile(path, func(out io.Writer) error {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		return enc.Encode(v)
	})
}

func writeFile(path string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("company: making the folder of %s: %w", path, err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("company: creating %s: %w", path, err)
	}
	defer func() {
		if e := f.Close(); e != nil && err == nil {
			err = fmt.Errorf("company: closing %s: %w", path, e)
		}
	}()
	out := bufio.NewWriter(f)
	if err := write(out); err != nil {
		return fmt.Errorf("company: writing %s: %w", path, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("company: writing %s: %w", path, err)
	}
	return nil
}
