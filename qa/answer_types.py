"""What kind of thing a question asks for, and the words of a sentence that are of that kind.

    asked_for("How many migrants reach Colombia each day?")         -> AnswerType.NUMBER
    answering(NUMBER, "About 2,500 more arrive daily.", question)   -> [Span(6, 11)]

Rules over the surface of the text, for English. They rank and mark; no sentence is left out by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from index.analysis import STOP_WORDS, terms
from index.documents import Span
from qa.flowing import flowing, spans_before
from qa.leaning import names
from qa.money import may_say_a_sum
from qa.stamps import without_stamps
from qa.when import asks_when

__all__ = ["AnswerType", "answering", "asked_for"]


REMEMBERED = 256
"""Questions whose words are kept: each is asked of hundreds of sentences."""


class AnswerType(StrEnum):
    """Kinds of answers that can be told by their form."""

    PERSON = "person"
    PLACE = "place"
    DATE = "date"
    NUMBER = "number"
    AMOUNT = "amount"
    SHARE = "share"
    DURATION = "duration"
    REASON = "reason"
    OPEN = "open"
    """Anything else: what, which, how, yes or no."""


_NUMBER = (
    r"\d+(?:[,\u202f]\d{3}(?!\d)|\.\d+)*|half|dozens?|hundreds|thousands|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|a hundred|a thousand|a dozen|"
    + "".join(rf"(?<!\b{word}\s)" for word in "the no last this that each every which next only".split())
    + r"one(?![-\s](?:off|of|another|who|that|size)\b)"
)
_SCALE = r"(?:[\s-](?:hundred|thousand|million|billion|trillion|dozen))*"
_QUANTITY = rf"(?<!\w)(?<![^\W\d_]-)(?<!\d[,.\u202f])(?<!\d{{4}}/)(?!\d{{4}}/\d)(?:{_NUMBER}){_SCALE}(?!\w)"
_WHOLE_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
_MONTH = rf"(?:{_WHOLE_MONTH}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_BEFORE_MONTH = "|".join(  # without one of them, "May" and "March" may be anything
    rf"(?<=\b(?i:{word})[\s-])" for word in "in on since until by during of last early late mid".split()
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d{2})"
_UNIT_OF_TIME = (
    r"(?:second|minute|hour|day|night|week|weekend|fortnight|month|quarter|year|decade|centur(?:y|ie)|generation)s?"
)
_CURRENCY = r"(?:US\s?|C|A)?[$€£¥]|(?:USD|EUR|GBP|CAD|COP)\s?"
_MONEY_WORD = (
    r"(?:US\s)?(?:dollars?|euros?|pounds?|pence|pesos|bolivars?|bolivares|reais|rubles?|roubles?|rupees?|kron[aeo]r?|yen|"
    r"francs?|cents?)"
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*\w|[A-Z]\b"
_JOINED = r"(?:\s(?:(?:of|the|de|la|las|los|del|da|dos|von|van|der|bin|al|el|y|e|and)\s){0,2}(?=[A-ZÀ-Þ]))"
_NAME = rf"(?:{_CAPITAL})(?:{_JOINED}(?:{_CAPITAL}))*"

_WORD = re.compile(r"\S+")
_CELLS = re.compile(r"[^\W\d_],[^\s,]|[^\s,],[^\W\d_]")
"""Commas without a space after them, beside a letter: those of a row."""

_THING = re.compile(r"(?P<joint>\s+|-)(?P<word>[a-z][\w-]*)")
"""The word after a number."""

_RATE = re.compile(r"\brates?\b", re.IGNORECASE)

_BARE = re.compile(r"\d[\d,.]*(?:[\s-][a-z]+)*\Z", re.IGNORECASE)
"""A number without a currency."""

_PEOPLE = frozenset("people men women children staff".split())
_NO_THINGS = STOP_WORDS | frozenset(
    """plus minus gross less versus across besides points crowns dinars dirhams guilders liras rands rupees shillings
    zlotys""".split()
)
"""Words with an "s" at their end that leave a number before them a sum or a share."""

_SMALL = re.compile(r"\b[a-z][\w-]+")
_OPENING = re.compile(
    r"\w+(?:ing|ly|wise|where|ever|thing)\b|\w+(?=\s*:|\s+(?:\d|(?:you|we|they|he|she|it|are|were)\b))"
)
"""A single capitalised word that begins a sentence so is no name: "Speaking before thousands", "Apologies were"."""

_FORMS: dict[AnswerType, re.Pattern[str]] = {
    AnswerType.DATE: re.compile(
        rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?|{_MONTH}\s{_DAY}(?!\d)(?:,?\s{_YEAR})?|{_MONTH}(?:\s{_YEAR})|"
        rf"\d{{4}}[-/]\d{{2}}[-/]\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|(?<!\w){_YEAR}s?(?:[–-]\d{{2,4}})?(?![\w%])|"
        rf"(?:{_BEFORE_MONTH}){_WHOLE_MONTH}|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|"
        rf"\b\d{{1,2}}(?::\d{{2}})?\s?[ap]\.?m\b|(?<![\d:.,])\d{{1,2}}:\d{{2}}(?![\d:])|\b(?:midnight|noon)\b|"
        rf"\bwithin\s(?i:{_QUANTITY})[\s-](?:working\s|business\s)?{_UNIT_OF_TIME}\b|"
        rf"\b\d{{1,2}}(?:st|nd|rd|th)\sof\s(?:the|each|every)\s(?:next\s|following\s)?(?:month|quarter|year)\b|"
        rf"\b\d{{1,2}}(?:st|nd|rd|th)\scentur(?:y|ies)\b|\b(?:fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
        rf"\w+teenth|twentieth)\scentur(?:y|ies)\b|\b\d+\s(?:BC|BCE|AD|CE)\b",
    ),
    AnswerType.NUMBER: re.compile(_QUANTITY, re.IGNORECASE),
    AnswerType.AMOUNT: re.compile(
        rf"(?:{_CURRENCY})\d+(?:,\d{{3}}(?!\d)|\.\d+)*(?:\s(?:million|billion|trillion|thousand)|[mbk]n?\b)?|"
        rf"{_QUANTITY}\s{_MONEY_WORD}|\b(?:is|are|was|were)\sfree\b(?!\s(?:to|from))|\bfree of charge\b|"
        rf"\bno\s(?:charge|cost|fee)s?\b|(?<![\w.,-])\d{{1,3}}(?:,\d{{3}})+(?=[.;)]?(?:\s|$))(?!\s\w)",
        re.IGNORECASE,
    ),
    AnswerType.SHARE: re.compile(
        rf"{_QUANTITY}\s?(?:%|per\s?cent\b|percent\b|percentage points?)|\b(?:a|one|two|three)[\s-]"
        rf"(?:third|quarter|fifth|tenth|half)s?\b|\bhalf\b|(?<![\d.,])\b\w+\s(?:in|out of)\s(?!{_YEAR})(?:{_NUMBER})\b",
        re.IGNORECASE,
    ),
    AnswerType.DURATION: re.compile(
        rf"{_QUANTITY}[\s-](?:working\s|business\s)?{_UNIT_OF_TIME}\b|\b(?:every|each)\s(?:\w+\s)?{_UNIT_OF_TIME}\b|"
        rf"\b(?:(?:once|twice|{_QUANTITY}\stimes)\s)?an?\s{_UNIT_OF_TIME}\b|"
        r"\b(?:hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annually)\b",
        re.IGNORECASE,
    ),
    AnswerType.REASON: re.compile(
        r"\b(?:because|since|due to|owing to|thanks to|as a result of|in order to|so that|so as to|on account of|"
        r"for fear|the reason|caused? by|after|to (?:avoid|prevent|protect|allow|keep|make|help|get|save))\b[^.;]*",
        re.IGNORECASE,
    ),
    AnswerType.PERSON: re.compile(_NAME),
    AnswerType.PLACE: re.compile(
        rf"\b(?i:in|at|on|near|from|to|into|outside|through|across|over|of|around|between)\s(?:the\s)?"
        rf"((?:\w+\s(?:state|city|town|region|province|district|village|port|bridge|department)\sof\s)?{_NAME})"
    ),
}

_NO_COUNT = re.compile(
    rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?|{_MONTH}\s{_DAY}(?!\d)(?:,?\s{_YEAR})?|{_MONTH}\s{_YEAR}|"
    rf"\d{{4}}[-/](?:\d{{2}}[-/]\d{{2}}|(?:0[1-9]|1[0-2])\b)|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|"
    rf"\b(?i:in|since|until|during|spring|summer|autumn|winter|early|late|mid)[\s-]{_YEAR}\b|"
    rf"\b(?:of|for|by)\s{_YEAR}\b(?!\s+(?!(?:that|which|when|who|and|was|were|had|in|to|with|at|on)\b)[a-z])|"
    r"(?:^|\n)[ \t]{0,8}\d{1,3}(?:(?:\.\d{1,3})+\.?\s+(?=[A-Z])|[.)]\s+(?=[^\W\d_]))|"
    r"(?i:\b(?:clauses?|sections?|articles?|paragraphs?|chapters?|pages?|table|figure|rule|annex|appendix|schedule|version"
    r"|nos?\.)|§)\s?\d+(?:\.\d+)*(?:(?:,|,?\sand|\sor|\sto)\s\d+\.\d+)*"
)
"""Numbers in here say when, or which clause or item, and not how many."""

_NAMED = {AnswerType.PERSON, AnswerType.PLACE}

_COUNTS = {AnswerType.NUMBER, AnswerType.AMOUNT, AnswerType.SHARE, AnswerType.DURATION}

_WIDER = {AnswerType.AMOUNT: AnswerType.NUMBER, AnswerType.SHARE: AnswerType.NUMBER}
"""A sum may stand without its currency, a share without its "percent": in a column that says it once, in digits."""

_ASKS: tuple[tuple[AnswerType, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (AnswerType.DURATION, r"\bhow (?:long|quickly|soon|often|much (?:notice|time|warning|leave|"
         r"holiday)(?! pay\b))\b|"
         r"\b(?:for|within|in|after) how many (?:seconds|minutes|hours|days|weeks|months|years)\b|"
         r"\bwithin what time\b|\bwhat (?:is|was) (?:the|my|our) "
         r"(?:\w+ )?(?:(?:notice|trial|probation(?:ary)?|waiting|grace|warranty|guarantee|retention|cooling-off) period"
         r"|duration)\b"),
        (AnswerType.SHARE, r"\b(?:what|which|how (?:many|much|large|big|high|great)).{0,25}\b(?:percent|percentage|"
         r"share|per cent|proportion|fraction|rate)\b|\b(?:what|which|how (?:high|large|big))\b.{0,60}\b(?:profit|net|"
         r"gross|operating) margins?\b"),
        (AnswerType.AMOUNT, r"\bhow much\b(?! (?:notice|time|warning|leave|holiday|water|oil|rain)\b(?! (?:pay|"
         r"money|revenue)\b)).{0,80}\b(?:money|cost|pay|paid|pledge|spen[dt]|charge|worth|give|gave|loan|aid|price|"
         r"dollars?|(?:salary|salaries|wages?|fees?|fares?|rent|deposits?|budget)\b)|"
         r"\bhow much (?:is|are|was|were) (?:an?|one)\b|"
         r"\bhow expensive\b|\b(?:what|which)\b(?! happens| if).{0,30}\b(?:price|cost|"
         r"budget|sum|salary|wage|fee|revenue|income|profit(?! margin)|amount|rent(?! due)|deposit|allowance|premium|"
         r"payment)\b(?! (?:term|deadline|period|schedule|due|provider|method|option|date|card|cent(?:re|er)|code|"
         r"plan|version)s?\b)"),
        (AnswerType.NUMBER, r"\bhow (?:many|much|old|far|tall|high|large|big|deep|fast|heavy|wide)\b|"
         r"\b(?:what|which) (?:is|was|were|are)? ?(?:the )?(?:total |exact |approximate )?(?:number|population|size|"
         r"height|length|count|speed|weight|distance|inflation|age|score)\b|^number of\b"),
        (AnswerType.DATE, r"\b(?:what|which|on which|in which|in what) (?:(?!(?:present|modern)\b)\w+ )?(?:year|"
         r"date|day|month|century|decade|time|era|weekday)\b(?! (?:name|zone|limit|format|trip|care|rate|span|"
         r"length)s?\b)|\bsince what\b"),
        (AnswerType.PLACE, r"\bwhere\b|\b(?:what|which|in which|in what) (?:\w+ )?(?:country|countries|city|cities|"
         r"state|place|town|region|continent|province|village|location|capital|bridge|port|district|river|island)\b"),
        (AnswerType.PERSON, r"\b(?-i:[Ww]ho)\b|\bwhose\b|\bwhom\b|\b(?:what|which) (?:\w+ )?(?:person|man|woman|"
         r"president|minister|king|queen|general|author|scientist|actor|singer|artist|leader|name)\b"),
        (AnswerType.REASON, r"\bwhy\b|\bfor what reason\b|\bwhat (?:was|is|were) the (?:\w+ )?(?:reason|cause)s?\b|"
         r"\bwhat (?:caused|led to)\b"),
    )
)  # fmt: skip

_NOT_NAMES = frozenset(
    """The A An In On At It He She They We I This That These Those There When Where While After Before Since But And Or
    As By For From His Her Their Its If To With Of Not No Most Many Some Such During Although However Under Both Each
    Then Thus Also According About More Two One Three You Your Our My So Here Now Once Unless Until Because First Monday
    Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
    October November December""".split()
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a question says itself."""

    terms: frozenset[str]
    names: tuple[tuple[str, ...], ...]
    """The terms of each."""
    titles: frozenset[str]
    """Its words in small letters, capitalised: "the prime minister" stands before a name as "Prime Minister"."""


