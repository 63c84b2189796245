/* Turns each <div class="combo" data-search-url ...> into a combobox (ARIA 1.2, list autocomplete). */
(() => {
  const DEBOUNCE = 130;
  const typed = new Map(); // by name: what is being typed, so that a redraw of the page around it loses nothing
  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  function build(box) {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const set = box.dataset;
    const id = `combo-${set.name}`;
    const label = el("label", { for: id, class: set.hideLabel ? "vh" : "l" }, set.label);
    const input = el("input", {
      id, class: "form-control", type: "text", role: "combobox", autocomplete: "off",
      spellcheck: "false", "aria-expanded": "false", "aria-autocomplete": "list",
      "aria-controls": `${id}-list`, placeholder: set.placeholder || "",
    });
    const list = el("div", { id: `${id}-list`, role: "listbox", class: "pop options", "aria-label": set.label });
    const none = el("p", { class: "pop none" });
    list.hidden = none.hidden = true;
    const mark = el("span", { class: set.dot ? "dot" : "i i-search", "aria-hidden": "true" });
    const hint = set.shortcut ? [el("kbd", { "aria-hidden": "true" }, "/")] : [];
    box.append(label, el("div", { class: "combo-in" }, mark, input, ...hint, list, none));

    let options = [], items = [], active = -1, timer, request, enterWhenReady = false, typing = false;
    const rest = () => { input.value = set.chosen || ""; typing = false; };
    rest();
    new MutationObserver(() => { if (!typing) rest(); }).observe(box, {
      attributes: true, attributeFilter: ["data-chosen", "data-value"],
    });

    const close = () => {
      list.hidden = none.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark_ = (index) => {
      options[active]?.setAttribute("aria-selected", "false");
      active = (index + options.length) % options.length;
      options[active].setAttribute("aria-selected", "true");
      options[active].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[active].id);
    };
    const choose = (item) => {
      close();
      typing = false;
      if (item.all) { rest(); window.haresign.go(item.href); return; }
      window.haresign.remember?.(item);
      const here = document.querySelector("main .combo");
      if (item.href && (set.follow || !here)) {
        rest();
        window.haresign.go(item.href);
      } else {
        if (!set.follow && box.closest("main")) input.value = `${item.name} (${item.code})`;
        else rest();
        window.haresign.set(set.key || "org", item.code);
      }
      box.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
    };
    const entry = (item, ...parts) => {
      const option = el("div", { role: "option", id: `${id}-o${options.length}`, "aria-selected": "false" }, ...parts);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(item); });
      options.push(option); items.push(item);
      return option;
    };
    const show = (found) => {
      options = []; items = []; active = -1;
      list.replaceChildren(...found.groups.filter((group) => group.items.length).map((group, g) => {
        const head = el("div", { class: "grp", id: `${id}-g${g}` }, group.shown ? `${group.label}: ${group.shown}` : group.label);
        return el("div", { role: "group", "aria-labelledby": head.id }, head, ...group.items.map((item) =>
          entry(item, el("span", { class: "n" }, item.name), el("span", { class: "d" }, item.detail || item.code || ""))));
      }));
      if (found.all) {
        const to = set.follow || set.key !== "org" ? "" : `&to=${encodeURIComponent(location.pathname + location.search)}`;
        list.append(entry({ all: true, href: found.all + to }, "Show all"));
      }
      list.hidden = !options.length;
      none.hidden = Boolean(options.length);
      none.textContent = options.length ? "" : `Nothing found for “${input.value.trim()}”. Try a code or a postcode.`;
      input.setAttribute("aria-expanded", String(!list.hidden));
      input.removeAttribute("aria-activedescendant");
      window.haresign.say?.(found.said || none.textContent);
      if (enterWhenReady && items.length) choose(items[0]);
      enterWhenReady = false;
    };
    const search = async () => {
      request?.abort();
      const text = input.value.trim();
      if (!text || text === set.chosen) return close();
      request = new AbortController();
      const url = `${set.searchUrl}${set.searchUrl.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`;
      try {
        const response = await fetch(url, { signal: request.signal, headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(String(response.status));
        show(await response.json());
      } catch (problem) {
        if (problem.name === "AbortError") return;
        close();
        none.hidden = false;
        none.textContent = "Search did not answer. Check the connection and try again.";
        window.haresign.say?.(none.textContent);
      }
    };
    input.addEventListener("input", () => { typing = true; clearTimeout(timer); timer = setTimeout(search, DEBOUNCE); });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => setTimeout(() => { close(); if (typing) rest(); }, 120));
    input.addEventListener("keydown", (event) => {
      const open = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) search();
        else mark_(event.key === "ArrowDown" ? active + 1 : active < 0 ? options.length - 1 : active - 1);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (open && items.length) choose(items[Math.max(0, active)]);
        else if (input.value.trim() && input.value !== set.chosen) { enterWhenReady = true; clearTimeout(timer); search(); }
      } else if (event.key === "Escape" && (open || !none.hidden || input.value !== (set.chosen || ""))) {
        event.stopPropagation();
        close();
        rest();
      }
    });
    const text = typed.get(set.name)?.();
    typed.set(set.name, () => (typing ? input.value : ""));
    if (!text) return;
    input.focus();
    input.value = text;
    typing = true;
    search();
  }

  const scan = () => document.querySelectorAll(".combo:not([data-ready])").forEach(build);
  new MutationObserver(scan).observe(document.body, { childList: true, subtree: true });
  scan();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const input = document.querySelector(".combo[data-shortcut] input");
    if (!input || !input.offsetParent) return;
    event.preventDefault();
    input.focus();
  });
})();
