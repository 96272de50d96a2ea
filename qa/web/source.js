// The source beside the conversation. Runs once; `element` and `trigger` come from Gradio's HTML component.

const LOST = "The source did not come. Is Footnote still running? Then open it again.";
const LOST_AFTER_MS = 30_000;
const panel = document.querySelector("#fn-source");
const note = panel.querySelector(".fn-opening");
const narrow = matchMedia("(max-width: 900px)");
let opener = null; // names the button that the focus goes back to; it may have been drawn anew since
let asked = null; // what is on its way
let patience; // the timer of what is on its way
let following = null; // what is asked for next: one request at a time, so that the last one is shown last
let focusAfter = "";
let inPlace = false; // the same page comes again, sharper: it stays where it is

const isOpen = () => document.body.classList.contains("fn-source-open");
const sheet = () => element.querySelector(".fn-sheet");
const isTrue = (said) => said === "true";

// What is shown, as it was asked for.
const current = () => {
  const { exchange, citation, place, step, asText, enlarged, link } = sheet().dataset;
  const where = link ? { link } : { exchange, citation: Number(citation), place: Number(place) };
  return { ...where, step: Number(step), as_text: isTrue(asText), enlarged: isTrue(enlarged) };
};

// For those who hear the page.
const status = document.createElement("p");
status.className = "fn-aside";
status.setAttribute("role", "status");
document.querySelector(".gradio-container").append(status);
window.footnoteSay = (words) => {
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, 50);
};

// Beside the conversation it is a part of the page; over it, all there is.
const settle = () => {
  const over = isOpen() && narrow.matches;
  for (const part of document.querySelectorAll("#fn-header, #fn-reading, #fn-shelf")) part.inert = over;
  panel.setAttribute("role", over ? "dialog" : "complementary");
  panel.toggleAttribute("aria-modal", over);
  if (over) panel.setAttribute("aria-modal", "true");
};
narrow.addEventListener("change", settle);

// Below the header of the page there is less room for it than later.
const fit = () => {
  const below = Math.max(0, document.querySelector("#fn-columns").getBoundingClientRect().top);
  panel.style.setProperty("--fn-below", `${Math.round(below)}px`);
};
for (const name of ["scroll", "resize"]) addEventListener(name, fit, { passive: true });

// The columns get other widths: what was read stays where it stood in the window.
const toggle = (open, anchor) => {
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  document.body.classList.toggle("fn-source-open", open);
  settle();
  fit();
  if (anchor && !narrow.matches) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
};

const request = (wanted, focus, stays = false) => {
  following = wanted;
  focusAfter = focus;
  inPlace = stays;
  note.textContent = "Opening the document …";
  panel.setAttribute("aria-busy", "true");
  if (!asked) send();
};

const send = () => {
  asked = { ...following, shown: sheet()?.dataset.shown };
  following = null;
  clearTimeout(patience);
  patience = setTimeout(markLost, LOST_AFTER_MS);
  trigger("opened", { wanted: asked });
};

// It can be asked for again; what comes late is still shown.
const markLost = () => {
  clearTimeout(patience);
  asked = following = null;
  note.textContent = LOST;
};

