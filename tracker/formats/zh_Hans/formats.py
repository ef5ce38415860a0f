"""Chinese months have no zero before them."""

MONTH_DAY_FORMAT = "n月j日"
