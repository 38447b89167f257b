package company

import (
	"time"
)

// Issue is one Jira issue as GET /rest/api/2/issue/{key}?expand=changelog,names returns it: the fields hold the final values.
type Issue struct {
	ID        string            `json:"id"`
	Key       string            `json:"key"`
	Fields    Fields            `json:"fields"`
	Names     map[string]string `json:"names"`
	Changelog Changelog         `json:"changelog"`

	topic             *topic
	reporter          *Person
	holder            *Person
	team              string
	last              time.Time // of the latest event
	opened            time.Time
	planned           bool // carries a planted condition of its own
	waiting           bool // silence is all right: backlog, or waits for a customer
	trouble, mainTeam string
}

// Fields are the top-level fields of an issue.
type Fields struct {
	Project     Named    `json:"project"`
	IssueType   Named    `json:"issuetype"`
	Summary     string   `json:"summary"`
	Description string   `json:"description"`
	Created     string   `json:"created"`
	Updated     string   `json:"updated"`
	Resolved    *string  `json:"resolutiondate"`
	Status      Status   `json:"status"`
	Resolution  *Named   `json:"resolution"`
	Priority    *Named   `json:"priority"`
	Assignee    *User    `json:"assignee"`
	Reporter    *User    `json:"reporter"`
	Components  []Named  `json:"components"`
	Labels      []string `json:"labels"`
	Links       []Link   `json:"issuelinks"`
	Parent      *Named   `json:"parent,omitempty"`
	Comment     Comments `json:"comment"`
	Team        *Option  `json:"customfield_10010"`
	Level       *Option  `json:"customfield_10011"`
}

// Named is a Jira object with a name, or with a key for projects.
type Named struct {
	ID   string `json:"id,omitempty"`
	Key  string `json:"key,omitempty"`
	Name string `json:"name,omitempty"`
}

// Status is an issue's status with its category: new, indeterminate or done.
type Status struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category struct {
		Key string `json:"key"`
	} `json:"statusCategory"`
}

// User is a Jira user; active is false for who has left by the end.
type User struct {
	AccountID   string `json:"accountId"`
	DisplayName string `json:"displayName"`
	Active      bool   `json:"active"`
}

// Option is the value of a select field.
type Option struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// Link is one end of a link between two issues.
type Link struct {
	ID      string   `json:"id"`
	Type    LinkType `json:"type"`
	Outward *Named   `json:"outwardIssue,omitempty"`
	Inward  *Named   `json:"inwardIssue,omitempty"`
}

// LinkType names a link in both directions.
type LinkType struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Inward  string `json:"inward"`
	Outward string `json:"outward"`
}

// Comments are all comments of an issue, oldest first.
type Comments struct {
	List  []Comment `json:"comments"`
	Total int       `json:"total"`
}

// Comment is what a person wrote under an issue.
type Comment struct {
	ID      string `json:"id"`
	Author  *User  `json:"author"`
	Body    string `json:"body"`
	Created string `json:"created"`
	Updated string `json:"updated"`

	at time.Time
}

// Changelog holds the histories, oldest first.
type Changelog struct {
	StartAt   int       `json:"startAt"`
	Max       int       `json:"maxResults"`
	Total     int       `json:"total"`
	Histories []History `json:"histories"`
}

// History is one change by one author.
type History struct {
	ID      string `json:"id"`
	Author  *User  `json:"author"`
	Created string `json:"created"`
	Items   []Item `json:"items"`

	at time.Time
}

// Item is one field that changed. From and To are ids, the strings are what people see.
type Item struct {
	Field      string  `json:"field"`
	FieldType  string  `json:"fieldtype"`
	FieldID    string  `json:"fieldId,omitempty"`
	From       *string `json:"from"`
	FromString *string `json:"fromString"`
	To         *string `json:"to"`
	ToString   *string `json:"toString"`
}
