"""What reaches out of the house: SMS, fax and push. Knows nothing of the server."""
