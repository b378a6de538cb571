"""Results, their approval and photos, and the papers that carry them (Act 27, D29, D31)."""
