"""What addresses are made of, besides what Django knows. Each module of addresses that uses one of these imports this one."""

from django.urls import register_converter


class NumberConverter:
    """A number from 1 up, written in one way only: what counts issues, action points and updates."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(NumberConverter, "number")
