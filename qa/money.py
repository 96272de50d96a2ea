"""Whether a sentence may say a sum of money by a number alone.

may_say_a_sum("The rent is 1500.")      -> True
may_say_a_sum("Tents | 1999")           -> True
may_say_a_sum("Cucuta has 3,000.")      -> False
"""

from __future__ import annotations

import re

__all__ = ["MONEY", "may_say_a_sum"]

_PROSE = re.compile(r"[.!?…][\"'”’)\]]*\s*\Z")
_BETWEEN_CELLS = re.compile(r"[|\t]")

MONEY = re.compile(
    r"[$£¥\u20a0-\u20bf]|\brs\.?(?=\s?\d)|\b(?:usd|eur|gbp|cad|cop|chf|jpy|aud|nzd|sek|nok|dkk|pln|czk|huf|ron|"
    r"inr|pkr|cny|"
    r"rmb|brl|mxn|zar|try|aed|sar|ils|sgd|hkd|krw|thb|rub|uah|kes|ngn|egp|dinars?|dirhams?|riyals?|rials?|"
    r"zlot\w+|złot\w+|"
    r"shillings?|crowns?|guilders?|liras?|rands?|rupiahs?|ringgits?|baht|yuan|renminbi|shekels?|forints?|korun\w+|lei|"
    r"hryvni?as?|nairas?|cedis?|dollars?|euros?|pounds?|pence|pesos?|bolivar\w*|reais|roubles?|rubles?|rupees?|"
    r"kron\w+|yen|francs?|cents?|millions?|billions?|trillions?|"
    r"(?:cost|pric|pay|charg|rent|salar|wage|earn|spen[dt]|budget|revenue|turnover|profit|incom|expen[sd]|fund|donat|"
    r"pledg|invest|purchas|reimburs|compensat|bonus|debt|loan|tax|invoic|subsid|grant|financ|tariff|dividend)\w*|"
    r"paid|fees?|fares?|sums?|amount\w*|deposits?|allowances?|premiums?|worth|valued?|money|cash|aid|sales|"
    r"sells?|sold|buys?|"
    r"bought|lend|lent|owes?|owed|cheap\w*|balance|vat)\b",
    re.IGNORECASE,
)


def may_say_a_sum(sentence: str) -> bool:
    """Whether a number without a currency may be a sum: the text speaks of money, or is a row or a line."""
    return (
        not _PROSE.search(sentence) or _BETWEEN_CELLS.search(sentence) is not None or MONEY.search(sentence) is not None
    )
