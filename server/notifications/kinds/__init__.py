"""What may be told, as sentences: one kind an event; each module keeps those of its own matters."""
