// A page as it looks, smaller and larger. It is drawn anew where the screen can show more than the picture has.

const STEPS = [1, 1.25, 1.5, 2, 3, 4];
const WIDEST_PX = 900; // at which a page fits; beyond, lines are too long to read
const BLURRED = 1.15; // so many pixels of the screen for one of the picture are seen
const source = window.footnoteSource;
const leafOf = () => element.querySelector(".fn-paper");
let zoom = 1;
let scrolled = [0, 0];
let settled = ""; // names the panel that stands as it should

const fitting = (leaf) => {
  const { paddingLeft, paddingRight } = getComputedStyle(leaf);
  return Math.min(leaf.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight), WIDEST_PX);
};

const apply = () => {
  const leaf = leafOf();
  if (!leaf) return;
  const page = leaf.querySelector(".fn-page");
  page.style.width = zoom === 1 ? "" : `${Math.round(fitting(leaf) * zoom)}px`;
  leaf.classList.toggle("fn-larger", zoom > 1);
  element.querySelector(".fn-zoomed").textContent = `${Math.round(zoom * 100)} %`;
  for (const button of element.querySelectorAll("[data-zoom]")) {
    const at = STEPS.indexOf(zoom) + Number(button.dataset.zoom);
    button.setAttribute("aria-disabled", String(button.dataset.zoom !== "0" && !STEPS[at])); // keeps the focus
  }
};

const wantsMore = () => {
  const page = leafOf()?.querySelector(".fn-page");
  if (!page) return zoom > 1;
  const enlarged = source.sheet().dataset.enlarged === "true";
  const pixels = Number(page.dataset.pixels) / (enlarged ? 2 : 1);
  return page.offsetWidth * devicePixelRatio > BLURRED * pixels;
};

// Where the focus is goes on being where it is, although the panel is drawn anew.
const focused = () => {
  const { zoom: by } = document.activeElement.closest("[data-zoom]")?.dataset || {};
  if (by) return `[data-zoom="${by}"]`;
  return document.activeElement.closest(".fn-leaf") ? ".fn-leaf" : "";
};

// The quote comes to the middle when it is in sight; else what is in the middle stays there.
const zoomTo = (to) => {
  const leaf = leafOf();
  if (!leaf || !to || to === zoom) return;
  const page = leaf.querySelector(".fn-page");
  const view = leaf.getBoundingClientRect();
  const middle = { x: view.left + leaf.clientWidth / 2, y: view.top + leaf.clientHeight / 2 };
  const quote = leaf.querySelector(".fn-box")?.getBoundingClientRect();
  const seen = quote && quote.bottom > view.top && quote.top < view.bottom && quote.right > view.left && quote.left < view.right;
  const at = seen ? { x: (quote.left + quote.right) / 2, y: (quote.top + quote.bottom) / 2 } : middle;
  const before = page.getBoundingClientRect();
  zoom = to;
  apply();
  const after = page.getBoundingClientRect();
  leaf.scrollBy({
    left: after.left + ((at.x - before.left) / before.width) * after.width - middle.x,
    top: after.top + ((at.y - before.top) / before.height) * after.height - middle.y,
    behavior: "instant",
  });
  window.footnoteSay(`${Math.round(zoom * 100)} %`);
  sharpen();
};

// Asks for the page with more pixels, unless something else is on its way: then it is asked for when that has come.
const sharpen = () => {
  if (source.pending() || !leafOf() || source.sheet().dataset.enlarged === "true" || !wantsMore()) return;
  source.request({ ...source.current(), enlarged: true }, focused(), true);
};

const zoomBy = (by) => zoomTo(by ? STEPS[STEPS.indexOf(zoom) + by] : 1);

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) zoomBy(Number(button.dataset.zoom));
});

// Between the coming of another picture and its settling, the leaf jumps: that is nobody's wish.
element.addEventListener("scroll", ({ target }) => {
  if (target === leafOf() && settled === source.sheet().dataset.shown) scrolled = [target.scrollLeft, target.scrollTop];
}, true);
addEventListener("resize", apply);

// A page that is larger than the panel is moved by hand.
element.addEventListener("pointerdown", (event) => {
  const leaf = event.target.closest(".fn-larger");
  if (!leaf || event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("[data-go]")) return;
  if (event.offsetX >= leaf.clientWidth && event.target === leaf) return; // its scroll bar
  const move = ({ movementX, movementY }) => leaf.scrollBy({ left: -movementX, top: -movementY, behavior: "instant" });
  const end = () => {
    removeEventListener("pointermove", move);
    leaf.classList.remove("fn-moving");
  };
  leaf.classList.add("fn-moving");
  addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { once: true });
});

// A panel has come: `stays` for the same page, sharper.
const settle = (stays) => {
  apply();
  if (stays) leafOf()?.scrollTo({ left: scrolled[0], top: scrolled[1], behavior: "instant" });
  settled = source.sheet()?.dataset.shown;
};

window.footnotePaper = { settle, sharpen, wantsMore, zoomBy };
