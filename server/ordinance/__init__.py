"""An ordinance as data: the profiles of the districts, the table of clauses, and what is proven."""
