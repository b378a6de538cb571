"""Fair use of messages: whom an order leaves out, what is held, what comes in (Y15-4)."""