// An address that opened a document names it as long as it is open.
const forgetLink = () => {
  const address = new URL(location.href);
  if (!address.searchParams.has("source")) return;
  for (const name of ["source", "start", "end", "quote"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
};

const close = () => {
  if (!isOpen()) return;
  forgetLink();
  const place = opener?.place ? `[data-place="${opener.place}"]` : "";
  const named = opener && `[data-open="${opener.exchange}"][data-citation="${opener.citation}"]${place}`;
  const button = named && document.querySelector(`#fn-conversation ${named}`);
  toggle(false, button);
  const card = button?.closest("details");
  if (card) card.open = true;
  (button || document.querySelector("#fn-question textarea"))?.focus({ preventScroll: !!button });
};

// Gradio calls this when the answer to `opened` has come.
window.footnoteSourceShown = () =>
  requestAnimationFrame(() => {
    const came = sheet() && sheet().dataset.shown !== asked?.shown;
    if (!came && !following) return markLost();
    clearTimeout(patience);
    asked = null;
    if (following) return send();
    panel.removeAttribute("aria-busy");
    window.footnotePaper.settle(inPlace);
    if (!inPlace) showQuote();
    if (!isOpen()) return;
    focusOn(focusAfter);
    window.footnotePaper.sharpen();
  });

const showQuote = () => {
  const leaf = element.querySelector(".fn-leaf");
  const quote = leaf?.querySelector("mark, .fn-box");
  if (!leaf) return;
  leaf.scrollTo({ top: 0, left: 0, behavior: "instant" });
  if (!quote) return;
  for (const part of [quote.closest(".fn-long"), quote.closest(".fn-across")]) if (part) reveal(quote, part);
  reveal(quote, leaf);
};

// Scrolls a part so that the quote stands in its upper half, and no further to the side than needed.
const reveal = (quote, part) => {
  const at = quote.getBoundingClientRect();
  const view = part.getBoundingClientRect();
  if (at.bottom - view.top > part.clientHeight * 0.6) part.scrollTop += at.top - view.top - part.clientHeight * 0.3;
  const right = at.left - view.left + Math.min(at.width, part.clientWidth * 0.9);
  if (right > part.clientWidth) part.scrollLeft += at.left - view.left - part.clientWidth * 0.1;
};

// Another citation of the same answer, or another of its places.
const go = (citation, place, focus) => {
  const { exchange, citations, step, ...shown } = sheet().dataset;
  if (citation < 1 || citation > Number(citations)) {
    return window.footnoteSay(citation < 1 ? "This is the first citation" : "This is the last citation");
  }
  opener = { exchange, citation: String(citation), place: 0 };
  request({ exchange, citation, place, step: 0, as_text: isTrue(shown.asText) }, focus);
};

// Turning goes on with the same key; at the last page, with the page itself.
const focusOn = (selector) => {
  const found = selector && sheet().querySelector(`${selector}:not(:disabled)`);
  (found || (selector && element.querySelector(".fn-leaf")) || sheet().querySelector("h2")).focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("#fn-conversation [data-open]");
  if (event.target.closest("#fn-clear")) {
    toggle(false);
    forgetLink();
  }
  if (!button) return;
  forgetLink();
  opener = { exchange: button.dataset.open, citation: button.dataset.citation, place: Number(button.dataset.place || 0) };
  const shown = sheet();
  if (shown && (shown.dataset.exchange !== opener.exchange || shown.dataset.citation !== opener.citation)) {
    shown.classList.add("fn-former"); // another source: not to be taken for this one
  }
  toggle(true, button);
  const { exchange, citation, place } = opener;
  request({ exchange, citation: Number(citation), place, step: 0, as_text: false }, "");
  panel.focus({ preventScroll: true });
});

panel.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) return close();
  const other = event.target.closest("[data-go]");
  if (other) {
    if (other.tagName !== "BUTTON" && String(getSelection())) return; // words are being selected
    const same = other.dataset.key ? `[data-key="${other.dataset.key}"]` : "";
    return go(Number(other.dataset.go), Number(other.dataset.place || 0), same);
  }
  const way = event.target.closest("[data-turn], .fn-other");
  if (!way) return;
  const wanted = { ...current(), step: Number(way.dataset.turn || 0), enlarged: window.footnotePaper.wantsMore() };
  if (way.dataset.asText) wanted.as_text = isTrue(way.dataset.asText);
  const same = way.dataset.way ? `[data-way="${way.dataset.way}"]` : way.dataset.asText ? ".fn-other" : ".fn-leaf";
  request(wanted, same);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isOpen() || event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return; // it is that which closes
  event.preventDefault();
  close();
});

panel.tabIndex = -1;
panel.setAttribute("aria-label", "Source");
settle();
const pending = () => following || asked;
window.footnoteSource = { pending, element, panel, isOpen, isOver: () => narrow.matches, sheet, current, request, go, close };

// The page was opened by a link to a place in a document.
if (new URLSearchParams(location.search).has("source")) {
  toggle(true);
  request({ link: location.search, step: 0, as_text: false }, "");
}
