"""Format Arabic dates as CLDR does, like the partial dates beside them."""

DATE_FORMAT = "j F Y"
