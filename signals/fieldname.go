package signals

// FieldName is the name of the field that an event changes, as Pattern.Field
// has it; "" for an event that changes no field of its case.
func (e *Event) FieldName() string {
	switch e.Kind {
	case Assigned, TeamMoved, LevelMoved, Status, Priority, Closed, Reopened:
		return e.fieldName()
	case Edited:
		if e.Ref == "" {
			return e.Field
		}
	}
	return ""
}
