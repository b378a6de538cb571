"""What every slice stands on, and knows no slice."""
