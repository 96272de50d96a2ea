// Written answers. Runs once; `element`, `trigger` and `watch` come from Gradio's HTML component, which nobody sees.

const LOST = "The answer was not written: no word came. Is Footnote still running?";
let conversation = null; // it may come after this part
let writing = null; // key of the exchange that is being written: one at a time, as most local models work
let patience; // the timer of what is being written; the server itself gives up before it runs out

const blockOf = (key) => conversation.querySelector(`.fn-written[data-write="${CSS.escape(key)}"]`);

// The next block that waits, in the order of the conversation; or one that was begun before the page was reloaded.
const next = () => {
  const waiting = !writing && conversation.querySelector('.fn-written:not([data-state="ended"])');
  if (!waiting) return;
  writing = waiting.dataset.write;
  waiting.dataset.state = "writing";
  wait(waiting);
  trigger("wanted", { exchange: writing });
};

const wait = (block) => {
  clearTimeout(patience);
  patience = setTimeout(() => finish(LOST), 1000 * Number(block.dataset.patience));
};

// What has left the page need not be written: a new conversation has begun.
const stopWhatIsGone = () => {
  if (!writing || blockOf(writing)) return;
  trigger("stopped", { exchange: writing });
  writing = null;
};

// What came stands in its block; a reader who has the focus in there keeps it.
const deliver = () => {
  const came = element.querySelector(".fn-written");
  const block = came && blockOf(came.dataset.write);
  if (!block || block.dataset.state === "ended") return;
  if (came.dataset.write === writing) wait(block);
  const hadFocus = block.contains(document.activeElement);
  update(block, came);
  block.dataset.state = came.dataset.state;
  block.setAttribute("aria-busy", came.getAttribute("aria-busy"));
  if (hadFocus && !block.contains(document.activeElement)) focusWithin(block);
};

// Part by part: a button that is pressed while words come stays the same button.
const update = (block, came) => {
  [...came.children].forEach((part, at) => {
    const old = block.children[at];
    const stays = old && (old.outerHTML === part.outerHTML || (old.matches("[data-stop]") && part.matches("[data-stop]")));
    if (stays) return;
    if (old) old.replaceWith(part.cloneNode(true));
    else block.append(part.cloneNode(true));
  });
  while (block.children.length > came.children.length) block.lastElementChild.remove();
};

const focusWithin = (block) => {
  const stop = block.querySelector("[data-stop]");
  if (!stop) block.tabIndex = -1;
  (stop || block).focus({ preventScroll: true });
};

// Gradio calls this when nothing more comes, whatever the reason.
window.footnoteWritten = () => requestAnimationFrame(() => finish(LOST));

const finish = (lost) => {
  clearTimeout(patience);
  deliver();
  const block = writing && blockOf(writing);
  if (block && block.dataset.state !== "ended") {
    block.dataset.state = "ended";
    block.setAttribute("aria-busy", "false");
    block.querySelector("[data-stop]")?.remove();
    const notice = document.createElement("p");
    notice.className = "fn-notice";
    notice.textContent = lost;
    block.append(notice);
  }
  writing = null;
  next();
};

watch("value", deliver);

// Blocks come with the conversation, whoever draws it.
const begin = () => {
  conversation = document.querySelector("#fn-conversation");
  if (!conversation) return false;
  new MutationObserver(() => {
    stopWhatIsGone();
    next();
  }).observe(conversation, { childList: true, subtree: true });
  next();
  return true;
};
if (!begin()) {
  const arrival = new MutationObserver(() => begin() && arrival.disconnect());
  arrival.observe(document.body, { childList: true, subtree: true });
}

document.addEventListener("click", (event) => {
  const stop = event.target.closest("[data-stop]");
  const block = stop?.closest(".fn-written");
  if (!block) return;
  if (block.dataset.write === writing) trigger("stopped", { exchange: writing });
  stop.textContent = "Stopping …";
  stop.setAttribute("aria-disabled", "true");
});
