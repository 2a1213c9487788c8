// The list beside the case: j and k move in it, x ticks, Esc goes back; the row that is open is marked.
"use strict";
{
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => rows().findIndex((row) => row.getAttribute("aria-current"));
  const mark = (row) => {
    rows().forEach((one) => one.removeAttribute("aria-current"));
    row.setAttribute("aria-current", "true");
    document.querySelector(".desk").classList.add("opened");
  };
  // While several are ticked a row is only moved to, and not opened.
  const several = document.getElementById("many");
  const tick = (event) => {
    const row = rows()[Math.max(0, current())];
    if (!row) return;
    event.preventDefault();
    if (several) { const box = row.parentElement.querySelector("[type=checkbox]"); box.checked = !box.checked; return; }
    const start = document.querySelector("[data-many]");
    location.href = `${start.href}&ticked=${encodeURIComponent(row.dataset.row)}`;
  };
  const back = () => {
    const link = document.querySelector("#pane .back");
    if (link && link.offsetParent && !document.querySelector("details.menu[open]")) link.click();
  };
  document.addEventListener("click", (event) => { const row = event.target.closest("[data-row]"); if (row && !several) mark(row); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (event.key === "x") return tick(event);
    if (event.key === "Escape") return back(event);
    const step = { j: 1, k: -1 }[event.key];
    const next = step && rows()[Math.max(0, current() + step)];
    if (!next) return;
    event.preventDefault();
    if (several) { rows().forEach((one) => one.removeAttribute("aria-current")); next.setAttribute("aria-current", "true"); }
    else next.click();
    next.scrollIntoView({ block: "nearest" });
  });
}
