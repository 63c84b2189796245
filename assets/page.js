/* What belongs to the page as a whole: focus, announcements, rail, menu, remembered organisations. */
(() => {
  const site = (window.haresign = window.haresign || {});
  const KEY = "haresign-organisations", MOST = 5;

  let saying;
  site.say = (text) => {
    const live = document.getElementById("live");
    if (!live || !text) return;
    live.textContent = "";
    clearTimeout(saying);
    saying = setTimeout(() => { live.textContent = text; }, 60);
  };
  site.copy = async (text, done, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // no clipboard outside https
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button?.focus();
    }
    site.say(done);
    if (!button || button.dataset.was) return;
    const label = button.lastChild;
    button.dataset.was = label.textContent;
    label.textContent = done;
    setTimeout(() => { label.textContent = button.dataset.was; delete button.dataset.was; }, 1600);
  };

  /* Organisations chosen in this browser. Nothing leaves it. */
  const recent = () => {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
  };
  site.remember = (item) => {
    if (!item.code) return;
    const kept = [item, ...recent().filter((one) => one.code !== item.code)].slice(0, MOST);
    try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* storage is off */ }
    switcher();
  };
  function switcher() {
    const root = document.querySelector(".switcher");
    if (!root) return;
    const known = recent(), box = root.querySelector(".known"), label = root.querySelector(".org b");
    const here = document.querySelector("main .combo")?.dataset;
    const name = here?.value ? (here.chosen || "").replace(/ \([A-Z0-9]+\)$/, "") : label.dataset.workspace || known[0]?.name;
    const text = name || "Choose a practice";
    if (label.textContent !== text) label.textContent = text;
    const stamp = known.map((one) => one.code).join();
    if (box.dataset.stamp === stamp) return;
    box.dataset.stamp = stamp;
    box.replaceChildren(...(known.length ? [Object.assign(document.createElement("p"), { textContent: "Recent, kept in this browser" })] : []),
      ...known.map((item) => {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: item.name });
        button.append(Object.assign(document.createElement("span"), { textContent: item.detail || item.code }));
        button.addEventListener("click", () => {
          site.remember(item);
          open(root.querySelector(".org"), false);
          if (document.querySelector("main .combo") || !item.href) site.set("org", item.code);
          else site.go(item.href);
        });
        return button;
      }));
  }

  /* Buttons that open something: aria-controls names it. */
  function open(button, on) {
    const target = document.getElementById(button.getAttribute("aria-controls"));
    button.setAttribute("aria-expanded", String(on));
    if (target) target.hidden = !on;
    if (on) target?.querySelector("input, a, button")?.focus();
  }
  const opened = () => [...document.querySelectorAll("header [aria-controls][aria-expanded=true]:not([role=combobox])")];
  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const button = hit("header [aria-controls]:not([role=combobox])");
    for (const other of opened()) {
      const inside = document.getElementById(other.getAttribute("aria-controls"))?.contains(event.target);
      if (other !== button && (!inside || hit("a"))) open(other, false);
    }
    if (button) open(button, button.getAttribute("aria-expanded") !== "true");
    document.querySelectorAll("details.dropdown-d[open], details.jump[open]").forEach((one) => {
      if (!one.contains(event.target) || hit("a")) one.open = false;
    });
    const view = hit("[data-toggle-view]");
    if (view) view.setAttribute("aria-expanded", String(view.closest(".selbar").classList.toggle("open")));
    const copy = hit("[data-copy]"), link = hit("[data-copy-link]");
    if (copy) site.copy(copy.dataset.copy, "Copied", copy);
    if (link) site.copy(site.permanent(), "Link copied", link);
  });
  document.addEventListener("chosen", () => opened().forEach((button) => open(button, false)));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const button of opened()) { open(button, false); button.focus(); }
    const inside = document.querySelector(".explain[open]"); // closed first, by assets/speed/built.js
    if (!inside) document.querySelectorAll("details.dropdown-d[open]").forEach((one) => { one.open = false; one.firstElementChild.focus(); });
  });

  /* After a change of page or view. */
  let path = location.pathname, heading = "", pending = false, title = "", said = "";
  function settle() {
    const state = document.getElementById("page-state")?.dataset;
    const org = document.querySelector("main .combo")?.dataset;
    if (state && org && "text" in state && org.chosen !== state.text) {
      org.chosen = state.text;
      org.value = state.code;
    }
    switcher();
    for (const holder of document.querySelectorAll("[data-match]")) {
      const link = holder.firstElementChild, current = location.pathname.startsWith(holder.dataset.match);
      if (current !== link.hasAttribute("aria-current")) current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
    }
    if (path !== location.pathname) { path = location.pathname; pending = true; }
    const h1 = document.querySelector("#main h1")?.textContent || "";
    if (state?.title && (state.title !== title || document.title !== title)) document.title = title = state.title;
    if (pending && h1 && h1 !== heading) {
      pending = false;
      document.getElementById("main").focus({ preventScroll: true });
      site.say(state?.said || h1);
    } else if (state && said && state.said !== said) site.say(state.said);
    if (state) said = state.said;
    if (h1) heading = h1;
    rail();
  }
  let waiting;
  const soon = () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(settle); };
  const watch = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-title", "data-said", "data-text", "data-value"] };
  new MutationObserver(soon).observe(document.documentElement, watch);
  window.addEventListener("popstate", soon);

  /* The rail names the section being read. */
  function rail() {
    const links = [...document.querySelectorAll(".rail a")];
    const passed = links.filter((one) => {
      const section = document.getElementById(one.hash.slice(1));
      return section && section.getBoundingClientRect().top < parseFloat(getComputedStyle(section).scrollMarginTop) + 60;
    });
    const current = (passed.at(-1) || links[0])?.hash;
    for (const one of links) {
      if (one.hash === current) { if (!one.hasAttribute("aria-current")) one.setAttribute("aria-current", "location"); }
      else one.removeAttribute("aria-current");
    }
  }
  window.addEventListener("scroll", soon, { passive: true });
  soon();
})();
