package fakejira

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// shape is how the values of a field look in JSON.
type shape string

const (
	unshaped      shape = ""
	plainText     shape = "string"
	plainNumber   shape = "number"
	truth         shape = "boolean"
	option        shape = "option"  // {id, value}
	named         shape = "named"   // {id, name}
	keyed         shape = "keyed"   // {id, key}
	userLike      shape = "user"    // a person
	listOfTexts   shape = "strings" // [...]
	listOfOptions shape = "options"
	listOfNamed   shape = "names"
	listOfUsers   shape = "users"
)

// shapeOf tells the shape of a value; null has none.
func shapeOf(v gjson.Result) shape {
	switch {
	case v.Type == gjson.String:
		return plainText
	case v.Type == gjson.Number:
		return plainNumber
	case v.Type == gjson.True || v.Type == gjson.False:
		return truth
	case v.IsArray():
		switch shapeOf(v.Get("0")) {
		case option:
			return listOfOptions
		case named:
			return listOfNamed
		case userLike:
			return listOfUsers
		}
		return listOfTexts
	case !v.IsObject():
		return unshaped
	case v.Get("value").Exists():
		return option
	case v.Get("accountId").Exists() || v.Get("displayName").Exists():
		return userLike
	case v.Get("name").Exists():
		return named
	case v.Get("key").Exists():
		return keyed
	}
	return option
}

// listOf is the shape of the elements.
func (s shape) listOf() shape {
	switch s {
	case listOfTexts:
		return plainText
	case listOfOptions:
		return option
	case listOfNamed:
		return named
	case listOfUsers:
		return userLike
	}
	return unshaped
}

// value writes what a change says in the shape of the field; nil is null. id
// may be empty where Jira writes none.
func (s shape) value(id, shown string, d Dialect) any {
	if shown == "" {
		return s.none()
	}
	if of := s.listOf(); of != unshaped {
		return listValue(of, id, shown, d)
	}
	switch s {
	case plainNumber:
		if _, err := strconv.ParseFloat(shown, 64); err == nil && scalar(gjson.Parse(shown)) == shown {
			return rawNumber(shown)
		}
		return shown
	case truth:
		if shown == "true" || shown == "false" {
			return shown == "true"
		}
		return shown
	case option:
		return object(id, "value", shown)
	case named:
		return object(id, "name", shown)
	case keyed:
		return object(id, "key", shown)
	case userLike:
		p := person{id: id, name: id, display: shown}
		return p.json(d)
	case unshaped:
		if id != "" && id != shown {
			return object(id, "value", shown)
		}
	}
	return shown
}

// none is the empty value: most fields are null then, lists are empty.
func (s shape) none() any {
	if s.listOf() == plainText {
		return []any{}
	}
	return nil
}

type rawNumber string

// MarshalJSON writes the number as the change has it.
func (n rawNumber) MarshalJSON() ([]byte, error) { return []byte(n), nil }

func object(id, member, shown string) map[string]any {
	out := map[string]any{member: shown}
	if id != "" {
		out["id"] = id
	}
	return out
}

// listValue takes the text of a change apart: its elements are parted by
// commas, those of texts without any comma by spaces.
func listValue(of shape, ids, shown string, d Dialect) any {
	parts := strings.Split(shown, ",")
	if of == plainText && len(parts) == 1 {
		parts = strings.Fields(shown)
	}
	idList := strings.Split(strings.Trim(ids, "[]"), ",")
	out := []any{}
	for i, p := range parts {
		id := ""
		if len(idList) == len(parts) {
			id = strings.TrimSpace(idList[i])
		}
		out = append(out, of.value(id, strings.TrimSpace(p), d))
	}
	return out
}
