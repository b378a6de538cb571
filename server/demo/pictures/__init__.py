"""Photographs that nobody took: what residents complain about, drawn by the program."""
