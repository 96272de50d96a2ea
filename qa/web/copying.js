// A citation is copied. What is copied stands in the page already, but for the page's own address.

const COPIED_MS = 1600;
const dialog = document.createElement("dialog");
dialog.className = "fn-dialog fn-take";
dialog.setAttribute("aria-labelledby", "fn-take-title");
dialog.innerHTML = `<h2 id="fn-take-title">Copy it from here</h2><p>The browser does not let this page copy by itself.</p>
<textarea readonly rows="8" aria-label="What to copy"></textarea>
<form method="dialog"><button class="fn-way">Close</button></form>`;
document.querySelector(".gradio-container").append(dialog);

// Where the page is not served securely there is no clipboard: the older way, or by hand.
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { /* not there, or not allowed */ }
  const box = dialog.querySelector("textarea");
  box.value = text;
  dialog.showModal();
  box.focus();
  box.select();
  if (!document.execCommand("copy")) return false;
  dialog.close();
  return true;
};

const confirm = (button) => {
  window.footnoteSay("Copied");
  button.dataset.said ||= button.textContent;
  button.textContent = "Copied";
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => { button.textContent = button.dataset.said; }, COPIED_MS);
};

const isOpen = (menu) => menu.firstElementChild.ariaExpanded === "true";
const toggle = (menu, open) => {
  menu.firstElementChild.ariaExpanded = String(open);
  menu.lastElementChild.hidden = !open;
};

document.addEventListener("click", async (event) => {
  const opens = event.target.closest(".fn-copies")?.parentElement;
  for (const menu of document.querySelectorAll("#fn-source .fn-copy")) {
    if (menu !== opens && !menu.contains(event.target)) toggle(menu, false);
  }
  if (opens) toggle(opens, !isOpen(opens));
  const button = event.target.closest("[data-copy], [data-copy-link]");
  if (!button) return;
  const { copy: words, copyLink: link } = button.dataset;
  if (await copy(link ? new URL(link, location.href.split(/[?#]/)[0]).href : words)) confirm(button);
});

// Escape closes the ways to copy before it closes what they stand in.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.(".fn-copy");
  if (!menu || !isOpen(menu) || event.isComposing) return;
  event.preventDefault();
  toggle(menu, false);
  menu.firstElementChild.focus();
}, true);
