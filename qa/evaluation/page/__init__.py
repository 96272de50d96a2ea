"""The report as one HTML file: no script, style, font or picture from elsewhere, nothing of a document as markup."""

from __future__ import annotations

from qa.evaluation.page.document import report_html

__all__ = ["report_html"]
