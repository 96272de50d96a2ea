"""How the page looks: Gradio's theme from the colours of `style.css`, the system's own fonts, nothing fetched."""

from __future__ import annotations

from pathlib import Path

from gradio.themes import Base, Color, sizes

__all__ = ["head", "record_script", "script", "source_script", "theme", "written_script"]

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

INK = Color(
    c50="#eef4f8", c100="#d9e7f0", c200="#b6d0e2", c300="#8ab4d1", c400="#5a91b8", c500="#2f6d98",
    c600="#1f5a84", c700="#1a4a6d", c800="#173d59", c900="#15334a", c950="#0d2130", name="ink",
)  # fmt: skip
PAPER = Color(
    c50="#fbfaf7", c100="#f4f2ec", c200="#e7e3da", c300="#d3cdc1", c400="#a8a094", c500="#7a7267",
    c600="#5f584e", c700="#47423b", c800="#2a2825", c900="#1d1c1a", c950="#151413", name="paper",
)  # fmt: skip

_HERE = Path(__file__).parent


def theme() -> Base:
    """Paper and ink. Fonts are named as strings: a GoogleFont would be fetched from elsewhere."""
    made = Base(
        primary_hue=INK,
        secondary_hue=INK,
        neutral_hue=PAPER,
        font=SANS,
        font_mono=MONO,
        radius_size=sizes.radius_md,
    )
    return made.set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#181715",
        body_text_color="#22201d",
        body_text_color_dark="#ebe7df",
        block_background_fill="transparent",
        block_border_width="0px",
        block_shadow="none",
        input_background_fill="#ffffff",
        input_background_fill_dark="#211f1d",
        input_border_color="*neutral_300",
        input_border_color_dark="#4a453e",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_300",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_500",
        button_primary_text_color="#ffffff",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#4a453e",
    )


def head() -> str:
    """The style sheets as they are, as Gradio's own `css` rewrites selectors; and what every event needs at once."""
    names = ("style", "source", "leaf", "copying", "record", "shelf", "written", "switcher")
    sheets = (_HERE / f"{name}.css" for name in names)
    styles = "".join(f"<style>{sheet.read_text('utf-8')}</style>" for sheet in sheets)
    return f"{styles}<script>{(_HERE / 'tab.js').read_text('utf-8')}</script>"


def script() -> str:
    """What the conversation does: suggestions, cards that open when their mark is followed, long questions folded."""
    return _in_blocks("page", "folding")


def source_script() -> str:
    """What the source beside the conversation does: it opens, turns, zooms, gives the focus back; keys, copies."""
    return _in_blocks("source", "paper", "keys", "copying")


def record_script() -> str:
    """What the list of conversations does: it opens, names, deletes, and saves files."""
    return (_HERE / "record.js").read_text("utf-8")


def written_script() -> str:
    """What written answers do in the browser: each is asked for in its turn, and put where it belongs."""
    return (_HERE / "written.js").read_text("utf-8")


def _in_blocks(*names: str) -> str:
    """Scripts in a block each: their names do not meet."""
    return "\n".join(f"{{\n{(_HERE / f'{name}.js').read_text('utf-8')}}}" for name in names)
