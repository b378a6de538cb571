"""One act on a complaint, whatever it is: loaded, decided, written, recorded, told (Act 9-27)."""
