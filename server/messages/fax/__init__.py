"""Writing a fax: its files, its pages as they will print, its form and its warnings (Y15-4)."""
