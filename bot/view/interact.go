package view

// Ask says how somebody asked. It is a string so that stored values are immune
// to renumbering.
type Ask string

// The ways of asking.
const (
	Command  Ask = "command"  // a slash command; Action is the command, Text what stands behind it
	Pressed  Ask = "action"   // a button or a menu; Action is its id, Value what was pressed or chosen
	Shortcut Ask = "shortcut" // a shortcut, on a message where Message is set; Action is its id
	Submit   Ask = "submit"   // a modal was sent; Action is its id, Entered what stands in it
	Home     Ask = "home"     // the Home tab was opened
	Mention  Ask = "mention"  // andon was spoken to, in a direct message or by name; Text is what was said
)

// Asked is one thing that a person asked of andon by hand. Ids of people,
// channels and messages are made as everywhere else, SOURCE/SITE/LOCAL; what
// the source did not say is empty.
type Asked struct {
	ID        string // the same when the same asking is heard again
	Kind      Ask
	User      string            // who asks
	Channel   string            // where, "" in the Home tab and for shortcuts that belong to no channel
	Message   string            // the message it is about: the one with the button, or the one that the shortcut was used on
	Thread    string            // the first message of the thread that Message stands in, "" outside of threads
	Action    string            // what was used: the command, the id of a button, a shortcut or a modal
	Value     string            // of the button or of the chosen option; of several, one a line
	Text      string            // what was written; for a shortcut the text of the message
	Author    string            // who wrote that message
	Entered   map[string]string // what was entered in a modal, by Input.ID
	Hidden    string            // what the modal carried, see Modal.Hidden
	TriggerID string            // the source's short right to open a modal; Reply.Modal uses it without being told
	Direct    bool              // in a direct message with andon
}

// Reply is what is answered at once. The zero value says nothing, which is right
// where the answer is the change of a message that stands already.
type Reply struct {
	Card      *Card             // said where it was asked
	Ephemeral bool              // to who asked only
	Modal     *Modal            // opened; after Submit it takes the place of the one that was sent
	Errors    map[string]string // after Submit: what is wrong, by Input.ID; the modal stays open
	Home      []*Card           // what the Home tab of who asked shows from now on; nil leaves it
}

// Modal is a form. All texts are plain.
type Modal struct {
	ID     string // comes back as Asked.Action
	Title  string // 24 characters are shown
	Lines  []Paragraph
	Inputs []Input
	Submit string // the text of the button that sends it; needed where there are inputs
	Hidden string // comes back as Asked.Hidden; people do not see it, but it is no secret: ids only
}

// InputKind is what can be entered.
type InputKind string

// The kinds of inputs.
const (
	LineInput    InputKind = ""        // one line of text
	TextInput    InputKind = "text"    // several lines
	ChoiceInput  InputKind = "choice"  // one of Options
	PersonInput  InputKind = "person"  // somebody; the value is their id
	ChannelInput InputKind = "channel" // a channel; the value is its id
)

// Input is one field of a modal.
type Input struct {
	ID       string // unique in the modal
	Kind     InputKind
	Label    string
	Hint     string
	Value    string // what stands in it at first: a text, an Option.Value or an id
	Options  []Option
	Max      int // longest text in characters, 0 for the source's own bound
	Optional bool
}

// Option is one choice.
type Option struct{ Text, Value string }
