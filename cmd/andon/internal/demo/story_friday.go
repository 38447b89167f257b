package demo

// friday: a cord that is pulled by an emoji, and a question among the leads.
func friday() []beat {
	return []beat{
		say("Fri 08:50", "nora", "general", "Sale day. Thank you for all that you did this week."),
		say("Fri 09:15", "tess", "help-checkout", "Everything is green, orders come in nicely."),
		say("Fri 10:05", "hana", "mobile", "The app shows the prices of yesterday for some sofas.").as("prices"),
		react("Fri 10:12", "zoe", "prices", "rotating_light").note("Zoe pulls the cord: with the emoji of a siren on Hana's message in #mobile."),
		say("Fri 10:40", "marek", "leads", "Does anybody know why the Search bill doubled in March? I need the answer for Monday.").as("budget").
			note("Marek asks in #leads, which is private. andon tells nobody of it who is not in there."),
		say("Fri 11:20", "carmen", "leads", "I moved our weekly round to ten."),
		say("Fri 12:30", "elle", "random", "The tiny chair has a tiny table now."),
		say("Fri 14:00", "greta", "general", "Customers like the sale. The oak table is nearly sold out."),
		comment("Fri 09:35", "raj", "PLAT-152", "Second quiet night."),
		change("Fri 14:20", "raj", "PLAT-152", "status", "Done", "resolution", "Fixed"),
		command("Fri 15:00", "june", "support", "/andon status SUP-131"),
		{At: on("Fri 15:10"), Do: opens, Who: "bea"},
		say("Fri 16:30", "felix", "general", "Good weekend, everybody. It was a week."),
	}
}
