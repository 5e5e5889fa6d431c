"""What the words of the funnel usually mean: shown where an agreement defines none of its own (DOMAIN 3)."""

USUAL_STAGES = {
    "visitor": "somebody on our site whom we have no way to reach",
    "lead": "a person who may buy and whom we can reach",
    "mql": "a lead that marketing says is ready for sales, by what both sides agreed",
    "sal": "a lead that sales took, by hand or by silence, and has not worked on yet",
    "sql": "a lead that sales has talked to and confirmed as real",
    "opportunity": "a deal that sales pursues, with an amount",
    "proposal": "a deal for which a priced offer went out",
    "customer": "somebody whose deal is won",
}
USUAL_WORDS = {
    "attempt": "one call, voicemail or message from sales to the person, answered or not",
    "connect": "a live exchange with the person, in both directions",
}
MARK = "(usual)"
NOTE = f"What is marked {MARK} is the usual meaning, since this agreement gives no other."
