// Select rows of a list (data-selection, a form around it): a box for all, shift and click for a range, a bar that says how many are selected and
// how many people a reminder would ask, and is hidden while nothing is. Without this script the bar is always there.
const form = document.querySelector("[data-selection]");
const bar = form?.querySelector("[data-bar]");
const all = form?.querySelector("[data-tick-all]");
const ticks = [...(form?.querySelectorAll("[data-row-tick]") ?? [])];
const whole = form?.querySelector("[data-tick-whole]"); // all pages of the list
let last = 0; // the index of the box that was ticked last

const remind = () => {
  const button = bar.querySelector("[data-remind]");
  if (whole?.checked) {
    button.disabled = false;
    button.textContent = button.dataset.remind;
    return;
  }
  const ids = ticks.filter((tick) => tick.checked).flatMap((tick) => (tick.closest("[data-row]").dataset.asks ?? "").split(" "));
  const people = new Set(ids.filter(Boolean)).size;
  const words = JSON.parse(form.dataset.remindWords);
  const category = new Intl.PluralRules(document.documentElement.lang).select(people);
  button.disabled = !people;
  button.textContent = (words[category] ?? words.other).replace("%(count)s", people);
};

const show = () => {
  const ticked = ticks.filter((tick) => tick.checked).length;
  const count = whole?.checked ? Number(whole.dataset.tickWhole) : ticked;
  bar.hidden = !count;
  all.checked = ticked === ticks.length;
  all.indeterminate = ticked > 0 && ticked < ticks.length;
  bar.querySelector("[data-selected-count]").textContent = form.dataset.selected.replace("{n}", count);
  remind();
};

const tickAll = (isTicked) => {
  ticks.forEach((tick) => (tick.checked = isTicked));
  if (whole) whole.checked = false;
  show();
};

if (form) {
  bar.querySelectorAll("[hidden]").forEach((each) => (each.hidden = false));
  all.hidden = false;
  all.addEventListener("change", () => tickAll(all.checked));
  bar.querySelector("[data-clear]").addEventListener("click", () => {
    tickAll(false);
    ticks[last].focus();
  });
  form.addEventListener("click", (event) => {
    const at = ticks.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey) ticks.slice(Math.min(at, last), Math.max(at, last)).forEach((tick) => (tick.checked = event.target.checked));
    last = at;
  });
  form.addEventListener("change", show);
  addEventListener("pageshow", show); // a browser that returns to the page restores the boxes
  show();
}
