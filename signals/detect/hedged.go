package detect

import "andon/signals"

// Hedged is written below.
var Hedged = Detector{Name: "hedged", Detect: func(s *Snapshot) []signals.Signal { return nil }}
