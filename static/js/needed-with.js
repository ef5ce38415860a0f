// A field that is needed with one choice only (data-needed-with: a value of "status") is shown with it, or when it holds something.
document.querySelectorAll("[data-needed-with]").forEach((field) => {
  const form = field.form;
  const group = field.closest(".field");
  const show = () => {
    const chosen = form.querySelector("input[name='status']:checked")?.value;
    group.hidden = chosen !== field.dataset.neededWith && !field.value;
  };
  form.addEventListener("change", show);
  form.addEventListener("input", show);
  show();
});
