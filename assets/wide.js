/* A table wider than its frame says that it scrolls. */
(() => {
  const BOXES = ".scroll, .twin-box";
  function mark(box) {
    box.toggleAttribute("data-wide", box.scrollWidth > box.clientWidth + 1);
  }
  const sizes = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  function watch() {
    for (const box of document.querySelectorAll(BOXES)) {
      if (box.dataset.sized) continue;
      box.dataset.sized = "1";
      sizes.observe(box);
    }
  }
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  watch();
})();
