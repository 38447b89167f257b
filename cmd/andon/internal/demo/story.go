package demo

import "slices"

// story is everything that happens in the week whatever andon says, by time.
func story() []beat {
	return sorted(slices.Concat(monday(), tuesday(), wednesday(), thursday(), friday(), nextMonday()))
}

// before is what was said before the story begins, when andon was not there yet.
func before() []beat {
	return []beat{
		say("Before 09:05", "felix", "general", "Good morning. Two things for today: the spring sale page goes live next Friday, and there is cake in the kitchen."),
		say("Before 09:40", "milo", "help-checkout", "The new basket is on all shops now. Tell us when something looks odd."),
		say("Before 10:12", "stellan", "platform", "Cluster update is done, two minutes early. Thanks Keiko and Dov."),
		say("Before 11:30", "carmen", "mobile", "App 5.2 is in review. It should be out on Sunday."),
		say("Before 14:02", "dana", "payments", "The new settlement job runs for the first time on Sunday night."),
		say("Before 15:20", "elle", "random", "Who left the tiny oak chair on my desk? I love it."),
		say("Before 16:45", "ines", "support", "Quiet afternoon. Enjoy the weekend, everybody."),
		say("Mon 08:40", "felix", "general", "Good morning. From today andon helps us. It reads our channels and Jira, and when something gets stuck it writes to the one person who can help, and to nobody else. `/andon help` says what it answers."),
		say("Mon 08:45", "nora", "general", "Good morning all. The spring sale starts on Friday, so please keep changes small this week."),
	}
}

// nextMonday is when the week is told.
func nextMonday() []beat {
	return []beat{
		say("Next 08:40", "felix", "general", "Good morning. What a week. Have a look at what is said at nine in #"+Digest+"."),
		say("Next 09:20", "nora", Digest, "Two long ways that one introduction would have saved, and a worry on Tuesday that became Thursday's incident. I would like to talk about that one, calmly."),
		command("Next 09:40", "nora", "general", "/andon path SUP-131"),
		{At: on("Next 10:00"), Do: opens, Who: "bea"},
		{At: on("Next 10:05"), Do: tells, Note: "The story is over. Look at #" + Digest + " for the week, at /andon status SUP-131 for the six stages, and at the Home tab of anybody. Everything can still be clicked.", See: pageOf("nora", Digest)},
	}
}
