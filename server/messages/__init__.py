"""SMS and fax for residents (Y15-4): priced before sending, charged for what arrived."""
