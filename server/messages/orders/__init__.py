"""An order of messages from its draft to its end: priced, paid, shown, erased (Y15-4)."""
