"""How the office runs: the public status, and the queue as the informatics department sees it."""
