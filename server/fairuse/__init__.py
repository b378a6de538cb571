"""Fair use of SMS and fax (Y15-4): who may send how much, under which number, what and to whom."""
