/* Light, dark or as the system is. Runs in <head>, before anything is painted. */
(() => {
  const KEY = "haresign-theme";
  const ORDER = ["system", "light", "dark"];
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      const value = localStorage.getItem(KEY);
      return ORDER.includes(value) ? value : "system";
    } catch {
      return "system"; // storage is switched off
    }
  };

  const apply = (choice) => {
    root.dataset.theme = choice;
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  };

  apply(stored());
  dark.addEventListener("change", () => apply(root.dataset.theme));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-toggle]");
    if (!button) return;
    const next = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // storage is switched off: the choice lasts until the page is left
    }
    apply(next);
    window.haresign?.say(`Theme: ${next}`);
  });
})();
