package demo

import "slices"

// thursday: the worry of Tuesday has become an incident, and what was learnt
// makes a long way short.
func thursday() []beat {
	return slices.Concat([]beat{
		say("Thu 08:52", "felix", "general", "Good morning. Sale page is frozen from noon, thank you for a calm Wednesday."),
		say("Thu 09:25", "jonas", "help-checkout", "I have the rota again, hello."),
		say("Thu 09:18", "noor", "search", "Can someone grant our reports access to the search log of the shop please?").as("log"),
		reply("Thu 09:29", "ingrid", "log", "not us, try #platform"),
		reply("Thu 09:47", "dov", "log", "we don't own that, try #identity").note("Noor asks in #search, and is sent on for the second time."),
		say("Thu 10:15", "ingrid", "search", "Filters are twice as fast with the new index."),
		say("Thu 12:20", "bram", "random", "Somebody parked a sofa in the lift."),
		say("Thu 13:45", "hana", "mobile", "5.2.1 is in review with the smaller icons."),
		say("Thu 16:40", "noor", "general", "Thank you all for coming to the data course."),
	}, thursdayIncident(), thursdayTickets(), thursdayAgain())
}

func thursdayIncident() []beat {
	const room = "inc-0312-settlement"
	return []beat{
		command("Thu 09:15", "yara", "payments", "/andon pull Refunds are paid out twice and nobody stops the settlement job anonymously").
			note("Yara pulls the cord in #payments and does not wish to be named. Nobody but you knows that it was her."),
		create("Thu 10:30", "dana", room, "Refunds paid twice"),
		say("Thu 10:32", "dana", room, "Settlement is stopped, refunds were paid twice. Looking into it.").note("#" + room + " is opened: it is what Mei had feared on Tuesday."),
		say("Thu 10:48", "viktor", room, "Found double rows since Sunday, in the new settlement job."),
		say("Thu 11:10", "kofi", room, "The bank has been told and holds the file of tonight.").as("bank").note("This is the last word in #" + room + " for a while. Others wait for news."),
		reply("Thu 12:40", "dana", "bank", "Still repairing rows, next update in 2 hours."),
		comment("Thu 10:05", "raj", "PLAT-152", "Two nodes are replaced, I watch them over night."),
		say("Thu 14:35", "viktor", room, "Rows are repaired, one more check with the bank."),
		say("Thu 15:30", "dana", room, "All clear. The incident is resolved, refunds are correct again."),
	}
}

func thursdayTickets() []beat {
	return []beat{
		file("Thu 09:30", "lotte", "SUP-140", ticket{
			Title: "Stored card is refused for student customers in the app", Priority: "High", Component: "token-vault", Team: "Support", Holder: "lotte", Text: "The same message as last week, for students this time.",
		}),
		command("Thu 09:45", "lotte", "support", "/andon who SUP-140").note("Before she hands SUP-140 on, Lotte asks andon who solves such things: /andon who SUP-140."),
		change("Thu 09:52", "lotte", "SUP-140", "team", "Identity", "holder", "bea").note("SUP-140 goes straight to Bea: one hand-off, where such cases used to take six."),
		change("Thu 10:40", "bea", "SUP-140", "status", "In Progress"),
		change("Thu 13:20", "bea", "SUP-140", "status", "Done", "resolution", "Fixed"),
		file("Thu 09:56", "june", "SHOP-126", ticket{
			Title: "Delivery date jumps to the next month when the basket was edited", Component: "basket", Team: "Checkout", Holder: "milo",
			Text: "After the quantity is edited in the basket the delivery date jumps to the next month.",
		}).note("June files SHOP-126. It reads very much like one that was closed as Won't Fix twelve days ago."),
		change("Thu 15:10", "anya", "SHOP-118", "status", "Done", "resolution", "Fixed"),
	}
}

// thursdayAgain is what was put aside and is there again.
func thursdayAgain() []beat {
	return []beat{
		say("Thu 11:20", "hugo", "platform", "the nightly price import failed").as("import again"),
		reply("Thu 11:26", "dov", "import again", "flaky again, just rerun it").note("The import failed once more. Whoever put it aside on Wednesday is not asked again: somebody else is, and reads what was before."),
		command("Thu 16:10", "stellan", "platform", "/andon suppressed channel").note("Stellan types /andon suppressed channel: what was put aside here, and whether it came back. Nobody reads who did it."),
	}
}
