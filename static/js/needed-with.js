// Show a field that only one status needs (data-needed-with: the status) if that status is status, or if the field is not empty.
document.querySelectorAll("[data-needed-with]").forEach((field) => {
  const form = field.form;
  const group = field.closest(".field");
  const show = () => {
    const status = form.querySelector("input[name='status']:checked")?.value;
    group.hidden = status !== field.dataset.neededWith && !field.value;
  };
  form.addEventListener("change", show);
  form.addEventListener("input", show);
  show();
});
