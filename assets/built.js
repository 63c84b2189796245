/* Elements that components/light.py sends as data: [tag, attributes, ...children]. */
(() => {
  function make(node) {
    if (typeof node === "string") return document.createTextNode(node);
    const [tag, attributes, ...children] = node;
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.map(make));
    return element;
  }

  const done = new WeakMap();
  function build() {
    for (const box of document.querySelectorAll("[data-built]")) {
      if (done.get(box) === box.dataset.built) continue;
      done.set(box, box.dataset.built);
      box.replaceChildren(make(JSON.parse(box.dataset.built)));
    }
  }
  new MutationObserver(build).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-built"],
  });
  build();

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(":is(.kpi, .spine) .explain[open]");
    if (!open) return;
    open.open = false;
    open.firstElementChild.focus();
  });

  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[data-go]");
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.haresign.go(anchor.href);
    if (!new URL(anchor.href).hash) window.scrollTo({ top: 0 });
  });
})();
