// A form is kept as one types: at the service, and where that cannot be reached on this computer. Files go up one by one.
"use strict";
{
  const form = document.getElementById("fill");
  const line = document.getElementById("saving");
  const store = `form ${form.getAttribute("action")}`;
  let changed = false, underway = false, timer = 0;

  // --- keeping

  const say = (words, wrong) => { line.textContent = words; line.classList.toggle("late", Boolean(wrong)); };
  const content = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("act", "keep");
    return data;
  };
  const remember = () => {
    try { localStorage.setItem(store, JSON.stringify([...content()].filter(([name]) => name !== "kept" && name !== "act"))); } catch { /* full, or forbidden */ }
  };
  const forget = () => { try { localStorage.removeItem(store); } catch { /* forbidden */ } };
  const later = (rest) => { clearTimeout(timer); timer = setTimeout(keep, rest); };

  async function keep() {
    if (underway || !changed) return;
    underway = true; changed = false;
    say(line.dataset.saving);
    try {
      const answer = await fetch(form.action, { method: "POST", body: content(), redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.ok) kept(await answer.json());
      else await refused(answer);
    } catch { failed(line.dataset.offline); }
    underway = false;
    if (changed) later(2000);
  }
  const kept = (told) => {
    form.elements.kept.value = told.number;
    say(`${line.dataset.saved} · ${told.at}`);
    const progress = document.getElementById("progress");
    progress.max = told.needed || 1; progress.value = told.needed ? told.given : 1;
    document.getElementById("given").textContent = `${told.given} / ${told.needed}`;
    if (!changed) forget();
  };
  const refused = async (answer) => {
    if (answer.status === 401) { remember(); say(line.dataset.unlike, true); document.getElementById("signed-out").showModal(); changed = true; return; }
    if (answer.status === 412) {
      remember(); say(line.dataset.unlike, true);
      const note = document.getElementById("elsewhere");
      note.dataset.number = (await answer.json()).number; note.hidden = false; note.scrollIntoView({ block: "center" });
      return;
    }
    failed(answer.status >= 500 ? line.dataset.offline : line.dataset.unlike);
  };
  const failed = (words) => { remember(); say(words, true); changed = true; later(5000); };

  form.addEventListener("input", () => { changed = true; if (!document.getElementById("elsewhere").hidden) return; later(2000); });
  form.addEventListener("focusout", () => { if (changed && document.getElementById("elsewhere").hidden) later(0); });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); forget(); });
  document.getElementById("keep-mine").addEventListener("click", () => {
    const note = document.getElementById("elsewhere");
    form.elements.kept.value = note.dataset.number; note.hidden = true; changed = true; keep();
  });
  window.addEventListener("beforeunload", (event) => { if (changed) { remember(); event.preventDefault(); } });

  // --- what was left on this computer

  const left = (() => { try { return JSON.parse(localStorage.getItem(store)); } catch { return null; } })();
  const note = document.getElementById("left-behind");
  if (left) note.hidden = false;
  document.getElementById("let-go").addEventListener("click", () => { forget(); note.hidden = true; });
  document.getElementById("take-over").addEventListener("click", () => {
    const names = new Set(left.map(([name]) => name));
    for (const name of names) {
      const values = left.filter(([other]) => other === name).map(([, value]) => value);
      const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=file])`);
      fields.forEach((field, place) => {
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else if (field.type !== "hidden") field.value = values[place] ?? "";
      });
    }
    note.hidden = true; changed = true; keep();
  });

  // --- signing in again without leaving

  const again = document.getElementById("sign-in-again");
  again.addEventListener("submit", async (event) => {
    event.preventDefault(); event.stopPropagation();
    const answer = await fetch(again.action, { method: "POST", body: new URLSearchParams(new FormData(again)), redirect: "manual" });
    const inside = answer.type === "opaqueredirect" || answer.ok;
    document.getElementById("sign-in-wrong").hidden = inside;
    if (inside) { document.getElementById("signed-out").close(); again.reset(); changed = true; keep(); }
  }, true);

  // --- counting, rows

  form.addEventListener("input", ({ target }) => {
    const most = Number(target.dataset.counts);
    const count = most && target.closest(".field").querySelector(".count");
    if (!count) return;
    const length = [...target.value].length;
    count.textContent = `${length} / ${most}`;
    count.className = `count${length > most ? " over" : length > most * 0.9 ? " near" : ""}`;
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drops], [data-adds]");
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-adds]")) add(button);
    else {
      const gone = button.closest("li, .table-row");
      const next = gone.nextElementSibling?.querySelector("input, button, a") ?? form.querySelector("[data-adds]");
      gone.remove(); next?.focus();
    }
    changed = true; later(0);
  });
  const add = (button) => {
    const rows = [...form.querySelectorAll(`[data-row-of="${button.dataset.adds}"]`)];
    const last = rows.at(-1);
    if (!last) { form.requestSubmit(button); return; }
    const row = last.cloneNode(true), before = `${button.dataset.adds}.`;
    const number = 1 + Math.max(...rows.map((one) => Number(one.querySelector("[name]").name.slice(before.length).split(".")[0])));
    row.querySelectorAll("[name], [id], [for], [list]").forEach((one) => {
      for (const attribute of ["name", "id", "for", "list"]) {
        const value = one.getAttribute(attribute);
        if (value?.startsWith(before)) one.setAttribute(attribute, value.replace(/^([^.]+\.)\d+/, `$1${number}`));
      }
      if (one.type === "radio" || one.type === "checkbox") one.checked = false; else if (one.matches("input, textarea, select")) one.value = "";
    });
    last.after(row);
    window.htmx?.process(row);
    row.querySelector("input, select, textarea")?.focus();
  };

  // --- files

  document.querySelectorAll("[data-uploads]").forEach((place) => {
    const list = place.querySelector(".uploaded"), drop = place.querySelector(".drop"), input = place.querySelector("[type=file]");
    place.querySelector(".dropped").hidden = false;
    place.querySelector("[data-plain]").hidden = true;
    drop.classList.add("ready");
    input.classList.add("unseen");
    const entry = (file) => { const item = document.createElement("li"), name = document.createElement("span"); name.textContent = file.name; item.append(name); list.append(item); return item; };
    const refuse = (item, words) => { const why = document.createElement("span"); why.className = "small late"; why.textContent = words; item.querySelector("progress")?.remove(); item.classList.add("late"); item.querySelector(".small")?.remove(); item.append(why); };
    const send = (file) => {
      const item = entry(file);
      if (file.size > Number(place.dataset.most)) { refuse(item, place.dataset.tooLarge); return; }
      const progress = document.createElement("progress"), words = document.createElement("span");
      progress.max = 1; progress.value = 0; progress.setAttribute("aria-label", file.name); words.className = "small"; words.textContent = place.dataset.underway; item.append(progress, words);
      const data = new FormData();
      data.set("field", place.dataset.field); data.set("there", list.querySelectorAll(`[name="${place.dataset.field}"]`).length); data.set("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", place.dataset.uploads);
      request.upload.addEventListener("progress", (event) => { progress.value = event.loaded / event.total; words.textContent = `${Math.round(100 * progress.value)}%`; });
      request.addEventListener("load", () => {
        if (request.status !== 201 && request.status !== 422) { refuse(item, place.dataset.failed); return; }
        const page = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("li");
        page.querySelectorAll("[hidden]").forEach((one) => { one.hidden = false; });
        item.replaceWith(document.importNode(page, true));
        changed = true; later(0);
      });
      request.addEventListener("error", () => refuse(item, place.dataset.failed));
      request.send(data);
    };
    const all = (files) => [...files].forEach(send);
    input.addEventListener("change", () => { all(input.files); input.value = ""; });
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.toggle("over", kind === "dragover"); if (kind === "drop") all(event.dataTransfer.files); });
    }
  });
}
