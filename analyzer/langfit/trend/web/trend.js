"use strict";
// Each chart is one stop of the Tab key; arrows, Home and End walk its points, and what they say is read out below it.
for (const plot of document.querySelectorAll(".plot")) {
  const said = plot.parentElement.querySelector(".said");
  const where = (mark) => mark.getBBox().x;
  const marks = [...plot.querySelectorAll("[data-words]")].sort((a, b) => where(a) - where(b));
  if (!marks.length) continue;
  let at = -1;
  const show = (number) => {
    if (marks[at]) marks[at].classList.remove("on");
    at = Math.max(0, Math.min(marks.length - 1, number));
    marks[at].classList.add("on");
    said.textContent = marks[at].dataset.words;
    const box = marks[at].getBoundingClientRect(), frame = plot.getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right) plot.scrollLeft += box.left - frame.left - frame.width / 2;
  };
  plot.tabIndex = 0;
  plot.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 };
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in moves)) return;
    event.preventDefault();
    show(moves[event.key]);
  });
  plot.addEventListener("focus", () => { if (at < 0 && plot.matches(":focus-visible")) show(marks.length - 1); });
  for (const [number, mark] of marks.entries()) {
    mark.addEventListener("pointerenter", () => show(number));
    mark.addEventListener("click", () => show(number));
  }
}
