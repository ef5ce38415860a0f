// Show how many characters are left in a field (data-counter: its limit). A line break counts as one, as on the server.
document.querySelectorAll("[data-counter]").forEach((field) => {
  const limit = Number(field.dataset.counter);
  const words = field.form.dataset;
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.id = `${field.id}_counter`;
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  field.after(counter, spoken);

  let timer;
  const show = () => {
    const left = limit - [...field.value].length;
    const text = (left < 0 ? words.charactersOver : words.charactersLeft).replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    counter.textContent = text;
    counter.classList.toggle("is-over", left < 0);
    clearTimeout(timer);
    if (left < limit / 10) timer = setTimeout(() => (spoken.textContent = text), 1500);
  };
  field.addEventListener("input", show);
  show();
});
