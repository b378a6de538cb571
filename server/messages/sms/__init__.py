"""Writing an SMS: its form, its texts one by one, its lists of recipients (Y15-4)."""
