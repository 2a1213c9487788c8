// What is typed against a notice is kept in this tab alone, until it was sent; a name and a contact never are.
"use strict";

const form = document.querySelector("[data-kept-in-tab]");
if (form) {
  const place = `objection ${form.dataset.keptInTab}`;
  const text = form.elements.text;
  if (!text.value) text.value = sessionStorage.getItem(place) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(place, text.value));
}
const sent = document.querySelector("[data-sent]");
if (sent) sessionStorage.removeItem(`objection ${sent.dataset.sent}`);

// The code goes into the clipboard; whoever has noted it goes on.
document.querySelectorAll("[data-copies]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copies);
    document.getElementById("announcement").textContent = button.dataset.copied;
    button.querySelector("span").textContent = button.dataset.copied;
  });
});
