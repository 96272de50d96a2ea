// Runs once, when the conversation appears; `element` and `trigger` come from Gradio's HTML component.

const LOST_AFTER_MS = 30_000;
const LOOKED_FOR_AFTER_MS = 2_000; // most questions are answered by then
const UNSENT_AFTER_MS = 1_500; // Gradio sends at once, or not at all
const AGAIN_AFTER_MS = 300;
const LOOKING = "Looking through the documents …";
const DOUBTED_AFTER_MS = 500; // "not ready yet" comes at once: what takes longer is being looked for
// The question whose answer is on its way: {question, isPlain, repeat, words, after, conversation, article, isLost, isEarly}
let asked = null;
const isWaiting = () => isHere(asked) && !asked.isLost;
const isHere = (one) => one !== null && one.conversation === window.footnoteTab.conversation();
const newestExchange = () => [...element.querySelectorAll(".fn-exchange:not(.fn-pending)")].at(-1);
let askedByButton = false; // then the question box has not the focus, and what had it is drawn anew
const questionBox = () => document.querySelector("#fn-question textarea");

// A suggested question is asked by its button.
element.addEventListener("click", (event) => {
  const suggestion = event.target.closest("[data-ask]");
  if (suggestion && !isWaiting()) {
    askedByButton = true;
    window.footnotePending(suggestion.dataset.ask);
    asked.repeat();
  }
});

