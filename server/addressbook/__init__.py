"""The address book of one's own: whom one sends SMS and fax to, by name and in groups (Y15-4)."""
