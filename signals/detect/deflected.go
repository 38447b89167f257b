package detect

import "andon/signals"

// Deflected is written below.
var Deflected = Detector{Name: "deflected", Detect: func(s *Snapshot) []signals.Signal { return nil }}
