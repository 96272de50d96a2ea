// Sorts and filters the table of questions. Without it the table shows every question in the order asked.

const AT_ONCE = 200;
const table = document.getElementById("asked");
const body = table.tBodies[0];
const rows = [...body.rows];
const words = document.getElementById("words");
const outcome = document.getElementById("outcome");
const shown = document.getElementById("shown");
const more = document.getElementById("more");
const texts = new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase()]));
let ordered = rows;
let limit = AT_ONCE;

const matches = (row, wanted, kind) =>
  (!kind || row.dataset.kinds.includes(`|${kind}|`)) && wanted.every((word) => texts.get(row).includes(word));

const show = () => {
  const wanted = words.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = ordered.filter((row) => matches(row, wanted, outcome.value));
  body.replaceChildren(...found.slice(0, limit));
  shown.textContent = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} questions`;
  more.hidden = found.length <= limit;
};

const valueOf = (row, column, kind) => {
  const cell = row.cells[column];
  const value = cell.dataset.value ?? cell.textContent;
  return kind === "number" ? (value === "" ? Infinity : Number(value)) : value.toLocaleLowerCase();
};

const sortBy = (button) => {
  const head = button.closest("th");
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const { sort, as } = button.dataset;
  const keyed = rows.map((row) => [valueOf(row, sort, as), row]);
  const compare = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
  keyed.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
  ordered = keyed.map((pair) => pair[1]);
  show();
};

const startOver = () => {
  limit = AT_ONCE;
  show();
};

table.tHead.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sort]");
  if (button) sortBy(button);
});
words.addEventListener("input", startOver);
outcome.addEventListener("change", startOver);
more.addEventListener("click", () => {
  limit += AT_ONCE;
  show();
});
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    outcome.value = button.dataset.show;
    startOver();
    document.getElementById("questions").scrollIntoView({ block: "start" });
  });
}

document.querySelector(".filters").hidden = false;
show();
