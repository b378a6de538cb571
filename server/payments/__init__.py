"""Payment first (Y11-3, O9-2): what is to be paid, what came in, and what goes back."""
