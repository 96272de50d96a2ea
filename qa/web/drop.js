
// Files that are dropped or chosen: folders are opened, what is too large is named and left out, the rest is handed in.
let passes = false; // the files that come now have been looked at
let rest = ""; // what stays said once they have been added
const zoneOf = (event) => event.target instanceof Element && event.target.closest("#fn-upload");
// While files are being added, what became of the ones before is not shown (shelf.css).
const say = (words, isAdding = false) => {
  document.querySelector("#fn-limits .fn-here").textContent = words;
  document.body.classList.toggle("fn-adding", isAdding);
};
const LISTED = 8;
const named = (files) => {
  const more = files.length > LISTED ? ` and ${(files.length - LISTED).toLocaleString("en")} more` : "";
  return files.slice(0, LISTED).map((file) => file.name).join(", ") + more;
};

// Nothing was handed in: what is still said of the files before would be taken for an answer to these.
const sayOfNone = (words) => {
  say(words);
  wish("forget");
};

const handIn = async (files) => {
  const [hidden, visible] = [true, false].map((is) => files.filter((file) => file.name.startsWith(".") === is));
  const fitting = visible.filter((file) => file.size <= LIMITS.bytes);
  const refused = visible.filter((file) => file.size > LIMITS.bytes);
  const said = refused.length ? [`Too large, copy it into the folder yourself: ${named(refused)}.`] : [];
  if (hidden.length) said.push(`Hidden files are left out: ${named(hidden)}.`);
  if (fitting.length > LIMITS.count) {
    const [given, most] = [fitting.length, LIMITS.count].map((amount) => amount.toLocaleString("en"));
    sayOfNone(`These are ${given} documents, and ${most} at once can be added: copy them into the folder yourself, then press Sync.`);
    return;
  }
  if (!fitting.length) {
    sayOfNone(said.join(" ") || "There is no document in it.");
    return;
  }
  const many = fitting.length === 1 ? "1 document" : `${fitting.length.toLocaleString("en")} documents`;
  say([`Adding ${many} …`, ...said].join(" "), true);
  keep(BROKEN, false);
  rest = said.join(" ");
  const carrier = new DataTransfer();
  for (const file of fitting) carrier.items.add(file);
  const input = document.querySelector("#fn-upload input[type=file]");
  passes = true;
  input.files = carrier.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  passes = false;
};

// The answer to what was handed in has come.
window.footnoteAdded = () => {
  if (document.body.classList.contains("fn-adding")) say(rest);
};

// Gradio says nothing when it breaks off, on its way or when it has arrived.
const BROKE_OFF =
  "Adding broke off. What does not come into the list below was not added: is Footnote still running? Then add it again.";
const BROKEN = "footnote-adding-broke-off";
let arrived = ""; // the first file that has arrived, by its name there: the request that follows has it
const fetchAnything = window.fetch.bind(window);
window.fetch = async (resource, options) => {
  const isUpload = /\/gradio_api\/upload(\?|$)/.test(resource?.url || resource);
  const follows = arrived && typeof options?.body === "string" && options.body.includes(arrived);
  if (!isUpload && !follows) return fetchAnything(resource, options);
  try {
    const answer = await fetchAnything(resource, options);
    if (!answer.ok) sayBrokenOff(answer.status > 500); // says a proxy: what is behind it is gone
    else arrived = isUpload ? JSON.stringify((await answer.clone().json())[0] || "").slice(1, -1) : "";
    return answer;
  } catch (error) {
    sayBrokenOff(true);
    throw error;
  }
};

const sayBrokenOff = (isGone) => {
  arrived = "";
  sayOfNone([BROKE_OFF, rest].filter(Boolean).join(" "));
  keep(BROKEN, isGone); // Gradio loads the page anew once the server answers again
};

const fileOf = (entry) => new Promise((found, failed) => entry.file(found, failed));

const filesBelow = async (entry) => {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await fileOf(entry)];
  const reader = entry.createReader();
  const below = [];
  for (;;) { // a reader tells a hundred at a time
    const some = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!some.length) return below;
    for (const one of some) below.push(...(await filesBelow(one)));
  }
};

document.addEventListener("change", (event) => {
  if (passes || event.target.type !== "file" || !zoneOf(event)) return;
  event.stopImmediatePropagation();
  handIn([...event.target.files]);
}, true);
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  zone.classList.remove("fn-over-it");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...event.dataTransfer.files];
  say(entries.some((entry) => entry.isDirectory) ? "Looking into the folder …" : "");
  Promise.all(entries.map((entry) => (entry.isFile ? fileOf(entry) : filesBelow(entry))))
    .then((found) => handIn(entries.length ? found.flat() : plain))
    .catch(() => sayOfNone("What was dropped cannot be read: copy it into the folder yourself, then press Sync."));
}, true);
for (const [name, isOver] of [["dragenter", true], ["dragover", true], ["dragleave", false]]) {
  document.addEventListener(name, (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("fn-over-it", isOver);
  }, true);
}
try {
  if (JSON.parse(sessionStorage.getItem(BROKEN))) say(BROKE_OFF);
} catch { /* nothing is kept */ }
keep(BROKEN, false);