// A word that was carried over is left out, and a document is chosen, by asking the question again.
element.addEventListener("click", (event) => {
  const again = event.target.closest("[data-again]");
  if (!again || isWaiting()) return;
  const { exchange, without, within, all } = again.dataset;
  askedByButton = true;
  const change = all !== undefined ? { all } : without === undefined ? { within } : { without };
  const question = again.dataset.again;
  window.footnotePending(question, () => trigger("again", { exchange, change, question }));
  asked.repeat();
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

// A blank question is not sent, and none before the last one is answered: what was written stays in the box. What is
// typed before it has left the box would go with it.
let sent; // a timer, from the key or the button until the question stands on the page
const holdBack = (event) => {
  const sends =
    (event.type === "click" && event.target.closest("#fn-ask")) ||
    (event.type === "keypress" && event.key === "Enter" && !event.shiftKey && event.target === questionBox());
  if (!sends) return;
  if (questionBox().value.trim() && !isWaiting() && sent === undefined) {
    questionBox().readOnly = true;
    sent = setTimeout(tellUnsent, UNSENT_AFTER_MS);
    sayUnsent("");
    return;
  }
  if (questionBox().value.trim() && isWaiting() && asked.isEarly) sayUnsent(WAITS_FOR_ITS_TURN);
  event.preventDefault();
  event.stopImmediatePropagation();
};
const WAITS_FOR_ITS_TURN = "The question before waits for its answer: this one stays here until you ask it then.";
document.addEventListener("click", holdBack, true);
document.addEventListener("keypress", holdBack, true);

const hasLeft = () => {
  clearTimeout(sent);
  sent = undefined;
  questionBox().readOnly = false;
};

// Gradio sends nothing once it knows that the server has ended.
const tellUnsent = async () => {
  hasLeft();
  const answers = await fetch(location.href, { method: "HEAD" }).then(() => true, () => false);
  sayUnsent(answers ? "This was not sent. Ask again." : "Footnote does not answer. Is it still running? Your question stays here.");
};

const sayUnsent = (words) => {
  let place = document.querySelector(".fn-unsent");
  if (!place) {
    place = document.createElement("p");
    place.className = "fn-failure fn-unsent";
    place.setAttribute("role", "status");
    document.querySelector("#fn-ask-row").after(place);
  }
  place.textContent = words;
};

// What was typed is kept over a reload, which comes by itself when the server was started again.
document.addEventListener("input", (event) => {
  if (event.target === questionBox()) window.footnoteDraft(event.target.value);
});

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
window.footnotePending = (question, changed) => {
  hasLeft();
  sayUnsent("");
  const [after, conversation] = [newestExchange()?.dataset.key, window.footnoteTab.conversation()];
  const repeat = changed ?? (() => trigger("suggested", { question }));
  asked = { question, isPlain: !changed, repeat, words: LOOKING, after, conversation, isLost: false, isEarly: false };
  showPending();
  asked.article.scrollIntoView({ block: "start" });
  watchOver(asked);
  window.footnoteUnanswered(question);
  questionBox().value = "";
  questionBox().dispatchEvent(new Event("input", { bubbles: true }));
};

const watchOver = (mine) => {
  mine.timers = [
    setTimeout(() => asked === mine && markLost(), LOST_AFTER_MS),
    setTimeout(() => asked === mine && lookForServer(mine), LOOKED_FOR_AFTER_MS),
  ];
};

// Nothing can be answered yet: the question waits, the page says for what, and asks it again.
let heard; // the latest reply that said so; when it is the same, there was none to the question
const waitFurther = ({ words, reply, question }) => {
  heard = reply;
  const mine = asked;
  if (!isHere(mine) || JSON.parse(question).trim() !== mine.question.trim()) return; // it is another one's, and comes late
  mine.timers.forEach(clearTimeout);
  Object.assign(mine, { words, isLost: false, isEarly: true });
  mine.article.classList.remove("fn-lost");
  sayWaiting(words);
  window.footnoteUnanswered(mine.question, mine.isPlain); // a change is not kept over a reload
  setTimeout(() => {
    if (asked !== mine || !isHere(mine)) return;
    watchOver(mine);
    const doubt = () => asked === mine && isHere(mine) && window.footnoteUnanswered(mine.question);
    mine.timers.push(setTimeout(doubt, DOUBTED_AFTER_MS));
    mine.repeat();
  }, AGAIN_AFTER_MS);
};

const sayWaiting = (words) => {
  const place = asked.article.lastElementChild;
  if (place.textContent !== words) place.textContent = words;
};

const showPending = () => {
  const log = element.querySelector(".fn-log") || element;
  if (log === element) element.replaceChildren();
  const pending = document.createElement("article");
  pending.className = asked.isLost ? "fn-exchange fn-pending fn-lost" : "fn-exchange fn-pending";
  const question = document.createElement("h2");
  question.className = "fn-question";
  question.dir = "auto";
  question.textContent = asked.question;
  const waiting = document.createElement("p");
  waiting.className = "fn-quiet";
  waiting.textContent = asked.isLost ? LOST : asked.words;
  pending.append(question, waiting);
  log.append(pending);
  asked.article = pending;
};

// Whatever is drawn meanwhile (a look at the documents, the conversation as it was) leaves the question where it stood.
const keepPending = () => {
  if (asked && !isHere(asked)) asked = null;
  if (!asked || (asked.article.isConnected && asked.article.classList.contains("fn-pending"))) return;
  const newest = newestExchange(); // Gradio may have put it into the same element
  const same = newest?.querySelector(".fn-question").textContent.trim() === asked.question.trim();
  if (newest && newest.dataset.key !== asked.after && (same || asked.after !== undefined)) asked = null;
  else showPending();
};
new MutationObserver(keepPending).observe(element, { childList: true, subtree: true, attributeFilter: ["class"] });

// A look at the documents that was on its way since before the first question draws over its answer what stood there.
let begun; // the conversation of which an answer was shown
new MutationObserver(() => {
  const shown = newestExchange()?.closest(".fn-log")?.dataset.conversation;
  if (shown) begun = shown;
  if (shown || asked || begun !== window.footnoteTab.conversation() || !element.querySelector(".fn-welcome")) return;
  begun = undefined; // asked for once: it may have been deleted elsewhere
  trigger("strayed");
}).observe(element, { childList: true, subtree: true });

// A tab that is not looked at draws nothing.
const onceDrawn = (work) => (document.hidden ? setTimeout(work) : requestAnimationFrame(work));

// The newest question stands at the top of the window, its answer below.
window.footnoteShowNewest = (early) =>
  onceDrawn(() => {
    const of = element.querySelector(".fn-log")?.dataset.conversation;
    if (of && of !== window.footnoteTab.conversation()) return trigger("strayed");
    if (asked && newestExchange() && newestExchange().dataset.key !== asked.after) forgetPending();
    if (asked && early && early.reply !== heard) return waitFurther(early);
    if (asked) {
      markLost();
      fetch(location.href, { method: "HEAD" }).then(() => trigger("strayed"), () => {}); // it may have been drawn over
    } else window.footnoteUnanswered.take(); // it has got its answer
    sayUnsent("");
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
  if (isWaiting()) return; // somebody was quicker than the page
  if (asked) forgetPending();
  const draft = window.footnoteDraft.kept();
  const waits = window.footnoteUnanswered.waits();
  const question = window.footnoteUnanswered.take();
  const questions = element.querySelectorAll(".fn-question");
  if (questions.length > 1) window.footnoteShowNewest();
  const answered = Array.from(questions).at(-1)?.textContent.trim();
  if (question && question.trim() !== answered) waits ? askAgain(question) : putBack(question);
  if (draft) putBack(draft);
};

const askAgain = (question) => {
  window.footnotePending(question);
  asked.repeat();
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
const lookForServer = (mine) =>
  fetch(location.href, { method: "HEAD" }).catch(() => asked === mine && markLost());

// Asking goes on when no answer came; one that comes late still replaces this.
const LOST = "No answer came. Is Footnote still running? Then ask again.";
const markLost = () => {
  asked.isLost = true;
  asked.article.classList.add("fn-lost");
  sayWaiting(LOST);
};

const forgetPending = () => {
  if (asked.article.classList.contains("fn-pending")) asked.article.remove();
  asked = null;
};
