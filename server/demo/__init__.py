"""The demo district: a believable Yeongdeungpo, made through the doors that residents use."""
