"""Live watching: what to ask Twilio next, and the picture that results."""
