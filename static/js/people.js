// Suggest people while somebody types a name (data-people: the address of the suggestions). Choosing one adds a ticked box for that person,
// and clears the name. With data-one the person takes the place of the one who was chosen before.
const WAIT = 200; // milliseconds after the last key
const SEPARATOR = /[,;\n]/;
let timer;

const part = (input, name) => document.getElementById(`${input.id}_${name}`);
const currentName = (input) => input.value.split(SEPARATOR).at(-1).trim();

const show = (input, text = "", rows = []) => {
  const list = part(input, "suggestions");
  part(input, "status").textContent = text;
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
};

const suggest = async (input) => {
  const name = currentName(input);
  if (!name) return show(input);
  const address = new URL(input.dataset.people, location.href);
  address.searchParams.set("q", name);
  const response = await fetch(address);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (currentName(input) !== name) return;
  if (!response.ok || response.redirected) return show(input);
  show(input, page.querySelector("p").textContent, [...page.querySelectorAll("li")]);
};

const addBox = (input, button) => {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: input.name, value: button.value });
  const label = document.createElement("label");
  label.append(box, ...button.querySelector(".person").childNodes);
  part(input, "chosen").append(label);
  return box;
};

const choose = (input, button) => {
  const chosen = part(input, "chosen");
  const name = button.querySelector("bdi").textContent;
  if ("one" in input.dataset) {
    chosen.replaceChildren();
    input.form.querySelectorAll(`input[type=radio][name="${input.name}"]`).forEach((radio) => (radio.checked = false));
  }
  const box = [...chosen.querySelectorAll("input")].find((each) => each.value === button.value) ?? addBox(input, button);
  box.checked = true;
  input.value = input.value.split(SEPARATOR).slice(0, -1).map((each) => `${each.trim()}, `).join("");
  show(input, input.dataset.chosenText.replace("{name}", name));
  input.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

const inputOf = (element) => {
  if (element.matches("[data-people]")) return element;
  const list = element.closest("[data-suggestions]");
  return list && document.getElementById(list.dataset.suggestions);
};

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-people]") || document.activeElement !== target) return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(target).catch(() => show(target)), WAIT);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-suggestions] button");
  if (button) choose(inputOf(button), button);
});

document.addEventListener("keydown", (event) => {
  const input = !event.isComposing && inputOf(event.target);
  const buttons = input ? [...part(input, "suggestions").querySelectorAll("button")] : [];
  if (!buttons.length) return;
  const at = buttons.indexOf(event.target);
  if (event.key === "ArrowDown") (buttons[at + 1] ?? event.target).focus();
  else if (event.key === "ArrowUp") (buttons[at - 1] ?? input).focus();
  else if (event.key === "Escape") {
    show(input);
    input.focus();
  } else if (event.key === "Enter" && event.target === input) {
    if (buttons.length === 1) choose(input, buttons[0]);
    else buttons[0].focus();
  } else return;
  event.preventDefault();
});
