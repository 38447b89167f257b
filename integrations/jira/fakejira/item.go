package fakejira

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// item is one change of one field.
type item struct {
	field, fieldID, fieldType string
	from, fromText, to        string
	toText                    string
}

// items visits the items of an entry in their order.
func (h *history) items(visit func(item)) {
	each(gjson.Get(h.raw, "items"), func(_, v gjson.Result) bool {
		if v.IsObject() {
			visit(readItem(v))
		}
		return true
	})
}

func readItem(v gjson.Result) (it item) {
	each(v, func(k, x gjson.Result) bool {
		switch k.Str {
		case "field":
			it.field = scalar(x)
		case "fieldId":
			it.fieldID = scalar(x)
		case "fieldtype":
			it.fieldType = x.Str
		case "from":
			it.from = scalar(x)
		case "fromString":
			it.fromText = scalar(x)
		case "to":
			it.to = scalar(x)
		case "toString":
			it.toText = scalar(x)
		}
		return true
	})
	return it
}

// keyField is the target of a change of the key, which is no field.
const keyField = "key"

// wellKnown maps what the changelog calls a field, as name or as id in lower
// case, to its name in "fields" where that is another.
var wellKnown = map[string]string{
	"key": keyField, "issuekey": keyField, "component": "components", "link": "issuelinks", "fix version": "fixVersions", "version": "versions",
	"remoteissuelink": "", "attachment": "", "comment": "", "created": "", "updated": "", "resolutiondate": "",
	"fixversions": "fixVersions", "issue type": "issuetype", "parent issue": "parent", "affects version": "versions", "affects version/s": "versions",
}

// target is the member of "fields" that an item changes, "" where there is
// none.
func (it *item) target(is *issue) string {
	if it.fieldType == "custom" || strings.HasPrefix(it.fieldID, customPrefix) {
		if it.fieldID != "" {
			return it.fieldID
		}
		return is.customNamed(it.field)
	}
	name := it.fieldID
	if name == "" {
		name = it.field
	}
	if known, ok := wellKnown[strings.ToLower(name)]; ok {
		return known
	}
	if it.fieldID != "" {
		return it.fieldID
	}
	if gjson.Get(is.fields, gjson.Escape(strings.ToLower(name))).Exists() {
		return strings.ToLower(name)
	}
	if id := is.customNamed(name); id != "" {
		return id
	}
	return strings.ToLower(name)
}

const customPrefix = "customfield_"

// customNamed finds the custom field that people call so.
func (is *issue) customNamed(name string) (id string) {
	each(gjson.Parse(is.names), func(k, v gjson.Result) bool {
		if v.Str == name && strings.HasPrefix(k.Str, customPrefix) {
			id = k.Str
		}
		return id == ""
	})
	return id
}

// scalar is a single value as the changelog writes it, "" for anything else.
func scalar(v gjson.Result) string {
	switch v.Type {
	case gjson.String:
		return v.Str
	case gjson.Number:
		if strings.ContainsAny(v.Raw, ".eE") {
			return strconv.FormatFloat(v.Num, 'f', -1, 64)
		}
		return v.Raw
	case gjson.True, gjson.False:
		return v.Raw
	}
	return ""
}

// text is what people see of a value.
func text(v gjson.Result) string {
	if !v.IsObject() {
		return scalar(v)
	}
	for _, k := range []string{"value", "displayName", "name", "title"} {
		if x := v.Get(k); x.Exists() && x.Type != gjson.Null && x.Type != gjson.JSON {
			return scalar(x)
		}
	}
	return ""
}

// each visits the members of an object or the elements of an array, and
// nothing of any other value.
func each(v gjson.Result, visit func(k, x gjson.Result) bool) {
	if v.IsObject() || v.IsArray() {
		v.ForEach(visit)
	}
}
