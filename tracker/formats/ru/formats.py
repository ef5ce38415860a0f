"""Russian months stand in the genitive after a day."""

MONTH_DAY_FORMAT = "j E"
