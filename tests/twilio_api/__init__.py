"""Tests of the gateway to Twilio."""
