// Runs once, when the conversation appears; `element` and `trigger` come from Gradio's HTML component.

const LOST_AFTER_MS = 30_000;
const LOOKED_FOR_AFTER_MS = 2_000; // most questions are answered by then
const isWaiting = () => element.querySelector(".fn-pending:not(.fn-lost)") !== null;
let askedByButton = false; // then the question box has not the focus, and what had it is drawn anew
const questionBox = () => document.querySelector("#fn-question textarea");

// A suggested question is asked by its button.
element.addEventListener("click", (event) => {
  const suggestion = event.target.closest("[data-ask]");
  if (suggestion && !isWaiting()) {
    askedByButton = true;
    window.footnotePending(suggestion.dataset.ask);
    trigger("suggested", { question: suggestion.dataset.ask });
  }
});

// A word that was carried over is left out, and a document is chosen, by asking the question again.
element.addEventListener("click", (event) => {
  const again = event.target.closest("[data-again]");
  if (!again || isWaiting()) return;
  const { exchange, without, within, all } = again.dataset;
  askedByButton = true;
  window.footnotePending(again.dataset.again);
  trigger("again", { exchange, change: all !== undefined ? { all } : without === undefined ? { within } : { without } });
});

// A thumb is pressed at once, and taken back when it is pressed again; the server keeps what is told here. Presses may
// overtake each other on their way: each says which one it is, of the page as it was loaded then.
let presses = 0;
element.addEventListener("click", (event) => {
  const thumb = event.target.closest("[data-rate]");
  if (!thumb) return;
  const pressed = thumb.getAttribute("aria-pressed") !== "true";
  for (const other of thumb.parentElement.querySelectorAll("[data-rate]")) {
    other.setAttribute("aria-pressed", String(other === thumb && pressed));
  }
  const press = [performance.timeOrigin, (presses += 1)];
  trigger("judged", { exchange: thumb.dataset.exchange, rating: pressed ? thumb.dataset.rate : "none", press });
});

// A blank question is not sent, and none before the last one is answered: what was written stays in the box.
const holdBack = (event) => {
  const sends =
    (event.type === "click" && event.target.closest("#fn-ask")) ||
    (event.type === "keypress" && event.key === "Enter" && !event.shiftKey && event.target === questionBox());
  if (!sends || (questionBox().value.trim() && !isWaiting())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};
document.addEventListener("click", holdBack, true);
document.addEventListener("keypress", holdBack, true);

// A citation mark opens its card. The hash stays out of the address: a reload shows the page from its newest question.
element.addEventListener("click", (event) => {
  const mark = event.target.closest("a.fn-mark");
  const card = mark && document.getElementById(mark.getAttribute("href").slice(1));
  if (!card) return;
  event.preventDefault();
  card.open = true;
  card.scrollIntoView({ block: "nearest" });
  card.querySelector("summary").focus({ preventScroll: true });
  card.classList.remove("fn-pointed");
  void card.offsetWidth; // starts the animation again
  card.classList.add("fn-pointed");
});

// A new answer draws the conversation anew: the cards that were opened, and closed, stay so.
const unfolded = new Map();
const nameOf = (card) => {
  const button = card.matches?.(".fn-card") && card.querySelector("[data-open]");
  return button && `${button.dataset.open} ${button.dataset.citation}`;
};
element.addEventListener("toggle", ({ target }) => nameOf(target) && unfolded.set(nameOf(target), target.open), true);
new MutationObserver(() => {
  for (const card of element.querySelectorAll(".fn-card")) card.open = unfolded.get(nameOf(card)) ?? card.open;
}).observe(element, { childList: true, subtree: true });

// The question stands on the page at once, and leaves its box; the answer replaces this.
window.footnotePending = (question) => {
  const log = element.querySelector(".fn-log") || element;
  if (log === element) element.replaceChildren();
  const pending = document.createElement("article");
  pending.className = "fn-exchange fn-pending";
  const asked = document.createElement("h2");
  asked.className = "fn-question";
  asked.dir = "auto";
  asked.textContent = question;
  const waiting = document.createElement("p");
  waiting.className = "fn-quiet";
  waiting.textContent = "Looking through the documents …";
  pending.append(asked, waiting);
  log.append(pending);
  pending.scrollIntoView({ block: "start" });
  setTimeout(() => pending.isConnected && markLost(pending), LOST_AFTER_MS);
  setTimeout(() => pending.isConnected && lookForServer(pending), LOOKED_FOR_AFTER_MS);
  window.footnoteUnanswered(question);
  questionBox().value = "";
  questionBox().dispatchEvent(new Event("input", { bubbles: true }));
};

// The newest question stands at the top of the window, its answer below.
window.footnoteShowNewest = () =>
  requestAnimationFrame(() => {
    const lost = element.querySelector(".fn-pending");
    if (lost) markLost(lost);
    else window.footnoteUnanswered.take(); // it has got its answer
    const exchanges = element.querySelectorAll(".fn-exchange");
    if (!exchanges.length) return;
    const newest = exchanges[exchanges.length - 1];
    if (newest.dataset.refused !== undefined) putBack(newest.querySelector(".fn-question").textContent);
    newest.scrollIntoView({ block: "start" });
    if (askedByButton) focusQuestion(newest);
    askedByButton = false;
  });

// The page was loaded anew: it shows where it was, and a question that got no answer stands in its box again.
window.footnoteCameBack = () => {
  const question = window.footnoteUnanswered.take();
  const asked = element.querySelectorAll(".fn-question");
  if (asked.length > 1) window.footnoteShowNewest();
  const answered = Array.from(asked).at(-1)?.textContent;
  if (question && question !== answered) putBack(question);
};

// A question that was not answered can be mended in its box, unless another stands there already.
const putBack = (question) => {
  if (questionBox().value) return;
  questionBox().value = question;
  questionBox().dispatchEvent(new Event("input", { bubbles: true }));
};

// Reading, and the Tab key, go on from the new question.
const focusQuestion = (exchange) => {
  const question = exchange.querySelector(".fn-question");
  question.tabIndex = -1;
  question.focus({ preventScroll: true });
};

// A server that has ended need not be waited for.
const lookForServer = (pending) => fetch(location.href, { method: "HEAD" }).catch(() => markLost(pending));

// Asking goes on when no answer came; one that comes late still replaces this.
const markLost = (pending) => {
  if (!pending.classList.contains("fn-pending")) return; // Gradio put the answer into the same element
  pending.classList.add("fn-lost");
  pending.lastElementChild.textContent = "No answer came. Is Footnote still running? Then ask again.";
};
