"""The officials' side of mileage (Y15-3, Y15-4): the budget line and corrections of balances."""
