"""The domain: rooms, participants, deadlines, endings. Pure: no I/O, no clock of its own, no Textual, no twilio."""
