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

const isOpen = () => document.body.classList.contains("fn-source-open");
const sheet = () => element.querySelector(".fn-sheet");

// Beside the conversation it is a part of the page; over it, all there is.
const settle = () => {
  const over = isOpen() && narrow.matches;
  for (const part of document.querySelectorAll("#fn-header, #fn-reading, #fn-shelf")) part.inert = over;
  panel.setAttribute("role", over ? "dialog" : "complementary");
  panel.toggleAttribute("aria-modal", over);
  if (over) panel.setAttribute("aria-modal", "true");
};
narrow.addEventListener("change", settle);

// The columns get other widths: what was read stays where it stood in the window.
const toggle = (open, anchor) => {
  const before = anchor ? anchor.getBoundingClientRect().top : 0;
  document.body.classList.toggle("fn-source-open", open);
  settle();
  if (anchor && !narrow.matches) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
};

const request = (wanted, focus) => {
  following = wanted;
  focusAfter = focus;
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

const close = () => {
  if (!isOpen()) return;
  const named = opener && `[data-open="${opener.exchange}"][data-citation="${opener.citation}"]`;
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
    showQuote();
    if (isOpen()) focusOn(focusAfter);
  });

const showQuote = () => {
  const leaf = element.querySelector(".fn-leaf");
  const quote = leaf?.querySelector("mark, .fn-box");
  if (!leaf) return;
  leaf.scrollTop = 0;
  if (!quote) return;
  const { top, bottom } = quote.getBoundingClientRect();
  const begin = leaf.getBoundingClientRect().top;
  if (bottom - begin > leaf.clientHeight * 0.6) leaf.scrollTop = top - begin - leaf.clientHeight * 0.3;
};

// Turning goes on with the same key; at the last page, with the page itself.
const focusOn = (selector) => {
  const found = selector && sheet().querySelector(`${selector}:not(:disabled)`);
  (found || (selector && element.querySelector(".fn-leaf")) || sheet().querySelector("h2")).focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("#fn-conversation [data-open]");
  if (event.target.closest("#fn-clear")) toggle(false);
  if (!button) return;
  opener = { exchange: button.dataset.open, citation: button.dataset.citation };
  const shown = sheet();
  if (shown && (shown.dataset.exchange !== opener.exchange || shown.dataset.citation !== opener.citation)) {
    shown.classList.add("fn-former"); // another source: not to be taken for this one
  }
  toggle(true, button);
  request({ exchange: opener.exchange, citation: Number(opener.citation), step: 0, as_text: false }, "");
  panel.focus({ preventScroll: true });
});

panel.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) return close();
  const way = event.target.closest("[data-turn], .fn-other");
  if (!way) return;
  const { exchange, citation, asText } = sheet().dataset;
  const wanted = { exchange, citation: Number(citation), step: Number(way.dataset.turn || 0), as_text: asText === "true" };
  if (way.dataset.asText) wanted.as_text = way.dataset.asText === "true";
  const same = way.dataset.way ? `[data-way="${way.dataset.way}"]` : way.dataset.asText ? ".fn-other" : ".fn-leaf";
  request(wanted, same);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isOpen() || event.defaultPrevented || event.isComposing) return;
  event.preventDefault();
  close();
});

panel.tabIndex = -1;
panel.setAttribute("aria-label", "Source");
settle();
