// Show how many characters are left in a field (data-counter: its limit): always below a text of several lines, below one line once the limit
// is near. Count as the server does: Unicode code points, a line break as one, nothing for white space at either end.
const words = document.body.dataset;

document.querySelectorAll("[data-counter]").forEach((field) => {
  const limit = Number(field.dataset.counter);
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.id = `${field.id}_counter`;
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.after(counter, spoken);

  let timer;
  const show = () => {
    const left = limit - [...field.value.trim()].length;
    const text = (left < 0 ? words.charactersOver : words.charactersLeft).replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    counter.textContent = text;
    counter.hidden = field.type !== "textarea" && left >= limit / 10;
    counter.classList.toggle("is-over", left < 0);
    clearTimeout(timer);
    if (left < limit / 10) timer = setTimeout(() => (spoken.textContent = text), 1500);
  };
  field.addEventListener("input", show);
  show();
});
