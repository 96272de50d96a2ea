"""Every question of a report as a row: what was answered, what was right, and what changed."""

from __future__ import annotations

from collections.abc import Mapping

from qa.escaping import escaped, isolated
from qa.evaluation.comparing import CHANGES, Change, Comparison
from qa.evaluation.outcomes import Outcome
from qa.evaluation.report import Report
from qa.evaluation.wording import in_words

__all__ = ["VERDICTS", "questions_html", "verdict"]

VERDICTS = {
    "wrong": "bad",
    "wrongly refused": "bad",
    "wrongly answered": "bad",
    "not asked": "bad",
    "right": "good",
    "rightly refused": "good",
    "answered": "plain",
    "refused": "plain",
}
"""What can become of a question -> how it is coloured. The last two where nothing is known to compare with."""

NAMED = 4
"""Gold documents and answers that a row names."""

_COLUMNS = (
    ("question", "text"),
    ("answer", "text"),
    ("gold", "text"),
    ("outcome", "text"),
    ("confidence", "number"),
    ("rank", "number"),
    ("ms", "number"),
)


def questions_html(report: Report, comparison: Comparison | None) -> str:
    """The table with its filters; without a script it shows every question in the order asked."""
    changes = {change.id: change for change in comparison.changes} if comparison else {}
    heads = "".join(
        f'<th scope="col"><button type="button" data-sort="{at}" data-as="{kind}">{name}</button></th>'
        for at, (name, kind) in enumerate(_COLUMNS)
    )
    rows = "".join(_row(outcome, changes) for outcome in report.outcomes)
    return (
        '<section aria-labelledby="questions"><h2 id="questions">Questions</h2>'
        f'{_filters(report, comparison)}<div class="wide"><table class="questions" id="asked"><thead><tr>{heads}</tr>'
        f'</thead><tbody>{rows}</tbody></table></div><p class="more"><button type="button" id="more" hidden>'
        "Show more</button></p></section>"
    )


def verdict(outcome: Outcome) -> str:
    """What became of a question, of `VERDICTS`."""
    if outcome.error:
        return "not asked"
    if outcome.unanswerable:
        return "wrongly answered" if outcome.found else "rightly refused"
    if outcome.right is None:
        return "answered" if outcome.found else "refused"
    if not outcome.found:
        return "wrongly refused"
    return "right" if outcome.right else "wrong"


def _filters(report: Report, comparison: Comparison | None) -> str:
    counts = {name: sum(verdict(outcome) == name for outcome in report.outcomes) for name in VERDICTS}
    options = "".join(f'<option value="{name}">{name} ({count:,})</option>' for name, count in counts.items() if count)
    if comparison:
        kinds = [(kind, comparison.count(kind)) for kind in CHANGES]
        changed = "".join(f'<option value="{kind}">{kind} ({count:,})</option>' for kind, count in kinds if count)
        options += f'<optgroup label="changed">{changed}</optgroup>' if changed else ""
    total = len(report.outcomes)
    return (
        '<div class="filters" hidden><label><span class="unseen">Words in question, answer or gold</span>'
        '<input type="search" id="words" placeholder="Filter by words" autocomplete="off"></label>'
        f'<label><span class="unseen">Outcome</span><select id="outcome"><option value="">all ({total:,})</option>'
        f'{options}</select></label><p class="quiet" id="shown" role="status"></p></div>'
    )


def _row(outcome: Outcome, changes: Mapping[str, Change]) -> str:
    change = changes.get(outcome.id)
    became = verdict(outcome)
    milliseconds = f"{1000 * outcome.seconds:.1f}" if outcome.seconds is not None else ""
    kinds = " ".join([f"|{became}|", *(f"|{kind}|" for kind in (change.kinds if change else ()))])
    rank = str(outcome.rank) if outcome.rank else ("none" if outcome.measures else "")
    return (
        f'<tr data-kinds="{kinds}"><td>{_question(outcome)}</td><td>{_answer(outcome, change)}</td>'
        f'<td data-name="gold">{_gold(outcome)}</td>'
        f'<td><span class="pill {VERDICTS[became]}">{became}</span>{_pills(change)}</td>'
        f'<td data-name="confidence" data-value="{outcome.confidence:.4f}">{_confidence(outcome, change)}</td>'
        f'<td data-name="rank" data-value="{outcome.rank or 999}">{rank}</td>'
        f'<td data-name="ms" data-value="{milliseconds}">{milliseconds}</td></tr>'
    )


def _question(outcome: Outcome) -> str:
    earlier = "".join(f'<span class="earlier" dir="auto">{escaped(asked)}</span>' for asked in outcome.history)
    carried = (
        f'<span class="source">understood with: {isolated(", ".join(outcome.carried))}</span>'
        if outcome.carried
        else ""
    )
    return f'{earlier}<span class="asked" dir="auto">{escaped(outcome.question)}</span>{carried}'


def _answer(outcome: Outcome, change: Change | None) -> str:
    if outcome.error:
        return f'<span class="none">{escaped(outcome.error)}</span>'
    source = " · ".join(part for part in (outcome.path, outcome.cited_place) if part)
    said = f'<span class="said" dir="auto">{escaped(outcome.text)}</span>' if outcome.text else ""
    if not outcome.found:
        said = f'<span class="none">Not in these documents.</span>{said and f"<span class=closest>{said}</span>"}'
    was = ""
    if change and change.before != change.now:
        was = f'<span class="was" dir="auto">before: {escaped(change.before or "Not in these documents.")}</span>'
    return f'{said}<span class="source">{isolated(source)}</span>{was}'


def _gold(outcome: Outcome) -> str:
    if outcome.unanswerable:
        return f'<span class="none">no answer: {escaped(outcome.unanswerable)}</span>'
    words = "".join(f'<span class="gold" dir="auto">{escaped(answer)}</span>' for answer in outcome.answers[:NAMED])
    more = len(outcome.documents) - NAMED
    documents = [isolated(path) for path in outcome.documents[:NAMED]] + ([f"and {more} more"] if more > 0 else [])
    place = f'<span class="at">at {isolated(outcome.place)}</span>' if outcome.place else ""
    return f'{words}<span class="source">{", ".join(documents)}</span>{place}'


def _confidence(outcome: Outcome, change: Change | None) -> str:
    width = 56 * outcome.confidence
    bar = (
        '<svg class="meter" viewBox="0 0 56 6" aria-hidden="true"><rect class="track" width="56" height="6" rx="3"/>'
        f'<rect class="filled" width="{width:.1f}" height="6" rx="3"/></svg>'
    )
    was = ""
    if change and abs(change.confidence_before - change.confidence_now) >= 0.005:
        was = f'<span class="quiet">was {in_words(change.confidence_before, "share")}</span>'
    return f"{in_words(outcome.confidence, 'share')}{bar}{was}"


def _pills(change: Change | None) -> str:
    return "".join(f'<span class="pill changed">{kind}</span>' for kind in (change.kinds if change else ()))
