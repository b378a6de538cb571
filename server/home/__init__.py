"""The front page, a person's own page, and where officials begin their day."""
