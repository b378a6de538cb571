"""Pure encoders: counting SMS bytes, reading numbers, drawing fax pages, preparing photos."""
