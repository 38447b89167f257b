package bot

// The ids of the shortcuts, as the app's manifest names them.
const (
	RaiseShortcut = "raise_signal" // on a message
	NotShortcut   = "not_a_signal" // on a message
	PullShortcut  = "pull_cord"    // anywhere
)
