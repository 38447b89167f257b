package detect

// The weights of the problem model: a logistic regression with a ridge of 10,
// fitted by Newton's method on some 1,400 conversations of public support
// channels, each labelled by hand as a report of a fault or not. A family of
// words counts for something or nothing, so that no word of one channel weighs
// by itself. Told apart by models fitted on the other channels only, the
// conversations of a channel have an area under the curve of 0.88 to 0.91 where
// each begins with its question, and of 0.75 in a channel of free talk. The
// constant is moved so that 0.5 is the point of the best balance of precision
// and recall there, a probability of 0.35. The conversations include those that
// docs/quality.md measures; there each room is judged by weights that FitProblem
// fits without it.

// wordWeights are the weights of the families: in the opener's first words, in
// what the opener wrote later, in what others wrote.
var wordWeights = [wordClasses][3]float64{
	wcError:       {0.01, 0.09, 0.36},
	wcBug:         {0.77, 0.47, 0.45},
	wcIssue:       {0.36, 0.04, 0.69},
	wcTrouble:     {-0.04, -0.09, 0.51},
	wcBreaks:      {-0.15, -0.02, -0.14},
	wcNotWork:     {0.10, 0.21, 0.50},
	wcCannot:      {-0.04, -0.04, -0.16},
	wcNegated:     {-0.05, 0.22, -0.28},
	wcVersionWord: {0.31, 0.03, 0.11},
	wcUpgrade:     {0.64, -0.25, 0.16},
	wcWhen:        {0.37, 0.19, -0.13},
	wcWorksElse:   {0.22, -0.13, 0.17},
	wcHappens:     {0.32, 0.57, 0.28},
	wcWeird:       {0.21, 0.22, 0.09},
	wcAnyoneElse:  {0.43, 0.10, -0.10},
	wcRepro:       {0.14, 0.11, 0.07},
	wcShows:       {0.27, -0.09, -0.17},
	wcPlatform:    {0.21, 0.25, -0.05},
	wcStill:       {0.27, 0.38, 0.06},
	wcSlow:        {0.35, -0.05, -0.05},
	wcHow:         {-0.09, -0.25, -0.23},
	wcWant:        {-0.32, -0.04, -0.24},
	wcPossible:    {-0.12, -0.08, 0.03},
	wcWhich:       {-0.25, -0.04, -0.13},
	wcThanks:      {-0.34, -0.13, 0.19},
	wcNewcomer:    {-0.44, -0.17, -0.06},
	wcFeature:     {-0.20, -0.19, -0.29},
	wcAnnounce:    {-0.06, 0.04, 0.05},
	wcLaugh:       {-0.06, -0.04, 0.06},
	wcOpinion:     {-0.07, 0.14, -0.16},
	wcSame:        {0.12, 0.03, 0.07},
	wcYouCan:      {-0.02, -0.13, -0.12},
	wcFile:        {0.16, 0.05, 0.42},
	wcFixed:       {-0.13, -0.04, 0.03},
	wcUseIt:       {0.11, 0.20, 0.08},
	wcYes:         {-0.16, -0.19, -0.04},
}

// versionWeights are those of version numbers in the same three places.
var versionWeights = [3]float64{0.42, 0.08, -0.19}

// shapeWeights are those of the shape of the talk, the constant last.
var shapeWeights = [...]float64{
	0.27,  // says problem
	-0.07, // says again
	-0.12, // says howto
	0.22,  // says ask
	-0.12, // says joke
	-0.06, // says release
	0.10,  // says answer
	-0.20, // says thanks
	-0.41, // no phrase of a fault
	-0.21, // and no question
	0.10,  // words
	-0.27, // short
	-0.20, // long
	-0.45, // posts
	-0.27, // replies
	0.02,  // alone
	0.13,  // people
	0.04,  // code
	-0.05, // log
	-0.17, // link
	-0.23, // asks
	-0.39, // thanked
	-0.68, // nocore
	0.45,  // cores
	-0.30, // howonly
	-0.50, // constant
}
