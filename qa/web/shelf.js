// The list of documents: found, filtered, ticked, removed. Runs once; `element`, `trigger`, `props` and `watch` are Gradio's.

const LISTED_AT_FIRST = 100;
const FIND_FROM = 8; // shorter lists are seen at a glance
const LOST_AFTER_MS = 15_000;
const TYPED_AFTER_MS = 180;
const KEPT = "footnote-view";
const CHOSEN = "footnote-chosen";

const form = element.querySelector(".fn-find");
const part = (name) => element.querySelector(`.fn-${name}`);
let list = null;
let count = LISTED_AT_FIRST;
let shown = null; // what the server said last

// One wish at a time: each is told with what the one before has done.
const wishes = [];
let wished = null;
let number = 0;
let choosing = 0; // number of the wish that chooses what was chosen before a reload
let patience;

const wish = (kind, said = {}) => {
  if (kind === "view") wishes.splice(0, wishes.length, ...wishes.filter((other) => other.kind !== "view"));
  wishes.push({ kind, ...said });
  next();
};

const next = () => {
  if (wished || !wishes.length) return;
  wished = { ...wishes.shift(), number: (number += 1) };
  clearTimeout(patience);
  patience = setTimeout(() => { wished = null; next(); }, LOST_AFTER_MS);
  trigger("wished", { wish: wished });
};

const view = () => ({ ...Object.fromEntries(new FormData(form)), count });

const keep = (name, value) => {
  try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* private windows may refuse */ }
};

const look = () => {
  const now = view();
  keep(KEPT, now);
  wish("view", { view: now });
};

// What came: only rows that differ are drawn anew, so that focus, open rows and the place in the list stay.
const draw = () => {
  const said = props.value ? JSON.parse(props.value) : null;
  if (!said || (shown && said.heard < shown.heard)) return; // one that was on its way before the last wish
  shown = said;
  if (said.heard >= choosing) keep(CHOSEN, said.chosen);
  drawFilters(said.filters);
  form.hidden = said.total < FIND_FROM && !said.found;
  part("counts").textContent = said.counts;
  if (part("found").textContent !== said.found) part("found").textContent = said.found;
  part("empty").hidden = said.rows.length > 0;
  part("empty").textContent = said.found ? "No document is like that." : "No document is here yet.";
  drawRows(said.rows);
  const more = part("show-more");
  more.hidden = !said.more;
  more.textContent = `Show ${Math.min(said.more, LISTED_AT_FIRST)} more of ${said.more.toLocaleString("en")}`;
  drawInto(part("removed"), said.removed);
  drawInto(document.querySelector(".fn-asked-of"), said.asking);
  if (wished && said.heard >= wished.number) {
    clearTimeout(patience);
    if (wished.kind === "restore") focusRestored();
    wished = null;
    next();
  }
};

const drawFilters = (filters) => {
  for (const [name, choices] of Object.entries(filters)) {
    const select = form.elements[name];
    const made = JSON.stringify(choices);
    select.hidden = !choices.length && !select.value;
    if (select.made === made) continue;
    const chosen = select.value || select.wanted || "";
    if (chosen && !choices.some(([value]) => value === chosen)) choices.push([chosen, `${chosen} (0)`]);
    select.replaceChildren(...[["", select.dataset.all], ...choices].map(([value, label]) => new Option(label, value)));
    select.value = chosen;
    select.made = made;
  }
};

const drawRows = (rows) => {
  if (!list) {
    if (!rows.length) return;
    list = document.createElement("ul");
    list.className = "fn-documents";
    part("rows").append(list);
  }
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const holder = held?.closest("li")?.dataset.key;
  const known = new Map([...list.children].map((row) => [row.dataset.key, row]));
  let at = list.firstElementChild;
  for (const [key, html, tick] of rows) {
    const before = known.get(key);
    known.delete(key);
    const row = before && before.made === html ? before : madeRow(key, html, before);
    if (before && row !== before) { if (at === before) at = before.nextElementSibling; before.replaceWith(row); }
    if (row !== at) list.insertBefore(row, at); else at = at.nextElementSibling;
    showTick(row.querySelector("[data-tick]"), tick);
  }
  for (const row of known.values()) row.remove();
  if (held && !held.isConnected) focusAgain(held, holder);
};

const madeRow = (key, html, before) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  row.dataset.key = key;
  row.made = html;
  const opened = before?.querySelector("details")?.open;
  if (opened) row.querySelector("details").open = true;
  return row;
};

const showTick = (box, tick) => {
  box.disabled = tick < 0;
  box.checked = tick === 1;
  box.indeterminate = tick === 2;
};

