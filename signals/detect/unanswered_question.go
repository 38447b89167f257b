package detect

import "andon/signals"

func unansweredQuestion(s *Snapshot) []signals.Signal { return nil }
