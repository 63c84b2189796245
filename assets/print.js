/* On paper a page is whole: the Print button waits for every section. The browser's own print cannot wait, so
   what has not come yet is taken from the page without scripts, while the browser stands still for it. */
(() => {
  const PATIENCE = 15000, LOOK = 100; // ms
  const waiting = () => [...document.querySelectorAll("#main .later:has(> .waiting)")];
  let put = [];

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-print]")) return;
    const began = performance.now();
    if (waiting().length) window.haresign.say("Printing when the page is complete");
    const print = () => (waiting().length && performance.now() - began < PATIENCE ? setTimeout(print, LOOK) : window.print());
    print();
  });

  function foot() {
    const state = document.getElementById("page-state")?.dataset;
    const today = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
    const title = document.querySelector("#main h1")?.textContent, selection = document.querySelector("#main .on-paper")?.textContent;
    const words = [title, selection?.replace(/\.$/, ""), state?.link ?? location.href, `printed ${today}`].filter(Boolean).join(" · ");
    document.documentElement.style.setProperty("--foot", JSON.stringify(words));
  }

  function complete(places) {
    const url = new URL(location.href), request = new XMLHttpRequest();
    url.searchParams.set("plain", "1");
    request.open("GET", url, false);
    request.send();
    const whole = new DOMParser().parseFromString(request.responseText, "text/html");
    for (const place of places) {
      const section = whole.getElementById(place.dataset.section);
      if (!section) continue;
      const now = document.importNode(section, true);
      place.firstElementChild.hidden = true;
      place.append(now);
      put.push([place, now]);
    }
  }

  window.addEventListener("beforeprint", () => {
    foot();
    const places = waiting();
    if (places.length) complete(places);
  });
  window.addEventListener("afterprint", () => {
    for (const [place, now] of put) {
      now.remove();
      if (place.firstElementChild) place.firstElementChild.hidden = false;
    }
    put = [];
  });
})();
