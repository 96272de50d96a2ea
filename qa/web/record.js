// The list of conversations. Runs once; `element` and `trigger` come from Gradio's HTML component.

const panel = document.querySelector("#fn-record");
const toggle = document.querySelector(".fn-record-toggle");
const LOST = "The conversations did not come. Is Footnote still running?";
const LOST_AFTER_MS = 15_000;
let focusAfter = ""; // a selector in the list; it is drawn anew after each change
let patience;

const isOpen = () => document.body.classList.contains("fn-record-open");
const rowOf = (part) => part.closest(".fn-kept");

const show = (open) => {
  document.body.classList.toggle("fn-record-open", open);
  if (open) {
    const top = panel.offsetParent?.getBoundingClientRect().top || 0;
    panel.style.top = `${toggle.getBoundingClientRect().bottom - top + 10}px`;
  }
  toggle.setAttribute("aria-expanded", String(open));
  if (open) ask("listed", {}, ".fn-kept[aria-current] .fn-kept-open, .fn-kept-open");
};

const close = (focus = true) => {
  if (!isOpen()) return;
  show(false);
  if (focus) toggle.focus();
};

// What was asked for comes as a new list, or not at all.
const ask = (event, data, focus) => {
  focusAfter = focus;
  clearTimeout(patience);
  if (event !== "exported") patience = setTimeout(() => say(LOST), LOST_AFTER_MS);
  trigger(event, data);
};

const say = (words) => {
  const line = document.createElement("p");
  line.className = "fn-quiet";
  line.setAttribute("role", "status");
  line.textContent = words;
  element.prepend(line);
};

toggle.addEventListener("click", () => show(!isOpen()));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isOpen() || event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return; // it is that which closes
  event.preventDefault();
  const form = panel.querySelector(".fn-kept-form");
  form ? leave(form) : close();
});

// A click beside it closes it, and does what it would have done.
document.addEventListener("pointerdown", (event) => {
  if (isOpen() && !event.target.closest("#fn-record, .fn-record-toggle")) close(false);
});

element.addEventListener("click", (event) => {
  const row = rowOf(event.target);
  if (!row) return;
  const { conversation, name } = row.dataset;
  if (event.target.closest(".fn-kept-open")) ask("opened", { conversation }, "");
  const way = event.target.closest("[data-way]")?.dataset.way;
  if (way === "rename") rename(row, name);
  if (way === "delete") confirmDelete(row, name);
  if (way === "markdown" || way === "html") {
    row.querySelector("details").open = false;
    row.querySelector("summary").focus();
    ask("exported", { conversation, form: way }, "");
  }
});

// Only one row shows what can be done with it.
element.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.open) return;
    for (const other of element.querySelectorAll("details[open]")) if (other !== event.target) other.open = false;
  },
  true,
);

element.addEventListener("input", (event) => {
  if (!event.target.matches(".fn-record-filter")) return;
  const sought = event.target.value.trim().toLocaleLowerCase();
  let found = 0;
  for (const row of element.querySelectorAll(".fn-kept")) {
    row.hidden = !row.dataset.name.toLocaleLowerCase().includes(sought);
    found += !row.hidden;
  }
  element.querySelector(".fn-record-none").hidden = found > 0;
});

const button = (words, kind, pressed) => {
  const made = document.createElement("button");
  made.type = kind === "submit" ? "submit" : "button";
  made.textContent = words;
  if (kind === "danger") made.className = "fn-danger";
  if (pressed) made.addEventListener("click", pressed);
  return made;
};

// A form takes the place of a row until it is sent or left.
const formIn = (row, kind, ...parts) => {
  for (const other of element.querySelectorAll(".fn-kept-form")) leave(other);
  const form = document.createElement(kind);
  form.className = "fn-kept-form";
  form.append(...parts);
  row.classList.add("fn-kept-busy");
  row.append(form);
  return form;
};

const leave = (form) => {
  const row = rowOf(form);
  form.remove();
  row.classList.remove("fn-kept-busy");
  row.querySelector("details").open = false;
  row.querySelector("summary").focus();
};

const rename = (row, name) => {
  const box = document.createElement("input");
  box.value = name;
  box.maxLength = 80;
  box.dir = "auto";
  box.setAttribute("aria-label", "Name of the conversation");
  const cancel = button("Cancel", "", () => leave(form));
  const form = formIn(row, "form", box, button("Save", "submit"), cancel);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { conversation } = row.dataset;
    if (!box.value.trim() || box.value === name) return leave(form);
    ask("renamed", { conversation, name: box.value }, `[data-conversation="${conversation}"] .fn-kept-open`);
  });
  box.focus();
  box.select();
};

const confirmDelete = (row, name) => {
  const words = document.createElement("p");
  const named = document.createElement("bdi");
  named.textContent = name;
  words.append("Delete “", named, "” for good?");
  const { conversation } = row.dataset;
  const yes = button("Delete", "danger", () => {
    const after = row.nextElementSibling || row.previousElementSibling;
    ask("removed", { conversation }, after ? `[data-conversation="${after.dataset.conversation}"] .fn-kept-open` : "");
  });
  const no = button("Keep", "", () => leave(form));
  const form = formIn(row, "div", words, yes, no);
  form.setAttribute("role", "group");
  form.setAttribute("aria-label", `Delete ${name}`);
  no.focus();
};

// "today, 14:05", "12 November 2026, 14:05"; what it is exactly stands in the element.
const sayTime = (time) => {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  const date = at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  time.textContent = `${["today", "yesterday"][days] || date}, ${clock}`;
};

const focusOn = (selector) => {
  const found = selector && element.querySelector(selector);
  if (isOpen()) (found || element.querySelector(".fn-kept-open") || toggle).focus();
};

// Gradio calls these when the answers have come.
window.footnoteRecord = {
  listed: () =>
    requestAnimationFrame(() => {
      clearTimeout(patience);
      element.querySelectorAll("time").forEach(sayTime);
      focusOn(focusAfter);
    }),
  removed: (tab) => {
    window.footnoteTab.open(tab.split(":")[1]);
    window.footnoteRecord.listed();
  },
  opened: (tab) => {
    clearTimeout(patience);
    window.footnoteTab.open(tab.split(":")[1]);
    close(false);
    window.footnoteShowNewest();
    document.querySelector("#fn-question textarea").focus({ preventScroll: true });
  },
  saved: (file) => {
    if (!file) return say("There is nothing in this conversation to export.");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
};

panel.setAttribute("role", "region");
panel.setAttribute("aria-label", "Conversations");
