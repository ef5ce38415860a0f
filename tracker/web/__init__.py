"""Support the pages of all packages: pagination, rate limits, form recovery, error pages, tabular files."""
