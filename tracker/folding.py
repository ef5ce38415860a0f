"""Folded text: what remains of a text without case, accents and other differences that people do not type the same way twice.

Text that is compared must be folded by `fold` on both sides, whether it is stored or typed.
"""

import unicodedata

_UNIFIED = str.maketrans(
    {
        # Letters with a stroke and ligatures have no decomposition in Unicode.
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        # Arabic: alef wasla, alef maksura and Farsi yeh, teh marbuta and other forms of heh, keheh. The hamza of a letter is a
        # combining mark, so are the vowel signs; tatweel only stretches a word.
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ة": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ک": "ك",
        "ـ": None,
        # Punctuation that keyboards and word processors write differently. Quotation marks are dropped: people put them around a query.
        **dict.fromkeys("‘’‛ʼ`′", "'"),
        **dict.fromkeys("‐‒–—―−", "-"),
        **dict.fromkeys('"“”„‟«»‹›″', None),
        # Variation selectors choose how a character is drawn.
        **dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), None),
    }
)


def fold(text: str) -> str:
    """Fold case, accents and other combining marks, width, Arabic letter forms, ligatures, digits and punctuation.

    `ÉVALUATION` becomes `evaluation`, `Straße` becomes `strasse`, `إدارة` becomes `اداره`. Folding works letter by letter: a part of a
    text folds into a part of its folded text, and folding twice changes nothing more. Line breaks are kept. Never fails.
    """
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(map(_fold_letter, letters)).translate(_UNIFIED)


def words_of(text: str) -> list[str]:
    """Return the words of a query, folded, each once, in the order in which they were typed."""
    return list(dict.fromkeys(fold(text).split()))


def _fold_letter(letter: str) -> str:
    """Drop combining marks, invisible formatting and halves of surrogate pairs; write digits as 0 to 9, control characters as spaces."""
    if letter.isascii() and letter.isprintable():
        return letter
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category in ("Cf", "Cs"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return " " if category == "Cc" and letter != "\n" else letter
