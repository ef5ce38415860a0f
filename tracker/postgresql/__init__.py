"""PostgreSQL for Django, with limits on every wait. Named by ENGINE in the settings, so Django loads `base.DatabaseWrapper`."""
