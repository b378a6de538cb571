"""The officials' desk: work lists, one case and its acts, memos, sharing out (Y10-2)."""
