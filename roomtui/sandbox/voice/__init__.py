"""Phones: calls, what they are told to do (TwiML), and their way into rooms."""
