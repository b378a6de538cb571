"""Fix once, answer everyone: many complaints of one cause are one job (Act 27)."""
