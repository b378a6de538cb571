"""How a complaint comes in: form, photos, guests, paper after a failure (Act 9, Y10-1, Y12-2)."""
