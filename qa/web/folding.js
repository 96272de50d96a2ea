// A long question is shown by its first lines (style.css), so that its answer is in sight; a button below shows all of it.
// Its words all stand on the page at any time, for those who hear it, search it or copy from it.

const whole = new Set(); // the questions that are shown whole, by their words, over each drawing of the conversation

const buttonOf = (question) => {
  const next = question.nextElementSibling;
  return next?.matches(".fn-unfold") ? next : null;
};

const madeButton = (question) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fn-plain fn-unfold";
  question.after(button);
  return button;
};

const fold = (question) => {
  const isWhole = whole.has(question.textContent);
  question.toggleAttribute("data-whole", isWhole);
  if (!isWhole && question.scrollHeight <= question.clientHeight + 1) return buttonOf(question)?.remove();
  const button = buttonOf(question) || madeButton(question);
  const said = isWhole ? "Show less of the question" : "Show the whole question";
  if (button.textContent !== said) button.textContent = said;
};

const foldAll = () => element.querySelectorAll(".fn-question").forEach(fold);

element.addEventListener("click", (event) => {
  const question = event.target.closest(".fn-unfold")?.previousElementSibling;
  if (!question) return;
  if (!whole.delete(question.textContent)) whole.add(question.textContent);
  const before = question.getBoundingClientRect().top;
  fold(question);
  // It is read from its beginning: browsers keep what stands below it where it was.
  requestAnimationFrame(() => scrollBy({ top: question.getBoundingClientRect().top - before, behavior: "instant" }));
});
new MutationObserver(foldAll).observe(element, { childList: true, subtree: true });
new ResizeObserver(foldAll).observe(element);
