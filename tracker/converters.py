"""Define path converters. Each urls module that uses one imports this module."""

from django.urls import register_converter


class NumberConverter:
    """Match a number from 1 up without leading zeros: the number of an issue, action point or update."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(NumberConverter, "number")
