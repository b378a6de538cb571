"""The life of a delivery: handed over once, asked after, compared with the books (Y15-4)."""
