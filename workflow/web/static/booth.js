// What is left to answer is said while one goes; a band puts its lowest mark; a receipt is copied.
"use strict";
{
  const paper = document.querySelector("[data-paper]");
  const left = () => {
    const open = [...paper.querySelectorAll("[data-question]")].filter((one) => !one.querySelector(":checked"));
    const words = paper.querySelector("[data-left]");
    const named = open.slice(0, 3).map((one) => one.dataset.question).join(words.dataset.comma);
    words.textContent = open.length ? `${words.dataset.left}${named}${open.length > 3 ? "…" : ""}` : "";
  };
  if (paper) { paper.addEventListener("change", left); paper.addEventListener("reset", () => setTimeout(left)); left(); }

  const card = document.querySelector("[data-card]");
  const total = () => {
    const marks = [...card.querySelectorAll("[data-most]")];
    const given = marks.filter((one) => one.value.trim() !== "");
    card.querySelector("[data-total]").textContent = given.reduce((sum, one) => sum + (Number(one.value) || 0), 0);
    for (const mark of marks) {
      const bands = [...card.querySelectorAll(`[name="band.${mark.dataset.most}"]`)];
      const fits = bands.filter((band) => mark.value.trim() !== "" && Number(mark.value) >= Number(band.value));
      bands.forEach((band) => { band.checked = band === fits[0]; });
    }
  };
  if (card) {
    card.addEventListener("change", (event) => {
      const band = event.target.closest("[data-band]");
      if (band) card.querySelector(`[data-most="${band.dataset.band}"]`).value = band.value;
      total();
    });
    card.addEventListener("input", (event) => { if (event.target.matches("[data-most]")) total(); });
    total();
  }

  document.querySelectorAll("[data-copies]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copies);
      const words = button.querySelector("[data-copied]");
      words.textContent = words.dataset.copied;
    });
  });
}
