// Keys of a projected meeting, and whether what stands there is still fresh.
"use strict";
{
  const page = document.querySelector(".projection"), lost = document.getElementById("lost"), closing = document.getElementById("closing");
  const stale = 8000;
  let fresh = Date.now();
  new MutationObserver(() => { fresh = Date.now(); }).observe(page, { childList: true });
  setInterval(() => { lost.hidden = Date.now() - fresh < stale; }, 1000);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog, button")) return;
    const action = document.getElementById("hall").dataset.close;
    if (event.key === " " && closing && action) {
      event.preventDefault();
      closing.querySelector("form").action = action;
      closing.showModal();
    }
    const way = { ArrowRight: "next", ArrowLeft: "prev" }[event.key];
    const link = way && document.querySelector(`#hall [rel=${way}]`);
    if (link) { event.preventDefault(); link.click(); }
  });
  closing?.querySelector("[data-dismisses]").addEventListener("click", () => closing.close());
}
