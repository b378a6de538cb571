"""Complaints, topics and places that residents follow (Y12-1, Y16)."""
