"""A local Twilio Video. Shares no code with the dashboard, so that no bug can hide on both sides."""
