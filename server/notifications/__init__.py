"""Tells people what happened: an inbox in the app, and a push to their phones (Y16)."""
