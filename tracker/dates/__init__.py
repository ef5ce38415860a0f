"""Partial dates: dates that are as precise as they are known."""
