"""The processing-standards table (민원처리기준표): what the office handles and how (Y9, O8-3)."""
