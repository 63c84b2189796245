/* The tool index: words and ticks choose the rows, and the choice stays in the address. */
(() => {
  const NAMES = ["subject", "kind", "for"];

  function wanted(text, skipped) {
    return text.toLowerCase().split(/[^a-z0-9]+/)
      .filter((word) => word && !skipped.includes(word))
      .map((word) => (word.length > 3 && word.endsWith("s") ? word.slice(0, -1) : word));
  }

  function apply(index) {
    const typed = index.querySelector("#tool-words").value;
    const words = wanted(typed, index.dataset.skip.split(" "));
    const ticked = Object.fromEntries(NAMES.map((name) => [
      name, [...index.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value),
    ]));
    const rows = [...index.querySelectorAll("li[data-text]")];
    const held = rows.map((row) => {
      const fits = NAMES.every((name) => !ticked[name].length ||
        ticked[name].some((value) => row.dataset[name].split(" ").includes(value)));
      return fits ? words.filter((word) => row.dataset.text.includes(word)).length : -1;
    });
    const most = Math.max(words.length ? 1 : 0, ...held);
    rows.forEach((row, place) => { row.hidden = held[place] !== most; });
    let total = 0;
    for (const group of index.querySelectorAll(".tg")) {
      const shown = group.querySelectorAll("li[data-text]:not([hidden])").length;
      group.hidden = !shown;
      group.querySelector(".tg-head > span").textContent = shown === 1 ? "1 tool" : `${shown} tools`;
      total += shown;
    }
    const said = total === 1 ? "1 tool matches" : `${total} tools match`;
    index.querySelector(".ti-count").textContent = said;
    index.querySelector(".ti-none").hidden = Boolean(total);
    const params = new URLSearchParams(window.location.search);
    for (const [name, value] of [["q", typed.trim()], ...NAMES.map((name) => [name, ticked[name].join(",")])]) {
      if (value) params.set(name, value);
      else params.delete(name);
    }
    index.querySelector(".ti-clear").hidden = !NAMES.some((name) => ticked[name].length) && !typed.trim();
    history.replaceState(history.state, "", window.location.pathname + window.haresign.query(params));
    clearTimeout(index.saying);
    index.saying = setTimeout(() => window.haresign.say?.(said), 500);
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const index = event.target.closest("#tool-index");
      if (index) apply(index);
    });
  }
  document.addEventListener("click", (event) => {
    const index = event.target.closest("#tool-index");
    if (!index) return;
    const toggle = event.target.closest(".ti-toggle");
    if (toggle) toggle.setAttribute("aria-expanded", String(index.classList.toggle("open")));
    if (event.target.closest(".ti-clear")) {
      index.querySelectorAll("input:checked").forEach((box) => { box.checked = false; });
      index.querySelector("#tool-words").value = "";
      apply(index);
      index.querySelector("#tool-words").focus();
    }
  });
})();
