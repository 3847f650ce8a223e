"""The state of one Twilio account and its rules. Pure: no HTTP, no I/O, and no time but the clock handed in."""
