"""Madang: a district office on a phone; the three rooms are server, pwa and gateways."""
