"""roomtui: live Twilio Video rooms in a terminal."""
