"""Privacy: the terms and the privacy policy with their editions, and who answers for them (Y22)."""
