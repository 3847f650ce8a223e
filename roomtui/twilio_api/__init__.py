"""The one gateway to Twilio: the only package that imports `twilio`."""
