"""The control plane, `/_sandbox`: the things that happen to Twilio without its REST API."""