@lru_cache(maxsize=REMEMBERED)
def _said(question: str) -> _Said:
    named = tuple(tuple(terms(name)) for name in names(question))
    small = (word.group().capitalize() for word in _SMALL.finditer(question))
    return _Said(frozenset(terms(question)), named, frozenset(small))


def asked_for(question: str) -> AnswerType:
    """The kind of answer a question wants; the question word that comes first decides."""
    found = [(match.start(), at, kind) for at, (kind, asks) in enumerate(_ASKS) if (match := asks.search(question))]
    if (when := asks_when(question)) is not None:
        found.append((when, len(_ASKS), AnswerType.DATE))
    return min(found)[2] if found else AnswerType.OPEN


def answering(kind: AnswerType, sentence: str, question: str) -> list[Span]:
    """Spans of the sentence, in order, that are of the kind and are not what the question said itself."""
    return spans_before(sentence, _answering(kind, flowing(sentence), question))


def _answering(kind: AnswerType, sentence: str, question: str) -> list[Span]:
    said, sentence = _said(question), _cells_apart(sentence)
    if kind is AnswerType.DATE:
        sentence = without_stamps(sentence, question)
    dates = [match.span() for match in _NO_COUNT.finditer(sentence)] if kind in _COUNTS else []
    for form in (kind, _WIDER.get(kind)):
        if form in _FORMS:
            spans = [_span(match, kind, said) for match in _FORMS[form].finditer(sentence)]
            new = [span for span in spans if _is_new(sentence[span.start : span.end], kind, said)]
            if kind is AnswerType.AMOUNT and not may_say_a_sum(sentence):
                new = [span for span in new if not _BARE.match(sentence[span.start : span.end])]
            if form is not kind:
                new = [span for span in new if sentence[span.start].isdigit()]
                if not _RATE.search(question):  # which may be one of anything: "100 requests a minute"
                    new = [span for span in new if not _counts_things(sentence, span)]
            if undated := [span for span in new if not any(start <= span.start < end for start, end in dates)]:
                return undated
    return []


