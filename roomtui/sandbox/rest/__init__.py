"""Twilio's REST API over the world: who may ask, how often, what is answered, page by page."""
