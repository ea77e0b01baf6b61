// The pages before the log-in are plain forms. This spares a person three things: an address with
// an error in it, typing the name again after one, and a second account by a second click.
const form = document.querySelector("form.card");
const name = form.elements.namedItem("name");
const wrong = form.querySelector("[aria-invalid]");
if (wrong ?? form.querySelector(".form-error")) {
  history.replaceState(null, "", location.pathname);
  name.value = sessionStorage.getItem("gate-name") ?? "";
  (wrong ?? form.elements.namedItem("password")).focus();
}
sessionStorage.removeItem("gate-name");
let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
  form.ariaBusy = "true";
  sessionStorage.setItem("gate-name", name.value);
});
addEventListener("pageshow", () => {
  sent = false;
  form.ariaBusy = "false";
});