def _counts_things(sentence: str, span: Span) -> bool:
    """Whether a number is one of something else: "800 beds", "a 12-month loan", but not "800 a night"."""
    after = _THING.match(sentence, span.end)
    if not after or not sentence[span.start : span.end][-1].isdigit():
        return False
    word = after["word"]
    return after["joint"] == "-" or word in _PEOPLE or (word.endswith("s") and len(word) > 3 and word not in _NO_THINGS)


def _cells_apart(sentence: str) -> str:
    """The sentence; a row of cells between commas with bars instead: "42.00,140" is no number there."""
    if not _CELLS.search(sentence):
        return sentence
    parts = sentence.split('"')  # what is quoted is every other one
    return '"'.join(part if at % 2 else part.replace(",", "|") for at, part in enumerate(parts))


def _span(match: re.Match[str], kind: AnswerType, said: _Said) -> Span:
    """Where the match is, without what stands before a name: articles, and what the question said in small letters."""
    start, end = match.span(match.lastindex or 0)
    if kind is AnswerType.PERSON:
        before = _NOT_NAMES | said.titles
        words = (word for word in _WORD.finditer(match.group()) if word.group() not in before)
        start = next((start + word.start() for word in words), end)
        opening = _OPENING.match(match.string) if start == 0 else None
        if opening and opening.end() == end:
            start = end
    return Span(start, end)


def _is_longer(held: list[str], names: Iterable[tuple[str, ...]]) -> bool:
    """Whether it is one of the names and more: "Juan Guaido", "Halden Robotics Ltd", but not "Vallin Water Board"."""
    return any(
        held[-len(name) :] == list(name) or (len(name) > 1 and held[: len(name)] == list(name)) for name in names
    )


def _is_new(words: str, kind: AnswerType, said: _Said) -> bool:
    """Whether the words hold a term that the question does not; the longer form of a name asked about is not new."""
    held = terms(words)
    if not words:
        return False
    if kind is AnswerType.REASON:
        return True
    if kind in _NAMED:
        return words not in _NOT_NAMES and not said.terms.issuperset(held) and not _is_longer(held, said.names)
    return not held or not said.terms.issuperset(held)
