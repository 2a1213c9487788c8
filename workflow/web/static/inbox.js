// The list beside the case: j and k move in it, and the row that is open is marked.
"use strict";
{
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => rows().findIndex((row) => row.getAttribute("aria-current"));
  const mark = (row) => {
    rows().forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    document.querySelector(".desk").classList.add("opened");
  };
  document.addEventListener("click", (event) => { const row = event.target.closest("[data-row]"); if (row) mark(row); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    const step = { j: 1, k: -1 }[event.key];
    const next = step && rows()[Math.max(0, current() + step)];
    if (next) { event.preventDefault(); next.click(); next.scrollIntoView({ block: "nearest" }); }
  });
}
