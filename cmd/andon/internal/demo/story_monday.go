package demo

import "slices"

// monday: a case begins to wander, a question meets silence, a crash gets no ticket.
func monday() []beat {
	return slices.Concat([]beat{
		{At: on("Mon 09:00"), Do: tells, Note: "This is the Slack of " + Company + ", 45 people, on the first day with andon. Be anybody of them (top left), click what you like; Next goes on to what happens next.", See: pageOf("nora", "general")},
		say("Mon 09:02", "tess", "help-checkout", "Morning. Jonas has the rota for questions today."),
		say("Mon 09:06", "jonas", "help-checkout", "Here I am, with coffee."),
		say("Mon 09:15", "stellan", "platform", "Stand-up moves to ten, the room is taken."),
		say("Mon 09:17", "sana", "platform", "thanks, see you there"),
		say("Mon 10:02", "hugo", "random", "The plant by the lift has a new leaf. That is all."),
		say("Mon 10:31", "anya", "general", "The basket release from Friday looks good, error rate is flat."),
		say("Mon 11:58", "theo", "search", "Anybody for lunch at the market?"),
		say("Mon 12:01", "ingrid", "search", "yes, five minutes"),
		say("Mon 12:45", "jonas", "random", "Back from lunch. The soup was too hot, as always."),
		say("Mon 13:05", "priya", "help-checkout", "I moved the voucher review to Thursday at two."),
		say("Mon 13:20", "luca", "identity", "Certificate for the sign-in page is renewed, good until next March."),
		say("Mon 13:24", "tom", "identity", "thank you Luca"),
		say("Mon 14:50", "rosa", "payments", "Refunds for February are reconciled, report is on the drive."),
		say("Mon 16:10", "keiko", "platform", "Disk clean-up on the build agents is done."),
		say("Mon 17:05", "ines", "support", "End of the day: forty-one tickets, thirty-six answered. Good work."),
	}, mondayAsks(), mondayTickets(), mondayEpic())
}

func mondayAsks() []beat {
	return []beat{
		say("Mon 10:15", "otis", "help-checkout", "Can anybody help me with gift messages? The app sends one to the checkout and it is ignored. How do I get it through?").as("gift").
			note("Otis asks for help in #help-checkout. Others are busy, and nobody answers."),
		say("Mon 11:30", "zoe", "mobile", "since the upgrade to 5.2 the wish list crashes with an error when I open it on older phones. It worked fine in 5.1, any idea?").as("wishlist").
			note("Zoe describes a crash in #mobile. Somebody says ok, and nobody opens a ticket."),
		reply("Mon 11:52", "ravi", "wishlist", "ok, noted"),
		say("Mon 09:30", "nora", "leads", "Board papers are due on Thursday, I need your pages by Wednesday evening.").as("papers"),
		reply("Mon 09:41", "felix", "papers", "Mine are with you today."),
		reply("Mon 09:50", "marek", "papers", "ok, on Wednesday"),
		reply("Mon 10:05", "carmen", "papers", "ok"),
		say("Mon 15:12", "silas", "general", "How do I get a seat in the big room on Wednesday?").as("seat"),
		reply("Mon 15:16", "wren", "seat", "You can book it at the front desk, they have the list."),
		reply("Mon 15:20", "silas", "seat", "found it, thanks Wren"),
	}
}

