package slack

import "context"

// Lane says whose turn comes first where many calls wait for the same rate. A
// smaller one goes first.
type Lane int

// The lanes, the most urgent first.
const (
	LaneAnswer Lane = iota // what somebody asked for and waits for
	LaneNudge              // what is told to somebody
	LaneNotice             // what can wait a little: notices, what is only read
	LaneDigest             // what can wait: digests, sweeps of the history
)

type laneKey struct{}

// WithLane returns a context whose calls take their turns in a lane.
func WithLane(ctx context.Context, l Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

func laneOf(ctx context.Context) Lane {
	if l, ok := ctx.Value(laneKey{}).(Lane); ok {
		return l
	}
	return LaneNotice
}

// kindLanes are the lanes of cards by their kind; others are notices.
var kindLanes = map[string]Lane{"answer": LaneAnswer, "nudge": LaneNudge, "alert": LaneNudge, "digest": LaneDigest}

// withKind takes the lane of a kind of cards where none was chosen.
func withKind(ctx context.Context, kind string) context.Context {
	if _, chosen := ctx.Value(laneKey{}).(Lane); chosen {
		return ctx
	}
	l, known := kindLanes[kind]
	if !known {
		l = LaneNotice
	}
	return WithLane(ctx, l)
}
