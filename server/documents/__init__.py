"""Documents of the office: notices and receipts as paper, with a code to check them by (Act 27)."""