// mondayEpic is a plan of which one part waits for another, over three teams.
func mondayEpic() []beat {
	return []beat{
		file("Mon 09:10", "priya", "SHOP-120", ticket{Kind: "Epic", Title: "One basket for app and shop", Team: "Checkout", Holder: "priya", Text: "What a customer puts in on the phone is there on the laptop."}),
		file("Mon 09:14", "priya", "SHOP-121", ticket{Kind: "Task", Title: "Read the basket of the app", Component: "basket", Parent: "SHOP-120"}),
		file("Mon 09:16", "priya", "PAY-41", ticket{Kind: "Task", Title: "One payment number for both baskets", Team: "Checkout", Holder: "priya", Parent: "SHOP-120"}),
		file("Mon 09:18", "priya", "PLAT-160", ticket{Kind: "Task", Title: "A queue for baskets", Team: "Platform", Holder: "dov", Parent: "SHOP-120"}),
		change("Mon 09:22", "priya", "PAY-41", "team", "Payments", "holder", "mei"),
		change("Mon 11:30", "tess", "SHOP-121", "team", "Checkout", "holder", "anya"),
		waits("Mon 09:24", "priya", "SHOP-121", "PAY-41"),
		waits("Mon 09:28", "mei", "PAY-41", "PLAT-160").note("SHOP-121 of Checkout waits for PAY-41 of Payments, which waits for PLAT-160 of Platform. Nobody sees the whole row."),
		command("Mon 09:34", "keiko", Admin, "/andon lint").note("Keiko, who is an admin of andon, types /andon lint: what in the chain would break before it hurts, such as a rule that never fires, or work that no team owns."),
		comment("Mon 13:35", "mei", "PAY-41", "Dana, can you approve the new number range please?"),
		comment("Mon 14:10", "dana", "PAY-41", "Yes, take the range from seven million on."),
	}
}

func mondayTickets() []beat {
	return []beat{
		file("Mon 09:12", "june", "SUP-131", ticket{
			Title: "Stored card is refused for returning customers in the app", Priority: "High", Component: "token-vault", Team: "Support", Holder: "omar",
			Text: "Customers who saved a card last year get \"card refused\" in the app. Typing the same card in again works.",
		}).note("June of Support files SUP-131: stored cards are refused. Follow this one, it is going to travel from team to team."),
		change("Mon 10:40", "omar", "SUP-131", "team", "Checkout", "holder", "milo"),
		comment("Mon 11:22", "milo", "SUP-131", "Checkout only passes the card on, and it comes back refused. Looks like a payment matter to me."),
		change("Mon 14:30", "milo", "SUP-131", "team", "Payments", "holder", "kofi").note("SUP-131 is handed on from Checkout to Payments, its third team today."),
		comment("Mon 15:44", "kofi", "SUP-131", "The bank takes these cards. What we get from the store of tokens is empty. Maybe the cluster that serves it."),

		file("Mon 09:20", "lotte", "SUP-126", ticket{
			Title: "Refund mail shows the wrong amount", Priority: "High", Component: "refunds", Team: "Payments", Holder: "arlo", Text: "The mail names the full price when only one chair was returned.",
		}),
		comment("Mon 14:20", "lotte", "SUP-126", "It still shows the wrong amount, for every second refund of today."),
		change("Mon 16:20", "arlo", "SUP-126", "priority", "Low").note("Payments lowers the priority of SUP-126, two hours after Lotte wrote that it still happens."),

		file("Mon 09:30", "kofi", "PLAT-152", ticket{
			Title: "Nodes of the payment cluster restart at night", Priority: "High", Component: "cluster", Team: "Platform", Holder: "raj", Text: "Three nights in a row now. Payments retry, so nobody notices yet.",
		}),
		file("Mon 09:40", "pavel", "SUP-128", ticket{
			Title: "Invoice list of business accounts is empty", Component: "reports", Team: "Support", Level: "L1", Holder: "wren", Text: "Two business customers see no invoices since the first of March.",
		}),
		change("Mon 13:00", "wren", "SUP-128", "level", "L2", "holder", "sunil"),
		file("Mon 10:20", "sunil", "SHOP-118", ticket{
			Title: "Voucher of the newsletter is refused at the last step", Component: "vouchers", Team: "Checkout", Holder: "priya", Text: "The basket takes the voucher, the last step refuses it.",
		}),
		change("Mon 16:00", "priya", "SHOP-118", "team", "Payments", "holder", "viktor"),
		comment("Mon 16:32", "viktor", "SHOP-118", "Will have a look at what we get from the basket."),
	}
}