// The same control of the same document, or the list itself when the document has gone.
const focusAgain = (held, key) => {
  const row = [...list.children].find((other) => other.dataset.key === key);
  const same = held.matches("[data-tick]") ? "[data-tick]" : held.matches("summary") ? "summary" : "[data-remove]";
  const found = row?.querySelector(same);
  if (found) return found.focus({ preventScroll: true });
  part("counts").tabIndex = -1;
  part("counts").focus({ preventScroll: true });
};

// The button that was pressed is drawn away: the focus goes to the document that is back, unless it is elsewhere by now.
let restoring = null;
const focusRestored = () => {
  const { button, byKey } = restoring;
  if (document.activeElement !== document.body && document.activeElement !== button) return;
  const row = [...(list?.children || [])].find((other) => other.dataset.key === button.dataset.path);
  const found = row?.querySelector("summary") || part("counts");
  if (!row) found.tabIndex = -1;
  found.focus({ preventScroll: !byKey });
};

const drawInto = (place, html) => {
  if (!place || place.made === html) return;
  const opened = place.querySelector("details")?.open;
  place.innerHTML = html;
  place.made = html;
  if (opened && place.querySelector("details")) place.querySelector("details").open = true;
};

form.addEventListener("submit", (event) => event.preventDefault());
let typing;
form.addEventListener("input", (event) => {
  count = LISTED_AT_FIRST;
  clearTimeout(typing);
  if (event.target.name === "words") typing = setTimeout(look, TYPED_AFTER_MS);
  else look();
});
form.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target.name !== "words" || !event.target.value) return;
  event.preventDefault(); // clears the box, and closes nothing
  event.stopPropagation();
  event.target.value = "";
  look();
});
part("show-more").addEventListener("click", () => {
  const first = list.children.length;
  count += LISTED_AT_FIRST;
  look();
  const wait = new MutationObserver(() => {
    wait.disconnect();
    list.children[first]?.querySelector("summary, [data-tick]")?.focus();
  });
  wait.observe(list, { childList: true });
});
element.addEventListener("change", (event) => {
  const box = event.target.closest("[data-tick]");
  if (box) wish("tick", { what: box.dataset.tick, on: box.checked });
});

// Removing asks first, by name.
const dialog = document.createElement("dialog");
dialog.className = "fn-dialog";
dialog.innerHTML =
  '<form method="dialog"><h2 id="fn-remove-title">Remove this document?</h2><p><bdi></bdi></p>' +
  '<p class="fn-quiet">It leaves the folder and is no longer asked. Its file is kept, and can be put back.</p>' +
  '<div><button value="">Keep it</button><button value="remove">Remove</button></div></form>';
dialog.setAttribute("aria-labelledby", "fn-remove-title");
part("removed").after(dialog);
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  dialog.dataset.path = button.dataset.remove;
  dialog.querySelector("bdi").textContent = button.dataset.remove;
  dialog.returnValue = "";
  dialog.showModal();
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue === "remove") wish("remove", { what: dialog.dataset.path });
});

// Buttons elsewhere that are about the documents: ask all, stop, put back.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-shelf]");
  if (!button) return;
  if (button.dataset.shelf === "restore") restoring = { button, byKey: !event.detail };
  wish(button.dataset.shelf, { what: button.dataset.entry || "" });
  if (button.dataset.shelf === "all") document.querySelector("#fn-question textarea")?.focus();
});

// The report of a sync says how many failed; the list says which, and why. Where all did, it says so unfiltered.
document.addEventListener("click", (event) => {
  const state = event.target.closest("button[data-show]")?.dataset.show;
  if (!state) return;
  form.reset();
  if ([...form.elements.state.options].some((option) => option.value === state)) form.elements.state.value = state;
  count = LISTED_AT_FIRST;
  look();
  part("counts").scrollIntoView({ block: "nearest" });
});

// A tab that is looked at again may have missed what happened in the folder.
document.addEventListener("visibilitychange", () => document.hidden || wish("view", { view: view() }));

watch("value", () => requestAnimationFrame(draw));
try {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "{}");
  form.elements.words.value = kept.words || "";
  for (const name of ["folder", "kind", "state"]) {
    if (!kept[name]) continue;
    form.elements[name].add(new Option(kept[name], kept[name]));
    form.elements[name].value = kept[name];
  }
  if (kept.words || kept.folder || kept.kind || kept.state) look();
  const chosen = JSON.parse(sessionStorage.getItem(CHOSEN) || "[]");
  if (chosen.length) {
    choosing = number + wishes.length + 1;
    wish("chosen", { chosen });
  }
} catch { /* as if it was opened for the first time */ }
if (props.value) draw();
