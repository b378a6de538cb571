"""The complaints examiner (민원심사관): reminders to heads of departments, the monthly review."""
