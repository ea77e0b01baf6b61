// The pages before the log-in are plain forms. This spares a person three things: an address with
// an error in it, typing the name again after one, and a second account by a second click. It also
// shows what is typed as a password, where that is chosen.
const form = document.querySelector("form.card");
const name = form.elements.namedItem("name");
const password = form.elements.namedItem("password");
const show = form.querySelector(".check input");
const wrong = form.querySelector("[aria-invalid]");
if (wrong ?? form.querySelector(".form-error")) {
  const address = new URL(location.href);
  for (const part of ["__path", "__err"]) address.searchParams.delete(part);
  history.replaceState(null, "", address);
  name.value = sessionStorage.getItem("gate-name") ?? "";
  (wrong ?? password).focus();
}
sessionStorage.removeItem("gate-name");
show.addEventListener("change", () => {
  password.type = show.checked ? "text" : "password";
});
let sent = false;
form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
  form.ariaBusy = "true";
  sessionStorage.setItem("gate-name", name.value);
  // So that the browser keeps it as one.
  show.checked = false;
  password.type = "password";
});
addEventListener("pageshow", () => {
  sent = false;
  form.ariaBusy = "false";
});
