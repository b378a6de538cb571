"""The statutory clock: working time, periods, what is not counted, and why this date (Y11-4)."""
