// What makes pages quicker to use. Everything that matters works without it.
"use strict";

// A form that is being sent is not sent twice: its buttons rest until an answer is there.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "yes";
  // After the event, as a button that rests would not be sent.
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => { button.disabled = true; }));
});
const rest = () => document.querySelectorAll("form[data-sending]").forEach((form) => {
  delete form.dataset.sending;
  form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
});
window.addEventListener("pageshow", rest);
document.addEventListener("htmx:finally:request", rest);

// A password may be looked at.
document.querySelectorAll("[data-shows]").forEach((button) => {
  const input = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
});

document.querySelectorAll("[data-prints]").forEach((button) => button.addEventListener("click", () => window.print()));

// What was refused is read first.
document.getElementById("wrong")?.focus();

// A link of a summary leads into its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".note a[href^='#']");
  const found = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const field = found?.matches("input, select, textarea, [tabindex]") ? found : found?.querySelector("input:not([type=hidden]), select, textarea");
  if (field) { event.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
});

// A menu closes by Esc, and when something else is clicked.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

// What the letters do stands in a dialog; it closes by Esc.
document.querySelectorAll("[data-opens]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
});

// Single letters, while no field has the focus and they are not switched off.
const typing = (element) => element.closest("input, textarea, select, [contenteditable], dialog");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
  if (typing(event.target)) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key && !one.disabled);
  if (!wanted) return;
  event.preventDefault();
  // What sends something is only come to by its letter; it is sent by a key of its own.
  if (wanted.matches("a, summary, [type=button]")) wanted.click(); else wanted.focus();
});

// A page prints itself where there are scripts.
document.querySelectorAll("[data-prints]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
