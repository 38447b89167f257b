package demo

import "slices"

// friday: a cord that is pulled by an emoji, and a question among the leads.
func friday() []beat {
	return slices.Concat(fridaySays(), slices.Concat(
		flap("Fri 08:10", "MailLag", 6), flap("Fri 09:05", "MailLag", 6), flap("Fri 10:20", "MailLag", 5), flap("Fri 11:10", "MailLag", 6), flap("Fri 12:05", "MailLag", 6),
	))
}

func fridaySays() []beat {
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
		command("Fri 11:50", "ines", "support", "/andon routes").note("Ines types /andon routes: the standing route from Support to Identity, how often it was taken, and what it saved. Here andon would also say which two teams reach each other only through tickets; it wants four weeks of talk for that, and has seen one."),
		{At: on("Fri 12:15"), Do: tells, Note: "A second alert of Platform cries wolf. Stellan has two things on his hands already, so it goes to somebody else of the team. To the lead of a team of which more than half have too much andon says so once a week, never who.", See: pageOf("stellan", "andon")},
		command("Fri 13:20", "priya", "help-checkout", "/andon cost SHOP-120").note("Priya types /andon cost SHOP-120: what it takes to coordinate the epic, in teams, hand-offs, waiting and approvals."),
		{At: on("Fri 14:30"), Do: tells, Note: "And if nobody had answered? On the command line, andon simulate --case PAY-102 --at 2026-03-05 tells it for an example that is built in: who would be asked, when, why not others, and where it ends. With --journal it tells it for your own.", See: pageOf("nora", "general")},
		command("Fri 15:00", "june", "support", "/andon status SUP-131"),
		{At: on("Fri 15:10"), Do: opens, Who: "bea"},
		say("Fri 16:30", "felix", "general", "Good weekend, everybody. It was a week."),
	}
}
