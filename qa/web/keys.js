// Keys of one letter, and the list of them. They rest while somebody types, and can be switched off.

const OFF = "footnote-keys-off"; // in the browser's own storage
const source = window.footnoteSource;
const LIST = [
  ["/", "Go to the question"],
  ["n or ]", "Next citation"],
  ["p or [", "Previous citation"],
  ["↑ ↓ ← →", "Scroll the document"],
  ["+ and -", "Larger and smaller page"],
  ["0", "Fit the page to the width"],
  ["Esc", "Close the source"],
  ["?", "Show these keys"],
];

const stored = (name) => {
  try { return localStorage.getItem(name); } catch { return null; } // storage may be forbidden
};
const store = (name, value) => {
  try { value ? localStorage.setItem(name, value) : localStorage.removeItem(name); } catch { /* until the page is left */ }
};
let isOn = stored(OFF) === null;

const dialog = document.createElement("dialog");
dialog.className = "fn-dialog fn-keys";
dialog.setAttribute("aria-labelledby", "fn-keys-title");
dialog.innerHTML = `<h2 id="fn-keys-title">Keyboard</h2><dl>${LIST.map(
  ([keys, what]) => `<div><dt>${keys.replace(/[^ ]+/g, (key) => (/^(or|and)$/.test(key) ? key : `<kbd>${key}</kbd>`))}</dt><dd>${what}</dd></div>`,
).join("")}</dl><label><input type="checkbox"> Use keys of one letter</label>
<form method="dialog"><button class="fn-way">Close</button></form>`;
document.querySelector(".gradio-container").append(dialog);
const choice = dialog.querySelector("input");
choice.checked = isOn;
choice.addEventListener("change", () => {
  isOn = choice.checked;
  store(OFF, isOn ? "" : "yes");
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside it
});

const showKeys = () => {
  if (!dialog.open) dialog.showModal();
};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) showKeys();
});

const toQuestion = () => {
  if (source.isOpen() && source.isOver()) source.close();
  document.querySelector("#fn-question textarea").focus();
};

const goBy = (by) => {
  const shown = source.isOpen() && source.sheet();
  if (!shown || shown.dataset.citations === "0") return false;
  const at = source.pending()?.citation ?? Number(shown.dataset.citation); // keys may be quicker than documents
  source.go(at + by, 0, document.activeElement.closest(".fn-leaf") ? ".fn-leaf" : "");
};

const zoomBy = (by) => source.isOpen() && source.panel.contains(document.activeElement) && window.footnotePaper.zoomBy(by);

const ACTIONS = {
  "/": toQuestion,
  "?": showKeys,
  n: () => goBy(1),
  "]": () => goBy(1),
  p: () => goBy(-1),
  "[": () => goBy(-1),
  "+": () => zoomBy(1),
  "=": () => zoomBy(1),
  "-": () => zoomBy(-1),
  0: () => zoomBy(0),
};

// What is written in has its own use for letters.
const writes = (target) => target.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  if (!isOn || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || writes(event.target)) return;
  const act = Object.hasOwn(ACTIONS, event.key) && ACTIONS[event.key];
  if (act && act() !== false) event.preventDefault();
});

// From the title on, the arrows scroll what stands below it.
const LINE_PX = 48;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
source.panel.addEventListener("keydown", (event) => {
  const leaf = source.element.querySelector(".fn-leaf");
  const { key, target } = event;
  if (!leaf || leaf.contains(target) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const page = leaf.clientHeight * 0.9;
  const [left, top] = ARROWS[key]?.map((by) => by * LINE_PX) || { PageDown: [0, page], PageUp: [0, -page] }[key] || [];
  if (left === undefined) return;
  event.preventDefault();
  leaf.scrollBy({ left, top, behavior: "instant" });
});

const question = document.querySelector("#fn-question textarea");
question?.setAttribute("aria-keyshortcuts", "/");
question?.setAttribute("title", "From anywhere: /");
