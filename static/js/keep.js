// Keep what a person types into a form with data-keep in this browser until it is stored. Fill it in when the person opens the same form with
// the same stored content again. A message tagged keep-clear:<address> means that it is stored.
const prefix = `keep:${document.body.dataset.person}:`;

const typed = (form) =>
  JSON.stringify(
    [...form.elements]
      .filter((field) => field.name && field.type !== "hidden" && field.type !== "submit" && field.type !== "password")
      .map((field) => [
        field.name,
        field.value,
        field.checked ?? null,
        field.multiple ? [...field.selectedOptions].map((option) => option.value) : null,
      ]),
  );

const restore = (form, content) => {
  const fields = [...form.elements].filter((field) => field.name);
  for (const [name, value, checked, selected] of JSON.parse(content)) {
    for (const field of fields.filter((candidate) => candidate.name === name)) {
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.value === value) field.checked = checked;
      } else if (selected) {
        [...field.options].forEach((option) => (option.selected = selected.includes(option.value)));
      } else {
        field.value = value;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  form.querySelectorAll("details").forEach((more) => {
    if ([...more.querySelectorAll("input, textarea")].some((field) => field.checked || field.value !== field.defaultValue)) more.open = true;
  });
};

try {
  document.querySelectorAll("[data-tags*='keep-clear:']").forEach((message) => {
    const path = message.dataset.tags.split(" ").find((tag) => tag.startsWith("keep-clear:")).slice("keep-clear:".length);
    localStorage.removeItem(prefix + path);
  });

  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const key = prefix + form.dataset.keep;
    const rendered = typed(form);
    const saved = JSON.parse(localStorage.getItem(key) ?? "null");
    if (saved?.rendered === rendered) restore(form, saved.typed);
    let timer;
    const keep = () => {
      clearTimeout(timer);
      const current = typed(form);
      if (current === rendered) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ rendered, typed: current }));
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 400);
    });
    addEventListener("pagehide", keep);
    form.addEventListener("submit", keep);
  });
} catch {
  // A browser that stores nothing (a private window, a full disk) still sends the form.
}
